"""What the rules of aids read: the facts of a person on a day, what was granted, the envelope, what is left."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from parcours.models import (
    Adresse,
    AffectationReferent,
    AttributionAide,
    Contrat,
    EnveloppeAide,
    EtatAide,
    ModeAccompagnement,
    Orientation,
    Personne,
    ReglementAide,
    SituationDroitsDevoirs,
    TypeOrientation,
)
from parcours.regles.aides import ZERO, Controle, Demande, Passee, empechements, evaluer
from parcours.regles.restes import Restes, depend_de_la_reprise, restes
from pdi.territoires.models import CommuneTerritoire

# What no table says: whoever asks vouches for it.
A_CONFIRMER = {
    "droit_commun_epuise": "Les aides de droit commun ont été demandées et sont épuisées",
    "projet_insertion": "La demande s’inscrit dans un projet d’insertion précis",
    "suivi_professionnel": "Un professionnel suit la personne",
}
TYPES_ACCOMPAGNES = (TypeOrientation.SOCIAL, TypeOrientation.SOCIO_PRO)
MODES_ACCOMPAGNES = (ModeAccompagnement.SOCIAL, ModeAccompagnement.GLOBAL)


def faits_de(personne: int, jour: datetime.date, confirmations: Collection[str]) -> dict[str, bool | None]:
    """Return the prerequisites of parcours.regles.aides.EXIGENCES on `jour`, None for what nobody knows. One query."""
    soi = {"personne": OuterRef("pk")}
    adresses = Adresse.objects.filter(periode__contains=jour, commune__isnull=False, **soi)
    orientations = Orientation.objects.au(jour).filter(**soi)
    accompagne = Q(type_decide__in=TYPES_ACCOMPAGNES) | Q(mode__in=MODES_ACCOMPAGNES)
    soumis = SituationDroitsDevoirs.objects.filter(periode__contains=jour, **soi)
    lu = (
        Personne.objects.filter(pk=personne)
        .annotate(
            contrat=Exists(Contrat.objects.valides_au(jour).filter(**soi)),
            domicile=Subquery(adresses.values("commune__departement")[:1]),
            orientee=Exists(orientations),
            accompagnee=Exists(orientations.filter(accompagne)),
            soumise=Subquery(soumis.values("recu")[:1]),
            suivie=Exists(AffectationReferent.objects.filter(periode__contains=jour, **soi)),
        )
        .values("contrat", "domicile", "orientee", "accompagnee", "soumise", "suivie")
        .get()
    )
    confirmes = set(confirmations)
    return {
        "contrat_valide": lu["contrat"],
        "residence": None if lu["domicile"] is None else lu["domicile"] == settings.DEPARTEMENT_CODE,
        "accompagnement_social_ou_global": lu["accompagnee"] if lu["orientee"] else None,
        "soumis_sdd": lu["soumise"],
        "suivi_professionnel": lu["suivie"] or "suivi_professionnel" in confirmes or None,
        "droit_commun_epuise": "droit_commun_epuise" in confirmes or None,
        "projet_insertion": "projet_insertion" in confirmes or None,
    }


def reglements_au(jour: datetime.date) -> QuerySet[ReglementAide]:
    """Return the règlements in force on `jour`."""
    return ReglementAide.objects.filter(validite__contains=jour).order_by("intitule")


def enveloppe_de(reglement: ReglementAide, personne: int, jour: datetime.date) -> EnveloppeAide | None:
    """Return the envelope that pays: of the year of `jour`, of the person's territory, else of the département."""
    return enveloppes_de(reglement, personne, jour).first()


def enveloppes_de(reglement: ReglementAide, personne: int, jour: datetime.date) -> QuerySet[EnveloppeAide]:
    """Return the envelopes that may pay, the nearest first; any version of the règlement."""
    communes = Adresse.objects.filter(personne=personne, periode__contains=jour).values("commune")
    siens = CommuneTerritoire.objects.filter(commune__in=communes, validite__contains=jour).values("territoire")
    return (
        EnveloppeAide.objects.filter(reglement__code=reglement.code, annee=jour.year)
        .filter(Q(territoire__in=siens) | Q(territoire=None))
        .annotate(loin=Case(When(territoire=None, then=Value(1)), default=Value(0)))
        .order_by("loin", "pk")
    )


def passees_de(aide: AttributionAide) -> list[Passee]:
    """Return what was granted to the person under the same règlement, this aid left out."""
    autres = AttributionAide.objects.accordees().filter(personne=aide.personne_id, reglement__code=aide.reglement.code)
    return [
        Passee(*ligne)
        for ligne in autres.exclude(pk=aide.pk).values_list("demandee_le", "montant", "composante").order_by("pk")
    ]


def controler(aide: AttributionAide, *, jour: datetime.date, enveloppe: EnveloppeAide | None) -> list[Controle]:
    """Return what each rule says of an aid, saved or not. `jour` is that of the decision: its envelope pays.

    An envelope that exists is never exceeded, even when the règlement does not name it.
    """
    reglement = aide.reglement
    regles = list(reglement.regles)
    if enveloppe is not None and not any(r["nature"] == "enveloppe" for r in regles):
        regles.append({"nature": "enveloppe", "code": "enveloppe", "libelle": f"Enveloppe de {jour.year}"})
    demande = Demande(
        date=aide.demandee_le,
        montant=aide.montant,
        composante=aide.composante,
        reprise_le=aide.reprise_activite_le,
        naissance=aide.personne.date_naissance,
        naissance_enfant=aide.naissance_enfant,
        faits=faits_de(aide.personne_id, aide.demandee_le, aide.confirmations),
        enveloppe=None if enveloppe is None else enveloppe.reste,
    )
    return evaluer(regles, demande, passees_de(aide), composantes=reglement.composantes)


def empechements_de(
    personne: Personne, reglements: Iterable[ReglementAide], jour: datetime.date
) -> dict[int, list[Controle]]:
    """Return, by règlement, what refuses any request of that person today. One query."""
    demande = Demande(
        date=jour, montant=ZERO, naissance=personne.date_naissance, faits=faits_de(personne.pk, jour, ())
    )  # fmt: skip
    return {r.pk: empechements(r.regles, demande) for r in reglements}


@dataclass(frozen=True)
class RestesDuReglement:
    """What is left to one person under one règlement."""

    reglement: ReglementAide
    restes: Restes


def aides_de(personne: int) -> list[AttributionAide]:
    """Return every aid of a person, latest first, each with its règlement. One query."""
    lues = AttributionAide.objects.filter(personne=personne).select_related("reglement")
    return list(lues.order_by("-demandee_le", "-pk"))


def restes_de(
    personne: int,
    reglements: Iterable[ReglementAide],
    jour: datetime.date,
    reprise_saisie: datetime.date | None = None,
    aides: Sequence[AttributionAide] | None = None,
) -> list[RestesDuReglement]:
    """Return what is left under each règlement that has a ceiling, in one query, none when `aides` are given.

    The return to work is `reprise_saisie`, else that of the latest aid not refused under the same règlement.
    """
    lues = [
        (a.reglement.code, a.etat, a.demandee_le, a.montant, a.composante, a.reprise_activite_le)
        for a in (aides_de(personne) if aides is None else aides)
        if a.etat not in (EtatAide.REFUSEE, EtatAide.ANNULEE)
    ]
    resultat = []
    for reglement in reglements:
        siennes = [ligne for ligne in lues if ligne[0] == reglement.code]
        if not any(r["nature"] == "plafond" for r in reglement.regles):
            continue
        accordees = _passees(siennes, (EtatAide.ACCORDEE, EtatAide.VERSEE))
        demandees = _passees(siennes, (EtatAide.DEMANDEE, EtatAide.A_CORRIGER))
        reprise = reprise_saisie or next((ligne[5] for ligne in siennes if ligne[5]), None)
        calcules = restes(
            reglement.regles, reglement.composantes, accordees, demandees, jour=jour,
            reprise=reprise if depend_de_la_reprise(reglement.regles) else None,
        )  # fmt: skip
        resultat.append(RestesDuReglement(reglement, calcules))
    return resultat


def _passees(lignes: Sequence[tuple[Any, ...]], etats: Collection[str]) -> list[Passee]:
    return [Passee(jour, montant, composante) for _, etat, jour, montant, composante, _ in lignes if etat in etats]
