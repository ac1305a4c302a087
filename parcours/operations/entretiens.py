"""Writes of meetings: planned, moved, held, missed, excused, cancelled, corrected."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from parcours.droits import peut_changer_entretien, peut_deplacer_entretien, peut_saisir_entretien, peut_suivre
from parcours.models import Diagnostic, Entretien, EtatEntretien, Personne, TransitionEntretien
from parcours.regles.entretiens import AUTOMATE_ENTRETIEN, ISSUES, SUIVI, manques_pour_issue
from pdi.comptes.models import Utilisateur
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.etats import changer_etat
from pdi.socle.operations import enregistrer, etat_de, journaliser, prevenir
from pdi.structures.models import Structure

CHAMPS = ("nature", "debut", "duree_min", "lieu", "structure", "agent")
DERNIER_DELAI = datetime.timedelta(days=550)  # a year and a half: beyond, the year was mistyped


@dataclass(frozen=True)
class RendezVous:
    """When, how long (minutes), where, with whom. `debut` is aware; `agent` None when the name is not known yet."""

    nature: str
    debut: datetime.datetime
    duree_min: int
    structure: Structure
    agent: Utilisateur | None = None
    lieu: str = ""


class Simultane(RegleMetier):
    """The agent, or the person, already has a meeting then. `autres` are those meetings; it is kept if confirmed."""

    def __init__(self, autres: Sequence[Entretien]) -> None:
        """Say when, never with whom."""
        heures = " et ".join(f"{timezone.localtime(e.debut):%H:%M} ({e.duree_min}\u00a0min)" for e in autres)
        super().__init__(
            f"Un autre rendez-vous est prévu au même moment\u00a0: {heures}. Changez l’heure, ou gardez les deux.",
            champ="heure",
        )
        self.autres = list(autres)


class EntretienModifie(RegleMetier):
    """Someone wrote this meeting since the page was shown."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("Ce rendez-vous a été modifié entre-temps, par vous ailleurs ou par quelqu’un d’autre.")


def verrouiller(entretien: Entretien, version: int | None = None) -> Entretien:
    """Read a meeting again, locked until the end of the transaction. Raises EntretienModifie on another version."""
    lu = Entretien.objects.select_for_update(of=("self",)).select_related("personne", "agent").get(pk=entretien.pk)
    if version is not None and version != lu.version:
        raise EntretienModifie
    return lu


def _verifier_creneau(rdv: RendezVous, personne: int, sauf: int | None, *, malgre: bool) -> None:
    """Refuse a slot already taken, unless `malgre`. The agent's row is locked: two people cannot take it at once."""
    if rdv.debut > timezone.now() + DERNIER_DELAI:
        raise RegleMetier("Cette date est à plus de dix-huit mois\u00a0: vérifiez l’année.", champ="jour")
    if rdv.agent is not None:
        Utilisateur.objects.select_for_update(no_key=True).get(pk=rdv.agent.pk)
    autres = Entretien.objects.simultanes(
        debut=rdv.debut, duree_min=rdv.duree_min, agent=rdv.agent.pk if rdv.agent else None, personne=personne
    ).exclude(pk=sauf or 0)
    if not malgre and (pris := list(autres.order_by("debut"))):
        raise Simultane(pris)


def _prevenir_agent(entretien: Entretien, par: Any, titre: str) -> None:
    if entretien.agent and entretien.agent.pk != par.pk:
        quand = timezone.localtime(entretien.debut)
        prevenir(
            destinataires=[entretien.agent],
            titre=titre,
            texte=f"{entretien.get_nature_display()}, le {quand:%d/%m/%Y} à {quand:%H:%M}.",
            url=entretien.get_absolute_url(),
        )


@transaction.atomic
def planifier_entretien(*, personne: Personne, rdv: RendezVous, par: Any, malgre: bool = False) -> Entretien:
    """Plan a meeting with `personne`. `malgre`: even though another one takes place at the same time.

    Raises DroitInsuffisant, Simultane, and RegleMetier on a date too far away. The agent is told, unless it is `par`.
    """
    exiger(peut_suivre(par, personne))
    _verifier_creneau(rdv, personne.pk, None, malgre=malgre)
    entretien = Entretien(personne=personne, etat=EtatEntretien.PREVU, **vars(rdv))
    enregistrer(entretien)
    TransitionEntretien.objects.create(entretien=entretien, de="", vers=EtatEntretien.PREVU, par=par)
    journaliser(par=par, verbe="planifier_entretien", objet=entretien, apres=etat_de(entretien, CHAMPS))
    _prevenir_agent(entretien, par, "Un rendez-vous est inscrit à votre agenda")
    return entretien


@transaction.atomic
def deplacer_entretien(
    *, entretien: Entretien, rdv: RendezVous, par: Any, malgre: bool = False, version: int | None = None
) -> Entretien:
    """Give a planned meeting another hour, place or agent.

    Raises DroitInsuffisant, PasMaintenant unless it is planned, Simultane, EntretienModifie.
    """
    entretien = verrouiller(entretien, version)
    exiger(peut_deplacer_entretien(par, entretien))
    _verifier_creneau(rdv, entretien.personne_id, entretien.pk, malgre=malgre)
    avant = etat_de(entretien, CHAMPS)
    for champ, valeur in vars(rdv).items():
        setattr(entretien, champ, valeur)
    entretien.version += 1
    entretien.modifie_le = timezone.now()
    enregistrer(entretien)
    journaliser(par=par, verbe="deplacer_entretien", objet=entretien, avant=avant, apres=etat_de(entretien, CHAMPS))
    _prevenir_agent(entretien, par, "Un rendez-vous de votre agenda a changé")
    return entretien


def _changer(entretien: Entretien, verbe: str, par: Any, motif: str, valeurs: Mapping[str, Any]) -> Entretien:
    """Move a locked meeting along its machine; its texts stay out of the journal."""
    exiger(peut_changer_entretien(par, entretien, verbe))
    avant = etat_de(entretien, ("etat",))
    changer_etat(
        automate=AUTOMATE_ENTRETIEN, verbe=verbe, objet=entretien, acteurs=(SUIVI,), ligne=TransitionEntretien,
        cle="entretien", par=par, commentaire=motif,
        valeurs={"version": entretien.version + 1, "modifie_le": timezone.now(), **valeurs},
    )  # fmt: skip
    journaliser(par=par, verbe=verbe, objet=entretien, avant=avant, apres=etat_de(entretien, ("etat",)))
    return entretien


def actualiser_dernier_contact(*, personne: int) -> None:
    """Set the last contact to the day of the last meeting held, never back before a contact known otherwise."""
    dernier = Entretien.objects.filter(personne=personne, etat=EtatEntretien.TENU).order_by("-debut").first()
    if dernier is not None:
        jour = timezone.localdate(dernier.debut)
        Personne.objects.filter(pk=personne).exclude(dernier_contact__gte=jour).update(dernier_contact=jour)


def _retirer_contact(entretien: Entretien) -> None:
    """Take back the last contact that a meeting wrongly said to be held had given; a diagnosis is a contact too."""
    jour = timezone.localdate(entretien.debut)
    diagnostic = Diagnostic.objects.filter(personne=entretien.personne_id).termines().first()
    autre = diagnostic.date if diagnostic else None
    if Personne.objects.filter(pk=entretien.personne_id, dernier_contact=jour).update(dernier_contact=autre):
        actualiser_dernier_contact(personne=entretien.personne_id)


def _exiger_le_jour(entretien: Entretien, issue: str) -> None:
    if manques := manques_pour_issue(issue, timezone.localdate(entretien.debut), timezone.localdate()):
        raise RegleMetier(" ".join(manques), champ="issue")


@transaction.atomic
def dire_issue(*, entretien: Entretien, issue: str, par: Any, motif: str = "", version: int | None = None) -> Entretien:
    """Say what became of a planned meeting: held, missed or excused, with the reason given if any.

    Raises DroitInsuffisant, PasMaintenant from another state, EntretienModifie, and RegleMetier when it is still to
    come (a person may be excused beforehand). A meeting held is the person's last contact.
    """
    entretien = verrouiller(entretien, version)
    _exiger_le_jour(entretien, issue)
    valeurs: dict[str, Any] = {"motif": motif.strip()[:200]}
    if issue != EtatEntretien.TENU:
        valeurs["brouillon"] = None
    _changer(entretien, ISSUES[EtatEntretien(issue)], par, motif, valeurs)
    if issue == EtatEntretien.TENU:
        actualiser_dernier_contact(personne=entretien.personne_id)
    return entretien


@transaction.atomic
def rendre_compte(*, entretien: Entretien, resume: str, prochaines_etapes: str, par: Any) -> Entretien:
    """Write the account of a meeting held, and forget its draft. The journal says how long it is, not what it says.

    Raises DroitInsuffisant, and RegleMetier when the meeting was not held.
    """
    entretien = verrouiller(entretien)
    exiger(peut_saisir_entretien(par, entretien))
    if entretien.etat != EtatEntretien.TENU:
        raise RegleMetier("Le compte rendu est celui d’un rendez-vous tenu\u00a0: dites d’abord son issue.")
    avant = {"compte rendu (mots)": len(f"{entretien.resume} {entretien.prochaines_etapes}".split())}
    entretien.resume, entretien.prochaines_etapes = resume.strip(), prochaines_etapes.strip()
    entretien.brouillon, entretien.modifie_le = None, timezone.now()
    entretien.version += 1
    entretien.save(update_fields=["resume", "prochaines_etapes", "brouillon", "version", "modifie_le"])
    journaliser(
        par=par, verbe="rendre_compte_entretien", objet=entretien, avant=avant,
        apres={"compte rendu (mots)": len(f"{entretien.resume} {entretien.prochaines_etapes}".split())},
    )  # fmt: skip
    return entretien


@transaction.atomic
def annuler_entretien(*, entretien: Entretien, motif: str, par: Any) -> Entretien:
    """Cancel a planned meeting, with its reason. Raises DroitInsuffisant, PasMaintenant, RegleMetier without reason."""
    entretien = verrouiller(entretien)
    if not motif.strip():
        raise RegleMetier("Dites pourquoi le rendez-vous est annulé.", champ="motif")
    _changer(entretien, "annuler_entretien", par, motif, {"motif": motif.strip()[:200], "brouillon": None})
    _prevenir_agent(entretien, par, "Un rendez-vous de votre agenda est annulé")
    return entretien


@transaction.atomic
def rouvrir_entretien(*, entretien: Entretien, motif: str, par: Any) -> Entretien:
    """Take back an outcome said by mistake, with its reason: the meeting is planned again, its account is kept.

    Raises DroitInsuffisant, PasMaintenant, RegleMetier without reason.
    """
    entretien = verrouiller(entretien)
    if not motif.strip():
        raise RegleMetier("Dites pourquoi l’issue de ce rendez-vous est corrigée.", champ="motif")
    tenu = entretien.etat == EtatEntretien.TENU
    _changer(entretien, "rouvrir_entretien", par, motif, {"motif": ""})
    if tenu:
        _retirer_contact(entretien)
    return entretien
