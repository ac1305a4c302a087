-- Positive exits of actions (`sorti`), and participations in an action during the year.
SELECT s.personne_id, s.date AS ref, p.operateur_id AS structure_id, coalesce(f.numero, '') AS offre, true AS sorti
FROM {sortie} s
JOIN parcours_typesortie t ON t.id = s.type_id
JOIN parcours_referentielsortie r ON r.id = t.referentiel_id
JOIN {prescription} p ON p.id = s.prescription_id
LEFT JOIN offre_offreinsertion f ON f.id = p.offre_id
WHERE s.nature = 'action' AND s.date BETWEEN %(debut)s AND %(j)s AND s.date - p.entree_le >= r.duree_min_jours
  AND t.categorie IN ('durable', 'transition', 'positive')
UNION ALL
SELECT p.personne_id, CASE WHEN p.fin_le <= %(j)s THEN p.fin_le ELSE %(j)s END, p.operateur_id,
       coalesce(f.numero, ''), false
FROM {prescription} p
LEFT JOIN offre_offreinsertion f ON f.id = p.offre_id
WHERE p.entree_le <= %(j)s AND (p.fin_le IS NULL OR p.fin_le >= %(debut)s)
