-- The first orientation `d` of each chosen entry, if any.
premieres AS MATERIALIZED (
    SELECT DISTINCT ON (n.personne_id, n.e)
           n.personne_id, n.e, n.suivante, o.decidee_le AS d, o.type_decide, o.organisme, o.structure_id
    FROM choisies n
    LEFT JOIN {orientation} o ON o.personne_id = n.personne_id AND o.decidee_le >= n.e
         AND o.decidee_le < n.suivante AND o.decidee_le <= %(a)s
    ORDER BY n.personne_id, n.e, o.decidee_le, o.rang
)
