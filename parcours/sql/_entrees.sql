-- Entries (one per person and file), each with its first orientation `d` and its first contract `s`.
entrees AS MATERIALIZED (
    SELECT personne_id, e, lead(e, 1, 'infinity'::date) OVER (PARTITION BY personne_id ORDER BY e) AS suivante
    FROM (
        SELECT DISTINCT personne_id, min(coalesce(lower(periode), '-infinity'::date)) AS e
        FROM {droits} WHERE recu GROUP BY personne_id, dossier_id
    ) n
    WHERE e <= %(a)s
),
premieres AS MATERIALIZED (
    SELECT DISTINCT ON (n.personne_id, n.e)
           n.personne_id, n.e, n.suivante, o.decidee_le AS d, o.type_decide, o.organisme, o.structure_id
    FROM entrees n
    LEFT JOIN {orientation} o ON o.personne_id = n.personne_id AND o.decidee_le >= n.e
         AND o.decidee_le < n.suivante AND o.decidee_le <= %(a)s
    ORDER BY n.personne_id, n.e, o.decidee_le, o.rang
),
signes AS (
    SELECT p.personne_id, p.e, min(greatest(c.signe_personne_le, c.signe_referent_le)) AS s
    FROM premieres p
    JOIN {contrat} c ON c.personne_id = p.personne_id AND c.nature IN ('cer', 'ce')
         AND c.etat IN ('signe', 'soumis', 'a_corriger', 'valide', 'clos')
         AND c.signe_personne_le IS NOT NULL AND c.signe_referent_le IS NOT NULL
         AND greatest(c.signe_personne_le, c.signe_referent_le) >= p.d
         AND greatest(c.signe_personne_le, c.signe_referent_le) < p.suivante
         AND greatest(c.signe_personne_le, c.signe_referent_le) <= %(a)s
    GROUP BY p.personne_id, p.e
)
