"""Everything that happened to a person, on one line of time: one UNION, read in one query."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, DateField, F, Func, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat, NullIf, TruncDate

from .models import (
    AffectationReferent,
    AttributionAide,
    Contrat,
    Diagnostic,
    Entretien,
    EtatAide,
    EtatContrat,
    EtatEntretien,
    EtatPrescription,
    NatureContrat,
    NatureEntretien,
    NatureSortie,
    Orientation,
    Prescription,
    SituationDroitsDevoirs,
    Sortie,
    TypeOrientation,
)

ENTREE, ORIENTATION, REFERENT, DIAGNOSTIC = "entree", "orientation", "referent", "diagnostic"
ENTRETIEN, CONTRAT, PRESCRIPTION, AIDE, SORTIE = "entretien", "contrat", "prescription", "aide", "sortie"
FAMILLES = {
    ORIENTATION: "Orientations", REFERENT: "Référents", ENTRETIEN: "Rendez-vous", CONTRAT: "Contrats",
    PRESCRIPTION: "Prescriptions", AIDE: "Aides", SORTIE: "Sorties", DIAGNOSTIC: "Diagnostics", ENTREE: "Droits",
}  # fmt: skip
ICONES = {
    ORIENTATION: "signpost-split", REFERENT: "person-circle", ENTRETIEN: "calendar-x", CONTRAT: "file-earmark-check",
    PRESCRIPTION: "signpost-split", AIDE: "cash-coin", SORTIE: "briefcase", DIAGNOSTIC: "info-circle",
    ENTREE: "arrow-right-circle-fill",
}  # fmt: skip
DOMAINES = {AIDE: "offre", PRESCRIPTION: "offre", CONTRAT: "parcours", ORIENTATION: "parcours"}


@dataclass(frozen=True)
class Fait:
    """One row: its day, its kind, two dates of validity, and three texts whose sense depends on the kind."""

    le: datetime.date
    genre: str
    objet: int
    debut: datetime.date | None
    fin: datetime.date | None
    a: str
    b: str
    c: str


def _texte(expression: Any) -> Any:
    return Coalesce(Cast(expression, CharField()), Value(""), output_field=CharField())


def _nom(cle: str) -> Any:
    return Func(Concat(f"{cle}__prenom", Value(" "), f"{cle}__nom"), function="TRIM", output_field=CharField())


def _lignes(
    lignes: QuerySet[Any], genre: str, le: Any, a: Any, b: Any, c: Any, debut: Any = None, fin: Any = None
) -> QuerySet[Any, Any]:
    vide = Value(None, output_field=DateField())
    decrites: QuerySet[Any, Any] = (
        lignes.order_by()
        .annotate(
            f_le=Cast(le, DateField()),
            f_genre=Value(genre, output_field=CharField()),
            f_debut=Cast(debut, DateField()) if debut else vide,
            f_fin=Cast(fin, DateField()) if fin else vide,
            f_a=_texte(a),
            f_b=_texte(b),
            f_c=_texte(c),
        )
        .values_list("f_le", "f_genre", "pk", "f_debut", "f_fin", "f_a", "f_b", "f_c")
    )
    return decrites


def faits(personne: int) -> list[Fait]:
    """Return everything about a person, latest first, in one query."""
    borne = {"debut": F("periode__startswith"), "fin": F("periode__endswith")}
    motif = Coalesce(NullIf("motif_texte", Value("")), "motif__libelle")
    qui = Coalesce(NullIf("referent_nom", Value("")), NullIf(_nom("referent"), Value("")))
    parties = [
        _lignes(Orientation.objects.filter(personne=personne), ORIENTATION, F("decidee_le"),
                F("type_decide"), F("structure__nom"), motif, **borne),
        _lignes(AffectationReferent.objects.filter(personne=personne), REFERENT, F("periode__startswith"),
                qui, F("structure__nom"), F("motif_fin__libelle"), **borne),
        _lignes(Entretien.objects.filter(personne=personne), ENTRETIEN, TruncDate("debut"),
                F("nature"), F("etat"), F("motif")),
        _lignes(Contrat.objects.filter(personne=personne), CONTRAT, F("debut"),
                F("nature"), F("etat"), F("heures_hebdo"), F("debut"), Coalesce("clos_le", "fin")),
        _lignes(Prescription.objects.filter(personne=personne), PRESCRIPTION, F("renseignee_le"),
                Coalesce("offre__intitule", "action_libre"), F("etat"), F("operateur__nom"),
                F("entree_le"), F("fin_le")),
        _lignes(AttributionAide.objects.filter(personne=personne), AIDE, F("demandee_le"),
                F("objet"), F("etat"), F("montant")),
        _lignes(Sortie.objects.filter(personne=personne), SORTIE, F("date"),
                F("type__libelle"), F("nature"), F("employeur")),
        _lignes(Diagnostic.objects.filter(personne=personne), DIAGNOSTIC, F("date"), Value(""), Value(""), Value("")),
        _lignes(SituationDroitsDevoirs.objects.filter(personne=personne), ENTREE, F("periode__startswith"),
                F("recu"), Value(""), Value(""), **borne),
    ]  # fmt: skip
    return [Fait(*ligne) for ligne in parties[0].union(*parties[1:], all=True).order_by("-f_le", "f_genre", "-pk")]


@dataclass(frozen=True)
class Ligne:
    """One event as the page shows it (components/frise.html)."""

    le: datetime.date
    titre: str
    texte: str
    icone: str
    domaine: str
    ton: str = ""
    url: str = ""


def _dire(fait: Fait) -> tuple[str, str]:  # noqa: PLR0911  # one line of words a kind
    match fait.genre:
        case "orientation":
            return f"Orientation\u00a0: {TypeOrientation(fait.a).label}", _phrases(fait.b, fait.c)
        case "referent":
            return f"Référent\u00a0: {fait.a}", _phrases(fait.b, fait.c and f"Fin\u00a0: {fait.c}")
        case "entretien":
            return f"{NatureEntretien(fait.a).label}\u00a0: {EtatEntretien(fait.b).label.lower()}", fait.c
        case "contrat":
            dates = f"du {fait.debut:%d/%m/%Y} au {fait.fin:%d/%m/%Y}" if fait.debut and fait.fin else ""
            heures = f"{fait.c.removesuffix('.0').replace('.', ',')}\u00a0h par semaine" if fait.c else ""
            return NatureContrat(fait.a).label, _phrases(EtatContrat(fait.b).label, dates, heures)
        case "prescription":
            return f"Prescription\u00a0: {fait.a}", _phrases(EtatPrescription(fait.b).label, fait.c)
        case "aide":
            montant = f"{fait.c.removesuffix('.00').replace('.', ',')}\u00a0€"
            return f"Aide\u00a0: {fait.a}, {montant}", EtatAide(fait.b).label
        case "sortie":
            return f"{NatureSortie(fait.b).label}\u00a0: {fait.a}", fait.c
        case "diagnostic":
            return "Diagnostic", ""
    fin = f"jusqu’au {fait.fin:%d/%m/%Y}" if fait.fin else ""
    return "Droits et devoirs ouverts" if fait.a == "true" else "Hors du champ des droits et devoirs", fin


def _phrases(*morceaux: str) -> str:
    return ", ".join(m for m in morceaux if m)


def lignes(lus: list[Fait], famille: str = "") -> list[Ligne]:
    """Return the events to show, those of one family when it is named."""
    gardes = [f for f in lus if famille not in FAMILLES or f.genre == famille]
    return [
        Ligne(f.le, *_dire(f), ICONES[f.genre], DOMAINES.get(f.genre, ""), "bon" if f.genre == SORTIE else "")
        for f in gardes
    ]
