-- One row an exit to employment and a follow-up whose anniversary falls in the year.
SELECT s.personne_id, s.date AS ref, coalesce(s.structure_id, o.structure_id) AS structure_id, n.mois,
       coalesce(v.situation = 'emploi' AND v.recueilli_le <= %(a)s, false) AS en_emploi,
       coalesce(v.situation IN ('', 'injoignable') OR v.recueilli_le > %(a)s, true) AS manque
FROM {sortie} s
JOIN parcours_typesortie t ON t.id = s.type_id AND t.emploi
CROSS JOIN (VALUES (1), (3), (6), (12)) AS n (mois)
LEFT JOIN {suivi} v ON v.sortie_id = s.id AND v.mois = n.mois
LEFT JOIN {orientation} o ON o.personne_id = s.personne_id AND o.periode @> s.date
WHERE s.nature = 'accompagnement' AND s.date BETWEEN %(debut)s - 400 AND %(j)s
  AND (s.date + make_interval(months => n.mois))::date BETWEEN %(debut)s AND %(j)s
