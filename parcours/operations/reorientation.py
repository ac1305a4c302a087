"""Requests to reorient: ask, decide, withdraw. The decision and its motive always reach who asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from parcours.decideurs import decideurs_de
from parcours.droits import lire_avec_acces
from parcours.droits.orientation import acteurs_de_la_demande, peut_decider_reorientation, peut_demander_reorientation
from parcours.models import (
    DemandeReorientation,
    EtatDemande,
    Motif,
    Orientation,
    OrigineOrientation,
    Personne,
    TransitionDemande,
)
from parcours.regles.decision import AUTRE, MOTIF_A_PRECISER
from parcours.regles.reorientation import ACCEPTER, AUTOMATE_DEMANDE, REFUSER, RETIRER
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.etats import changer_etat
from pdi.socle.operations import enregistrer, etat_de, journaliser, prevenir
from pdi.structures.models import Structure

from .orientation import orienter, referents_de
from .saisie_orientation import SaisieOrientation

CHAMPS_JOURNAL = ("type_demande", "structure_demandee", "motif", "demandee_le")
SANS_ORIENTATION = "Cette personne n’a pas d’orientation en cours : il n’y a rien à changer, elle est à orienter."
MEME_CHOSE = "C’est déjà l’orientation en cours : demandez un autre type, ou une autre structure."


@transaction.atomic
def demander_reorientation(
    *,
    personne: Personne,
    type_demande: str,
    motif: Motif,
    par: Any,
    structure: Structure | None = None,
    commentaire: str = "",
) -> DemandeReorientation:
    """Ask to change the orientation in force, and say why.

    Raises DroitInsuffisant; RegleMetier without orientation in force, when nothing would change, or when another
    request waits. Source: CASF L262-31.
    """
    Personne.objects.select_for_update(of=("self",)).only("pk").get(pk=personne.pk)
    exiger(peut_demander_reorientation(par, lire_avec_acces(par, personne.pk) or personne))
    actuelle = Orientation.objects.au(timezone.localdate()).filter(personne=personne).first()
    if actuelle is None:
        raise RegleMetier(SANS_ORIENTATION)
    if actuelle.type_decide == type_demande and structure in (None, actuelle.structure):
        raise RegleMetier(MEME_CHOSE, champ="type_demande")
    if motif.code == AUTRE and not commentaire.strip():
        raise RegleMetier(MOTIF_A_PRECISER, champ="commentaire")
    demande = DemandeReorientation(
        personne=personne,
        orientation=actuelle,
        type_demande=type_demande,
        structure_demandee=structure,
        motif=motif,
        commentaire=commentaire.strip(),
        demandee_le=timezone.localdate(),
        demandee_par=par,
    )
    enregistrer(demande)
    TransitionDemande.objects.create(demande=demande, de="", vers=EtatDemande.EN_ATTENTE, par=par)
    journaliser(
        par=par, verbe="demander_reorientation", objet=demande, apres=etat_de(demande, CHAMPS_JOURNAL)
    )  # fmt: skip
    prevenir(
        destinataires=[u for u in decideurs_de(personne.pk, timezone.localdate()) if u.pk != par.pk],
        titre="Une réorientation est demandée",
        texte=f"Vers «\u00a0{demande.get_type_demande_display()}\u00a0»\u00a0: {motif}.",
        url=demande.get_absolute_url(),
    )
    return demande


def _verrouiller(demande: DemandeReorientation, par: Any) -> tuple[DemandeReorientation, Any]:
    lue = DemandeReorientation.objects.select_for_update(of=("self",)).select_related("personne", "demandee_par")
    trouvee = lue.get(pk=demande.pk)
    return trouvee, lire_avec_acces(par, trouvee.personne_id) or trouvee.personne


def _changer(
    demande: DemandeReorientation, personne: Any, par: Any, verbe: str, commentaire: str, **valeurs: Any
) -> None:
    changer_etat(
        automate=AUTOMATE_DEMANDE,
        verbe=verbe,
        objet=demande,
        acteurs=acteurs_de_la_demande(par, demande, personne),
        ligne=TransitionDemande,
        cle="demande",
        par=par,
        commentaire=commentaire,
        valeurs=valeurs,
    )
    journaliser(
        par=par, verbe=verbe, objet=demande, apres={"état": demande.get_etat_display()}, commentaire=commentaire
    )  # fmt: skip


@transaction.atomic
def decider_reorientation(
    *,
    demande: DemandeReorientation,
    accepter: bool,
    par: Any,
    reponse: str = "",
    saisie: SaisieOrientation | None = None,
    confirmee: int | None = None,
) -> DemandeReorientation:
    """Accept, and orient in the same transaction (`saisie`, `confirmee` as in `orienter`); or refuse with a motive.

    Raises DroitInsuffisant, TransitionImpossible when it was decided since, RegleMetier for a refusal without motive,
    and what `orienter` raises: nothing is written then.
    """
    demande, personne = _verrouiller(demande, par)
    exiger(peut_decider_reorientation(par, demande, personne))
    decision = {"decidee_le": timezone.localdate(), "decidee_par": par, "reponse": reponse.strip()}
    if not accepter:
        if not reponse.strip():
            raise RegleMetier("Un refus se motive : la personne qui demande lira votre réponse.", champ="reponse")
        _changer(demande, personne, par, REFUSER, reponse, **decision)
    else:
        if saisie is None:
            raise RegleMetier("Accepter la demande, c’est décider la nouvelle orientation : il en faut une.")
        orientation = orienter(
            personne=demande.personne,
            saisie=replace(saisie, origine=OrigineOrientation.REORIENTATION),
            par=par,
            confirmee=confirmee,
            demande=demande,
        )
        _changer(demande, personne, par, ACCEPTER, reponse, **decision, orientation_decidee=orientation)
    _prevenir(demande, par)
    return demande


def _prevenir(demande: DemandeReorientation, par: Any) -> None:
    qui = {u.pk: u for u in [demande.demandee_par, *referents_de(demande.personne)] if u.pk != par.pk}
    prevenir(
        destinataires=qui.values(),
        titre=f"Demande de réorientation {demande.get_etat_display().lower()}",
        texte=demande.reponse,
        url=demande.get_absolute_url(),
    )


@transaction.atomic
def retirer_demande(*, demande: DemandeReorientation, par: Any, commentaire: str = "") -> DemandeReorientation:
    """Withdraw a request that waits. Raises DroitInsuffisant, TransitionImpossible when it was decided since."""
    demande, personne = _verrouiller(demande, par)
    _changer(
        demande, personne, par, RETIRER, commentaire, decidee_le=timezone.localdate(), decidee_par=par
    )  # fmt: skip
    return demande
