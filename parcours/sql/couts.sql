-- One row an aid paid in the year.
SELECT a.personne_id, %(j)s AS ref, a.montant, g.code AS reglement
FROM {aide} a JOIN parcours_reglementaide g ON g.id = a.reglement_id
WHERE a.etat = 'versee' AND a.versee_le BETWEEN %(debut)s AND %(j)s
