"""Lists of what to correct in the files: missing, contradictory, impossible; by structure and by référent.

The same anomalies as before the OARSA survey (parcours.anomalies_oarsa), read today, and those that only daily work
needs. Source: Essonne, fiche 2.3 (« listes de contrôle », completeness).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Max
from django.db.models.expressions import RawSQL

from parcours import anomalies_oarsa as oarsa
from parcours.anomalies_oarsa import Anomalie
from parcours.models import EtatMensuel, Personne
from parcours.portees import portee, suit_ou_a_suivi
from parcours.querysets import PersonneQuerySet
from parcours.statistiques.moteur import Moment, en_positions
from pdi.comptes.models import Role
from pdi.socle.droits import OUI, Verdict, non

ROLES = (Role.ENCADRANT, Role.AGENT_ORIENTATION, Role.REFERENT)
CONTROLES: tuple[Anomalie, ...] = (
    *(a for a in oarsa.ANOMALIES if a.code not in ("adresse", "droits")),
    Anomalie(
        "commune", "Adresse sans commune", "Complétez l’adresse d’aujourd’hui.",
        "NOT EXISTS (SELECT 1 FROM parcours_adresse a WHERE a.personne_id = x.id AND a.periode @> %(j)s::date "
        "AND a.commune_id IS NOT NULL)",
    ),
    Anomalie(
        "etat_mensuel", "Aucun état du dossier au dernier mois reçu", "Vérifiez le flux, ou la clôture du dossier.",
        "NOT EXISTS (SELECT 1 FROM parcours_etatmensuel m WHERE m.dossier_id = p.dossier_id "
        "AND m.mois = %(mois)s::date)",
    ),
    Anomalie(
        "structure", "Orientée vers une structure qui n’est plus en activité", "Réorientez, ou corrigez la structure.",
        "EXISTS (SELECT 1 FROM parcours_orientation o JOIN structures_structure s ON s.id = o.structure_id "
        "WHERE o.personne_id = x.id AND o.periode @> %(j)s::date AND NOT s.active)", grave=True,
    ),
    Anomalie(
        "doublon", "Doublon possible", "Même nom, prénom et naissance, ou même numéro de sécurité sociale : comparez.",
        "EXISTS (SELECT 1 FROM parcours_personne d WHERE d.id <> x.id AND d.date_naissance = x.date_naissance "
        "AND upper(d.nom_naissance) = upper(x.nom_naissance) "
        "AND lower(split_part(d.prenoms, ' ', 1)) = lower(split_part(x.prenoms, ' ', 1))) "
        "OR EXISTS (SELECT 1 FROM parcours_personne d WHERE d.id <> x.id AND d.nir_empreinte = x.nir_empreinte)",
    ),
)  # fmt: skip
PAR_CODE = {controle.code: controle for controle in CONTROLES}
_FAUTIVE = " OR ".join(f"(({c.condition}) IS TRUE)" for c in CONTROLES)  # no date of death is no answer, not a fault
# Who follows the person today, whichever of the two is known.
_SUIVI = """LEFT JOIN LATERAL (SELECT o.structure_id FROM parcours_orientation o
    WHERE o.personne_id = x.id AND o.periode @> %(j)s::date) o ON true
LEFT JOIN LATERAL (SELECT r.referent_id, r.referent_nom FROM parcours_affectationreferent r
    WHERE r.personne_id = x.id AND r.periode @> %(j)s::date) r ON true
LEFT JOIN structures_structure s ON s.id = o.structure_id
LEFT JOIN comptes_utilisateur u ON u.id = r.referent_id"""
AXES = {
    "structure": ("Structure", "coalesce(s.nom, '')"),
    "referent": ("Référent", "coalesce(nullif(r.referent_nom, ''), trim(concat(u.prenom, ' ', u.nom)), '')"),
}


@dataclass(frozen=True)
class MomentControle(Moment):
    """Today, judged on the last month of files that was received: the current one may still be on its way."""

    recu: datetime.date | None = None

    @classmethod
    def du(cls, jour: datetime.date) -> MomentControle:
        """Return the moment of `jour`. One query."""
        recu = EtatMensuel.objects.filter(mois__lte=jour).aggregate(m=Max("mois"))["m"]
        return cls(jour.year, jour, recu=recu)

    def parametres(self) -> dict[str, Any]:
        """Return what the queries are given."""
        lus = super().parametres()
        return {**lus, "mois": self.recu or lus["mois"]}


@dataclass(frozen=True)
class Completude:
    """People of a group, and how many of them have nothing to correct."""

    nom: str
    personnes: int
    completes: int

    @property
    def taux(self) -> float:
        """Return the completeness in percent."""
        return 100 * self.completes / self.personnes


def peut_controler(utilisateur: Any) -> Verdict:
    """Read the lists: those who correct."""
    if utilisateur.is_authenticated and utilisateur.a_role(Role.ADMINISTRATEUR, *ROLES):
        return OUI
    return non("Les listes de contrôle sont lues par ceux qui corrigent les dossiers.")


def perimetre(utilisateur: Any) -> PersonneQuerySet:
    """Return the people whose files are this user's to correct."""
    personnes: PersonneQuerySet = Personne.objects.all()
    if utilisateur.a_role(Role.ADMINISTRATEUR):
        return personnes
    condition = portee(utilisateur, Role.ENCADRANT, Role.AGENT_ORIENTATION)
    if utilisateur.a_role(Role.REFERENT):
        suivies = suit_ou_a_suivi(utilisateur)
        condition = suivies if condition is None else condition | suivies
    return personnes.none() if condition is None else personnes.filter(condition)


def _lire(comptes: str, colonnes: str, moment: MomentControle, utilisateur: Any, jointures: str = "") -> list[Any]:
    """Count over the `colonnes` of the population, within the scope of the user. `comptes`: up to the GROUP BY."""
    texte, valeurs = en_positions(oarsa.depuis_population(colonnes, f"{jointures} WHERE true"), moment.parametres())
    if not utilisateur.a_role(Role.ADMINISTRATEUR):
        dedans, siennes = perimetre(utilisateur).order_by().values("pk").query.sql_with_params()
        texte, valeurs = f"{texte} AND x.id IN ({dedans})", [*valeurs, *siennes]
    with connection.cursor() as curseur:
        curseur.execute(f"{oarsa.compter_sql(comptes, texte)}{' GROUP BY 1' if jointures else ''}", valeurs)
        return list(curseur.fetchall())


def compter(moment: MomentControle, utilisateur: Any) -> list[tuple[Anomalie, int]]:
    """Return each list with its count, those that stop a statistic first. One query."""
    filtres = ", ".join(f"count(*) FILTER (WHERE a{rang})" for rang in range(len(CONTROLES)))
    (comptes,) = _lire(filtres, oarsa.colonnes_sql(CONTROLES), moment, utilisateur)
    lus = zip(CONTROLES, comptes, strict=True)
    return sorted(((c, n) for c, n in lus if n), key=lambda paire: (not paire[0].grave, -paire[1]))


def nombre_a_corriger(moment: MomentControle, utilisateur: Any) -> int:
    """Return how many people have something to correct. One query."""
    ((nombre,),) = _lire("count(*) FILTER (WHERE fautive)", f"({_FAUTIVE}) AS fautive", moment, utilisateur)
    return int(nombre)


def completude(axe: str, moment: MomentControle, utilisateur: Any) -> list[Completude]:
    """Return the completeness of each structure or référent, the least complete first. One query."""
    colonnes = f"{AXES[axe][1]} AS qui, ({_FAUTIVE}) AS fautive"
    lignes = _lire("qui, count(*), count(*) FILTER (WHERE NOT fautive)", colonnes, moment, utilisateur, _SUIVI)
    return sorted((Completude(*ligne) for ligne in lignes), key=lambda c: (c.taux, -c.personnes, c.nom))


def personnes(controle: Anomalie, moment: MomentControle, utilisateur: Any) -> PersonneQuerySet:
    """Return the people a list concerns, within the scope of the user."""
    sql = oarsa.depuis_population("p.personne_id", f"WHERE {controle.condition}")
    texte, valeurs = en_positions(sql, moment.parametres())
    return perimetre(utilisateur).filter(pk__in=RawSQL(texte, valeurs))  # noqa: S611  # nosec B611 - our own text
