-- One row a person: followed by a référent in the year, gone to employment in the year.
SELECT personne_id, %(j)s AS ref, bool_or(suivi) AS suivi, bool_or(retour) AS retour, max(structure_id) AS structure_id
FROM (
    SELECT r.personne_id, true AS suivi, false AS retour, r.structure_id
    FROM {affectation} r WHERE r.periode && daterange(%(debut)s, %(j)s, '[]')
    UNION ALL
    SELECT s.personne_id, false, true, NULL
    FROM {sortie} s JOIN parcours_typesortie t ON t.id = s.type_id
    WHERE s.nature = 'accompagnement' AND s.date BETWEEN %(debut)s AND %(j)s
      AND t.emploi AND t.categorie <> 'neutralisee'
) x
GROUP BY personne_id
