-- One row an entry first oriented in the year, in the scope of contracts: whether a first contract followed.
WITH {_entrees},
choisies AS (
    SELECT * FROM entrees
    WHERE e <= %(j)s AND suivante > %(debut)s
      AND personne_id IN (SELECT personne_id FROM {orientation} WHERE decidee_le BETWEEN %(debut)s AND %(j)s)
),
{_premieres}, {_signes}
SELECT p.personne_id, p.d AS ref, p.type_decide AS type, p.structure_id, g.s IS NOT NULL AS contrat
FROM premieres p
LEFT JOIN signes g USING (personne_id, e)
WHERE p.d BETWEEN %(debut)s AND %(j)s AND (p.organisme <> 'france_travail' OR p.d >= %(regime_b)s)
