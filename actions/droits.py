"""Who may do what in the first storey: one verdict per act, used by views, templates and tests alike."""

from __future__ import annotations

from typing import Any

from pdi.comptes.models import ROLES_DEPARTEMENT, Role
from pdi.socle.droits import OUI, Verdict, non

from .models import (
    Bilan,
    Campagne,
    EtatBilan,
    EtatCampagne,
    FicheAction,
    Indicateur,
    NoteFiche,
    PieceJointe,
    Programme,
    Signataire,
    SourceIndicateur,
)
from .querysets import ROLES_GESTION
from .regles.bilans import GESTION, PILOTE


def peut_gerer_referentiel(utilisateur: Any) -> Verdict:
    """Gabarits, cadres, structures: administration and programme managers."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_GESTION):
        return OUI
    return non("Seuls les administrateurs et les chargés de programme modifient les référentiels.")


def peut_creer_programme(utilisateur: Any) -> Verdict:
    """Create a programme."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_GESTION):
        return OUI
    return non("Seuls les administrateurs et les chargés de programme créent un programme.")


def peut_modifier_programme(utilisateur: Any, programme: Programme) -> Verdict:
    """Change the programme, its tree, its signatories."""
    if programme.reference:
        return non("Ce programme d’un autre département sert de référence : il se lit, il ne se modifie pas.")
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_GESTION):
        return OUI
    return non("Seuls les administrateurs et les chargés de programme modifient le programme.")


def peut_lire_signature(utilisateur: Any, signataire: Signataire) -> Verdict:
    """Read who signed in a partner's name, why it refused, its signed page: the département, and this partner."""
    siennes = utilisateur.structures_du_role(Role.PARTENAIRE) if utilisateur.is_authenticated else ()
    if peut_lire_suivi(utilisateur) or signataire.structure_id in siennes:
        return OUI
    return non("Le détail d’une signature se lit au Département et par le partenaire qui signe.")


def est_pilote(utilisateur: Any, fiche: FicheAction) -> bool:
    """Return whether the user is pilote or copilote of the fiche, by account or by structure.

    A page that read the fiche with its answer (`pilotage_connu`: user, answer) is not made to ask again.
    """
    connu: tuple[int, bool] | None = getattr(fiche, "pilotage_connu", None)
    if connu is not None and connu[0] == utilisateur.pk:
        return connu[1]
    return utilisateur.is_authenticated and FicheAction.objects.pilotees_par(utilisateur).filter(pk=fiche.pk).exists()


def peut_modifier_fiche(utilisateur: Any, fiche: FicheAction) -> Verdict:
    """Change what the document says: title, context, objectives, actors, funding, indicators."""
    return peut_modifier_programme(utilisateur, fiche.programme)


def peut_suivre_fiche(utilisateur: Any, fiche: FicheAction) -> Verdict:
    """Tell how the action goes: status, progress of steps, actual spending, notes, attachments."""
    if fiche.programme.reference:
        return non("Ce programme d’un autre département sert de référence : il se lit, il ne se modifie pas.")
    if utilisateur.is_authenticated and (utilisateur.a_role(*ROLES_GESTION) or est_pilote(utilisateur, fiche)):
        return OUI
    return non("Seuls les pilotes de la fiche et les chargés de programme en tiennent le suivi.")


def peut_lire_suivi(utilisateur: Any) -> Verdict:
    """Read how the work goes (state of bilans in progress, notes, history): the département's staff."""
    if utilisateur.is_authenticated and utilisateur.a_role(*ROLES_DEPARTEMENT):
        return OUI
    return non("Le suivi et l’historique d’une fiche se lisent au Département : un partenaire lit la fiche elle-même.")


def peut_saisir_mesure(utilisateur: Any, indicateur: Indicateur) -> Verdict:
    """Enter a value."""
    if indicateur.source == SourceIndicateur.CALCULE:
        return non("Cet indicateur est calculé par l’application : sa valeur ne se saisit pas.")
    return peut_suivre_fiche(utilisateur, indicateur.fiche)


def peut_gerer_campagne(utilisateur: Any, programme: Programme) -> Verdict:
    """Prepare, open, close a campaign; send back and validate bilans."""
    return peut_modifier_programme(utilisateur, programme)


def peut_ecrire_bilan(utilisateur: Any, bilan: Bilan) -> Verdict:
    """Write and submit the bilan of one's fiche while the campaign is open."""
    campagne: Campagne = bilan.campagne
    if campagne.etat != EtatCampagne.OUVERTE:
        return non("La campagne n’est pas ouverte : ses bilans ne se modifient pas.")
    if bilan.etat == EtatBilan.VALIDE:
        return non("Ce bilan est validé : il ne se modifie plus.")
    if bilan.etat == EtatBilan.SOUMIS:
        return non("Ce bilan est soumis : il se modifie seulement s’il est renvoyé pour correction.")
    if utilisateur.is_authenticated and (utilisateur.a_role(*ROLES_GESTION) or est_pilote(utilisateur, bilan.fiche)):
        return OUI
    return non("Seuls les pilotes de la fiche et les chargés de programme écrivent son bilan.")


def peut_relire_bilan(utilisateur: Any, bilan: Bilan) -> Verdict:
    """Read over a submitted bilan: send it back or validate it."""
    if bilan.campagne.etat != EtatCampagne.OUVERTE:
        return non("La campagne n’est pas ouverte : ses bilans ne se relisent pas.")
    if bilan.etat != EtatBilan.SOUMIS:
        return non("Seul un bilan soumis se renvoie ou se valide.")
    return peut_gerer_campagne(utilisateur, bilan.campagne.programme)


def peut_valider_bilan(utilisateur: Any, bilan: Bilan) -> Verdict:
    """Validate a submitted bilan that somebody else submitted."""
    verdict = peut_relire_bilan(utilisateur, bilan)
    if verdict and bilan.soumis_par_id == utilisateur.pk:
        return non("Vous avez soumis ce bilan vous-même : une autre personne le valide.")
    return verdict


def acteurs_du_bilan(utilisateur: Any, bilan: Bilan) -> frozenset[str]:
    """Return which actors of the machine of bilans the user is, for this one."""
    acteurs = set()
    if peut_gerer_campagne(utilisateur, bilan.campagne.programme):
        acteurs.add(GESTION)
    if not bilan.campagne.programme.reference and est_pilote(utilisateur, bilan.fiche):
        acteurs.add(PILOTE)
    return frozenset(acteurs)


def peut_rouvrir_bilan(utilisateur: Any, bilan: Bilan) -> Verdict:
    """Send back a validated bilan, with a comment, while the campaign is open."""
    if bilan.campagne.etat != EtatCampagne.OUVERTE or bilan.etat != EtatBilan.VALIDE:
        return non("Seul un bilan validé d’une campagne ouverte se rouvre.")
    return peut_gerer_campagne(utilisateur, bilan.campagne.programme)


def peut_retirer_note(utilisateur: Any, note: NoteFiche) -> Verdict:
    """Remove a note: its author while they follow the fiche, and the managers."""
    verdict = peut_suivre_fiche(utilisateur, note.fiche)
    if verdict and note.auteur_id != utilisateur.pk and not utilisateur.a_role(*ROLES_GESTION):
        return non("Cette note a été écrite par quelqu’un d’autre : son auteur ou un chargé de programme la retire.")
    return verdict


def peut_retirer_piece(utilisateur: Any, piece: PieceJointe) -> Verdict:
    """Remove an attachment: who put it while they follow the fiche, and the managers."""
    verdict = peut_suivre_fiche(utilisateur, piece.fiche)
    if verdict and piece.deposee_par_id != utilisateur.pk and not utilisateur.a_role(*ROLES_GESTION):
        return non("Cette pièce a été déposée par quelqu’un d’autre : son auteur ou un chargé de programme la retire.")
    return verdict
