-- Entries: one per person and file, with the person's next one.
entrees AS MATERIALIZED (
    SELECT personne_id, e, lead(e, 1, 'infinity'::date) OVER (PARTITION BY personne_id ORDER BY e) AS suivante
    FROM (
        SELECT DISTINCT personne_id, min(coalesce(lower(periode), '-infinity'::date)) AS e
        FROM {droits} WHERE recu GROUP BY personne_id, dossier_id
    ) n
    WHERE e <= %(a)s
)
