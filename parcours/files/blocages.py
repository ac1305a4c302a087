"""What holds a row back, in words: what the queue knows first, then the meeting that is missing, missed or to come.

Read for the rows that are shown only, by subqueries on the meetings, diagnoses and contracts of each person.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import Count, DateField, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, JSONObject, TruncDate
from django.utils.dateparse import parse_date

from parcours.models import (
    AffectationReferent,
    Contrat,
    Diagnostic,
    Entretien,
    EtatContrat,
    EtatEntretien,
    TransitionContrat,
)
from pdi.socle.formats import compte, date_courte

if TYPE_CHECKING:
    from .catalogue import FileAttente

DIAGNOSTIC, CONTRAT, REFERENT, RENVOI, TELEPHONE, OPERATEUR, DECISION, RENDEZ_VOUS = (
    "diagnostic", "contrat", "referent", "renvoi", "telephone", "operateur", "decision", "rendez_vous",
)  # fmt: skip
A_FIXER, PREVU, ISSUE, MANQUE = "a_fixer", "prevu", "issue", "manque"
CHOIX = (
    (A_FIXER, "Rendez-vous à fixer"), (PREVU, "Rendez-vous prévu"), (ISSUE, "Issue d’un rendez-vous à dire"),
    (MANQUE, "Rendez-vous manqué"),
)  # fmt: skip


def _entretiens(file: FileAttente, etat: str) -> Any:
    return Entretien.objects.filter(personne=OuterRef(f"{file.personne}__pk"), etat=etat)


def _a_venir(file: FileAttente, jour: datetime.date) -> Any:
    return _entretiens(file, EtatEntretien.PREVU).filter(debut__date__gte=jour)


def _sans_issue(file: FileAttente, jour: datetime.date) -> Any:
    return _entretiens(file, EtatEntretien.PREVU).filter(debut__date__lt=jour)


def _manques(file: FileAttente) -> Any:
    return _entretiens(file, EtatEntretien.MANQUE).filter(debut__date__gte=OuterRef("depuis"))


def filtrer(file: FileAttente, valeur: str, jour: datetime.date) -> Q:
    """Return the condition of one of CHOIX: where the next meeting stands."""
    prevu, issue, manque = Exists(_a_venir(file, jour)), Exists(_sans_issue(file, jour)), Exists(_manques(file))
    if valeur == PREVU:
        return Q(prevu)
    if valeur == ISSUE:
        return Q(issue) & ~Q(prevu)
    if valeur == MANQUE:
        return Q(manque) & ~Q(prevu) & ~Q(issue)
    return ~Q(prevu) & ~Q(issue) & ~Q(manque)


def _json(lignes: Any, **champs: Any) -> Subquery:
    return Subquery(lignes.values(_=JSONObject(**champs))[:1])


def _lectures(file: FileAttente, jour: datetime.date) -> dict[str, Any]:
    """Return what the rows of the queue are annotated with."""
    elle = {"personne": OuterRef(f"{file.personne}__pk")}
    finies = AffectationReferent.objects.filter(**elle, periode__endswith__lte=jour)
    renvois = TransitionContrat.objects.filter(contrat=OuterRef("pk"), vers=EtatContrat.A_CORRIGER).order_by()
    manques = _manques(file).order_by().values("personne").annotate(n=Count("pk"), dernier=Max(TruncDate("debut")))
    toutes: dict[str, dict[str, Any]] = {
        RENDEZ_VOUS: {
            "b_prevu": _json(_a_venir(file, jour).order_by("debut"), le=TruncDate("debut")),
            "b_issue": _json(_sans_issue(file, jour).order_by("-debut"), le=TruncDate("debut")),
            "b_manques": _json(manques, n="n", le="dernier"),
        },
        DIAGNOSTIC: {
            "b_diagnostic": _json(
                Diagnostic.objects.filter(**elle).order_by("-date", "-pk"), le="date", fini="termine_le"
            ),
        },
        CONTRAT: {
            "b_contrat": _json(
                Contrat.objects.filter(**elle, etat=EtatContrat.BROUILLON).order_by("-debut"), le="debut"
            ),
        },
        REFERENT: {
            "b_referent": _json(
                finies.order_by("-periode"), le=Cast("periode__endswith", DateField()), motif="motif_fin__libelle"
            ),
        },
        RENVOI: {"b_renvois": Subquery(renvois.values("contrat").annotate(n=Count("pk")).values("n")[:1])},
    }  # fmt: skip
    return {nom: lu for code in file.bloque for nom, lu in toutes.get(code, {}).items()}


def annoter(file: FileAttente, lignes: QuerySet[Any], jour: datetime.date) -> QuerySet[Any]:
    """Return the rows with what `dire` reads. They already have their dates."""
    lues: QuerySet[Any] = lignes.annotate(**_lectures(file, jour))
    return lues


def _le(lu: Mapping[str, Any]) -> str:
    return date_courte(parse_date(str(lu["le"])[:10]))


def _rendez_vous(ligne: Any) -> str:
    if ligne.b_prevu:
        return f"Rendez-vous prévu le {_le(ligne.b_prevu)}"
    if ligne.b_issue:
        return f"Issue du rendez-vous du {_le(ligne.b_issue)} à dire"
    if ligne.b_manques:
        n = ligne.b_manques["n"]
        fois = f"{n}\u00a0fois, le dernier le" if n > 1 else "le"
        return f"Rendez-vous manqué {fois} {_le(ligne.b_manques)}"
    return "Rendez-vous à fixer"


def _diagnostic(ligne: Any) -> str:
    lu = ligne.b_diagnostic
    if not lu:
        return ""
    return f"Décision à prendre, diagnostic du {_le(lu)}" if lu["fini"] else f"Diagnostic du {_le(lu)} à terminer"


def _contrat(ligne: Any) -> str:
    return f"Brouillon du {_le(ligne.b_contrat)} à faire signer" if ligne.b_contrat else ""


def _referent(ligne: Any) -> str:
    lu = ligne.b_referent
    if not lu:
        return "Jamais de référent"
    motif = f"\u00a0: {lu['motif'].lower()}" if lu["motif"] else ""
    return f"Plus de référent depuis le {_le(lu)}{motif}"


def _renvoi(ligne: Any) -> str:
    renvois = ligne.b_renvois or 0
    return f"Décision à prendre, déjà renvoyé {compte(renvois, 'fois', 'fois')}" if renvois else "Décision à prendre"


def _telephone(ligne: Any) -> str:
    telephone = ligne.sortie.personne.telephone
    return "À appeler, numéro connu" if telephone else "Aucun numéro de téléphone\u00a0: à demander"


def _operateur(ligne: Any) -> str:
    return f"Réponse attendue de {ligne.operateur}" if ligne.operateur_id else "Aucun opérateur choisi"


MOTS: Mapping[str, Callable[[Any], str]] = {
    DIAGNOSTIC: _diagnostic, CONTRAT: _contrat, REFERENT: _referent, RENVOI: _renvoi, TELEPHONE: _telephone,
    OPERATEUR: _operateur, DECISION: lambda _: "Décision à prendre", RENDEZ_VOUS: _rendez_vous,
}  # fmt: skip


def dire(file: FileAttente, ligne: Any) -> str:
    """Return what holds the row back: the first of its causes that has something to say. No query."""
    return next((mots for code in file.bloque if (mots := MOTS[code](ligne))), "")
