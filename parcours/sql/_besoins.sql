-- People followed on the day whose last diagnosis holds an obstacle, and those who received in the year a
-- prescription on an offer aimed at it.
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
