-- One row a person subject to rights and duties on J, with every breakdown and what the six tables count.
WITH {_population}, {_entrees}, {_dernieres}, {_premieres}, {_signes},
contrat AS (
    SELECT DISTINCT ON (personne_id) id, personne_id, debut, fin FROM {contrat}
    WHERE nature IN ('cer', 'ce') AND etat IN ('valide', 'clos') AND debut <= %(j)s AND fin >= %(j)s
      AND (clos_le IS NULL OR clos_le > %(j)s)
    ORDER BY personne_id, fin DESC, id DESC
),
changements AS (
    SELECT DISTINCT ON (o.personne_id) o.personne_id, o.organisme = ANY(%(spe)s) AS vers_spe
    FROM {orientation} o
    JOIN {orientation} avant ON avant.personne_id = o.personne_id AND upper(avant.periode) = lower(o.periode)
    WHERE o.decidee_le BETWEEN %(debut)s AND %(j)s
      AND (o.organisme = ANY(%(spe)s)) <> (avant.organisme = ANY(%(spe)s))
    ORDER BY o.personne_id, o.decidee_le DESC, o.rang DESC
)
SELECT p.personne_id, %(j)s AS ref,
       CASE WHEN x.date_naissance IS NULL THEN '' ELSE (ARRAY['0-24', '25-29', '30-39', '40-49', '50-59', '60+'])[
           1 + width_bucket(extract(year FROM age(%(j)s::timestamp, x.date_naissance::timestamp)),
                            ARRAY[25, 30, 40, 50, 60])] END AS age,
       x.sexe,
       CASE WHEN f.situation IS NULL OR f.situation = '' OR f.enfants IS NULL THEN ''
            WHEN f.situation IN ('CEL', 'DIV', 'ISO', 'SEF', 'SEL', 'VEU')
                 THEN CASE WHEN f.enfants = 0 THEN 'seul_sans' ELSE 'seul_avec' END
            ELSE CASE WHEN f.enfants = 0 THEN 'couple_sans' ELSE 'couple_avec' END END AS famille,
       CASE WHEN n.e IS NULL OR NOT isfinite(n.e) THEN ''
            WHEN n.e + interval '6 months' > %(j)s THEN 'moins_6_mois'
            WHEN n.e + interval '1 year' > %(j)s THEN '6_12_mois'
            WHEN n.e + interval '2 years' > %(j)s THEN '1_2_ans'
            WHEN n.e + interval '5 years' > %(j)s THEN '2_5_ans'
            ELSE '5_ans' END AS anciennete,
       x.niveau_formation AS formation, coalesce(m.nature, '') AS rsa,
       coalesce(o.organisme, 'non_oriente') AS organisme,
       x.inscrit_france_travail IS TRUE AS inscrit, c.id IS NOT NULL AS contrat,
       CASE WHEN c.id IS NULL THEN NULL
            WHEN c.debut + interval '6 months' > c.fin + 1 THEN 'moins_6_mois'
            WHEN c.debut + interval '1 year' > c.fin + 1 THEN '6_12_mois'
            ELSE '12_mois' END AS duree,
       c.id AS contrat_id,
       CASE WHEN n.d BETWEEN %(debut)s AND %(j)s AND isfinite(n.e) THEN n.d - n.e END AS jours_orientation,
       CASE WHEN g.s BETWEEN %(debut)s AND %(j)s AND (n.organisme <> 'france_travail' OR n.d >= %(regime_b)s)
            THEN g.s - n.d END AS jours_contrat,
       CASE WHEN ch.vers_spe THEN 'vers_spe' WHEN NOT ch.vers_spe THEN 'hors_spe' ELSE 'aucune' END AS reorientation
FROM population p
JOIN parcours_personne x ON x.id = p.personne_id
LEFT JOIN parcours_membrefoyer b ON b.personne_id = p.personne_id AND b.periode @> %(j)s
LEFT JOIN parcours_situationfoyer f ON f.foyer_id = b.foyer_id AND f.periode @> %(j)s
LEFT JOIN {etat_mensuel} m ON m.dossier_id = p.dossier_id AND m.mois = %(mois)s
LEFT JOIN {orientation} o ON o.personne_id = p.personne_id AND o.periode @> %(j)s
LEFT JOIN premieres n ON n.personne_id = p.personne_id
LEFT JOIN signes g ON g.personne_id = n.personne_id AND g.e = n.e
LEFT JOIN contrat c ON c.personne_id = p.personne_id
LEFT JOIN changements ch ON ch.personne_id = p.personne_id
WHERE p.sdd
