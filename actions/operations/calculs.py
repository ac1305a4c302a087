"""Computed indicators: run the declarations of the registry and keep their results as values."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from actions import registre
from actions.droits import peut_modifier_programme
from actions.models import Indicateur, MesureIndicateur, Programme, ProvenanceMesure, SourceIndicateur
from actions.registre import SECRET, Declaration, Portee, Termes
from actions.regles.echeances import periode_annuelle
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.models import Traitement
from pdi.socle.operations import journaliser
from pdi.socle.suivi import Suivi

from .anomalies import actualiser_anomalies

DENOMINATEUR_NUL = "Sans objet : le dénominateur est nul."
COMPARES = ("valeur", "texte", "numerateur", "denominateur", "manquants", "formule_version")


@dataclass
class Calcul:
    """What a run did."""

    calcules: int = 0
    changes: int = 0
    inconnus: list[str] = field(default_factory=list)


@transaction.atomic
def calculer_indicateurs(
    *,
    programme: Programme,
    annee: int,
    par: Any,
    traitement: Traitement | None = None,
    avancer: Callable[[str], None] | None = None,
    codes: Collection[str] | None = None,
) -> Calcul:
    """Compute every computed indicator of `programme` for `annee`: one query a declaration, whatever the fiches.

    `codes`: these declarations only.

    A result equal to the current value, formula version included, writes nothing; another replaces it and the
    former joins the history. `par` None: the system. `avancer` is told each declaration as it is run.
    Raises DroitInsuffisant, and RegleMetier when the year has not begun or is not one of the programme.
    """
    if par is not None:
        exiger(peut_modifier_programme(par, programme))
    if annee not in programme.annees or annee > timezone.localdate().year:
        raise RegleMetier(f"L’année {annee} n’est pas une année passée ou en cours du programme.", champ="annee")
    calcul = Calcul()
    par_code: dict[str, list[Indicateur]] = {}
    for indicateur in (
        Indicateur.objects.select_for_update(of=("self",))
        .filter(fiche__programme=programme, source=SourceIndicateur.CALCULE, actif=True)
        .order_by("pk")
    ):
        par_code.setdefault(indicateur.calcul, []).append(indicateur)
    nouvelles: list[MesureIndicateur] = []
    for code, indicateurs in sorted((c, i) for c, i in par_code.items() if codes is None or c in codes):
        declaration = registre.trouver(code)
        if declaration is None:
            calcul.inconnus.append(code)
            continue
        if avancer is not None:
            avancer(declaration.libelle)
        resultats = declaration.requete(programme, annee)
        for indicateur in indicateurs:
            cle = indicateur.fiche_id if declaration.portee == Portee.FICHE else None
            termes = resultats.get(cle, Termes(Decimal(0), Decimal(0)))
            nouvelles.append(_mesure(indicateur, declaration, termes, annee, par, traitement))
    calcul.calcules = len(nouvelles)
    calcul.changes = _remplacer(nouvelles, annee)
    if calcul.changes:
        journaliser(
            par=par,
            verbe="calculer_indicateurs",
            objet=programme,
            apres={"Année": annee, "Valeurs changées": calcul.changes},
        )
        actualiser_anomalies(fiches={m.indicateur.fiche_id for m in nouvelles})
    return calcul


def _mesure(
    indicateur: Indicateur,
    declaration: Declaration,
    termes: Termes,
    annee: int,
    par: Any,
    traitement: Traitement | None,
) -> MesureIndicateur:
    valeur = declaration.valeur(termes)
    periode = periode_annuelle(annee)
    secret = declaration.secrete is not None and declaration.secrete(termes)
    tu = SECRET if secret else termes.texte  # nothing of the figure is kept
    sans_termes = bool(tu) or not declaration.denominateur
    origine = declaration.origine(annee) if declaration.origine else ""
    return MesureIndicateur(
        indicateur=indicateur,
        annee=annee,
        periode=DateRange(periode.debut, periode.fin),
        valeur=None if tu else valeur,
        texte=tu or ("" if valeur is not None else DENOMINATEUR_NUL),
        numerateur=None if sans_termes else termes.numerateur,
        denominateur=None if sans_termes else termes.denominateur,
        manquants=None if tu else termes.manquants,
        source=f"{declaration.libelle}{f', {origine}' if origine else ''}"[:200],
        provenance=ProvenanceMesure.CALCUL,
        formule_version=declaration.version,
        traitement=traitement,
        auteur=par,
    )


def _remplacer(nouvelles: list[MesureIndicateur], annee: int) -> int:
    """Write the values that changed, in three queries; return their number."""
    courantes = {
        (m.indicateur_id, m.periode.lower, m.periode.upper): m
        for m in MesureIndicateur.objects.courantes().filter(
            indicateur__in=[m.indicateur_id for m in nouvelles], annee=annee
        )
    }
    anciennes: list[int] = []
    ecrire: list[MesureIndicateur] = []
    for nouvelle in nouvelles:
        courante = courantes.get((nouvelle.indicateur_id, nouvelle.periode.lower, nouvelle.periode.upper))
        if courante is not None and all(getattr(courante, c) == getattr(nouvelle, c) for c in COMPARES):
            continue
        if courante is not None:
            anciennes.append(courante.pk)
        ecrire.append(nouvelle)
    MesureIndicateur.objects.filter(pk__in=anciennes).update(remplacee_le=timezone.now())
    MesureIndicateur.objects.bulk_create(ecrire)
    return len(ecrire)


def executer_calcul(*, programme_id: int, annee: int, suivi: Suivi) -> Calcul:
    """Compute inside a job, on behalf of its requester: the values and the end of the job are written together.

    Raises DroitInsuffisant, and RegleMetier; the job then says so.
    """
    programme = Programme.objects.get(pk=programme_id)
    codes = (
        Indicateur.objects.filter(fiche__programme=programme, source=SourceIndicateur.CALCULE, actif=True)
        .values_list("calcul", flat=True)
        .distinct()
    )
    suivi.demarrer(len(set(codes)))
    with transaction.atomic():
        calcul = calculer_indicateurs(
            programme=programme,
            annee=annee,
            par=suivi.traitement.demandeur,
            traitement=suivi.traitement,
            avancer=suivi.avancer,
        )
        suivi.terminer({"calcules": calcul.calcules, "changes": calcul.changes, "inconnus": calcul.inconnus})
    return calcul
