-- One row a person at J: orientation, named référent, valid contract, change of side of the SPE in the year.
WITH {_population},
changements AS (
    SELECT DISTINCT ON (o.personne_id) o.personne_id, o.organisme = ANY(%(spe)s) AS vers_spe
    FROM {orientation} o
    JOIN {orientation} avant ON avant.personne_id = o.personne_id AND upper(avant.periode) = lower(o.periode)
    WHERE o.decidee_le BETWEEN %(debut)s AND %(j)s
      AND (o.organisme = ANY(%(spe)s)) <> (avant.organisme = ANY(%(spe)s))
    ORDER BY o.personne_id, o.decidee_le DESC, o.rang DESC
)
SELECT p.personne_id, %(j)s AS ref, coalesce(o.type_decide, '') AS type, o.structure_id,
       p.sdd, o.personne_id IS NOT NULL AS oriente, r.personne_id IS NOT NULL AS referent,
       c.personne_id IS NOT NULL AS contrat, o.mode = 'delegataire' AS delegataire,
       o.organisme <> 'france_travail' OR %(j)s >= %(regime_b)s AS dans_champ,
       ch.personne_id IS NOT NULL AS change, ch.vers_spe
FROM population p
LEFT JOIN {orientation} o ON o.personne_id = p.personne_id AND o.periode @> %(j)s
LEFT JOIN {affectation} r ON r.personne_id = p.personne_id AND r.periode @> %(j)s
LEFT JOIN (
    SELECT DISTINCT personne_id FROM {contrat}
    WHERE nature IN ('cer', 'ce') AND etat IN ('valide', 'clos') AND debut <= %(j)s AND fin >= %(j)s
      AND (clos_le IS NULL OR clos_le > %(j)s)
) c ON c.personne_id = p.personne_id
LEFT JOIN changements ch ON ch.personne_id = p.personne_id
