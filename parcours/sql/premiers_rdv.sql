-- One row an orientation of the year that is fifteen days old: whether an appointment was given in that time.
SELECT o.personne_id, o.decidee_le AS ref, o.type_decide AS type, o.structure_id,
       o.organisme <> 'france_travail' AS connu,
       EXISTS (
           SELECT 1 FROM {entretien} x
           WHERE x.personne_id = o.personne_id AND x.nature IN ('premier', 'suivi', 'bilan')
             AND x.etat IN ('tenu', 'manque', 'excuse')
             AND x.debut >= o.decidee_le::timestamp AT TIME ZONE 'Europe/Paris'
             AND x.debut < (o.decidee_le + 16)::timestamp AT TIME ZONE 'Europe/Paris'
       ) AS recu
FROM {orientation} o
WHERE o.decidee_le BETWEEN %(debut)s AND %(j)s AND o.decidee_le + 15 <= %(a)s
