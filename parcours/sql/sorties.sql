-- One row a counted exit of the year: of an action (after the minimum length), or of the accompaniment.
SELECT s.personne_id, s.date AS ref, s.nature, coalesce(p.operateur_id, s.structure_id, o.structure_id) AS structure_id,
       coalesce(f.numero, '') AS offre, t.categorie IN ('durable', 'transition', 'positive') AS positive, t.emploi
FROM {sortie} s
JOIN parcours_typesortie t ON t.id = s.type_id
JOIN parcours_referentielsortie r ON r.id = t.referentiel_id
LEFT JOIN {prescription} p ON p.id = s.prescription_id
LEFT JOIN offre_offreinsertion f ON f.id = p.offre_id
LEFT JOIN {orientation} o ON s.nature = 'accompagnement' AND o.personne_id = s.personne_id AND o.periode @> s.date
WHERE s.date BETWEEN %(debut)s AND %(j)s AND t.categorie <> 'neutralisee'
  AND (s.nature = 'accompagnement' OR (s.nature = 'action' AND s.date - p.entree_le >= r.duree_min_jours))
