"""Writes of meetings: prepare, agenda, convene, open, close, put off, cancel; who comes."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from gouvernance.droits_instances import RESERVE, peut_tenir_instance, tient
from gouvernance.models import (
    Decision,
    DialogueTerritorial,
    EtatPoint,
    EtatPresence,
    EtatSeance,
    Instance,
    PointOrdreDuJour,
    Presence,
    Seance,
    TransitionSeance,
)
from gouvernance.regles.seances import AUTOMATE_SEANCE, SECRETARIAT, deplacer
from pdi.socle.droits import OUI, RegleMetier, exiger, non
from pdi.socle.etats import changer_etat
from pdi.socle.operations import enregistrer, etat_de, journaliser

from .convocations import convoquer_les_membres, prevenir_du_changement
from .ep import liberer_dossiers

CHAMPS = ("objet", "debut", "fin", "lieu", "lien")
MODIFIABLES = (EtatSeance.PREPAREE, EtatSeance.CONVOQUEE, EtatSeance.OUVERTE)
EN_SEANCE = (EtatSeance.OUVERTE,)
DEJA_PASSEE = (
    "Cette date est passée : une séance convoquée se déplace à un jour à venir. Si elle a déjà eu lieu, ouvrez-la "
    "pour noter son relevé : sa date se corrige alors."
)


def verrouiller(seance: Seance, par: Any, etats: Sequence[str] = MODIFIABLES) -> Seance:
    """Lock the meeting, for who keeps its body, in one of `etats`. Raises DroitInsuffisant, RegleMetier."""
    lue = Seance.objects.select_for_update(of=("self",)).select_related("instance").get(pk=seance.pk)
    exiger(peut_tenir_instance(par, lue.instance))
    if etats and lue.etat not in etats:
        raise RegleMetier(f"La séance est « {lue.get_etat_display().lower()} » : ceci n’y change plus.")
    return lue


@transaction.atomic
def preparer_seance(*, instance: Instance, par: Any, points: Sequence[dict[str, Any]] = (), **champs: Any) -> Seance:
    """Prepare a meeting, with the points of its agenda. Raises DroitInsuffisant, RegleMetier."""
    exiger(peut_tenir_instance(par, instance))
    seance = Seance(instance=instance, quorum=instance.quorum, **champs)
    enregistrer(seance)
    for rang, point in enumerate(points, 1):
        _creer_point(seance, rang, point)
    TransitionSeance.objects.create(seance=seance, vers=EtatSeance.PREPAREE, par=par)
    journaliser(par=par, verbe="preparer_seance", objet=seance, apres=etat_de(seance, CHAMPS))
    return seance


def _creer_point(seance: Seance, rang: int, champs: dict[str, Any]) -> PointOrdreDuJour:
    """Add a point; `autres_propositions` are those it answers too."""
    autres = champs.get("autres_propositions", ())
    point = PointOrdreDuJour(
        seance=seance, ordre=rang, **{n: v for n, v in champs.items() if n != "autres_propositions"}
    )
    enregistrer(point)
    point.autres_propositions.set(autres)
    return point


@transaction.atomic
def modifier_seance(*, seance: Seance, version: int, par: Any, **champs: Any) -> Seance:
    """Change day, place or object; those already convened are told. Another day or hour asks for their answer again.

    Raises DroitInsuffisant, RegleMetier: changed meanwhile, held, ends before it begins, convened for a day past.
    """
    lue = verrouiller(seance, par)
    if lue.version != version:
        raise RegleMetier("Cette séance a été modifiée entre-temps : relisez-la, puis reprenez votre saisie.")
    avant, debut = etat_de(lue, CHAMPS), lue.debut
    voulu = champs.get("debut", debut)
    if lue.etat == EtatSeance.CONVOQUEE and voulu != debut and voulu < timezone.now():
        raise RegleMetier(DEJA_PASSEE, champ="jour")
    for nom, valeur in champs.items():
        setattr(lue, nom, valeur)
    lue.version += 1
    enregistrer(lue)
    apres = etat_de(lue, CHAMPS)
    journaliser(par=par, verbe="modifier_seance", objet=lue, avant=avant, apres=apres)
    if lue.etat == EtatSeance.CONVOQUEE and debut != lue.debut:
        lue.presences.update(reponse="", repondu_le=None, represente_par="", relance_le=None)
        presences = lue.presences.select_related("membre__compte", "membre__structure")
        convoquer_les_membres(lue, presences, par=par, nature="Nouvelle date")
    elif lue.etat == EtatSeance.CONVOQUEE and avant != apres:
        prevenir_du_changement(lue, "La séance est modifiée", par)
    return lue


def _changer(
    seance: Seance, verbe: str, par: Any, valeurs: dict[str, Any] | None = None, commentaire: str = ""
) -> None:
    exiger(OUI if tient(par, seance.instance) else non(RESERVE))
    changer_etat(
        automate=AUTOMATE_SEANCE, verbe=verbe, objet=seance, acteurs={SECRETARIAT}, ligne=TransitionSeance,
        cle="seance", par=par, commentaire=commentaire,
        valeurs={"version": seance.version + 1} | (valeurs or {}),  # calendars that subscribed read the change
    )  # fmt: skip
    journaliser(par=par, verbe=verbe, objet=seance, commentaire=commentaire)


@transaction.atomic
def convoquer_seance(*, seance: Seance, par: Any) -> Seance:
    """Convene the members in office that day; each receives the agenda and a link to answer.

    Raises DroitInsuffisant, TransitionImpossible, RegleMetier: empty agenda, nobody to convene, a day that is past.
    """
    lue = verrouiller(seance, par, ())
    if not lue.points.exists():
        raise RegleMetier("L’ordre du jour est vide : ajoutez au moins un point avant de convoquer.")
    if lue.debut < timezone.now():
        raise RegleMetier("Cette séance est passée : changez sa date avant de convoquer.")
    jour = timezone.localdate(lue.debut)
    membres = list(lue.instance.membres.au(jour).select_related("compte", "structure"))
    if not membres:
        raise RegleMetier("L’instance n’a aucun membre en fonction ce jour-là : ajoutez-les avant de convoquer.")
    maintenant = timezone.now()
    _changer(lue, "convoquer_seance", par, {"convoquee_le": maintenant, "quorum": lue.instance.quorum})
    presences = Presence.objects.bulk_create([Presence(seance=lue, membre=m, convoque_le=maintenant) for m in membres])
    convoquer_les_membres(lue, presences, par=par)
    return lue


@transaction.atomic
def relancer_seance(*, seance: Seance, par: Any) -> int:
    """Write again to those who have not answered. Return how many. Raises RegleMetier when everybody has."""
    lue = verrouiller(seance, par, (EtatSeance.CONVOQUEE,))
    muets = list(lue.presences.filter(reponse="").select_related("membre__compte", "membre__structure"))
    if not muets:
        raise RegleMetier("Tout le monde a répondu : il n’y a personne à relancer.")
    Presence.objects.filter(pk__in=[p.pk for p in muets]).update(relance_le=timezone.now())
    journaliser(par=par, verbe="relancer_seance", objet=lue, apres={"Relancés": len(muets)})
    convoquer_les_membres(lue, muets, par=par, nature="Rappel")
    return len(muets)


@transaction.atomic
def ouvrir_seance(*, seance: Seance, par: Any) -> Seance:
    """Open a meeting: who said they come are noted present, the others stay to point out."""
    lue = verrouiller(seance, par, ())
    _changer(lue, "ouvrir_seance", par, {"ouverte_le": timezone.now()})
    lue.presences.filter(reponse="oui", etat=EtatPresence.ATTENDU).update(etat=EtatPresence.PRESENT)
    lue.presences.filter(reponse="pouvoir", etat=EtatPresence.ATTENDU).update(etat=EtatPresence.REPRESENTE)
    lue.presences.filter(reponse="non", etat=EtatPresence.ATTENDU).update(etat=EtatPresence.EXCUSE)
    return lue


@transaction.atomic
def refermer_seance(*, seance: Seance, par: Any) -> Seance:
    """Take back an opening made by mistake: everybody is expected again, with what they answered.

    Raises DroitInsuffisant, TransitionImpossible, RegleMetier: something was decided, or it is opened again.
    """
    lue = verrouiller(seance, par, ())
    if lue.close_le is not None:
        raise RegleMetier("Cette séance a été tenue : elle se corrige, puis se clôt de nouveau.")
    if lue.decisions.exists():
        raise RegleMetier("Des décisions sont notées : la séance se clôt, elle ne s’annule plus.")
    _changer(lue, "refermer_seance", par, {"ouverte_le": None})
    lue.presences.update(etat=EtatPresence.ATTENDU)
    lue.presences.exclude(reponse="pouvoir").update(represente_par="")
    lue.points.update(etat=EtatPoint.A_VENIR)
    return lue


@transaction.atomic
def clore_seance(*, seance: Seance, par: Any) -> Seance:
    """Close a meeting: who is still expected was absent; what was not treated is put off."""
    lue = verrouiller(seance, par, ())
    _changer(lue, "clore_seance", par, {"close_le": timezone.now()})
    lue.presences.filter(etat=EtatPresence.ATTENDU).update(etat=EtatPresence.ABSENT)
    lue.points.filter(etat=EtatPoint.EN_DISCUSSION).update(etat=EtatPoint.TRAITE)
    lue.points.filter(etat=EtatPoint.A_VENIR).update(etat=EtatPoint.REPORTE)
    liberer_dossiers(seance=lue, par=par)
    return lue


@transaction.atomic
def rouvrir_seance(*, seance: Seance, par: Any, motif: str) -> Seance:
    """Open a held meeting again to correct its minutes, saying why; those sent are to send again."""
    lue = verrouiller(seance, par, ())
    _changer(lue, "rouvrir_seance", par, {}, motif)
    lue.presences.update(releve_le=None)
    return lue


@transaction.atomic
def reporter_seance(*, seance: Seance, par: Any, motif: str, debut: datetime.datetime) -> Seance:
    """Put a meeting off to `debut`: another meeting is prepared with the same agenda. Return it.

    Raises TransitionImpossible, DroitInsuffisant, RegleMetier: no motive, not later.
    """
    lue = verrouiller(seance, par, ())
    if debut <= timezone.now():
        raise RegleMetier("La nouvelle date est passée : choisissez un jour à venir.", champ="debut")
    convoquee = lue.etat == EtatSeance.CONVOQUEE
    points = [
        {n: getattr(p, n) for n in ("titre", "texte", "duree_minutes", "raison", "fiche", "bilan", "campagne", "offre",
                                    "convention", "rapport", "proposition", "avenant")}
        | {"autres_propositions": list(p.autres_propositions.all())}
        for p in lue.points.prefetch_related("autres_propositions")
    ]  # fmt: skip
    fin = debut + (lue.fin - lue.debut) if lue.fin else None
    nouvelle = preparer_seance(
        instance=lue.instance, par=par, points=points, debut=debut, fin=fin, objet=lue.objet, lieu=lue.lieu,
        lien=lue.lien, demonstration=lue.demonstration,
    )  # fmt: skip
    _changer(lue, "reporter_seance", par, {"motif": motif.strip()[:250], "reportee_a": nouvelle}, motif)
    DialogueTerritorial.objects.filter(seance=lue).update(seance=nouvelle)
    if convoquee:
        prevenir_du_changement(lue, "La séance est reportée", par)
    liberer_dossiers(seance=lue, par=par, vers=nouvelle)
    return nouvelle


@transaction.atomic
def annuler_seance(*, seance: Seance, par: Any, motif: str) -> Seance:
    """Cancel a meeting, saying why; those convened are told."""
    lue = verrouiller(seance, par, ())
    convoquee = lue.etat == EtatSeance.CONVOQUEE
    _changer(lue, "annuler_seance", par, {"motif": motif.strip()[:250]}, motif)
    if convoquee:
        prevenir_du_changement(lue, "La séance est annulée", par)
    liberer_dossiers(seance=lue, par=par)
    return lue


# -- agenda -----------------------------------------------------------------------------------


@transaction.atomic
def ajouter_points(*, seance: Seance, points: Sequence[dict[str, Any]], par: Any) -> list[PointOrdreDuJour]:
    """Add points at the end of the agenda. Raises DroitInsuffisant, RegleMetier."""
    lue = verrouiller(seance, par)
    dernier = lue.points.aggregate(m=Max("ordre"))["m"] or 0
    crees = [_creer_point(lue, rang, champs) for rang, champs in enumerate(points, dernier + 1)]
    journaliser(par=par, verbe="modifier_ordre", objet=lue, apres={"Points ajoutés": [p.titre for p in crees]})
    return crees


@transaction.atomic
def modifier_point(*, point: PointOrdreDuJour, version: int, par: Any, **champs: Any) -> PointOrdreDuJour:
    """Change a point: its title, its presentation, its length, what was said. Raises RegleMetier: changed meanwhile."""
    lue = verrouiller(point.seance, par, (*MODIFIABLES, EtatSeance.TENUE))
    if lue.etat == EtatSeance.TENUE:
        raise RegleMetier("La séance est tenue : rouvrez-la, en disant pourquoi, pour corriger son relevé.")
    lu = lue.points.get(pk=point.pk)
    if lu.version != version:
        raise RegleMetier("Ce point a été modifié entre-temps : relisez-le, puis reprenez votre saisie.")
    for nom, valeur in champs.items():
        setattr(lu, nom, valeur)
    lu.version += 1
    enregistrer(lu)
    journaliser(par=par, verbe="modifier_ordre", objet=lue, apres={"Point": lu.titre})
    return lu


@transaction.atomic
def deplacer_point(*, seance: Seance, point: int, pas: int, par: Any) -> None:
    """Move a point up (-1) or down (1)."""
    lue = verrouiller(seance, par)
    lus = list(lue.points.select_for_update().order_by("ordre", "pk"))
    ordre = deplacer([p.pk for p in lus], point, pas)
    for p in lus:
        p.ordre = ordre.index(p.pk) + 1
    PointOrdreDuJour.objects.bulk_update(lus, ["ordre"])
    journaliser(par=par, verbe="modifier_ordre", objet=lue)


@transaction.atomic
def retirer_point(*, seance: Seance, point: int, par: Any) -> None:
    """Remove a point that nothing was decided on. Raises RegleMetier."""
    lue = verrouiller(seance, par)
    trouve = lue.points.filter(pk=point).first()
    if trouve is None:
        return
    if Decision.objects.filter(point=trouve).exists():
        raise RegleMetier("Une décision porte sur ce point : il ne se retire plus.")
    journaliser(par=par, verbe="modifier_ordre", objet=lue, avant={"Point retiré": trouve.titre}, apres={})
    trouve.delete()


# -- during the meeting -----------------------------------------------------------------------


@transaction.atomic
def noter_presence(*, presence: Presence, etat: str, par: Any, represente_par: str = "") -> Presence:
    """Note who came. Raises DroitInsuffisant, RegleMetier (unknown state, meeting not open)."""
    seance = verrouiller(presence.seance, par, EN_SEANCE)
    if etat not in EtatPresence.values:
        raise RegleMetier("Cet état de présence n’existe pas.")
    lue = seance.presences.get(pk=presence.pk)
    lue.etat = etat
    lue.represente_par = represente_par.strip()[:150] if etat == EtatPresence.REPRESENTE else ""
    lue.save(update_fields=["etat", "represente_par"])
    journaliser(par=par, verbe="noter_presence", objet=seance, apres={"Présence": lue.get_etat_display()})
    return lue


@transaction.atomic
def traiter_point(*, point: PointOrdreDuJour, etat: str, par: Any) -> PointOrdreDuJour:
    """Say where the discussion is; only one point is in discussion, the one before is then treated."""
    lue = verrouiller(point.seance, par, EN_SEANCE)
    if etat not in EtatPoint.values:
        raise RegleMetier("Cet état de point n’existe pas.")
    if etat == EtatPoint.EN_DISCUSSION:
        lue.points.filter(etat=EtatPoint.EN_DISCUSSION).exclude(pk=point.pk).update(etat=EtatPoint.TRAITE)
    point.etat = etat
    point.save(update_fields=["etat"])
    journaliser(par=par, verbe="traiter_point", objet=lue, apres={point.titre: point.get_etat_display()})
    return point
