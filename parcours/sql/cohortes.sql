-- One row an entry of the year: its first orientation, and whether a month has passed for everybody of its month.
WITH {_entrees},
choisies AS (SELECT * FROM entrees WHERE e BETWEEN %(debut)s AND %(j)s),
{_premieres}
SELECT p.personne_id, p.e AS ref, p.structure_id, p.d IS NOT NULL AS oriente, p.d - p.e <= 31 AS en_un_mois,
       (date_trunc('month', p.e::timestamp) + interval '1 month' + interval '30 days')::date <= %(a)s AS mure
FROM premieres p
