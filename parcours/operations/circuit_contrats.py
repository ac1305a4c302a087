"""The circuit of a contract: signatures, submission, decision, end. Source: CASF L262-34 to L262-36."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from parcours import lecture_contrats as lecture
from parcours.droits.contrats import SIEN, acteurs_du_contrat, est_le_sien, peut_changer
from parcours.models import (
    Contrat,
    EtatContrat,
    NatureContrat,
    Personne,
    RangContrat,
    TransitionContrat,
)
from parcours.portees import portee
from parcours.regles import contrats as regles
from parcours.regles.contrats import AUTOMATE_CONTRAT, ENCADREMENT, Manque
from pdi.comptes.models import Role, Utilisateur
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.etats import changer_etat, changer_etat_en_lot
from pdi.socle.operations import journaliser, prevenir

from .contrats import verrouiller

LOT_MAX = 500


class ContratIncomplet(RegleMetier):
    """The contract cannot be signed yet; `manques` says what to write and where."""

    def __init__(self, manques: list[Manque]) -> None:
        """Keep the list, in the order of the form."""
        super().__init__(" ".join(m.message for m in manques), champ=manques[0].champ)
        self.manques = manques


def _changer(contrat: Contrat, verbe: str, par: Any, valeurs: Mapping[str, Any], commentaire: str = "") -> None:
    changer_etat(
        automate=AUTOMATE_CONTRAT, verbe=verbe, objet=contrat, acteurs=acteurs_du_contrat(par, contrat),
        ligne=TransitionContrat, cle="contrat", par=par, commentaire=commentaire,
        valeurs={**valeurs, "version": contrat.version + 1},
    )  # fmt: skip
    # The comment stays with the contract: the journal is read by people who see no names.
    journaliser(par=par, verbe=verbe, objet=contrat, apres={"état": contrat.get_etat_display()})


def _verifier_version(contrat: Contrat, version: int | None) -> None:
    if version is not None and version != contrat.version:
        raise RegleMetier("Ce contrat a changé depuis que vous l’avez ouvert : relisez-le avant de décider.")


def _prevenir(contrat: Contrat, titre: str, par: Any, texte: str = "") -> None:
    """Tell the référent; no name in the title, which may go out by e-mail."""
    if contrat.referent is not None and contrat.referent_id != par.pk:
        prevenir(destinataires=[contrat.referent], titre=titre, texte=texte, url=contrat.get_absolute_url())


@transaction.atomic
def signer_contrat(
    *, contrat: Contrat, signe_personne_le: datetime.date, signe_referent_le: datetime.date, par: Any,
    version: int | None = None,
) -> Contrat:  # fmt: skip
    """Record both signatures, with the household as it stood on the later one; the text no longer changes.

    Without a review date, the one of the regime is set. Raises DroitInsuffisant, TransitionImpossible,
    ContratIncomplet, and RegleMetier for a signature in the future. Source: CASF L262-34.
    """
    contrat = verrouiller(contrat)
    exiger(peut_changer(par, contrat, "signer_contrat"))
    _verifier_version(contrat, version)
    dates = {"signe_personne_le": signe_personne_le, "signe_referent_le": signe_referent_le}
    if manques := regles.manques_de_signature(dates, timezone.localdate()):
        raise ContratIncomplet(manques)
    derniere, lus = max(dates.values()), lecture.regimes()
    contrat.revision_le = contrat.revision_le or lecture.revision_legale(contrat, derniere, lus)
    if manques := regles.manques_pour_signer(lecture.contenu(contrat, derniere, lus)):
        raise ContratIncomplet(manques)
    foyer = lecture.foyer_au(contrat.personne, derniere)
    _changer(contrat, "signer_contrat", par,
             {**dates, "foyer_signature": foyer, "revision_le": contrat.revision_le, "motif_decision": ""})  # fmt: skip
    return contrat


@transaction.atomic
def consigner_ppae(*, contrat: Contrat, signe_le: datetime.date, par: Any) -> Contrat:
    """Record a PPAE signed at France Travail on `signe_le`: the département keeps its reference, it decides nothing.

    Raises DroitInsuffisant, TransitionImpossible, and RegleMetier for another nature or a date in the future.
    """
    contrat = verrouiller(contrat)
    exiger(peut_changer(par, contrat, "consigner_ppae"))
    if contrat.nature != NatureContrat.PPAE:
        raise RegleMetier("Seul un PPAE se consigne sans validation.")
    if manques := regles.manques_de_signature({"signe_personne_le": signe_le}, timezone.localdate()):
        raise ContratIncomplet(manques)
    _changer(contrat, "consigner_ppae", par, {
        "signe_personne_le": signe_le, "signe_referent_le": signe_le, "signe_departement_le": signe_le,
        "decide_le": signe_le, "signataire_departement": "France Travail",
        "foyer_signature": lecture.foyer_au(contrat.personne, signe_le),
    })  # fmt: skip
    return contrat


@transaction.atomic
def reprendre_contrat(*, contrat: Contrat, par: Any) -> Contrat:
    """Open a signed contract again before it is submitted: its signatures are erased, it will be signed anew."""
    contrat = verrouiller(contrat)
    exiger(peut_changer(par, contrat, "reprendre_contrat"))
    effacees = dict.fromkeys(("signe_personne_le", "signe_referent_le"))
    _changer(contrat, "reprendre_contrat", par, {**effacees, "foyer_signature": {}})
    return contrat


@transaction.atomic
def soumettre_contrat(*, contrat: Contrat, par: Any) -> Contrat:
    """Submit a signed contract to the encadrant.

    Raises DroitInsuffisant, TransitionImpossible, and RegleMetier when it was corrected since its signatures.
    """
    contrat = verrouiller(contrat)
    exiger(peut_changer(par, contrat, "soumettre_contrat"))
    if corrige_depuis_le_renvoi(contrat):
        raise RegleMetier("Le texte a changé depuis les signatures : faites-le signer de nouveau, puis soumettez-le.")
    _changer(contrat, "soumettre_contrat", par, {"motif_decision": ""})
    prevenir(
        destinataires=[u for u in encadrants_de(contrat.personne) if u.pk != par.pk],
        titre="Un contrat attend votre validation", url=contrat.get_absolute_url(),
    )  # fmt: skip
    return contrat


def corrige_depuis_le_renvoi(contrat: Contrat) -> bool:
    """Return whether the text changed since the contract was sent back (one query)."""
    if contrat.etat != EtatContrat.A_CORRIGER:
        return False
    renvoi = contrat.transitions.filter(vers=EtatContrat.A_CORRIGER).order_by("-le").values_list("le", flat=True)
    return (dernier := renvoi.first()) is not None and contrat.modifie_le > dernier


def encadrants_de(personne: Personne) -> list[Utilisateur]:
    """Return who supervises her today: they are told of each submission. Accounts are few."""
    candidats = Utilisateur.objects.filter(
        is_active=True, habilitations__role=Role.ENCADRANT, habilitations__periode__contains=timezone.localdate()
    )
    return [
        u
        for u in candidats.distinct()
        if (condition := portee(u, Role.ENCADRANT)) is not None
        and Personne.objects.filter(condition, pk=personne.pk).exists()
    ]


@transaction.atomic
def renvoyer_contrat(*, contrat: Contrat, commentaire: str, par: Any, version: int | None = None) -> Contrat:
    """Send a submitted contract back to its référent, saying what to correct.

    Raises DroitInsuffisant, TransitionImpossible, and RegleMetier without a comment or when it changed meanwhile.
    """
    contrat = verrouiller(contrat)
    exiger(peut_changer(par, contrat, "renvoyer_contrat"))
    _verifier_version(contrat, version)
    _changer(contrat, "renvoyer_contrat", par, {"motif_decision": commentaire.strip()}, commentaire)
    _prevenir(contrat, "Un contrat est à corriger", par, commentaire.strip())
    return contrat


@transaction.atomic
def refuser_contrat(*, contrat: Contrat, motif: Any, commentaire: str, par: Any, version: int | None = None) -> Contrat:
    """Refuse a submitted contract, with a motive of the list and its precision.

    Raises DroitInsuffisant, TransitionImpossible, and RegleMetier without a motive or when it changed meanwhile.
    """
    contrat = verrouiller(contrat)
    exiger(peut_changer(par, contrat, "refuser_contrat"))
    _verifier_version(contrat, version)
    if motif is None:
        raise RegleMetier("Un refus se motive : choisissez le motif.", champ="motif")
    dit = " : ".join(filter(None, (motif.libelle, commentaire.strip())))
    _changer(contrat, "refuser_contrat", par, {"motif_decision": dit, "decide_le": timezone.localdate(),
                                               "decide_par": par}, dit)  # fmt: skip
    _prevenir(contrat, "Un contrat est refusé", par, dit)
    return contrat


def _retenir(personnes: Iterable[int]) -> None:
    """Lock the people: two contracts of one person are validated one after the other, and see each other."""
    list(Personne.objects.select_for_update(of=("self",)).filter(pk__in=personnes).order_by("pk").only("pk"))


def chevauchement(contrat: Contrat) -> Contrat | None:
    """Return another valid contract over the same days, when `contrat` is a first one (one query)."""
    if contrat.rang != RangContrat.PREMIER:
        return None
    autres = Contrat.objects.filter(
        personne=contrat.personne_id, etat=EtatContrat.VALIDE, debut__lte=contrat.fin, fin__gte=contrat.debut
    )
    return autres.exclude(pk=contrat.pk).first()


def obstacle(contrat: Contrat, par: Any, justification: str = "") -> str:
    """Return why `par` may not validate, empty when they may: one's own contract, a valid one over the same days."""
    if est_le_sien(par, contrat) and not justification.strip():
        return SIEN
    if autre := chevauchement(contrat):
        return (
            f"Un contrat validé court déjà {periode_dite(autre)} : un renouvellement ou un avenant le prolonge, ou "
            "closez-le d’abord."
        )
    return ""


def periode_dite(contrat: Contrat) -> str:
    """Return « du 1er janvier au 30 juin 2026 »."""
    return f"du {contrat.debut:%d/%m/%Y} au {contrat.fin:%d/%m/%Y}"


@transaction.atomic
def valider_contrat(
    *, contrat: Contrat, par: Any, version: int | None = None, justification: str = "",
    signe_le: datetime.date | None = None,
) -> Contrat:  # fmt: skip
    """Validate and sign for the département, today or on `signe_le`.

    `justification`: why one validates one's own contract; kept in the log. Raises DroitInsuffisant,
    TransitionImpossible, and RegleMetier: changed meanwhile, one's own without a reason, another one running.
    """
    contrat = verrouiller(contrat)
    exiger(peut_changer(par, contrat, "valider_contrat"))
    _verifier_version(contrat, version)
    _retenir([contrat.personne_id])
    if motif := obstacle(contrat, par, justification):
        raise RegleMetier(motif, champ="justification" if motif == SIEN else None)
    jour = signe_le or timezone.localdate()
    if jour > timezone.localdate() or (contrat.signe_personne_le and jour < contrat.signe_personne_le):
        raise RegleMetier("Le Département signe après la personne, et jamais d’avance.", champ="signe_le")
    _changer(contrat, "valider_contrat", par, _decision(par, jour), justification)
    _prevenir(contrat, "Un contrat est validé", par)
    return contrat


def _decision(par: Any, jour: datetime.date) -> dict[str, Any]:
    return {
        "decide_le": jour, "decide_par": par, "signe_departement_le": jour,
        "signataire_departement": str(par)[:120], "motif_decision": "",
    }  # fmt: skip


@transaction.atomic
def clore_contrat(
    *, contrat: Contrat, bilan: str, par: Any, clos_le: datetime.date | None = None,
    objectifs_atteints: Collection[int] = (), actions_realisees: Collection[int] = (),
) -> Contrat:  # fmt: skip
    """End a contract with its bilan: what was reached, what was done.

    Raises DroitInsuffisant, TransitionImpossible, and RegleMetier without a bilan or for an impossible date.
    """
    contrat = verrouiller(contrat)
    exiger(peut_changer(par, contrat, "clore_contrat"))
    jour = clos_le or min(timezone.localdate(), contrat.fin)
    if not bilan.strip():
        raise RegleMetier("Un contrat se clôt avec son bilan : dites ce qu’il a permis.", champ="bilan")
    if not contrat.debut <= jour <= timezone.localdate():
        raise RegleMetier("Le contrat se clôt après son début, et au plus tard aujourd’hui.", champ="clos_le")
    contrat.objectifs.update(atteint=False)
    contrat.objectifs.filter(pk__in=objectifs_atteints).update(atteint=True)
    contrat.actions.update(realisee=False)
    contrat.actions.filter(pk__in=actions_realisees).update(realisee=True)
    _changer(contrat, "clore_contrat", par, {"bilan": bilan.strip(), "clos_le": jour})
    return contrat


@transaction.atomic
def annuler_contrat(*, contrat: Contrat, commentaire: str, par: Any) -> Contrat:
    """Cancel a contract that should not have been: it counts nowhere. A validated one, by an encadrant only.

    Raises DroitInsuffisant, TransitionImpossible, and RegleMetier without a comment.
    """
    contrat = verrouiller(contrat)
    exiger(peut_changer(par, contrat, "annuler_contrat"))
    _changer(contrat, "annuler_contrat", par, {}, commentaire)
    return contrat


@dataclass(frozen=True)
class Lot:
    """What a validation by lot did, or would do: contracts validated, and those left aside with the reason."""

    valides: list[Contrat] = field(default_factory=list)
    refuses: list[tuple[Contrat, str]] = field(default_factory=list)


def trier_lot(*, contrats: Iterable[int], par: Any, verrou: bool = False) -> Lot:
    """Tell which submitted contracts `par` would validate and which not, with the reason. Four queries.

    Contracts out of the user's scope as encadrant are not even named.
    """
    condition = portee(par, Role.ENCADRANT)
    if condition is None:
        return Lot()
    base = Contrat.objects.select_for_update(of=("self",)) if verrou else Contrat.objects.all()
    dans_le_perimetre = Personne.objects.filter(condition)
    lus = list(
        base.filter(pk__in=list(contrats)[:LOT_MAX], personne__in=dans_le_perimetre)
        .select_related("personne", "referent")
        .order_by("personne__nom_affiche", "personne__prenoms", "pk")
    )
    soumissions = TransitionContrat.objects.filter(contrat__in=lus, vers=EtatContrat.SOUMIS).order_by("le", "id")
    soumis_par = dict(soumissions.values_list("contrat", "par"))
    personnes = {c.personne_id for c in lus}
    if verrou:
        _retenir(personnes)
    valides = Contrat.objects.filter(etat=EtatContrat.VALIDE, personne__in=personnes)
    en_cours: dict[int, list[Contrat]] = {}
    for autre in valides:
        en_cours.setdefault(autre.personne_id, []).append(autre)
    lot = Lot()
    for contrat in lus:
        motif = _motif_de_cote(contrat, par, soumis_par.get(contrat.pk), en_cours.get(contrat.personne_id, []))
        if motif:
            lot.refuses.append((contrat, motif))
        else:
            lot.valides.append(contrat)
            en_cours.setdefault(contrat.personne_id, []).append(contrat)  # the next of hers is judged beside it
    return lot


def _motif_de_cote(contrat: Contrat, par: Any, soumis_par: int | None, en_cours: list[Contrat]) -> str:
    if contrat.etat != EtatContrat.SOUMIS:
        return f"Il n’est plus à valider : {contrat.get_etat_display().lower()}."
    if par.pk in (contrat.referent_id, soumis_par):
        return "C’est votre contrat : il se valide un par un, en écrivant pourquoi."
    if contrat.rang == RangContrat.PREMIER and any(a.debut <= contrat.fin and a.fin >= contrat.debut for a in en_cours):
        return "Un autre contrat validé court déjà sur ces dates."
    return ""


@transaction.atomic
def valider_en_lot(*, contrats: Iterable[int], par: Any) -> Lot:
    """Validate the contracts that may be; the others are returned with the reason. Set-based."""
    lot = trier_lot(contrats=contrats, par=par, verrou=True)
    if not lot.valides:
        return lot
    for contrat in lot.valides:
        contrat.version += 1
    Contrat.objects.bulk_update(lot.valides, ["version"])
    changer_etat_en_lot(
        automate=AUTOMATE_CONTRAT, verbe="valider_contrat", objets=lot.valides, acteurs={ENCADREMENT},
        ligne=TransitionContrat, cle="contrat", par=par, valeurs=_decision(par, timezone.localdate()),
    )  # fmt: skip
    journaliser(par=par, verbe="valider_en_lot", objet=par, apres={"contrats validés": [c.pk for c in lot.valides]})
    prevenir(
        destinataires=[c.referent for c in lot.valides if c.referent is not None and c.referent_id != par.pk],
        titre="Des contrats sont validés", url=reverse("parcours:contrats"),
    )  # fmt: skip
    return lot


def a_valider(utilisateur: Any) -> Any:
    """Return the submitted contracts the user supervises, oldest first; empty for anybody else."""
    condition = portee(utilisateur, Role.ENCADRANT)
    if condition is None:
        return Contrat.objects.none()
    return Contrat.objects.filter(Q(personne__in=Personne.objects.filter(condition)), etat=EtatContrat.SOUMIS)
