"""Writes on the layouts of fiches and on frameworks, shared by the programmes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from actions.droits import peut_gerer_referentiel
from actions.models import CadreAction, GabaritFiche, RubriqueFiche, SectionGabarit
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import compte
from pdi.socle.operations import journaliser

from .commun import appliquer, contraintes_en_francais, etat_champs, refuser_si_change, verifier_champs

CHAMPS_GABARIT = ("nom", "description")


def etat_gabarit(gabarit: GabaritFiche) -> dict[str, str]:
    """Return {label: value in words} of a layout and its sections."""
    return etat_champs(gabarit, CHAMPS_GABARIT) | {
        "Sections": "\n".join(
            f"{s.get_rubrique_display()} : {s.libelle}{' (attendue)' if s.obligatoire else ''} {s.aide}".strip()
            for s in gabarit.sections.all()
        )
    }


def _ecrire_sections(gabarit: GabaritFiche, sections: Sequence[Mapping[str, Any]]) -> None:
    """Write the sections in their order; each `rubrique` once. Raises RegleMetier."""
    rubriques = [s["rubrique"] for s in sections]
    if len(set(rubriques)) < len(rubriques) or not set(rubriques) <= set(RubriqueFiche.values):
        raise RegleMetier("Chaque rubrique sert une fois au plus.")
    if not rubriques:
        raise RegleMetier("Gardez au moins une section : sans section, une fiche n’aurait rien à dire.")
    gabarit.sections.exclude(rubrique__in=rubriques).delete()
    actuelles = {s.rubrique: s for s in gabarit.sections.all()}
    lignes = []
    for ordre, valeurs in enumerate(sections, 1):
        section = actuelles.get(valeurs["rubrique"]) or SectionGabarit(gabarit=gabarit, rubrique=valeurs["rubrique"])
        appliquer(section, {**valeurs, "ordre": ordre}, ("rubrique", "libelle", "obligatoire", "aide", "ordre"))
        section.libelle = section.libelle.strip() or RubriqueFiche(section.rubrique).label
        verifier_champs(section, ["libelle", "aide"])
        lignes.append(section)
    SectionGabarit.objects.bulk_create([s for s in lignes if not s.pk])
    SectionGabarit.objects.bulk_update([s for s in lignes if s.pk], ["libelle", "obligatoire", "aide", "ordre"])


@transaction.atomic
def creer_gabarit(*, nom: str, par: Any, sections: Sequence[Mapping[str, Any]], description: str = "") -> GabaritFiche:
    """Create a layout. `sections`, in order: `rubrique`, `libelle`, `obligatoire`, `aide`.

    Raises DroitInsuffisant, and RegleMetier.
    """
    exiger(peut_gerer_referentiel(par))
    gabarit = GabaritFiche(nom=nom.strip(), description=description.strip())
    verifier_champs(gabarit, CHAMPS_GABARIT)
    _refuser_nom_pris(gabarit)
    with contraintes_en_francais(GabaritFiche, SectionGabarit):
        gabarit.save()
        _ecrire_sections(gabarit, sections)
    journaliser(par=par, verbe="creer_gabarit", objet=gabarit, apres=etat_gabarit(gabarit))
    return gabarit


def _refuser_nom_pris(gabarit: GabaritFiche) -> None:
    if GabaritFiche.objects.filter(nom__iexact=gabarit.nom).exclude(pk=gabarit.pk).exists():
        raise RegleMetier("Un gabarit porte déjà ce nom.", champ="nom")


@transaction.atomic
def modifier_gabarit(
    *,
    gabarit: GabaritFiche,
    nom: str,
    par: Any,
    sections: Sequence[Mapping[str, Any]],
    description: str = "",
    empreinte: str | None = None,
) -> GabaritFiche:
    """Change a layout for every programme that uses it. What a removed section held stays stored, only hidden.

    Raises DroitInsuffisant, ConflitVersion, and RegleMetier.
    """
    exiger(peut_gerer_referentiel(par))
    gabarit = GabaritFiche.objects.select_for_update().get(pk=gabarit.pk)
    avant = etat_gabarit(gabarit)
    refuser_si_change(gabarit, avant, empreinte)
    gabarit.nom, gabarit.description = nom.strip(), description.strip()
    verifier_champs(gabarit, CHAMPS_GABARIT)
    _refuser_nom_pris(gabarit)
    with contraintes_en_francais(GabaritFiche, SectionGabarit):
        gabarit.save()
        _ecrire_sections(gabarit, sections)
    apres = etat_gabarit(gabarit)
    if apres != avant:
        journaliser(par=par, verbe="modifier_gabarit", objet=gabarit, avant=avant, apres=apres)
    return gabarit


@transaction.atomic
def supprimer_gabarit(*, gabarit: GabaritFiche, par: Any) -> None:
    """Delete a layout that no programme uses. Raises DroitInsuffisant, and RegleMetier."""
    exiger(peut_gerer_referentiel(par))
    gabarit = GabaritFiche.objects.select_for_update().get(pk=gabarit.pk)
    if gabarit.programmes.exists():
        raise RegleMetier("Un programme utilise ce gabarit : donnez-lui d’abord un autre gabarit.")
    journaliser(par=par, verbe="supprimer_gabarit", objet=gabarit, avant=etat_gabarit(gabarit))
    gabarit.delete()


@transaction.atomic
def creer_cadre(*, libelle: str, par: Any, description: str = "") -> CadreAction:
    """Create a framework (SPIE, FSE…). Raises DroitInsuffisant, and RegleMetier when it exists."""
    exiger(peut_gerer_referentiel(par))
    cadre = CadreAction()
    _nommer_cadre(cadre, libelle, description)
    journaliser(par=par, verbe="creer_cadre", objet=cadre, apres=etat_cadre(cadre))
    return cadre


def etat_cadre(cadre: CadreAction) -> dict[str, str]:
    """Return {label: value in words} of a framework."""
    return etat_champs(cadre, ["libelle", "description"])


def _nommer_cadre(cadre: CadreAction, libelle: str, description: str) -> None:
    """Write the name and what follows from it. Raises RegleMetier when another framework bears it."""
    cadre.libelle, cadre.description, code = libelle.strip(), description.strip(), slugify(libelle)[:30]
    if not cadre.libelle or not code:
        raise RegleMetier("Donnez le nom du cadre.", champ="libelle")
    verifier_champs(cadre, ["libelle", "description"])
    if proche := CadreAction.objects.filter(code=code).exclude(pk=cadre.pk).first():
        raise RegleMetier(f"Ce cadre existe déjà sous le nom « {proche.libelle} ».", champ="libelle")
    cadre.code = cadre.code or code
    cadre.save()


@transaction.atomic
def modifier_cadre(
    *, cadre: CadreAction, libelle: str, par: Any, description: str = "", empreinte: str | None = None
) -> CadreAction:
    """Rename a framework; its code, which loaded files name, does not change.

    Raises DroitInsuffisant, ConflitVersion, and RegleMetier when another framework bears the name.
    """
    exiger(peut_gerer_referentiel(par))
    cadre = CadreAction.objects.select_for_update().get(pk=cadre.pk)
    avant = etat_cadre(cadre)
    refuser_si_change(cadre, avant, empreinte)
    _nommer_cadre(cadre, libelle, description)
    if (apres := etat_cadre(cadre)) != avant:
        journaliser(par=par, verbe="modifier_cadre", objet=cadre, avant=avant, apres=apres)
    return cadre


@transaction.atomic
def supprimer_cadre(*, cadre: CadreAction, par: Any) -> None:
    """Delete a framework that no fiche belongs to. Raises DroitInsuffisant, and RegleMetier."""
    exiger(peut_gerer_referentiel(par))
    cadre = CadreAction.objects.select_for_update().get(pk=cadre.pk)
    if nombre := cadre.fiches.count():
        raise RegleMetier(f"{compte(nombre, 'fiche relève', 'fiches relèvent')} de ce cadre : retirez-le d’abord.")
    journaliser(par=par, verbe="supprimer_cadre", objet=cadre, avant=etat_cadre(cadre))
    cadre.delete()
