"""Names looked up by imports: structures, communes, accounts of référents."""

from __future__ import annotations

from parcours.models import NatureMotif
from pdi.comptes.models import Role
from pdi.socle.imports.controle import cle_sql
from pdi.socle.imports.declarations import Champ, Reference
from pdi.structures.references import STRUCTURES

_NOM_COMPTE = "(u.prenom || ' ' || u.nom)"
_COMPTES = f"""SELECT u.* FROM comptes_utilisateur u WHERE u.is_active AND EXISTS (SELECT 1
    FROM comptes_habilitation h WHERE h.utilisateur_id = u.id AND h.role = '{Role.REFERENT.value}')"""  # nosec B608
REFERENTS_SQL = f"""SELECT {cle_sql(_NOM_COMPTE)} AS cle, u.id, {_NOM_COMPTE} AS libelle FROM ({_COMPTES}) u
    UNION ALL SELECT {cle_sql("(u.nom || ' ' || u.prenom)")}, u.id, {_NOM_COMPTE} FROM ({_COMPTES}) u
    UNION ALL SELECT {cle_sql("u.courriel")}, u.id, {_NOM_COMPTE} FROM ({_COMPTES}) u"""  # nosec B608
COMPTES = Reference(sql=REFERENTS_SQL, inconnu="Aucun compte de référent à ce nom.")
COMPTES_OU_NOMS = Reference(
    sql=REFERENTS_SQL, inconnu="Aucun compte de référent à ce nom : inscrit par son nom.", bloquante=False
)

STRUCTURE = Champ(
    "structure", "Structure", "reference", requis=True, reference=STRUCTURES, longueur=200,
    synonymes=("organisme référent", "structure référente", "service", "structure d’accueil", "SIRET"),
    aide="Nom, sigle ou SIRET d’une structure en activité.", exemple="Mission locale",
)  # fmt: skip
MOTIFS_FIN = Reference(
    sql=f"""SELECT {cle_sql("libelle")} AS cle, id, libelle FROM parcours_motif
    WHERE nature = '{NatureMotif.FIN_REFERENT.value}' AND validite @> current_date
    UNION ALL SELECT {cle_sql("code")}, id, libelle FROM parcours_motif
    WHERE nature = '{NatureMotif.FIN_REFERENT.value}' AND validite @> current_date""",  # nosec B608
    inconnu="Ce motif n’est pas dans la liste.",
)
