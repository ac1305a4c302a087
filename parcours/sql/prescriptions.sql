-- One row a prescription written in the year.
SELECT p.personne_id, p.renseignee_le AS ref, p.operateur_id AS structure_id, coalesce(f.numero, '') AS offre, p.origine
FROM {prescription} p
LEFT JOIN offre_offreinsertion f ON f.id = p.offre_id
WHERE p.renseignee_le BETWEEN %(debut)s AND %(j)s AND p.etat <> 'annulee'
