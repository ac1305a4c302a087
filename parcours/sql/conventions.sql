-- One row a convention: what its operator received, answered, accompanied in the year, and the money of the year.
-- A convention without offers covers everything its operator receives; outside its dates nothing counts.
WITH c AS (
  SELECT c.id, c.operateur_id, c.periode * daterange(%(debut)s, %(fin)s) AS p, c.regles,
         EXISTS (SELECT 1 FROM offre_convention_offres o WHERE o.convention_id = c.id) AS ciblee
  FROM offre_convention c WHERE c.id = ANY(%(conventions)s)
), p AS (
  SELECT c.id AS convention, c.p, p.*
  FROM c JOIN parcours_prescription p ON p.operateur_id = c.operateur_id AND p.etat <> 'annulee'
  WHERE NOT isempty(c.p) AND (NOT c.ciblee OR EXISTS (
    SELECT 1 FROM offre_convention_offres o WHERE o.convention_id = c.id AND o.offreinsertion_id = p.offre_id))
), comptes AS (
  SELECT convention,
         count(*) FILTER (WHERE transmise_le <@ p) AS recues,
         count(*) FILTER (WHERE repondue_le <@ p) AS reponses,
         count(*) FILTER (WHERE repondue_le <@ p AND motif_refus_id IS NULL AND etat <> 'refusee') AS acceptees,
         count(*) FILTER (WHERE repondue_le <@ p AND transmise_le IS NOT NULL) AS datees,
         sum(repondue_le - transmise_le) FILTER (WHERE repondue_le <@ p) AS jours,
         count(*) FILTER (WHERE entree_le <@ p) AS entrees,
         count(*) FILTER (WHERE fin_le <@ p AND entree_le IS NOT NULL) AS finies,
         count(*) FILTER (WHERE fin_le <@ p AND etat = 'achevee') AS achevees
  FROM p GROUP BY convention
), sorties AS (
  SELECT p.convention, count(*) AS sorties, count(*) FILTER (WHERE t.emploi) AS emplois,
         count(*) FILTER (WHERE t.categorie IN ('durable', 'transition', 'positive')) AS positives
  FROM p
  JOIN parcours_sortie s ON s.prescription_id = p.id AND s.nature = 'action' AND s.date <@ p.p
  JOIN parcours_typesortie t ON t.id = s.type_id AND t.categorie <> 'neutralisee'
  JOIN parcours_referentielsortie r ON r.id = t.referentiel_id AND s.date - p.entree_le >= r.duree_min_jours
  GROUP BY p.convention
), heures AS (
  SELECT c.id AS convention, sum(h.heures) AS heures
  FROM c
  JOIN offre_session s ON s.operateur_id = c.operateur_id AND (NOT c.ciblee OR EXISTS (
    SELECT 1 FROM offre_convention_offres o WHERE o.convention_id = c.id AND o.offreinsertion_id = s.offre_id))
  JOIN parcours_inscription i ON i.session_id = s.id
  JOIN parcours_heuresconsommees h ON h.inscription_id = i.id AND h.le <@ c.p
  GROUP BY c.id
), montants AS (
  SELECT convention_id AS convention, sum(coalesce(mandate, prevu)) AS montant
  FROM offre_montantconvention WHERE annee = %(annee)s AND convention_id = ANY(%(conventions)s) GROUP BY 1
), quotas AS (
  SELECT c.id AS convention,
         sum((r ->> 'quantite')::numeric) FILTER (WHERE r ->> 'type' = 'places') AS places,
         sum((r ->> 'quantite')::numeric) FILTER (WHERE r ->> 'type' = 'heures') AS heures
  FROM c CROSS JOIN LATERAL jsonb_array_elements(c.regles) r GROUP BY c.id
), offres AS (
  SELECT o.convention_id AS convention, sum(f.places) AS places
  FROM offre_convention_offres o JOIN offre_offreinsertion f ON f.id = o.offreinsertion_id
  WHERE o.convention_id = ANY(%(conventions)s) AND f.places_unite NOT IN ('heures', 'places/session')
  GROUP BY 1
)
SELECT c.id, coalesce(n.recues, 0), coalesce(n.reponses, 0), coalesce(n.acceptees, 0), coalesce(n.datees, 0),
       coalesce(n.jours, 0), coalesce(n.entrees, 0), coalesce(n.finies, 0), coalesce(n.achevees, 0),
       coalesce(x.sorties, 0), coalesce(x.emplois, 0), coalesce(x.positives, 0), coalesce(h.heures, 0), m.montant,
       coalesce(q.places, f.places), q.heures
FROM c
LEFT JOIN comptes n ON n.convention = c.id
LEFT JOIN sorties x ON x.convention = c.id
LEFT JOIN heures h ON h.convention = c.id
LEFT JOIN montants m ON m.convention = c.id
LEFT JOIN quotas q ON q.convention = c.id
LEFT JOIN offres f ON f.convention = c.id
WHERE NOT isempty(c.p)
