-- One row an offer, an origin and a territory: prescriptions written in the year, and entries of the year.
SELECT p.offre_id, p.origine, ct.territoire_id,
       count(*) FILTER (WHERE p.renseignee_le BETWEEN %(debut)s AND %(j)s),
       count(*) FILTER (WHERE p.entree_le BETWEEN %(debut)s AND %(j)s)
FROM parcours_prescription p
LEFT JOIN parcours_adresse ad ON ad.personne_id = p.personne_id AND ad.periode @> p.renseignee_le
LEFT JOIN territoires_communeterritoire ct ON ct.commune_id = ad.commune_id AND ct.validite @> p.renseignee_le
WHERE p.etat <> 'annulee'
  AND (p.renseignee_le BETWEEN %(debut)s AND %(j)s OR p.entree_le BETWEEN %(debut)s AND %(j)s)
GROUP BY 1, 2, 3
