-- The last entry at J of the people subject to rights and duties.
choisies AS (
    SELECT DISTINCT ON (n.personne_id) n.* FROM entrees n
    JOIN population p ON p.personne_id = n.personne_id AND p.sdd
    WHERE n.e <= %(j)s ORDER BY n.personne_id, n.e DESC
)
