"""What an operator changes on a published sheet: written apart, reviewed, then taken by the sheet or sent back.

The published content stays in place all along. When the sheet moved meanwhile, only the fields that the proposal
changes are taken: the others keep what the service wrote.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from actions.operations.commun import refuser_si_change
from offre.droits_fiches import acteurs_de_fiche, peut_changer_proposition, peut_modifier_offre
from offre.models import EtatOffre, EtatProposition, OffreInsertion, PropositionOffre, TransitionProposition
from offre.regles.fiches import AUTOMATE_PROPOSITION, completude
from offre.versions import RESERVES, Contenu, contenu_de, differences
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.etats import changer_etat
from pdi.socle.operations import journaliser, prevenir

from .fiches import (
    etat_de_la_fiche,
    fixer_contenu,
    garder_version,
    gens_de_l_operateur,
    gens_du_service,
    verrouiller_offre,
)


def verrouiller_proposition(proposition: PropositionOffre) -> PropositionOffre:
    """Return the proposal and its sheet, both locked; the sheet first, as every write does."""
    verrouiller_offre(proposition.offre)
    return PropositionOffre.objects.select_for_update(of=("self",)).select_related("offre").get(pk=proposition.pk)


@transaction.atomic
def proposer_modification(
    *, offre: OffreInsertion, contenu: Contenu, par: Any, vue: str | None = None
) -> PropositionOffre:
    """Write, or write again, the open proposal of a sheet. What the service alone writes keeps its value.

    Raises DroitInsuffisant, ConflitVersion, and RegleMetier when nothing differs or when it is being reviewed.
    """
    lue = verrouiller_offre(offre)
    exiger(peut_modifier_offre(par, lue))
    if lue.etat not in (EtatOffre.PUBLIEE, EtatOffre.SUSPENDUE):
        raise RegleMetier("Seule une fiche publiée ou suspendue se modifie par une proposition.")
    actuel = contenu_de(lue)
    ouverte = PropositionOffre.objects.select_for_update().filter(offre=lue).ouvertes().first()
    refuser_si_change(lue, etat_de_la_fiche(ouverte.contenu if ouverte else actuel, RESERVES), vue)
    if ouverte is not None and ouverte.etat == EtatProposition.SOUMISE:
        raise RegleMetier("Votre modification est en cours de relecture : reprenez-la avant de la changer.")
    voulu = {**(ouverte.avant if ouverte else actuel), **contenu, **{nom: actuel[nom] for nom in RESERVES}}
    if not differences(ouverte.avant if ouverte else actuel, voulu, RESERVES):
        raise RegleMetier("Rien ne change : la fiche publiée dit déjà cela.")
    if ouverte is None:
        ouverte = PropositionOffre.objects.create(offre=lue, contenu=voulu, avant=actuel, par=par)
        TransitionProposition.objects.create(proposition=ouverte, vers=EtatProposition.REDACTION, par=par)
    else:
        ouverte.contenu, ouverte.par = voulu, par
        ouverte.save(update_fields=["contenu", "par"])
    journaliser(
        par=par, verbe="proposer_modification", objet=ouverte, avant=etat_de_la_fiche(ouverte.avant, RESERVES),
        apres=etat_de_la_fiche(voulu, RESERVES),
    )  # fmt: skip
    return ouverte


def _changer(
    proposition: PropositionOffre, par: Any, verbe: str, commentaire: str = "", **valeurs: Any
) -> PropositionOffre:
    lue = verrouiller_proposition(proposition)
    exiger(peut_changer_proposition(par, lue, verbe))
    changer_etat(
        automate=AUTOMATE_PROPOSITION, verbe=verbe, objet=lue, acteurs=acteurs_de_fiche(par, lue.offre),
        ligne=TransitionProposition, cle="proposition", par=par, commentaire=commentaire, valeurs=valeurs,
    )  # fmt: skip
    journaliser(par=par, verbe=verbe, objet=lue, commentaire=commentaire)
    return lue


@transaction.atomic
def soumettre_proposition(*, proposition: PropositionOffre, par: Any) -> PropositionOffre:
    """Send a proposal to the service."""
    lue = _changer(proposition, par, "soumettre_proposition", soumise_le=timezone.now(), motif_renvoi="")
    prevenir(
        destinataires=[u for u in gens_du_service() if u.pk != par.pk],
        titre="Une modification de fiche d’offre est à relire", texte=str(lue.offre), url=lue.get_absolute_url(),
    )  # fmt: skip
    return lue


@transaction.atomic
def reprendre_proposition(*, proposition: PropositionOffre, par: Any) -> PropositionOffre:
    """Take a proposal back from review, to change it."""
    return _changer(proposition, par, "reprendre_proposition")


@transaction.atomic
def renvoyer_proposition(*, proposition: PropositionOffre, par: Any, commentaire: str) -> PropositionOffre:
    """Send a proposal back, saying what to correct. Raises RegleMetier without a comment."""
    lue = _changer(proposition, par, "renvoyer_proposition", commentaire, motif_renvoi=commentaire.strip())
    prevenir(
        destinataires=gens_de_l_operateur(lue.offre), titre="Votre modification d’une fiche d’offre est à corriger",
        texte=str(lue.offre), url=lue.get_absolute_url(),
    )  # fmt: skip
    return lue


@transaction.atomic
def retirer_proposition(*, proposition: PropositionOffre, par: Any) -> PropositionOffre:
    """Give a proposal up: the sheet stays as it is published."""
    return _changer(proposition, par, "retirer_proposition")


def contenu_fusionne(proposition: PropositionOffre, actuel: Contenu) -> dict[str, Any]:
    """Return the sheet as it will be: what it says now, with the fields that the proposal changes."""
    changes = {d.cle for d in differences(proposition.avant, proposition.contenu, RESERVES)}
    return {**actuel, **{cle: proposition.contenu[cle] for cle in changes}}


@transaction.atomic
def accepter_proposition(*, proposition: PropositionOffre, par: Any) -> PropositionOffre:
    """Have the sheet take the proposal, and keep the version when it is published. It counts as a confirmation.

    Raises DroitInsuffisant, TransitionImpossible, and RegleMetier when what results cannot be published.
    """
    lue = verrouiller_proposition(proposition)
    exiger(peut_changer_proposition(par, lue, "accepter_proposition"))
    offre = lue.offre
    avant = contenu_de(offre)
    apres = contenu_fusionne(lue, avant)
    if manques := completude(apres).bloquants:
        raise RegleMetier(f"La fiche n’aurait plus : {', '.join(manques)}. Renvoyez la modification.")
    offre.confirmee_le = timezone.localdate()
    fixer_contenu(offre, apres, lue.par)
    if offre.etat == EtatOffre.PUBLIEE:
        garder_version(offre, contenu_de(offre), lue.par)
    journaliser(
        par=par, verbe="modifier_offre", objet=offre, avant=etat_de_la_fiche(avant), apres=etat_de_la_fiche(apres),
        commentaire="Modification proposée par l’opérateur",
    )  # fmt: skip
    lue = _changer(lue, par, "accepter_proposition", decidee_le=timezone.now(), decidee_par=par)
    prevenir(
        destinataires=[u for u in gens_de_l_operateur(offre) if u.pk != par.pk],
        titre="Votre modification d’une fiche d’offre est publiée", texte=str(offre), url=offre.get_absolute_url(),
    )  # fmt: skip
    return lue
