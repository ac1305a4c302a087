"""Writing the figures about people: tie the fiches' indicators to calculations, compute a year, freeze it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from actions import registre
from actions.models import Indicateur, MesureIndicateur, Programme, ProvenanceMesure, SourceIndicateur
from actions.operations import calculs
from parcours.indicateurs import FORMULES
from parcours.models import ReleveIndicateurs, ValeurIndicateur
from parcours.statistiques import moteur
from parcours.statistiques.droits import peut_compiler_indicateurs
from parcours.statistiques.formule import AXES
from parcours.statistiques.variantes import liaisons
from pdi.socle import traitements
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import typographier
from pdi.socle.models import Traitement
from pdi.socle.operations import journaliser
from pdi.socle.suivi import Suivi

CENTIME = 2


@dataclass
class BilanLiaisons:
    """What a run tied: indicators newly tied, already tied, left to their typed values, not found."""

    lies: int = 0
    deja: int = 0
    saisis: list[str] = field(default_factory=list)
    absents: list[str] = field(default_factory=list)


@transaction.atomic
def lier_indicateurs(*, par: Any) -> BilanLiaisons:
    """Tie the indicators that fiches print to the calculations that fill them. Idempotent.

    An indicator that holds typed values (demonstration apart) is left alone and named. Demonstration values give way
    to the calculation and stay in the history. `par` None: the system. Raises DroitInsuffisant.
    Source: fixtures/parcours/liaisons_indicateurs.json.
    """
    if par is not None:
        exiger(peut_compiler_indicateurs(par))
    bilan = BilanLiaisons()
    for programme in Programme.objects.filter(code__in=liaisons(), reference=False):
        _lier_programme(programme, bilan, par)
    return bilan


def _lier_programme(programme: Programme, bilan: BilanLiaisons, par: Any) -> None:
    saisies = MesureIndicateur.objects.courantes().filter(
        indicateur=OuterRef("pk"), demonstration=False, provenance=ProvenanceMesure.SAISIE
    )
    connus = {
        (i.fiche.numero, typographier(i.libelle), typographier(i.groupe)): i
        for i in Indicateur.objects.filter(fiche__programme=programme)
        .select_related("fiche")
        .annotate(tenu=Exists(saisies))
    }
    lies: list[Indicateur] = []
    for ligne in liaisons()[programme.code]:
        indicateur = connus.get((ligne.fiche, ligne.libelle, ligne.groupe))
        declaration = registre.trouver(ligne.calcul)
        nom = f"{ligne.fiche} {ligne.libelle}"
        if indicateur is None or declaration is None:
            bilan.absents.append(nom)
        elif indicateur.calcul == ligne.calcul:
            bilan.deja += 1
        elif indicateur.source == SourceIndicateur.CALCULE or getattr(indicateur, "tenu", False):
            bilan.saisis.append(nom)
        else:
            indicateur.source, indicateur.calcul = SourceIndicateur.CALCULE, ligne.calcul
            indicateur.unite = declaration.unite
            indicateur.definition = indicateur.definition or declaration.definition
            indicateur.numerateur_libelle = indicateur.numerateur_libelle or declaration.numerateur[:250]
            indicateur.denominateur_libelle = indicateur.denominateur_libelle or declaration.denominateur[:250]
            indicateur.methode = indicateur.methode or ligne.precision
            indicateur.version += 1
            lies.append(indicateur)
    bilan.lies += len(lies)
    if lies:
        champs = ["source", "calcul", "unite", "definition", "numerateur_libelle", "denominateur_libelle", "methode",
                  "version"]  # fmt: skip
        Indicateur.objects.bulk_update(lies, champs)
        MesureIndicateur.objects.courantes().filter(indicateur__in=lies).update(remplacee_le=timezone.now())
        journaliser(par=par, verbe="lier_indicateurs", objet=programme, apres={"Indicateurs calculés": len(lies)})


@dataclass(frozen=True, slots=True)
class Compilation:
    """What a compilation wrote."""

    releve: ReleveIndicateurs
    valeurs: int
    fiches: int
    changes: int


@transaction.atomic
def compiler_indicateurs(
    *,
    programme: Programme | None,
    annee: int,
    par: Any,
    traitement: Traitement | None = None,
    avancer: Callable[[str], None] = lambda _: None,
) -> Compilation:
    """Compute every indicator of a year by every axis, then the indicators of the fiches of `programme`, if given.

    Replaces the working figures of the year; the frozen ones are never touched. `par` None: the system.
    Raises DroitInsuffisant, and RegleMetier when the year has not begun or is not one of the programme.
    """
    if par is not None:
        exiger(peut_compiler_indicateurs(par))
    moment = moteur.Moment.de(annee)
    if annee > moment.arrete.year or annee < 2000:
        raise RegleMetier(f"L’année {annee} n’a pas commencé : rien n’est encore à compter.", champ="annee")
    releve, valeurs = dresser_releve(moment=moment, par=par, traitement=traitement, avancer=avancer)
    calcul = calculs.Calcul()
    if programme is not None:
        calcul = calculs.calculer_indicateurs(
            programme=programme, annee=annee, par=par, traitement=traitement, avancer=avancer
        )
    journaliser(par=par, verbe="compiler_indicateurs", objet=releve, apres={"Année": annee, "Valeurs": valeurs})
    return Compilation(releve, valeurs, calcul.calcules, calcul.changes)


@transaction.atomic
def dresser_releve(
    *,
    moment: moteur.Moment,
    par: Any,
    traitement: Traitement | None = None,
    avancer: Callable[[str], None] = lambda _: None,
) -> tuple[ReleveIndicateurs, int]:
    """Write the working figures of a year by every axis in place of the former ones; part of a compilation."""
    ReleveIndicateurs.objects.filter(annee=moment.annee, gele_le__isnull=True).delete()
    releve = ReleveIndicateurs.objects.create(
        annee=moment.annee, arrete=moment.arrete, parametres={"etats": list(moment.etats)}, calcule_par=par,
        traitement=traitement,
    )  # fmt: skip
    valeurs = 0
    for rubrique, formules in groupby(FORMULES, key=lambda f: f.rubrique):
        avancer(rubrique)
        resultats = moteur.calculer(list(formules), moment, tuple(AXES))
        lignes = [
            _valeur(releve, code, axe, cle, v)
            for code, groupes in resultats.items()
            for axe, cles in groupes.items()
            for cle, v in cles.items()
        ]
        ValeurIndicateur.objects.bulk_create(lignes, batch_size=2000)
        valeurs += len(lignes)
    return releve, valeurs


INCONNU = "?"  # the group of those known of no territory, of no structure


def _valeur(releve: ReleveIndicateurs, code: str, axe: str, cle: str | None, v: Any) -> ValeurIndicateur:
    formule = _VERSIONS[code]
    return ValeurIndicateur(
        releve=releve, code=code, formule_version=formule, axe=axe, cle=INCONNU if cle is None else cle,
        numerateur=v.numerateur, denominateur=v.denominateur, manquants=v.manquants,
        mediane=None if v.mediane is None else round(v.mediane, CENTIME),
    )  # fmt: skip


_VERSIONS = {f.code: f.version for f in FORMULES}


def executer_compilation(*, programme_id: int | None, annee: int, suivi: Suivi) -> Compilation:
    """Compile inside a job: the figures and the end of the job are written together."""
    programme = Programme.objects.get(pk=programme_id) if programme_id else None
    codes = 0
    if programme is not None:
        codes = (
            Indicateur.objects.filter(fiche__programme=programme, source=SourceIndicateur.CALCULE, actif=True)
            .values("calcul").distinct().count()
        )  # fmt: skip
    suivi.demarrer(codes + len(list(groupby(FORMULES, key=lambda f: f.rubrique))))
    with transaction.atomic():
        fait = compiler_indicateurs(
            programme=programme, annee=annee, par=suivi.traitement.demandeur, traitement=suivi.traitement,
            avancer=suivi.avancer,
        )  # fmt: skip
        suivi.terminer({"valeurs": fait.valeurs, "fiches": fait.fiches, "changes": fait.changes})
    return fait


def lancer_compilation(*, programme: Programme | None, annee: int, par: Any, url_retour: str = "") -> Traitement:
    """Launch the compilation of a year, or join the one that runs. Raises DroitInsuffisant."""
    exiger(peut_compiler_indicateurs(par))
    traitement, _ = traitements.lancer(
        nature="compiler_indicateurs",
        cle=f"{programme.code if programme else 'observatoire'}:{annee}",
        intitule=f"Calcul des indicateurs {annee}",
        par=par,
        tache="parcours.compiler_indicateurs",
        parametres={"programme_id": programme.pk if programme else None, "annee": annee},
        url_retour=url_retour,
    )
    return traitement


@transaction.atomic
def geler_releve(*, annee: int, par: Any) -> ReleveIndicateurs:
    """Freeze the figures of a year that is over, once and for all: recounts will be shown beside them.

    Raises DroitInsuffisant, and RegleMetier when the year is not over, is frozen, or was never computed.
    """
    exiger(peut_compiler_indicateurs(par))
    if annee >= timezone.localdate().year:
        raise RegleMetier(f"L’année {annee} n’est pas finie : ses chiffres bougent encore.")
    releves = ReleveIndicateurs.objects.select_for_update().filter(annee=annee)
    if releves.filter(gele_le__isnull=False).exists():
        raise RegleMetier(f"Les chiffres de {annee} sont déjà gelés.")
    releve = releves.first()
    if releve is None:
        raise RegleMetier(f"Les chiffres de {annee} n’ont pas été calculés : lancez d’abord le calcul.")
    releve.gele_le, releve.gele_par = timezone.now(), par
    releve.save(update_fields=["gele_le", "gele_par"])
    journaliser(par=par, verbe="geler_indicateurs", objet=releve, apres={"Année": annee})
    return releve
