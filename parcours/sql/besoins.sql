-- One row an obstacle and a territory: people followed on the day whose last diagnosis holds it, and those of them
-- who received in the year no prescription on an offer aimed at it.
WITH dernier AS (
  SELECT DISTINCT ON (d.personne_id) d.id, d.personne_id
  FROM parcours_diagnostic d WHERE d.termine_le IS NOT NULL AND d.date <= %(j)s
  ORDER BY d.personne_id, d.date DESC, d.id DESC
), besoin AS (
  SELECT DISTINCT d.personne_id, s.frein_id
  FROM dernier d
  JOIN parcours_affectationreferent a ON a.personne_id = d.personne_id AND a.periode @> %(j)s::date
  JOIN parcours_reponsediagnostic r ON r.diagnostic_id = d.id
  JOIN parcours_situationtheme s ON s.id = r.situation_id AND s.niveau >= 2 AND s.frein_id IS NOT NULL
), servi AS (
  SELECT DISTINCT p.personne_id, f.frein_id
  FROM parcours_prescription p JOIN offre_offreinsertion_freins f ON f.offreinsertion_id = p.offre_id
  WHERE p.renseignee_le BETWEEN %(debut)s AND %(j)s AND p.etat NOT IN ('annulee', 'refusee')
)
SELECT b.frein_id, ct.territoire_id, count(*), count(*) FILTER (WHERE s.personne_id IS NULL)
FROM besoin b
LEFT JOIN servi s ON s.personne_id = b.personne_id AND s.frein_id = b.frein_id
LEFT JOIN parcours_adresse ad ON ad.personne_id = b.personne_id AND ad.periode @> %(j)s::date
LEFT JOIN territoires_communeterritoire ct ON ct.commune_id = ad.commune_id AND ct.validite @> %(j)s::date
GROUP BY 1, 2
