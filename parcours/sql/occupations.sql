-- One row an offer with places: people who entered in the year.
SELECT NULL::bigint AS personne_id, %(j)s AS ref, f.numero AS offre, f.places, count(p.id) AS entrees
FROM offre_offreinsertion f
LEFT JOIN {prescription} p ON p.offre_id = f.id AND p.entree_le BETWEEN %(debut)s AND %(j)s
WHERE f.places IS NOT NULL AND f.places_unite NOT IN ('heures', 'places/session')
GROUP BY f.id
