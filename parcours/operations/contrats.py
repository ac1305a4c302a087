"""Writing of a contract: first draft, drafts, renewal and amendment. The circuit is in circuit_contrats."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from actions.operations.commun import Etat, empreinte, en_mots, refuser_si_change, verifier_champs
from parcours.droits.contrats import peut_ecrire_contrat, peut_preparer_contrat
from parcours.models import (
    ActionContrat,
    AffectationReferent,
    Contrat,
    EtatContrat,
    ObjectifContrat,
    Orientation,
    Personne,
    RangContrat,
    TransitionContrat,
    TypeActionContrat,
)
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.models import EntreeJournal
from pdi.socle.operations import enregistrer, journaliser

CHAMPS = (
    "nature", "debut", "fin", "heures_hebdo", "dispense_motif", "dispense_fin", "revision_le", "engagements_personne",
    "engagements_departement", "observations_personne", "observations_referent",
)  # fmt: skip
LIBELLES = {f.name: str(f.verbose_name).capitalize() for f in Contrat._meta.fields}
PAS_DU_JOURNAL = datetime.timedelta(minutes=15)  # between two lines of a page that saves by itself
SANS_STRUCTURE = (
    "Aucune structure ne suit cette personne aujourd’hui : enregistrez d’abord son orientation ou son référent."
)


@dataclass(frozen=True)
class SaisieAction:
    """An action line as typed. With an offer and no title, the offer gives its own."""

    type: str
    intitule: str = ""
    offre: Any = None
    heures_hebdo: Decimal | None = None
    debut: datetime.date | None = None
    fin: datetime.date | None = None


@dataclass(frozen=True)
class SaisieContrat:
    """What was written. `objectifs`: (objective of the référentiel or None, its words); hours are per week."""

    nature: str
    debut: datetime.date
    fin: datetime.date
    heures_hebdo: Decimal | None = None
    dispense_motif: Any = None
    dispense_fin: datetime.date | None = None
    revision_le: datetime.date | None = None
    engagements_personne: tuple[str, ...] = ()
    engagements_departement: tuple[str, ...] = ()
    observations_personne: str = ""
    observations_referent: str = ""
    objectifs: tuple[tuple[Any, str], ...] = ()
    actions: tuple[SaisieAction, ...] = field(default_factory=tuple)


def verrouiller(contrat: Contrat) -> Contrat:
    """Read the contract again, locked until the end of the transaction."""
    return (
        Contrat.objects.select_for_update(of=("self",))
        .select_related("personne", "orientation", "structure", "referent", "dispense_motif")
        .get(pk=contrat.pk)
    )


def saisie_enregistree(contrat: Contrat) -> SaisieContrat:
    """Return what is stored, in the shape of an entry (two queries)."""
    return SaisieContrat(
        **{nom: getattr(contrat, nom) for nom in CHAMPS if not nom.startswith("engagements")},
        engagements_personne=tuple(contrat.engagements_personne),
        engagements_departement=tuple(contrat.engagements_departement),
        objectifs=tuple((o.objectif, o.libelle) for o in contrat.objectifs.select_related("objectif")),
        actions=tuple(
            SaisieAction(a.type, a.intitule, a.offre, a.heures_hebdo, a.debut, a.fin)
            for a in contrat.actions.select_related("offre")
        ),
    )


def etat_saisi(saisie: SaisieContrat) -> Etat:
    """Return an entry field by field, in words: for the lock and the comparison.

    The motive of a reduction is not told: it may speak of health.
    """
    etat = {LIBELLES[nom]: en_mots(getattr(saisie, nom)) for nom in CHAMPS if nom != "dispense_motif"}
    etat["Motif de réduction ou de dispense"] = "oui" if saisie.dispense_motif else ""
    etat["Objectifs"] = "\n".join(libelle for _, libelle in saisie.objectifs)
    etat["Actions"] = "\n".join(_dire_action(a) for a in saisie.actions)
    return etat


def _dire_action(action: SaisieAction) -> str:
    dates = f"{en_mots(action.debut)} – {en_mots(action.fin)}".strip(" –")
    heures = f"{en_mots(action.heures_hebdo)} h" if action.heures_hebdo is not None else ""
    return ", ".join(filter(None, (TypeActionContrat(action.type).label, action.intitule, heures, dates)))


def empreinte_contrat(contrat: Contrat) -> str:
    """Return the fingerprint of what is stored, which a page carries and a write compares."""
    return empreinte(etat_saisi(saisie_enregistree(contrat)))


def _nettoyer(saisie: SaisieContrat) -> SaisieContrat:
    propres = []
    for action in saisie.actions:
        intitule = action.intitule.strip() or (str(action.offre.intitule) if action.offre else "")
        if not intitule:
            raise RegleMetier("Une action porte un intitulé, ou une offre du catalogue.", champ="actions")
        if action.debut and action.fin and action.fin < action.debut:
            raise RegleMetier(f"L’action « {intitule} » finit avant de commencer.", champ="actions")
        propres.append(replace(action, intitule=intitule[:250]))
    if saisie.fin < saisie.debut:
        raise RegleMetier("Le contrat finit avant de commencer.", champ="fin")
    vus: dict[str, tuple[Any, str]] = {}
    for objectif, libelle in saisie.objectifs:
        vus.setdefault(libelle.strip()[:250].lower(), (objectif, libelle.strip()[:250]))
    return replace(saisie, actions=tuple(propres), objectifs=tuple(v for c, v in vus.items() if c))


def _ecrire(contrat: Contrat, saisie: SaisieContrat) -> None:
    for nom in CHAMPS:
        valeur = getattr(saisie, nom)
        setattr(contrat, nom, list(valeur) if isinstance(valeur, tuple) else valeur)
    if contrat.dispense_motif is None:
        contrat.dispense_fin = None
    verifier_champs(contrat, (n for n in CHAMPS if n not in ("engagements_personne", "engagements_departement")))
    contrat.modifie_le = timezone.now()


def _remplacer_le_contenu(contrat: Contrat, saisie: SaisieContrat) -> None:
    contrat.objectifs.all().delete()
    contrat.actions.all().delete()
    ObjectifContrat.objects.bulk_create(
        ObjectifContrat(contrat=contrat, objectif=objectif, libelle=libelle, ordre=rang)
        for rang, (objectif, libelle) in enumerate(saisie.objectifs)
    )
    ActionContrat.objects.bulk_create(
        ActionContrat(contrat=contrat, **{n: getattr(a, n) for n in SaisieAction.__dataclass_fields__})
        for a in saisie.actions
    )


def suivi_du_jour(personne: Personne, jour: datetime.date) -> tuple[Orientation | None, AffectationReferent | None]:
    """Return the orientation and the référent in force (two queries)."""
    orientation = Orientation.objects.au(jour).filter(personne=personne).select_related("structure").first()
    affectations = AffectationReferent.objects.filter(personne=personne, periode__contains=jour)
    return orientation, affectations.select_related("structure", "referent").first()


@transaction.atomic
def preparer_contrat(
    *,
    personne: Personne,
    saisie: SaisieContrat,
    par: Any,
    rang: str = RangContrat.PREMIER,
    precedent: Contrat | None = None,
) -> Contrat:
    """Write the first draft of a contract; with `precedent`, of its renewal or amendment.

    The structure and the référent are those of today. Raises DroitInsuffisant, and RegleMetier when no structure
    follows the person, when `precedent` is not a valid contract of hers, or for impossible dates.
    Source: CASF L262-34 to L262-36.
    """
    exiger(peut_preparer_contrat(par, personne))
    saisie = _nettoyer(saisie)
    _verifier_precedent(personne, rang, precedent)
    orientation, affectation = suivi_du_jour(personne, timezone.localdate())
    suivi = affectation or orientation
    if suivi is None:
        raise RegleMetier(SANS_STRUCTURE)
    contrat = Contrat(
        personne=personne,
        orientation=orientation,
        structure=suivi.structure,
        referent=affectation.referent if affectation else None,
        rang=rang,
        precedent=precedent,
    )
    _ecrire(contrat, saisie)
    enregistrer(contrat)
    _remplacer_le_contenu(contrat, saisie)
    TransitionContrat.objects.create(contrat=contrat, de="", vers=EtatContrat.BROUILLON, par=par)
    journaliser(par=par, verbe="preparer_contrat", objet=contrat, apres={"rang": contrat.get_rang_display()})
    return contrat


def _verifier_precedent(personne: Personne, rang: str, precedent: Contrat | None) -> None:
    if rang == RangContrat.PREMIER:
        return
    if precedent is None or precedent.personne_id != personne.pk:
        raise RegleMetier("Un renouvellement ou un avenant suit un contrat de la même personne.")
    permis: Sequence[str] = (EtatContrat.VALIDE, EtatContrat.CLOS)
    if rang == RangContrat.AVENANT:
        permis = (EtatContrat.VALIDE,)
    if precedent.etat not in permis:
        raise RegleMetier("Seul un contrat validé se renouvelle ou reçoit un avenant.")
    if precedent.suites.filter(etat__in=(EtatContrat.BROUILLON, EtatContrat.A_CORRIGER)).exists():
        raise RegleMetier("Une suite de ce contrat est déjà en préparation : reprenez-la, ou annulez-la.")


@transaction.atomic
def enregistrer_contrat(
    *, contrat: Contrat, saisie: SaisieContrat, par: Any, vue: str | None = None, de_soi_meme: bool = False
) -> Contrat:
    """Save the draft, unless somebody saved since the page `vue` (a fingerprint) was shown.

    Nothing changes when nothing differs. `de_soi_meme`: the page saved by itself, and the journal says so every quarter
    of an hour at most. Raises DroitInsuffisant, ConflitVersion, and RegleMetier.
    """
    contrat = verrouiller(contrat)
    exiger(peut_ecrire_contrat(par, contrat))
    avant, saisie = etat_saisi(saisie_enregistree(contrat)), _nettoyer(saisie)
    apres = etat_saisi(saisie)
    motif = contrat.dispense_motif_id
    if avant == apres and motif == getattr(saisie.dispense_motif, "pk", None):
        return contrat
    refuser_si_change(contrat, avant, vue)
    _ecrire(contrat, saisie)
    contrat.version += 1
    enregistrer(contrat)
    _remplacer_le_contenu(contrat, saisie)
    if de_soi_meme and _deja_journalise(contrat, par):
        return contrat
    # The journal is read by people who see no names: it says what changed, not the words.
    changes = [libelle for libelle in apres if avant[libelle] != apres[libelle]] or ["Motif de réduction"]
    journaliser(par=par, verbe="enregistrer_contrat", objet=contrat, apres={"champs modifiés": changes})
    return contrat


def _deja_journalise(contrat: Contrat, par: Any) -> bool:
    """Return whether the journal says, a short while ago, that the same author saved this contract."""
    recentes = EntreeJournal.objects.filter(
        objet_type=contrat._meta.label_lower, objet_id=str(contrat.pk), verbe="enregistrer_contrat", par=par,
        le__gte=timezone.now() - PAS_DU_JOURNAL,
    )  # fmt: skip
    return recentes.exists()
