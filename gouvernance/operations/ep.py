"""Writes of files of an équipe pluridisciplinaire: open, submit, send back, put on a meeting, withdraw."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from gouvernance.droits_ep import acteurs_du_dossier, peut_ouvrir_dossier_ep
from gouvernance.droits_instances import peut_tenir_instance
from gouvernance.models import (
    OUVERTS,
    DossierEP,
    EtatDossierEP,
    EtatPoint,
    EtatSeance,
    Instance,
    NatureInstance,
    PointOrdreDuJour,
    Seance,
    TransitionDossierEP,
)
from gouvernance.querysets_ep import a_repondu
from gouvernance.regles.ep import AUTOMATE_EP, DEMANDEUR, contradictoire
from gouvernance.regles.sanctions_ep import attente_du_contradictoire
from parcours.droits import lire_avec_acces
from parcours.models import (
    Adresse,
    EtatMensuel,
    MembreFoyer,
    NaturePrestation,
    Personne,
    RegimeJuridique,
    SituationFoyer,
)
from parcours.operations.orientation import referents_de
from pdi.comptes.models import Utilisateur
from pdi.socle.droits import RegleMetier, exiger, non
from pdi.socle.etats import changer_etat
from pdi.socle.operations import enregistrer, etat_de, journaliser, prevenir
from pdi.territoires.models import CommuneTerritoire, TerritoireAction

CHAMPS = ("instance", "theme", "faits_le", "expose", "demarches")
JOURNAL = ("instance", "theme", "faits_le")  # what is written of the person stays in the file
POINT = "Examen des dossiers individuels"
A_PREPARER = (EtatSeance.PREPAREE, EtatSeance.CONVOQUEE, EtatSeance.OUVERTE)


def verrouiller_dossier(dossier: DossierEP, version: int | None = None) -> DossierEP:
    """Lock a file. Raises RegleMetier when it changed since `version`."""
    lu = (
        DossierEP.objects.select_for_update(of=("self",))
        .select_related("instance", "personne", "regime", "seance")
        .get(pk=dossier.pk)
    )
    if version is not None and lu.version != version:
        raise RegleMetier("Ce dossier a été modifié entre-temps : relisez-le, puis reprenez votre saisie.")
    return lu


def changer(dossier: DossierEP, verbe: str, par: Any, commentaire: str = "", **valeurs: Any) -> None:
    """Move a locked file along its machine. Raises TransitionImpossible, DroitInsuffisant, RegleMetier."""
    changer_etat(
        automate=AUTOMATE_EP, verbe=verbe, objet=dossier, acteurs=acteurs_du_dossier(par, dossier),
        ligne=TransitionDossierEP, cle="dossier", par=par, commentaire=commentaire,
        valeurs=valeurs | {"version": dossier.version + 1},
    )  # fmt: skip
    journaliser(par=par, verbe=verbe, objet=dossier, apres={"état": dossier.get_etat_display()})


def regime_des_faits(faits_le: datetime.date) -> RegimeJuridique:
    """Return the regime of that day. Raises RegleMetier when none is recorded."""
    if faits_le > timezone.localdate():
        raise RegleMetier("Les faits sont à venir : relisez la date.", champ="faits_le")
    regime = RegimeJuridique.objects.filter(validite__contains=faits_le).first()
    if regime is None:
        raise RegleMetier(f"Aucun régime juridique ne couvre le {faits_le:%d/%m/%Y}.", champ="faits_le")
    return regime


def territoire_de(personne: Personne, jour: datetime.date) -> TerritoireAction | None:
    """Return where she lives that day."""
    ici = Adresse.objects.filter(personne=personne, periode__contains=jour).values("commune")
    rattachement = CommuneTerritoire.objects.filter(commune__in=ici, validite__contains=jour)
    trouve = rattachement.select_related("territoire").first()
    return trouve.territoire if trouve else None


def taille_du_foyer(personne: Personne, jour: datetime.date) -> int | None:
    """Return how many people the household counts that day, children said by the CAF included; None when unknown."""
    place = MembreFoyer.objects.filter(personne=personne, periode__contains=jour).first()
    if place is None:
        return None
    membres = MembreFoyer.objects.filter(foyer=place.foyer_id, periode__contains=jour)
    adultes = membres.exclude(role="ENF").count()
    situation = SituationFoyer.objects.filter(foyer=place.foyer_id, periode__contains=jour).first()
    enfants = situation.enfants if situation and situation.enfants is not None else membres.filter(role="ENF").count()
    return adultes + enfants


def rsa_majore(personne: Personne, jour: datetime.date) -> bool:
    """Return whether the last state of her household's file known that day is the RSA majoré."""
    foyers = MembreFoyer.objects.filter(personne=personne, periode__contains=jour).values("foyer")
    connus = EtatMensuel.objects.filter(dossier__foyer__in=foyers, mois__lte=jour)
    dernier = connus.order_by("-mois").values_list("nature", flat=True).first()
    return dernier == NaturePrestation.MAJORE


def _equipe(instance: Instance) -> Instance:
    if instance.nature != NatureInstance.EP or instance.reference or not instance.active:
        raise RegleMetier("Choisissez une équipe pluridisciplinaire du département qui se réunit.", champ="instance")
    return instance


@transaction.atomic
def ouvrir_dossier_ep(*, personne: Personne, par: Any, soumettre: bool = False, **champs: Any) -> DossierEP:
    """Open a file for `personne` (CHAMPS), and submit it at once when asked.

    Raises DroitInsuffisant, RegleMetier: not a team, facts to come or under no regime, already open on this theme.
    """
    exiger(peut_ouvrir_dossier_ep(par, lire_avec_acces(par, personne.pk) or personne))
    jour = timezone.localdate()
    _equipe(champs["instance"])
    deja = DossierEP.objects.filter(personne=personne, theme=champs["theme"], etat__in=OUVERTS).first()
    if deja is not None:
        raise RegleMetier(
            f"Le dossier {deja.reference} est déjà ouvert sur ce thème pour cette personne : complétez-le, ou attendez "
            "son issue.",
            champ="theme",
        )
    dossier = DossierEP(
        personne=personne, regime=regime_des_faits(champs["faits_le"]), territoire=territoire_de(personne, jour),
        personnes_foyer=taille_du_foyer(personne, champs["faits_le"]),
        majoration=rsa_majore(personne, champs["faits_le"]), ouvert_par=par, **champs,
    )  # fmt: skip
    enregistrer(dossier)
    TransitionDossierEP.objects.create(dossier=dossier, vers=EtatDossierEP.BROUILLON, par=par)
    journaliser(par=par, verbe="ouvrir_dossier_ep", objet=dossier, apres=etat_de(dossier, JOURNAL))
    return soumettre_dossier_ep(dossier=dossier, par=par) if soumettre else dossier


@transaction.atomic
def modifier_dossier_ep(
    *, dossier: DossierEP, version: int, par: Any, soumettre: bool = False, **champs: Any
) -> DossierEP:
    """Change a draft, and submit it at once when asked: both, or neither.

    Raises DroitInsuffisant, RegleMetier: no longer a draft, changed meanwhile, nothing motivates what is submitted.
    """
    lu = verrouiller_dossier(dossier, version)
    if DEMANDEUR not in acteurs_du_dossier(par, lu):
        exiger(non("Un brouillon se modifie par ceux qui suivent ou encadrent la personne."))
    if lu.etat != EtatDossierEP.BROUILLON:
        raise RegleMetier("Ce dossier est soumis : demandez à l’équipe de vous le renvoyer pour le corriger.")
    _equipe(champs["instance"])
    avant = etat_de(lu, JOURNAL)
    for nom, valeur in champs.items():
        setattr(lu, nom, valeur)
    lu.regime = regime_des_faits(lu.faits_le)
    lu.personnes_foyer = taille_du_foyer(lu.personne, lu.faits_le)
    lu.majoration = rsa_majore(lu.personne, lu.faits_le)
    lu.version += 1
    enregistrer(lu)
    journaliser(par=par, verbe="modifier_dossier_ep", objet=lu, avant=avant, apres=etat_de(lu, JOURNAL))
    return soumettre_dossier_ep(dossier=lu, par=par) if soumettre else lu


@transaction.atomic
def soumettre_dossier_ep(*, dossier: DossierEP, par: Any) -> DossierEP:
    """Submit a draft; the secretaries of the team are told. Raises RegleMetier when nothing motivates it."""
    lu = verrouiller_dossier(dossier)
    if not lu.expose.strip():
        raise RegleMetier("Dites ce qui motive la saisine avant de soumettre le dossier.", champ="expose")
    changer(lu, "soumettre_dossier_ep", par, soumis_le=timezone.localdate())
    prevenir(
        destinataires=[u for u in lu.instance.secretaires.all() if u.pk != par.pk],
        titre="Un dossier est soumis à l’équipe pluridisciplinaire",
        texte=f"{lu}, {lu.get_theme_display().lower()}.", url=lu.get_absolute_url(),
    )  # fmt: skip
    return lu


def repondu(dossier: DossierEP) -> bool:
    """Return whether the person answered the intention."""
    return DossierEP.objects.filter(a_repondu(), pk=dossier.pk).exists()


def suiveurs(dossier: DossierEP, par: Any) -> list[Utilisateur]:
    """Return who opened the file and who follows the person today, `par` left out."""
    tous = {u.pk: u for u in (dossier.ouvert_par, *referents_de(dossier.personne))}
    return [u for cle, u in tous.items() if cle != par.pk]


@transaction.atomic
def renvoyer_dossier_ep(*, dossier: DossierEP, par: Any, commentaire: str) -> DossierEP:
    """Send a file back to be corrected, saying why; who submitted it is told."""
    lu = verrouiller_dossier(dossier)
    changer(lu, "renvoyer_dossier_ep", par, commentaire, soumis_le=None)
    prevenir(
        destinataires=suiveurs(lu, par), titre="Un dossier d’équipe pluridisciplinaire est à corriger",
        texte=f"{lu}.", url=lu.get_absolute_url(),
    )  # fmt: skip
    return lu


@transaction.atomic
def retirer_dossier_ep(*, dossier: DossierEP, par: Any, commentaire: str) -> DossierEP:
    """Withdraw a file, saying why; it leaves its meeting."""
    lu = verrouiller_dossier(dossier)
    changer(lu, "retirer_dossier_ep", par, commentaire, seance=None, passage=None)
    return lu


@transaction.atomic
def classer_dossier_ep(*, dossier: DossierEP, par: Any, commentaire: str) -> DossierEP:
    """End a file without a decision, saying why; who submitted it is told."""
    lu = verrouiller_dossier(dossier)
    changer(lu, "classer_dossier_ep", par, commentaire)
    prevenir(
        destinataires=suiveurs(lu, par), titre="Un dossier d’équipe pluridisciplinaire est classé sans suite",
        texte=f"{lu}.", url=lu.get_absolute_url(),
    )  # fmt: skip
    return lu


# -- the meeting ------------------------------------------------------------------------------


def obstacle_a_l_inscription(dossier: DossierEP, seance: Seance, *, observe: bool) -> str:
    """Return why a file cannot be on that meeting, empty when it can."""
    if dossier.instance_id != seance.instance_id:
        return f"{dossier} est soumis à une autre équipe."
    if seance.etat not in A_PREPARER:
        return f"La séance est «\u00a0{seance.get_etat_display().lower()}\u00a0» : choisissez-en une autre."
    jour = timezone.localdate(seance.debut)
    attente = attente_du_contradictoire(dossier.theme, dossier.observations_jusqu_au, jour, observe=observe)
    return f"{dossier} : {attente}" if attente else ""


@transaction.atomic
def inscrire_dossiers(*, seance: Seance, dossiers: Iterable[int], par: Any) -> list[DossierEP]:
    """Put files on the agenda of a meeting, after those already there: all of them, or none.

    The agenda, which is sent by e-mail, gets one point without any name. Raises DroitInsuffisant; RegleMetier naming
    the first file that cannot be there and why.
    """
    lue = Seance.objects.select_for_update(of=("self",)).select_related("instance").get(pk=seance.pk)
    exiger(peut_tenir_instance(par, lue.instance))
    cles = set(dossiers)
    if not cles:
        raise RegleMetier("Cochez au moins un dossier prêt à inscrire à cette équipe.")
    lus = list(
        DossierEP.objects.select_for_update(of=("self",))
        .filter(pk__in=cles)
        .select_related("instance", "personne")
        .order_by("observations_jusqu_au", "soumis_le", "pk")
    )
    if not lus:
        raise RegleMetier("Ces dossiers n’existent plus : reprenez la liste.")
    observes = set(DossierEP.objects.filter(a_repondu(), pk__in=cles).values_list("pk", flat=True))
    rang = lue.dossiers_ep.aggregate(m=Max("passage"))["m"] or 0
    for n, lu in enumerate(lus, rang + 1):
        if obstacle := obstacle_a_l_inscription(lu, lue, observe=lu.pk in observes):
            raise RegleMetier(obstacle)
        changer(lu, "inscrire_dossier_ep", par, seance=lue, passage=n)
    _point(lue)
    return lus


def _point(seance: Seance) -> None:
    if not seance.points.filter(titre=POINT).exists():
        dernier = seance.points.aggregate(m=Max("ordre"))["m"] or 0
        PointOrdreDuJour.objects.create(
            seance=seance, ordre=dernier + 1, titre=POINT, raison="Les dossiers s’ouvrent depuis la page de la séance."
        )


def ouvrir_le_point(seance: Seance) -> None:
    """Say that the point of the files is discussed: it is treated once the meeting is closed."""
    seance.points.filter(titre=POINT, etat=EtatPoint.A_VENIR).update(etat=EtatPoint.EN_DISCUSSION)


@transaction.atomic
def desinscrire_dossier_ep(*, dossier: DossierEP, par: Any) -> DossierEP:
    """Take a file off its meeting: it waits again where it was."""
    lu = verrouiller_dossier(dossier)
    _rendre(lu, par)
    return lu


def _rendre(dossier: DossierEP, par: Any) -> None:
    rend = contradictoire(dossier.theme) and dossier.intention_le is not None
    verbe = "rendre_au_contradictoire" if rend else "desinscrire_dossier_ep"
    changer(dossier, verbe, par, seance=None, passage=None)


def liberer_dossiers(*, seance: Seance, par: Any, vers: Seance | None = None) -> int:
    """Move the files of a meeting not examined to `vers`, or let them wait again. Return how many.

    Called inside the transaction of the meeting: put off, cancelled or closed.
    """
    inscrits: Sequence[DossierEP] = list(
        seance.dossiers_ep.select_for_update(of=("self",))
        .filter(etat=EtatDossierEP.INSCRIT)
        .select_related("instance", "personne")
        .order_by("passage")
    )
    for dossier in inscrits:
        if vers is None:
            _rendre(dossier, par)
        else:
            dossier.seance, dossier.version = vers, dossier.version + 1
            dossier.save(update_fields=["seance", "version"])
            journaliser(par=par, verbe="reporter_dossier_ep", objet=dossier)
    return len(inscrits)
