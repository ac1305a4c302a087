-- One row a person at J, through the last entry: days from entry to orientation, from orientation to contract.
WITH {_population}, {_entrees}, {_dernieres}, {_premieres}, {_signes}
SELECT p.personne_id, %(j)s AS ref, coalesce(n.type_decide, o.type_decide, '') AS type,
       coalesce(n.structure_id, o.structure_id) AS structure_id,
       CASE WHEN n.d BETWEEN %(debut)s AND %(j)s AND isfinite(n.e) THEN n.d - n.e END AS jours_orientation,
       CASE WHEN g.s BETWEEN %(debut)s AND %(j)s AND (n.organisme <> 'france_travail' OR n.d >= %(regime_b)s)
            THEN g.s - n.d END AS jours_contrat,
       n.d IS NULL AND o.personne_id IS NOT NULL AS manque
FROM population p
LEFT JOIN premieres n ON n.personne_id = p.personne_id
LEFT JOIN signes g ON g.personne_id = n.personne_id AND g.e = n.e
LEFT JOIN {orientation} o ON o.personne_id = p.personne_id AND o.periode @> %(j)s
WHERE p.sdd
