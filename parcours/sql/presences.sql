-- One row an appointment of the year, held, missed, or whose outcome is still to be told.
SELECT x.personne_id, (x.debut AT TIME ZONE 'Europe/Paris')::date AS ref, x.structure_id,
       x.etat = 'tenu' AS tenu, x.etat IN ('tenu', 'manque') AS compte,
       x.etat = 'prevu' AND (x.debut AT TIME ZONE 'Europe/Paris')::date < %(a)s AS a_renseigner
FROM {entretien} x
WHERE x.debut >= %(debut)s::timestamp AT TIME ZONE 'Europe/Paris'
  AND x.debut < (%(j)s + 1)::timestamp AT TIME ZONE 'Europe/Paris' AND x.etat IN ('tenu', 'manque', 'prevu')
