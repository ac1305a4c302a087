"""Writes on indicators: definition, targets. Values are in mesures.py."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from actions import registre
from actions.droits import peut_modifier_fiche
from actions.models import (
    CibleIndicateur,
    FicheAction,
    Indicateur,
    MesureIndicateur,
    SourceIndicateur,
)
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import NON_RENSEIGNE, valeur_unite
from pdi.socle.operations import journaliser

from .anomalies import actualiser_anomalies
from .commun import Etat, appliquer, contraintes_en_francais, etat_champs, refuser_si_change, verifier_champs
from .fiches import verrouiller

CHAMPS_INDICATEUR = (
    "libelle", "groupe", "nature", "unite", "sens", "periodicite", "agregation", "source", "calcul", "definition",
    "numerateur_libelle", "denominateur_libelle", "producteur", "methode", "reference_valeur", "reference_annee",
    "cible_imprimee", "actif",
)  # fmt: skip


def etat_indicateur(indicateur: Indicateur) -> dict[str, str]:
    """Return {label: value in words} of the definition, for the journal and the lock."""
    return etat_champs(indicateur, CHAMPS_INDICATEUR)


def _verifier(indicateur: Indicateur) -> None:
    """Check what goes together. Raises RegleMetier with the field."""
    indicateur.libelle = " ".join(indicateur.libelle.split())
    if not indicateur.libelle:
        raise RegleMetier("Donnez un libellé à l’indicateur.", champ="libelle")
    if indicateur.source == SourceIndicateur.CALCULE:
        declaration = registre.trouver(indicateur.calcul)
        if declaration is None:
            raise RegleMetier("Choisissez le calcul de cet indicateur.", champ="calcul")
        if indicateur.unite != declaration.unite:
            raise RegleMetier(
                f"Ce calcul donne une valeur en « {declaration.unite} » : l’unité doit être la même.", champ="unite"
            )
    else:
        indicateur.calcul = ""
    if indicateur.unite == "texte" and (
        indicateur.cible_imprimee is not None or indicateur.reference_valeur is not None
    ):
        raise RegleMetier(
            "Un indicateur exprimé par une appréciation n’a ni cible ni référence chiffrée.", champ="unite"
        )
    if (indicateur.reference_valeur is None) != (indicateur.reference_annee is None):
        raise RegleMetier("La valeur de référence va avec son année.", champ="reference_annee")
    verifier_champs(indicateur, CHAMPS_INDICATEUR)


@transaction.atomic
def creer_indicateur(*, fiche: FicheAction, par: Any, **valeurs: Any) -> Indicateur:
    """Create an indicator at the end of the fiche. Raises DroitInsuffisant, and RegleMetier with the field."""
    fiche = verrouiller(fiche)
    exiger(peut_modifier_fiche(par, fiche))
    indicateur = Indicateur(fiche=fiche)
    appliquer(indicateur, valeurs, CHAMPS_INDICATEUR)
    _verifier(indicateur)
    indicateur.ordre = (fiche.indicateurs.aggregate(m=Max("ordre"))["m"] or 0) + 1
    with contraintes_en_francais(Indicateur):
        indicateur.save()
    journaliser(par=par, verbe="creer_indicateur", objet=indicateur, apres=etat_indicateur(indicateur))
    actualiser_anomalies(fiches=[fiche.pk])
    return indicateur


def verrouiller_indicateur(indicateur: Indicateur) -> Indicateur:
    """Return the indicator read under lock, with its fiche and programme. Call it inside a transaction."""
    return Indicateur.objects.select_for_update(of=("self",)).select_related("fiche__programme").get(pk=indicateur.pk)


@transaction.atomic
def modifier_indicateur(
    *, indicateur: Indicateur, par: Any, valeurs: Mapping[str, Any], empreinte: str | None = None
) -> Indicateur:
    """Change the definition. The unit does not change once values exist: they would change meaning.

    Raises DroitInsuffisant, ConflitVersion, and RegleMetier with the field.
    """
    indicateur = verrouiller_indicateur(indicateur)
    exiger(peut_modifier_fiche(par, indicateur.fiche))
    avant = etat_indicateur(indicateur)
    refuser_si_change(indicateur, avant, empreinte)
    unite, source = indicateur.unite, indicateur.source
    appliquer(indicateur, valeurs, CHAMPS_INDICATEUR)
    _verifier(indicateur)
    if indicateur.unite != unite and indicateur.mesures.exists():
        raise RegleMetier(
            f"Des valeurs existent déjà en « {unite} » : l’unité ne change plus. Créez un autre indicateur et "
            "cessez de suivre celui-ci.",
            champ="unite",
        )
    if indicateur.source != source and indicateur.mesures.filter(remplacee_le=None).exists():
        raise RegleMetier(
            "Des valeurs existent déjà : un indicateur saisi ne devient pas calculé, ni l’inverse.", champ="source"
        )
    with contraintes_en_francais(Indicateur):
        indicateur.save()
    apres = etat_indicateur(indicateur)
    if apres != avant:
        Indicateur.objects.filter(pk=indicateur.pk).update(version=F("version") + 1)
        indicateur.refresh_from_db(fields=["version"])
        journaliser(par=par, verbe="modifier_indicateur", objet=indicateur, avant=avant, apres=apres)
        actualiser_anomalies(fiches=[indicateur.fiche_id])
    return indicateur


@transaction.atomic
def deplacer_indicateur(*, indicateur: Indicateur, sens: int, par: Any) -> Indicateur:
    """Move the indicator one rank up (−1) or down (+1) in its fiche. Raises DroitInsuffisant."""
    fiche = verrouiller(indicateur.fiche)
    exiger(peut_modifier_fiche(par, fiche))
    rangs = list(fiche.indicateurs.order_by("ordre", "pk"))
    place = next(i for i, o in enumerate(rangs) if o.pk == indicateur.pk)
    cible = max(0, min(len(rangs) - 1, place + (1 if sens > 0 else -1)))
    rangs.insert(cible, rangs.pop(place))
    for ordre, objet in enumerate(rangs, 1):
        objet.ordre = ordre
    Indicateur.objects.bulk_update(rangs, ["ordre"])
    if cible != place:
        journaliser(
            par=par,
            verbe="deplacer_indicateur",
            objet=rangs[cible],
            avant={"Rang": place + 1},
            apres={"Rang": cible + 1},
        )
    return rangs[cible]


@transaction.atomic
def supprimer_indicateur(*, indicateur: Indicateur, par: Any) -> None:
    """Delete an indicator that never had a value. Raises DroitInsuffisant, and RegleMetier once it has one."""
    indicateur = verrouiller_indicateur(indicateur)
    exiger(peut_modifier_fiche(par, indicateur.fiche))
    if raison := raison_de_garder_indicateur(indicateur):
        raise RegleMetier(raison)
    journaliser(par=par, verbe="supprimer_indicateur", objet=indicateur, avant=etat_indicateur(indicateur))
    fiche_id = indicateur.fiche_id
    indicateur.delete()
    actualiser_anomalies(fiches=[fiche_id])


def raison_de_garder_indicateur(indicateur: Indicateur) -> str:
    """Return why the indicator cannot be deleted, empty when it can."""
    if MesureIndicateur.objects.filter(indicateur=indicateur).exists():
        return "Des valeurs ont été saisies pour cet indicateur : cessez de le suivre, son historique reste lisible."
    if indicateur.explications.exists():
        return "Un bilan explique un écart de cet indicateur : cessez de le suivre plutôt."
    return ""


# -- targets ----------------------------------------------------------------------------------


def etat_cibles(fiche: FicheAction) -> Etat:
    """Return {« indicator, year »: target in words} of the followed indicators of a fiche."""
    cibles = CibleIndicateur.objects.filter(indicateur__fiche=fiche).select_related("indicateur")
    return {
        f"{c.indicateur.libelle}, {c.annee}": valeur_unite(c.valeur, c.indicateur.unite)
        for c in cibles.order_by("indicateur__ordre", "indicateur_id", "annee")
    }


@transaction.atomic
def definir_cibles(
    *,
    fiche: FicheAction,
    cibles: Mapping[tuple[int, int], Decimal | None],
    par: Any,
    empreinte: str | None = None,
) -> int:
    """Write targets: {(indicator id, year): value, None to remove}. Those not named are left alone.

    A printed target that is changed stops being marked as printed. Returns how many changed. Raises
    DroitInsuffisant, ConflitVersion, and RegleMetier (indicator of another fiche, or expressed in words).
    """
    fiche = verrouiller(fiche)
    exiger(peut_modifier_fiche(par, fiche))
    avant = etat_cibles(fiche)
    refuser_si_change(fiche, avant, empreinte)
    indicateurs = {i.pk: i for i in fiche.indicateurs.all()}
    actuelles = {(c.indicateur_id, c.annee): c for c in CibleIndicateur.objects.filter(indicateur__in=indicateurs)}
    nouvelles: list[CibleIndicateur] = []
    changees: list[CibleIndicateur] = []
    retirees: list[int] = []
    for (pk, annee), valeur in cibles.items():
        indicateur = indicateurs.get(pk)
        if indicateur is None:
            raise RegleMetier("Cet indicateur n’est pas de cette fiche.")
        actuelle = actuelles.get((pk, annee))
        if valeur is None:
            retirees += [actuelle.pk] if actuelle else []
            continue
        if not indicateur.chiffrable:
            raise RegleMetier(f"« {indicateur.libelle} » s’exprime par une appréciation : pas de cible chiffrée.")
        if actuelle is None:
            nouvelles.append(CibleIndicateur(indicateur=indicateur, annee=annee, valeur=valeur))
        elif actuelle.valeur != valeur:
            actuelle.valeur, actuelle.imprimee, actuelle.demonstration = valeur, False, False
            changees.append(actuelle)
    CibleIndicateur.objects.filter(pk__in=retirees).delete()
    CibleIndicateur.objects.bulk_update(changees, ["valeur", "imprimee", "demonstration"])
    with contraintes_en_francais(CibleIndicateur):
        CibleIndicateur.objects.bulk_create(nouvelles)
    nombre = len(nouvelles) + len(changees) + len(retirees)
    if nombre:
        apres = etat_cibles(fiche)
        cles = [*avant, *(c for c in apres if c not in avant)]
        journaliser(
            par=par,
            verbe="definir_cibles",
            objet=fiche,
            avant={c: avant.get(c, NON_RENSEIGNE) for c in cles},
            apres={c: apres.get(c, NON_RENSEIGNE) for c in cles},
        )
    return nombre
