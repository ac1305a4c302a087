"""Background jobs: launch, join, stop, launch again, take up after a crash. The worker's side is in suivi.py.

A job's truth is its row; Celery only carries « work on row X ». A message lost, delivered twice, or a worker
killed changes nothing to that truth.

    @shared_task(name="gouvernance.compiler_rapport")
    def compiler_rapport(traitement_id: str, rapport_id: int) -> None:
        with Suivi(traitement_id) as suivi:
            operations.compiler(rapport_id=rapport_id, par=suivi.traitement.demandeur, suivi=suivi)
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Mapping
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from kombu.exceptions import KombuError, OperationalError

from .droits import RegleMetier, exiger, peut_gerer_traitement
from .models import EtatTraitement, Traitement
from .pieces import effacer_fichiers
from .suivi import TENTATIVES_MAX, Suivi, TraitementAnnule, TraitementDejaPris, TraitementPerdu, prevenir_de_l_echec

__all__ = [
    "Suivi",
    "TraitementAnnule",
    "TraitementDejaPris",
    "TraitementPerdu",
    "annuler",
    "lancer",
    "purger",
    "relancer",
    "reprendre_abandonnes",
]

logger = logging.getLogger(__name__)

CONSERVATION_JOURS = 90
TROP_DE_TENTATIVES = (
    f"Le traitement a été interrompu {TENTATIVES_MAX} fois sans pouvoir finir. Relancez-le ; si cela se répète, "
    "prévenez l’administrateur : le serveur manque peut-être de mémoire."
)


@transaction.atomic
def lancer(
    *,
    nature: str,
    cle: str,
    intitule: str,
    par: Any,
    tache: str,
    parametres: Mapping[str, Any] | None = None,
    url_retour: str = "",
) -> tuple[Traitement, bool]:
    """Launch the job, or join the active one of the same (nature, cle). Return it, and whether it was created.

    Two simultaneous launches make one job: the database decides (partial unique constraint). The Celery task
    named `tache` receives the identifier of the row, then `parametres` (JSON) as keywords, once the
    transaction is committed. The caller has checked the right of `par` (None: the system) to do the work.
    """
    while True:
        traitement = Traitement(
            nature=nature,
            cle=cle,
            intitule=intitule[:200],
            demandeur=par,
            tache=tache,
            parametres=dict(parametres or {}),
            url_retour=url_retour,
            battement=timezone.now(),
        )
        Traitement.objects.bulk_create([traitement], ignore_conflicts=True)
        actif = Traitement.objects.actifs().filter(nature=nature, cle=cle).first()
        if actif is None:
            continue  # the one we collided with has just finished
        cree = actif.pk == traitement.pk
        if cree:
            _envoyer_apres_validation(actif)
        return actif, cree


def _envoyer_apres_validation(traitement: Traitement) -> None:
    identifiant, tache, parametres = str(traitement.pk), traitement.tache, traitement.parametres

    def envoyer() -> None:
        try:
            current_app.send_task(tache, args=[identifiant], kwargs=parametres, retry=False)
        except (KombuError, OperationalError, OSError) as erreur:
            # The row is written: `reprendre_abandonnes` sends it again when the broker is back.
            logger.warning("Traitement %s non envoyé : %s", identifiant, type(erreur).__name__)

    transaction.on_commit(envoyer)


@transaction.atomic
def annuler(*, traitement: Traitement, par: Any) -> Traitement:
    """Stop the job: at once when it waits or when its worker is dead, else at its next step.

    Raises DroitInsuffisant, and RegleMetier when it is finished.
    """
    exiger(peut_gerer_traitement(par, traitement))
    a_arreter = Traitement.objects.filter(pk=traitement.pk)
    arrete = a_arreter.filter(etat=EtatTraitement.EN_ATTENTE).update(
        etat=EtatTraitement.ANNULE, fin=Now(), annulation_demandee=True
    ) or a_arreter.sans_vie().update(etat=EtatTraitement.ANNULE, fin=Now(), annulation_demandee=True)
    if not arrete and not a_arreter.filter(etat=EtatTraitement.EN_COURS).update(annulation_demandee=True):
        raise RegleMetier("Ce traitement est déjà fini : il n’y a plus rien à arrêter.")
    traitement.refresh_from_db()
    return traitement


@transaction.atomic
def relancer(*, traitement: Traitement, par: Any) -> Traitement:
    """Launch again a failed or stopped job, in a new row (the old one keeps its message); or join the active one.

    Raises DroitInsuffisant, and RegleMetier when the job is not over.
    """
    exiger(peut_gerer_traitement(par, traitement))
    if traitement.etat not in {EtatTraitement.ECHEC, EtatTraitement.ANNULE} or not traitement.tache:
        raise RegleMetier("Seul un traitement en échec ou arrêté se relance.")
    nouveau, _ = lancer(
        nature=traitement.nature,
        cle=traitement.cle,
        intitule=traitement.intitule,
        par=par,
        tache=traitement.tache,
        parametres=traitement.parametres,
        url_retour=traitement.url_retour,
    )
    return nouveau


@transaction.atomic
def reprendre_abandonnes() -> int:
    """Send again the jobs whose worker has died and those that the broker may have lost. Return how many.

    After TENTATIVES_MAX takings a job fails: it is probably what kills its worker. Safe to run anywhere, at
    the same time as anything: rows being written are left for the next time.
    """
    verrou = Traitement.objects.select_for_update(skip_locked=True)
    silencieux = list(verrou.filter(pk__in=Traitement.objects.sans_vie().values("pk")).order_by("pk"))
    arretes = [t.pk for t in silencieux if t.annulation_demandee]
    perdus = [t.pk for t in silencieux if not t.annulation_demandee and t.tentatives >= TENTATIVES_MAX]
    repris = [t for t in silencieux if not t.annulation_demandee and t.tentatives < TENTATIVES_MAX]
    Traitement.objects.filter(pk__in=arretes).update(etat=EtatTraitement.ANNULE, fin=Now())
    Traitement.objects.filter(pk__in=perdus).update(etat=EtatTraitement.ECHEC, fin=Now(), erreur=TROP_DE_TENTATIVES)
    for traitement in Traitement.objects.filter(pk__in=perdus).select_related("demandeur"):
        prevenir_de_l_echec(traitement, TROP_DE_TENTATIVES)
    oublies = list(verrou.filter(pk__in=Traitement.objects.oublies().values("pk")).order_by("pk"))
    Traitement.objects.filter(pk__in=[t.pk for t in [*repris, *oublies]]).update(
        etat=EtatTraitement.EN_ATTENTE, battement=Now(), fait=0, etape=""
    )
    for traitement in [*repris, *oublies]:
        _envoyer_apres_validation(traitement)
    return len(repris) + len(oublies)


def purger() -> int:
    """Delete the jobs finished for CONSERVATION_JOURS days, with their files. Return how many."""
    limite = timezone.now() - datetime.timedelta(days=CONSERVATION_JOURS)
    anciens = list(Traitement.objects.filter(fin__lt=limite).only("pk", "fichier"))
    with transaction.atomic():
        Traitement.objects.filter(pk__in=[t.pk for t in anciens]).delete()
        effacer_fichiers(t.fichier for t in anciens)
    return len(anciens)
