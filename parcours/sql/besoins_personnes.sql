-- The people who have an obstacle and to whom nothing was prescribed for it.
SELECT b.personne_id FROM besoin b
WHERE b.frein_id = %(frein)s
  AND NOT EXISTS (SELECT 1 FROM servi s WHERE s.personne_id = b.personne_id AND s.frein_id = b.frein_id)
