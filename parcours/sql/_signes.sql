-- The first contract `s` of each chosen entry that has a first orientation.
signes AS (
    SELECT p.personne_id, p.e, min(c.s) AS s
    FROM premieres p
    JOIN (
        SELECT personne_id, greatest(signe_personne_le, signe_referent_le) AS s
        FROM {contrat}
        WHERE nature IN ('cer', 'ce') AND etat IN ('signe', 'soumis', 'a_corriger', 'valide', 'clos')
          AND signe_personne_le IS NOT NULL AND signe_referent_le IS NOT NULL
    ) c ON c.personne_id = p.personne_id AND c.s >= p.d AND c.s < p.suivante AND c.s <= %(a)s
    GROUP BY p.personne_id, p.e
)
