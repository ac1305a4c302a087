-- One row a person with an open follow-up or an act in the year.
SELECT personne_id, %(j)s AS ref FROM {affectation} WHERE periode && daterange(%(debut)s, %(j)s, '[]')
UNION
SELECT personne_id, %(j)s FROM {entretien}
WHERE etat = 'tenu' AND debut >= %(debut)s::timestamp AT TIME ZONE 'Europe/Paris'
  AND debut < (%(j)s + 1)::timestamp AT TIME ZONE 'Europe/Paris'
UNION
SELECT personne_id, %(j)s FROM {contrat}
WHERE etat NOT IN ('brouillon', 'annule') AND signe_personne_le BETWEEN %(debut)s AND %(j)s
UNION
SELECT personne_id, %(j)s FROM {orientation} WHERE decidee_le BETWEEN %(debut)s AND %(j)s
UNION
SELECT personne_id, %(j)s FROM {prescription}
WHERE etat <> 'annulee' AND renseignee_le BETWEEN %(debut)s AND %(j)s
UNION
SELECT personne_id, %(j)s FROM {aide} WHERE demandee_le BETWEEN %(debut)s AND %(j)s
