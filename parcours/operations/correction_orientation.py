"""A decision of orientation taken by mistake: amended, or withdrawn. Why, and what it said, are kept."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from parcours.droits import lire_avec_acces
from parcours.droits.orientation import acteurs_de_la_demande, peut_corriger_orientation
from parcours.models import (
    CorrectionOrientation,
    DemandeReorientation,
    EtatDemande,
    NatureCorrection,
    NatureSortie,
    Orientation,
    Personne,
    Sortie,
    TransitionDemande,
)
from parcours.regles.decision import MOTIF_A_PRECISER, faute_de_motif, faute_de_nouvelle_date
from parcours.regles.organismes import faute_d_organisme
from parcours.regles.reorientation import AUTOMATE_DEMANDE, ROUVRIR
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.etats import changer_etat
from pdi.socle.operations import enregistrer, etat_de, journaliser, prevenir
from pdi.structures.models import Structure

from .orientation import referents_de
from .saisie_orientation import CapaciteDepassee, SaisieOrientation, accueillants, mode_quitte, verrouiller_accueil

CHAMPS = ("type_decide", "structure", "organisme", "mode", "decidee_le", "notifiee_le", "motif", "motif_texte")
NOMS = {"decidee_le": "décidée le", "notifiee_le": "notifiée le"}  # the labels of the model: dates as people read them
SANS_POURQUOI = "Dites en quelques mots ce qui était faux : cette phrase reste avec la décision."
RIEN_NE_CHANGE = "Rien ne change : corrigez ce qui est faux, ou gardez la décision."
SUIVIE = "Une orientation a été décidée après celle-ci : corrigez la plus récente d’abord."
DEMANDEE = "Une demande de réorientation porte sur cette décision : répondez-y, ou faites-la retirer d’abord."
AUTRE_DEMANDE = "Une autre demande de réorientation attend déjà : décidez-la d’abord."


def _ouvrir(orientation: Orientation, par: Any, pourquoi: str) -> tuple[Orientation, list[Orientation]]:
    """Lock the person, judge, and return the decision with all those of the person, in order of their periods."""
    Personne.objects.select_for_update(of=("self",)).only("pk").get(pk=orientation.personne_id)
    siennes = list(
        Orientation.objects.filter(personne=orientation.personne_id)
        .select_related("structure", "motif", "personne")
        .order_by("periode")
    )
    lue = next((o for o in siennes if o.pk == orientation.pk), None)
    if lue is None:
        raise RegleMetier("Cette décision a été retirée entre-temps.")
    exiger(peut_corriger_orientation(par, lue, lire_avec_acces(par, lue.personne_id) or lue.personne))
    if siennes[-1].pk != lue.pk:
        raise RegleMetier(SUIVIE)
    if not pourquoi.strip():
        raise RegleMetier(SANS_POURQUOI, champ="pourquoi")
    return lue, siennes


def _etat(orientation: Orientation) -> dict[str, str]:
    dites = etat_de(orientation, CHAMPS)
    for champ, nom in NOMS.items():
        jour = getattr(orientation, champ)
        dites[nom] = f"{jour:%d/%m/%Y}" if jour else ""
    return {nom: str(valeur or "") for nom, valeur in dites.items()}


@transaction.atomic
def corriger_orientation(
    *, orientation: Orientation, saisie: SaisieOrientation, pourquoi: str, par: Any
) -> Orientation:
    """Amend a decision taken by mistake; `pourquoi` says what was wrong. What the rules proposed does not move.

    When its day moves, the end of the one before follows. Raises DroitInsuffisant; RegleMetier for a later decision, a
    missing reason, no change, and whatever a decision owes (date, motive, organism); CapaciteDepassee.
    """
    lue, siennes = _ouvrir(orientation, par, pourquoi)
    precedente = siennes[-2] if len(siennes) > 1 else None
    _refuser(lue, precedente, saisie)
    avant, ancienne_structure, ancien_jour = _etat(lue), lue.structure, lue.decidee_le
    if lue.structure_id != saisie.structure.pk or lue.mode != saisie.mode:
        lue.depassement = _depasse(siennes, saisie)
    for champ in ("type_decide", "structure", "organisme", "mode", "notifiee_le", "motif"):
        setattr(lue, champ, getattr(saisie, champ))
    lue.motif_texte, lue.decidee_le = saisie.motif_texte.strip(), saisie.le
    apres = _etat(lue)
    if apres == avant:
        raise RegleMetier(RIEN_NE_CHANGE)
    _dater(lue, precedente, ancien_jour, saisie.le)
    _tracer(lue, NatureCorrection.CORRIGEE, avant, apres, pourquoi, par, ancien_jour)
    journaliser(
        par=par, verbe="corriger_orientation", objet=lue, avant=avant, apres=apres, commentaire=pourquoi.strip()
    )  # fmt: skip
    _prevenir(lue, {ancienne_structure, lue.structure}, "Une orientation a été corrigée", par, lue.get_absolute_url())
    return lue


def _refuser(lue: Orientation, precedente: Orientation | None, saisie: SaisieOrientation) -> None:
    code = saisie.motif.code if saisie.motif else None
    faute = faute_de_nouvelle_date(
        precedente and precedente.periode, lue.decidee_le, saisie.le, timezone.localdate()
    ) or faute_de_motif(lue.type_propose, saisie.type_decide, code, saisie.motif_texte)  # fmt: skip
    if faute is not None:
        raise RegleMetier(faute.message, champ=faute.champ)
    if saisie.notifiee_le is not None and saisie.notifiee_le < saisie.le:
        raise RegleMetier("La notification ne précède pas la décision.", champ="notifiee_le")
    if lue.depassement and not saisie.motif_texte.strip():
        raise RegleMetier(MOTIF_A_PRECISER, champ="motif_texte")
    compte = (lue.organisme, lue.structure_id) != (saisie.organisme, saisie.structure.pk)
    if compte and (dite := faute_d_organisme(saisie.organisme, saisie.structure.nature, saisie.structure.nom)):
        raise RegleMetier(dite, champ="organisme")


def _depasse(siennes: list[Orientation], saisie: SaisieOrientation) -> bool:
    """Return whether the amended decision exceeds a capacity. Raises CapaciteDepassee when it is not said why."""
    pleines = verrouiller_accueil(saisie.structure, saisie.le).pleines(
        saisie.mode, mode_quitte(siennes, saisie.structure, saisie.le)
    )
    if pleines and not saisie.motif_texte.strip():
        raise CapaciteDepassee(saisie.structure, pleines)
    return bool(pleines)


def _dater(lue: Orientation, precedente: Orientation | None, ancien: datetime.date, le: datetime.date) -> None:
    """Save the decision on its new day; the one before ends when it begins, if it ended for it."""
    suit = precedente is not None and precedente.periode.upper == ancien
    lue.periode = DateRange(le, lue.periode.upper)
    if le < ancien and precedente is not None and suit:
        _borner(precedente, le)
    lue.save()  # not validated as a form: a decision that was imported has no author
    if le > ancien and precedente is not None and suit and not _sortie_la_veille(lue.personne_id, ancien):
        _borner(precedente, le)


def _borner(orientation: Orientation, fin: datetime.date | None) -> None:
    orientation.periode = DateRange(orientation.periode.lower, fin)
    orientation.save(update_fields=["periode"])


def _sortie_la_veille(personne: int, jour: datetime.date) -> bool:
    """Return whether the one before ended by itself, because the accompaniment did."""
    veille = jour - datetime.timedelta(days=1)
    sorties = Sortie.objects.filter(personne=personne, nature=NatureSortie.ACCOMPAGNEMENT, date=veille)
    return sorties.exists()


@transaction.atomic
def retirer_orientation(*, orientation: Orientation, pourquoi: str, par: Any) -> CorrectionOrientation:
    """Withdraw a decision that should not have been taken; the one it ended goes on. Return the trace.

    The request it answered waits again. Raises as `corriger_orientation`, and RegleMetier when a request is about it.
    """
    lue, siennes = _ouvrir(orientation, par, pourquoi)
    if lue.demandes.exists():
        raise RegleMetier(DEMANDEE)
    precedente = siennes[-2] if len(siennes) > 1 else None
    _rouvrir_demande(lue, pourquoi, par)
    avant, structure, fin = _etat(lue), lue.structure, lue.periode.upper
    journaliser(par=par, verbe="retirer_orientation", objet=lue, avant=avant, commentaire=pourquoi.strip())
    trace = _tracer(lue, NatureCorrection.RETIREE, avant, {}, pourquoi, par, lue.decidee_le)
    suit = precedente is not None and precedente.periode.upper == lue.periode.lower
    reprend = suit and not _sortie_la_veille(lue.personne_id, lue.decidee_le)
    lue.delete()
    if precedente is not None and reprend:
        _borner(precedente, fin)
    trace.refresh_from_db()
    _prevenir(lue, {structure}, "Une orientation a été retirée", par, trace.personne.get_absolute_url())
    return trace


def _rouvrir_demande(lue: Orientation, pourquoi: str, par: Any) -> None:
    demande = DemandeReorientation.objects.select_for_update(of=("self",)).filter(orientation_decidee=lue).first()
    if demande is None:
        return
    if lue.personne.demandes_reorientation.filter(etat=EtatDemande.EN_ATTENTE).exists():
        raise RegleMetier(AUTRE_DEMANDE)
    changer_etat(
        automate=AUTOMATE_DEMANDE, verbe=ROUVRIR, objet=demande,
        acteurs=acteurs_de_la_demande(par, demande, lire_avec_acces(par, lue.personne_id) or lue.personne),
        ligne=TransitionDemande, cle="demande", par=par, commentaire=pourquoi.strip(),
        valeurs={"decidee_le": None, "decidee_par": None, "reponse": "", "orientation_decidee": None},
    )  # fmt: skip


def _tracer(
    lue: Orientation, nature: str, avant: dict[str, str], apres: dict[str, str], pourquoi: str, par: Any,
    decidee_le: datetime.date,
) -> CorrectionOrientation:  # fmt: skip
    trace = CorrectionOrientation(
        personne=lue.personne, orientation=lue, nature=nature, decidee_le=decidee_le, avant=avant, apres=apres,
        motif=pourquoi.strip(), par=par,
    )  # fmt: skip
    enregistrer(trace)
    return trace


def _prevenir(lue: Orientation, structures: set[Structure], titre: str, par: Any, url: str) -> None:
    """Tell the structures and the référent. The title goes by e-mail: it names nobody."""
    qui = [*referents_de(lue.personne), *(u for s in structures for u in accueillants(s))]
    prevenir(
        destinataires=[u for u in qui if u.pk != par.pk], titre=titre,
        texte=f"{lue.get_type_decide_display()}, {lue.structure}.", url=url,
    )  # fmt: skip
