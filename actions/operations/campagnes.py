"""Writes of campaigns: prepare, open, remind, close."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from actions.avancement import A_ECRIRE, fiches_sans_bilan, pilotes_par_fiche
from actions.droits import peut_gerer_campagne
from actions.models import (
    Bilan,
    Campagne,
    EtatBilan,
    EtatCampagne,
    Programme,
    RelanceBilan,
    TransitionBilan,
    TransitionCampagne,
)
from actions.regles.bilans import AUTOMATE_CAMPAGNE, GESTION, DatesCampagne
from pdi.comptes.models import Utilisateur
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.etats import changer_etat
from pdi.socle.formats import compte, date_longue
from pdi.socle.operations import etat_de, journaliser, prevenir

from .chiffres_bilan import geler_chiffres
from .versions import figer_versions

CHAMPS = ("ouverture", "soumission_avant", "relecture_avant", "assemblee_avant")


def _verrouiller(campagne: Campagne) -> Campagne:
    """Read the campaign again, locked until the end of the transaction."""
    return Campagne.objects.select_for_update(of=("self",)).select_related("programme").get(pk=campagne.pk)


def _verifier_dates(dates: DatesCampagne, annee: int) -> None:
    """Raise RegleMetier, on the field at fault, unless the dates are in order and after the year."""
    if dates.ouverture <= datetime.date(annee, 9, 30):
        raise RegleMetier(
            f"Une campagne sur {annee} s’ouvre au plus tôt le 1er octobre {annee} : les chiffres de l’année manquent.",
            champ="ouverture",
        )
    suite = [
        ("soumission_avant", dates.ouverture, dates.soumission_avant, "La remise des bilans précède l’ouverture."),
        ("relecture_avant", dates.soumission_avant, dates.relecture_avant, "La relecture précède la remise."),
        ("assemblee_avant", dates.relecture_avant, dates.assemblee_avant, "L’Assemblée précède la relecture."),
    ]
    for champ, avant, apres, message in suite:
        if apres < avant:
            raise RegleMetier(message, champ=champ)


@transaction.atomic
def preparer_campagne(*, programme: Programme, annee: int, dates: DatesCampagne, par: Any) -> Campagne:
    """Prepare the campaign of bilans of `programme` on year `annee`; nothing is created for fiches yet.

    Raises DroitInsuffisant, and RegleMetier when the year is not one of the programme, when its campaign exists
    or when the dates are not in order. A date after 31 March is accepted: the screen warns (CASF L263-1).
    """
    exiger(peut_gerer_campagne(par, programme))
    if annee not in programme.annees:
        raise RegleMetier(f"Le programme couvre les années {programme.periode_texte}.", champ="annee")
    _verifier_dates(dates, annee)
    try:
        with transaction.atomic():
            campagne = Campagne.objects.create(programme=programme, annee=annee, **asdict(dates))
    except IntegrityError as erreur:
        raise RegleMetier(f"La campagne {annee} existe déjà.", champ="annee") from erreur
    TransitionCampagne.objects.create(campagne=campagne, de="", vers=EtatCampagne.PREPAREE, par=par)
    journaliser(par=par, verbe="preparer_campagne", objet=campagne, apres=etat_de(campagne, CHAMPS))
    return campagne


@transaction.atomic
def modifier_campagne(*, campagne: Campagne, dates: DatesCampagne, par: Any) -> Campagne:
    """Change the dates of a campaign; once it is open, its opening stays and its pilotes are told of a new due date.

    Raises DroitInsuffisant, and RegleMetier when it is closed or when the dates are not in order.
    """
    campagne = _verrouiller(campagne)
    exiger(peut_gerer_campagne(par, campagne.programme))
    if campagne.etat == EtatCampagne.CLOSE:
        raise RegleMetier("La campagne est close : rouvrez-la pour en changer les dates.")
    if campagne.etat == EtatCampagne.OUVERTE and dates.ouverture != campagne.ouverture:
        raise RegleMetier("La campagne est déjà ouverte : sa date d’ouverture ne change plus.", champ="ouverture")
    _verifier_dates(dates, campagne.annee)
    avant, remise = etat_de(campagne, CHAMPS), campagne.soumission_avant
    for nom, valeur in asdict(dates).items():
        setattr(campagne, nom, valeur)
    campagne.save(update_fields=list(CHAMPS))
    journaliser(par=par, verbe="modifier_campagne", objet=campagne, avant=avant, apres=etat_de(campagne, CHAMPS))
    if campagne.etat == EtatCampagne.OUVERTE and campagne.soumission_avant != remise:
        fiches = Bilan.objects.filter(campagne=campagne, etat__in=A_ECRIRE).values_list("fiche_id", flat=True)
        prevenir(
            destinataires=[u for liste in pilotes_par_fiche(fiches).values() for u in liste],
            titre=f"Bilans {campagne.annee} : nouvelle date de remise",
            texte=f"Vos bilans sont maintenant à rendre avant le {date_longue(campagne.soumission_avant, jour=True)}.",
            url=reverse("actions:bilans"),
        )
    return campagne


@dataclass(frozen=True)
class Ouverture:
    """What opening (or catching up) did."""

    campagne: Campagne
    bilans: int
    chiffres: int
    pilotes: int


def _creer_bilans(campagne: Campagne, par: Any, titre: str) -> Ouverture:
    """Create the bilans that miss, freeze their figures, tell their pilotes."""
    fiches = list(fiches_sans_bilan(campagne))
    versions = figer_versions(
        fiches=[f.pk for f in fiches], origine=f"Texte à l’ouverture de la campagne {campagne.annee}",
        effet=timezone.localdate(), par=par, demonstration=campagne.demonstration,
    )  # fmt: skip
    bilans = Bilan.objects.bulk_create(
        [
            Bilan(campagne=campagne, fiche=f, version_fiche=versions[f.pk], demonstration=campagne.demonstration)
            for f in fiches
        ]
    )
    maintenant = timezone.now()
    TransitionBilan.objects.bulk_create(
        [TransitionBilan(bilan=b, de="", vers=EtatBilan.A_RENSEIGNER, par=par, le=maintenant) for b in bilans]
    )
    chiffres = geler_chiffres(bilans=bilans, annee=campagne.annee)
    pilotes = prevenir(
        destinataires=[u for liste in pilotes_par_fiche(f.pk for f in fiches).values() for u in liste],
        titre=titre,
        texte="Les chiffres de l’année sont déjà remplis. Vos bilans sont à rendre avant le "
        f"{date_longue(campagne.soumission_avant, jour=True)}.",
        url=reverse("actions:bilans"),
    )
    return Ouverture(campagne, len(bilans), chiffres, pilotes)


@transaction.atomic
def ouvrir_campagne(*, campagne: Campagne, par: Any) -> Ouverture:
    """Open a prepared campaign: one bilan per fiche, the figures of the year frozen, the pilotes told.

    Set-based: the number of queries does not depend on the number of fiches. Raises DroitInsuffisant,
    TransitionImpossible when it is not « préparée », and RegleMetier when the programme has no fiche.
    """
    campagne = _verrouiller(campagne)
    exiger(peut_gerer_campagne(par, campagne.programme))
    AUTOMATE_CAMPAGNE.trouver("ouvrir_campagne", campagne.etat)
    if not fiches_sans_bilan(campagne).exists():
        raise RegleMetier("Le programme n’a aucune fiche-action : il n’y a pas de bilan à ouvrir.")
    changer_etat(
        automate=AUTOMATE_CAMPAGNE,
        verbe="ouvrir_campagne",
        objet=campagne,
        acteurs={GESTION},
        ligne=TransitionCampagne,
        cle="campagne",
        par=par,
        valeurs={"ouverte_le": timezone.now(), "ouverte_par": par},
    )
    resultat = _creer_bilans(campagne, par, f"La campagne de bilans {campagne.annee} est ouverte")
    journaliser(
        par=par,
        verbe="ouvrir_campagne",
        objet=campagne,
        apres={"bilans": resultat.bilans, "chiffres gelés": resultat.chiffres, "pilotes prévenus": resultat.pilotes},
    )
    return resultat


@transaction.atomic
def rattraper_fiches(*, campagne: Campagne, par: Any) -> Ouverture:
    """Create the bilans of the fiches added since the campaign opened. Idempotent.

    Raises DroitInsuffisant, and RegleMetier when the campaign is not open.
    """
    campagne = _verrouiller(campagne)
    exiger(peut_gerer_campagne(par, campagne.programme))
    if campagne.etat != EtatCampagne.OUVERTE:
        raise RegleMetier("La campagne n’est pas ouverte : aucun bilan ne s’y ajoute.")
    resultat = _creer_bilans(campagne, par, f"Un bilan {campagne.annee} vous attend")
    if resultat.bilans:
        journaliser(par=par, verbe="rattraper_fiches", objet=campagne, apres={"bilans ajoutés": resultat.bilans})
    return resultat


@transaction.atomic
def clore_campagne(*, campagne: Campagne, par: Any, commentaire: str = "") -> Campagne:
    """Close a campaign: its bilans can no longer be written, reviewed nor reopened.

    Raises DroitInsuffisant, TransitionImpossible, and RegleMetier when bilans are not validated and no comment
    says why the campaign is closed without them.
    """
    campagne = _verrouiller(campagne)
    exiger(peut_gerer_campagne(par, campagne.programme))
    restants = Bilan.objects.filter(campagne=campagne).exclude(etat=EtatBilan.VALIDE).count()
    if restants and not commentaire.strip():
        raise RegleMetier(
            f"{compte(restants, 'bilan')} ne {'sont' if restants > 1 else 'est'} pas validé{'s' * (restants > 1)} : "
            "dites pourquoi la campagne se clôt sans eux.",
            champ="commentaire",
        )
    changer_etat(
        automate=AUTOMATE_CAMPAGNE,
        verbe="clore_campagne",
        objet=campagne,
        acteurs={GESTION},
        ligne=TransitionCampagne,
        cle="campagne",
        par=par,
        commentaire=commentaire,
        valeurs={"close_le": timezone.now(), "close_par": par},
    )
    journaliser(
        par=par,
        verbe="clore_campagne",
        objet=campagne,
        apres={"bilans non validés": restants},
        commentaire=commentaire,
    )
    return campagne


@transaction.atomic
def rouvrir_campagne(*, campagne: Campagne, commentaire: str, par: Any) -> Campagne:
    """Reopen a closed campaign; its bilans keep their states.

    Raises DroitInsuffisant, TransitionImpossible, and RegleMetier without a comment.
    """
    campagne = _verrouiller(campagne)
    exiger(peut_gerer_campagne(par, campagne.programme))
    changer_etat(
        automate=AUTOMATE_CAMPAGNE,
        verbe="rouvrir_campagne",
        objet=campagne,
        acteurs={GESTION},
        ligne=TransitionCampagne,
        cle="campagne",
        par=par,
        commentaire=commentaire,
        valeurs={"close_le": None, "close_par": None},
    )
    journaliser(par=par, verbe="rouvrir_campagne", objet=campagne, commentaire=commentaire)
    return campagne


@dataclass(frozen=True)
class Relance:
    """What a reminder did: accounts told, bilans concerned, bilans that nobody can write."""

    pilotes: int
    bilans: int
    deja: int
    sans_pilote: int


@transaction.atomic
def relancer_pilotes(*, campagne: Campagne, par: Any, bilans: list[int] | None = None) -> Relance:
    """Remind the pilotes of the bilans still to write (all of them, or those among `bilans`).

    One notice, and one e-mail to who asks for it, per pilote whatever the number of their bilans. A pilote already
    reminded of a bilan today is not reminded again. Raises DroitInsuffisant, and RegleMetier when the campaign is
    not open.
    """
    campagne = _verrouiller(campagne)
    exiger(peut_gerer_campagne(par, campagne.programme))
    if campagne.etat != EtatCampagne.OUVERTE:
        raise RegleMetier("La campagne n’est pas ouverte : il n’y a personne à relancer.")
    attendus = Bilan.objects.filter(campagne=campagne, etat__in=A_ECRIRE)
    if bilans is not None:
        attendus = attendus.filter(pk__in=bilans)
    fiches = dict(attendus.values_list("pk", "fiche_id"))
    pilotes, jour = pilotes_par_fiche(fiches.values()), timezone.localdate()
    deja = set(RelanceBilan.objects.filter(bilan__in=fiches, jour=jour).values_list("bilan_id", "destinataire_id"))
    a_dire: dict[Utilisateur, list[int]] = defaultdict(list)
    for bilan, fiche in fiches.items():
        for utilisateur in pilotes.get(fiche, []):
            if (bilan, utilisateur.pk) not in deja:
                a_dire[utilisateur].append(bilan)
    RelanceBilan.objects.bulk_create(
        [
            RelanceBilan(bilan_id=bilan, destinataire=utilisateur, jour=jour, par=par)
            for utilisateur, liste in a_dire.items()
            for bilan in liste
        ]
    )
    par_nombre: dict[int, list[Utilisateur]] = defaultdict(list)
    for utilisateur, liste in a_dire.items():
        par_nombre[len(liste)].append(utilisateur)
    for nombre, destinataires in sorted(par_nombre.items()):
        _prevenir_relance(campagne, nombre, destinataires, jour)
    relances = {bilan for liste in a_dire.values() for bilan in liste}
    resultat = Relance(
        pilotes=len(a_dire),
        bilans=len(relances),
        deja=len({bilan for bilan, _ in deja} - relances),
        sans_pilote=sum(not pilotes.get(fiche) for fiche in fiches.values()),
    )
    if a_dire:
        journaliser(
            par=par,
            verbe="relancer_pilotes",
            objet=campagne,
            apres={"pilotes relancés": resultat.pilotes, "bilans attendus": resultat.bilans},
        )
    return resultat


def _prevenir_relance(campagne: Campagne, nombre: int, destinataires: list[Utilisateur], jour: datetime.date) -> None:
    """Word the reminder: what is expected, until when or for how long it is late."""
    retard = (jour - campagne.soumission_avant).days
    bilans = f"{compte(nombre, 'bilan')} {campagne.annee}"
    limite = date_longue(campagne.soumission_avant, jour=True)
    prevenir(
        destinataires=destinataires,
        titre=f"{bilans} en retard de {compte(retard, 'jour')}"
        if retard > 0
        else f"{bilans} à rendre avant le {limite}",
        texte=f"La remise était fixée au {limite}."
        if retard > 0
        else "Les chiffres sont remplis, le texte vous attend.",
        url=reverse("actions:bilans"),
    )
