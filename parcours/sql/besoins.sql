-- One row an obstacle and a territory: people who have it, and those of them to whom nothing was prescribed for it.
SELECT b.frein_id, ct.territoire_id, count(*), count(*) FILTER (WHERE s.personne_id IS NULL)
FROM besoin b
LEFT JOIN servi s ON s.personne_id = b.personne_id AND s.frein_id = b.frein_id
LEFT JOIN parcours_adresse ad ON ad.personne_id = b.personne_id AND ad.periode @> %(j)s::date
LEFT JOIN territoires_communeterritoire ct ON ct.commune_id = ad.commune_id AND ct.validite @> %(j)s::date
GROUP BY 1, 2
