-- People counted at J: `sdd` true, subject to rights and duties with an open right; false, not known to be.
population AS MATERIALIZED (
    SELECT s.personne_id, s.dossier_id, s.recu IS TRUE AND m.etat IS NOT NULL AS sdd
    FROM {droits} s
    LEFT JOIN {etat_mensuel} m ON m.dossier_id = s.dossier_id AND m.mois = %(mois)s
    WHERE s.periode @> %(j)s
      AND ((s.recu AND (m.etat IS NULL OR m.etat = ANY(%(etats)s))) OR (s.recu IS NULL AND m.etat = ANY(%(etats)s)))
)
