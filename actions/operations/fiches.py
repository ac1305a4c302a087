"""Writes on the fiche itself: create, change a section's own fields, delete."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import models, transaction
from django.db.models import F, ProtectedError

from actions.droits import peut_modifier_fiche, peut_modifier_programme
from actions.models import Axe, Bilan, FicheAction, MesureIndicateur, Programme
from actions.regles.recherche import texte_de_recherche
from pdi.socle.droits import RegleMetier, Verdict, exiger
from pdi.socle.operations import journaliser

from .anomalies import actualiser_anomalies
from .commun import appliquer, contraintes_en_francais, refuser_si_change, verifier_champs
from .sections import CHAMPS, IDENTITE, etat_section

CHAMPS_LISTES = ("objectifs_generaux", "publics", "territoires", "conditions_reussite")


def actualiser_recherche(fiche: FicheAction) -> None:
    """Write the text that the search reads: title, context, objectives, steps, actors, frameworks."""
    textes = [
        fiche.contexte,
        *fiche.objectifs_generaux,
        *fiche.publics,
        *fiche.objectifs.values_list("intitule", flat=True),
        *(t for intitule, details in fiche.etapes.values_list("intitule", "details") for t in (intitule, *details)),
        *(
            t
            for libelle, nom, sigle in fiche.roles.values_list("libelle", "structure__nom", "structure__sigle")
            for t in (libelle, nom, sigle)
        ),
        *fiche.cadres.values_list("libelle", flat=True),
    ]
    fiche.recherche = texte_de_recherche(numero=fiche.numero, intitule=fiche.intitule, textes=textes)


def verrouiller(fiche: FicheAction) -> FicheAction:
    """Return the fiche read under lock, with its programme. Call it inside a transaction."""
    return FicheAction.objects.select_for_update(of=("self",)).select_related("programme", "axe").get(pk=fiche.pk)


@contextmanager
def ecriture_de_fiche(
    *,
    fiche: FicheAction,
    par: Any,
    section: str,
    verbe: str,
    empreinte: str | None = None,
    modeles: tuple[type[models.Model], ...] = (),
    verdict: Callable[[Any, FicheAction], Verdict] = peut_modifier_fiche,
) -> Iterator[FicheAction]:
    """Run one write of a section: lock, verdict, conflict, constraints in French, journal, version, anomalies.

    Raises DroitInsuffisant, ConflitVersion when the section is not the one `empreinte` was taken on, and
    RegleMetier when a constraint of the fiche or of `modeles` refuses. Nothing is journalled when nothing changes.
    """
    with transaction.atomic():
        verrouillee = verrouiller(fiche)
        exiger(verdict(par, verrouillee))
        avant = etat_section(verrouillee, section)
        refuser_si_change(verrouillee, avant, empreinte)
        with contraintes_en_francais(FicheAction, *modeles):
            yield verrouillee
        apres = etat_section(verrouillee, section)
        if apres == avant:
            return
        verrouillee.version = F("version") + 1
        actualiser_recherche(verrouillee)
        verrouillee.save(update_fields=["version", "recherche", "modifiee_le"])
        verrouillee.refresh_from_db(fields=["version"])
        journaliser(par=par, verbe=verbe, objet=verrouillee, avant=avant, apres=apres)
        actualiser_anomalies(fiches=[verrouillee.pk])


def cle_numero(numero: str) -> list[tuple[int, str]]:
    """Return the natural sort key of a printed number: « 2-9 » comes before « 2-10 »."""
    return [(int(m), "") if m.isdigit() else (0, m.casefold()) for m in re.findall(r"\d+|[^\d\W]+", numero)]


def _ordre(programme: Programme, numero: str) -> int:
    """Return the rank of a new fiche, after the last one whose number comes before; the followers move by one."""
    cle = cle_numero(numero)
    rangs = programme.fiches.values_list("numero", "ordre")
    rang = max((o for n, o in rangs if cle_numero(n) <= cle), default=0) + 1
    programme.fiches.filter(ordre__gte=rang).update(ordre=F("ordre") + 1)
    return rang


def _verifier_axe(programme: Programme, axe: Axe | None) -> None:
    if axe is not None and axe.programme_id != programme.pk:
        raise RegleMetier("Cet axe appartient à un autre programme.", champ="axe")


def verifier_identite(fiche: FicheAction) -> None:
    """Clean the number and the title. Raises RegleMetier: one is empty, the number is taken, another tree."""
    fiche.numero, fiche.intitule = fiche.numero.strip(), " ".join(fiche.intitule.split())
    for champ in ("numero", "intitule"):
        if not getattr(fiche, champ):
            raise RegleMetier("Ce champ est obligatoire.", champ=champ)
    _verifier_axe(fiche.programme, fiche.axe)
    memes = FicheAction.objects.filter(programme=fiche.programme, numero=fiche.numero).exclude(pk=fiche.pk)
    if autre := memes.first():
        raise RegleMetier(f"Le numéro {fiche.numero} est déjà celui de la fiche « {autre.intitule} ».", champ="numero")


@transaction.atomic
def creer_fiche(
    *, programme: Programme, par: Any, numero: str, intitule: str, axe: Axe | None = None, **valeurs: Any
) -> FicheAction:
    """Create a fiche, ranked by its number. Its sections are then filled one by one.

    Raises DroitInsuffisant, and RegleMetier when the number is taken or the axe is another programme's.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    exiger(peut_modifier_programme(par, programme))
    fiche = FicheAction(programme=programme, numero=numero, intitule=intitule, axe=axe)
    champs = appliquer(fiche, valeurs, CHAMPS[IDENTITE])
    verifier_identite(fiche)
    verifier_champs(fiche, ["numero", "intitule", *champs])
    fiche.ordre = _ordre(programme, fiche.numero)
    fiche.recherche = texte_de_recherche(numero=fiche.numero, intitule=fiche.intitule, textes=[])
    with contraintes_en_francais(FicheAction):
        fiche.save()
    journaliser(par=par, verbe="creer_fiche", objet=fiche, apres=etat_section(fiche, IDENTITE))
    return fiche


def modifier_fiche(
    *, fiche: FicheAction, par: Any, section: str, valeurs: Mapping[str, Any], empreinte: str | None = None
) -> FicheAction:
    """Change the fields of one section of the fiche; `valeurs` names them as the model does.

    Lists hold one sentence per element, blank ones are dropped. Raises DroitInsuffisant, ConflitVersion, and
    RegleMetier with the field at fault.
    """
    propres = {
        nom: [e for e in (" ".join(x.split()) for x in valeur) if e] if nom in CHAMPS_LISTES else valeur
        for nom, valeur in valeurs.items()
    }
    with ecriture_de_fiche(
        fiche=fiche, par=par, section=section, verbe="modifier_fiche", empreinte=empreinte
    ) as verrouillee:
        champs = appliquer(verrouillee, propres, CHAMPS[section])
        if section == IDENTITE:
            verifier_identite(verrouillee)
        verifier_champs(verrouillee, champs)
        verrouillee.save(update_fields=[*champs, "modifiee_le"])
    return verrouillee


@transaction.atomic
def supprimer_fiche(*, fiche: FicheAction, par: Any) -> None:
    """Delete a fiche written by mistake. Raises DroitInsuffisant, and RegleMetier once it has values or bilans."""
    fiche = verrouiller(fiche)
    exiger(peut_modifier_fiche(par, fiche))
    if verdict := raison_de_garder(fiche):
        raise RegleMetier(verdict)
    journaliser(par=par, verbe="supprimer_fiche", objet=fiche, avant=etat_section(fiche, IDENTITE))
    try:
        fiche.delete()
    except ProtectedError as erreur:
        raise RegleMetier("D’autres données dépendent de cette fiche : elle ne se supprime plus.") from erreur


def raison_de_garder(fiche: FicheAction) -> str:
    """Return why the fiche cannot be deleted, empty when it can."""
    if Bilan.objects.filter(fiche=fiche).exists():
        return "Cette fiche a des bilans : elle ne se supprime plus. Passez-la au statut « Abandonnée »."
    if MesureIndicateur.objects.filter(indicateur__fiche=fiche).exists():
        return "Des valeurs ont été saisies dans cette fiche : elle ne se supprime plus. Abandonnez-la plutôt."
    if fiche.pieces.exists():
        return "Cette fiche a des pièces jointes : retirez-les d’abord."
    return ""
