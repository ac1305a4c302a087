-- One row an operator, and a territory where its sessions take place: places opened and taken in those of the year.
SELECT s.operateur_id, ct.territoire_id, count(*), sum(s.capacite), sum(s.prises)
FROM offre_session s
LEFT JOIN offre_lieuoffre l ON l.id = s.lieu_id
LEFT JOIN territoires_communeterritoire ct ON ct.commune_id = l.commune_id AND ct.validite @> %(j)s::date
WHERE s.unite = 'places' AND s.etat IN ('ouverte', 'fermee')
  AND s.debut < %(fin)s AND (s.fin IS NULL OR s.fin >= %(debut)s)
GROUP BY 1, 2
