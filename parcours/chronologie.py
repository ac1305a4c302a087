"""Everything that happened to a person, on one line of time: one UNION, read in one query."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, DateField, Exists, F, Func, OuterRef, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, NullIf, TruncDate

from pdi.socle.compilees import Compilee

from .lecture_contrats import suites_engagees
from .models import (
    Adresse,
    AffectationReferent,
    AttributionAide,
    Contrat,
    CorrectionOrientation,
    Courrier,
    DemandeReorientation,
    Diagnostic,
    Entretien,
    EtatCourrier,
    Inscription,
    Orientation,
    Prescription,
    SituationDroitsDevoirs,
    Sortie,
    SuiviPostSortie,
)

ENTREE, ORIENTATION, REFERENT, DIAGNOSTIC = "entree", "orientation", "referent", "diagnostic"
ENTRETIEN, CONTRAT, PRESCRIPTION, AIDE, SORTIE = "entretien", "contrat", "prescription", "aide", "sortie"
REORIENTATION, INSCRIPTION, SUIVI, ADRESSE = "reorientation", "inscription", "suivi", "adresse"
COURRIER, CORRECTION = "courrier", "correction"
EP = "ep"  # told by a storey above: `a` and `b` its words, `d` its page
FAMILLES = {
    ENTRETIEN: "Rendez-vous", CONTRAT: "Contrats", PRESCRIPTION: "Prescriptions", AIDE: "Aides",
    ORIENTATION: "Orientations", REFERENT: "Référents", DIAGNOSTIC: "Diagnostics", SORTIE: "Sorties",
    EP: "Équipe pluridisciplinaire", COURRIER: "Courriers", ENTREE: "Droits et situation",
}  # fmt: skip
_RANG = {genre: rang for rang, genre in enumerate((
    SUIVI, SORTIE, COURRIER, AIDE, INSCRIPTION, PRESCRIPTION, CORRECTION, EP, REORIENTATION, CONTRAT, ENTRETIEN,
    REFERENT, ORIENTATION, DIAGNOSTIC, ENTREE, ADRESSE,
))}  # fmt: skip
_FAMILLE = {
    REORIENTATION: ORIENTATION, CORRECTION: ORIENTATION, INSCRIPTION: PRESCRIPTION, SUIVI: SORTIE, ADRESSE: ENTREE,
}  # fmt: skip


@dataclass(frozen=True)
class Fait:
    """One row: its day, its kind, two dates of validity, and four texts whose sense depends on the kind."""

    le: datetime.date
    genre: str
    objet: int
    debut: datetime.date | None
    fin: datetime.date | None
    a: str
    b: str
    c: str
    d: str = ""

    @property
    def famille(self) -> str:
        """Return the family that shows it and filters it."""
        return _FAMILLE.get(self.genre, self.genre)


def _texte(expression: Any) -> Any:
    return Coalesce(Cast(expression, CharField()), Value(""), output_field=CharField())


def _nom(cle: str) -> Any:
    return Func(Concat(f"{cle}__prenom", Value(" "), f"{cle}__nom"), function="TRIM", output_field=CharField())


def _lignes(
    lignes: QuerySet[Any], genre: str, le: Any, *textes: Any, debut: Any = None, fin: Any = None
) -> QuerySet[Any, Any]:
    vide = Value(None, output_field=DateField())
    quatre = {f"f_{nom}": _texte(t) for nom, t in zip("abcd", (*textes, *[Value("")] * 4), strict=False)}
    decrites: QuerySet[Any, Any] = (
        lignes.order_by()
        .annotate(
            f_le=Cast(le, DateField()),
            f_genre=Value(genre, output_field=CharField()),
            f_debut=Cast(debut, DateField()) if debut else vide,
            f_fin=Cast(fin, DateField()) if fin else vide,
            **quatre,
        )
        .values_list("f_le", "f_genre", "pk", "f_debut", "f_fin", *quatre)
    )
    return decrites


def _tout(personne: int) -> QuerySet[Any, Any]:
    """Return every row about a person, latest first: one UNION."""
    borne = {"debut": F("periode__startswith"), "fin": F("periode__endswith")}
    motif = Coalesce(NullIf("motif_texte", Value("")), "motif__libelle")
    qui = Coalesce(NullIf("referent_nom", Value("")), NullIf(_nom("referent"), Value("")))
    a_finir = Case(
        When(brouillon__isnull=False, then=Value("brouillon")),
        When(etat="tenu", resume="", then=Value("sans_compte_rendu")),
        default=Value(""),
        output_field=CharField(),
    )
    suites = Contrat.objects.filter(suites_engagees(), precedent=OuterRef("pk"))
    siens = {"personne": personne}
    parties = [
        _lignes(Orientation.objects.filter(**siens), ORIENTATION, F("decidee_le"),
                F("type_decide"), F("structure__nom"), motif, **borne),
        _lignes(DemandeReorientation.objects.filter(**siens), REORIENTATION, F("demandee_le"),
                F("type_demande"), F("etat"), F("motif__libelle"), F("reponse")),
        _lignes(CorrectionOrientation.objects.filter(**siens), CORRECTION, TruncDate("le"),
                F("decidee_le"), F("nature"), F("motif"), F("orientation")),
        _lignes(AffectationReferent.objects.filter(**siens), REFERENT, F("periode__startswith"),
                qui, F("structure__nom"), F("motif_fin__libelle"), **borne),
        _lignes(Entretien.objects.filter(**siens), ENTRETIEN, TruncDate("debut"),
                F("nature"), F("etat"), F("motif"), a_finir),
        _lignes(Contrat.objects.filter(**siens), CONTRAT, F("debut"),
                F("nature"), F("etat"), F("heures_hebdo"), Exists(suites),
                debut=F("debut"), fin=Coalesce("clos_le", "fin")),
        _lignes(Prescription.objects.filter(**siens), PRESCRIPTION, F("renseignee_le"),
                Coalesce("offre__intitule", "action_libre"), F("etat"), F("operateur__nom"), F("transmise_le"),
                debut=F("entree_le"), fin=F("fin_le")),
        _lignes(Inscription.objects.filter(**siens), INSCRIPTION, F("demandee_le"),
                F("session__offre__intitule"), F("etat"), F("motif"), F("repondre_avant"),
                debut=F("entree_le"), fin=F("fin_le")),
        _lignes(AttributionAide.objects.filter(**siens), AIDE, F("demandee_le"),
                F("objet"), F("etat"), F("montant"), F("reglement__intitule")),
        _lignes(Sortie.objects.filter(**siens), SORTIE, F("date"),
                F("type__libelle"), F("nature"), F("employeur"), F("type__emploi")),
        _lignes(SuiviPostSortie.objects.filter(sortie__personne=personne), SUIVI, Coalesce("recueilli_le", "du_le"),
                F("mois"), F("situation"), debut=F("du_le")),
        _lignes(Diagnostic.objects.filter(**siens), DIAGNOSTIC, F("date"),
                Case(When(termine_le=None, then=Value("brouillon")), default=Value(""))),
        _lignes(Courrier.objects.filter(**siens, etat=EtatCourrier.PRET), COURRIER, F("le"),
                F("modele__intitule"), Value(""), _nom("par")),
        _lignes(SituationDroitsDevoirs.objects.filter(**siens), ENTREE, F("periode__startswith"),
                F("recu"), F("recalcule"), **borne),
        _lignes(Adresse.objects.filter(**siens), ADRESSE, F("periode__startswith"),
                Coalesce("commune__nom", "code_postal"), F("domiciliation"), **borne),
    ]  # fmt: skip
    return parties[0].union(*parties[1:], all=True).order_by("-f_le", "f_genre", "-pk")


_TOUT = Compilee(_tout, -1_000_001)


def faits(personne: int) -> list[Fait]:
    """Return everything about a person, latest first, in one query; within a day, in the order of a path.

    The database keeps no hour: an exit written the day of the contract still comes after it.
    """
    return ordonner([Fait(*ligne) for ligne in _TOUT.lire(personne) if ligne[0] is not None])


def ordonner(lus: Iterable[Fait]) -> list[Fait]:
    """Return events latest first; within a day, in the order of a path."""
    return sorted(lus, key=lambda f: (-f.le.toordinal(), _RANG[f.genre]))
