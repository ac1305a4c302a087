-- One row a participation in the year; people are counted once in each group.
SELECT p.personne_id, %(j)s AS ref, p.operateur_id AS structure_id, coalesce(f.numero, '') AS offre, x.sexe AS genre
FROM {prescription} p
JOIN parcours_personne x ON x.id = p.personne_id
LEFT JOIN offre_offreinsertion f ON f.id = p.offre_id
WHERE p.entree_le <= %(j)s AND (p.fin_le IS NULL OR p.fin_le >= %(debut)s)
