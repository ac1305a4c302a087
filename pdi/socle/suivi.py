"""The worker's side of a job: take it once, tell how far it is, finish it.

The progress is written outside the transaction of the work, so that it shows live; the end is written inside
it when there is one, so that a job is never « terminé » without its result, nor the reverse.
"""

from __future__ import annotations

import json
import logging
import threading
import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

from celery.exceptions import Ignore, SoftTimeLimitExceeded
from django.core.files.base import ContentFile, File
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.urls import reverse

from .contexte import depuis
from .droits import DroitInsuffisant, RegleMetier
from .journalisation import epurer
from .models import EtatTraitement, Traitement
from .operations import prevenir
from .querysets import SILENCE

logger = logging.getLogger(__name__)

TENTATIVES_MAX = 3
PERIODE_BATTEMENT_S = SILENCE.total_seconds() / 6
_TABLE = Traitement._meta.db_table
_A_MOI = "id = %s AND etat = 'en_cours' AND tentatives = %s"


class TraitementDejaPris(Ignore):  # type: ignore[misc]
    """The job is finished, or another worker has it: this delivery has nothing to do (Celery drops it)."""


class TraitementAnnule(Exception):
    """Somebody asked the job to stop: leave, undoing what is not finished."""


class TraitementPerdu(Exception):
    """This worker was silent for so long that the job was given to another: leave, undoing everything."""


class _Battement:
    """A thread that says « alive » during long steps, on its own connection."""

    def __init__(self, cle: tuple[uuid.UUID, int]) -> None:
        self._cle = cle
        self._arret = threading.Event()
        self._fil = threading.Thread(target=self._battre, name="battement", daemon=True)

    def demarrer(self) -> None:
        self._fil.start()

    def arreter(self) -> None:
        self._arret.set()
        self._fil.join()

    def _battre(self) -> None:
        base: BaseDatabaseWrapper = connection.copy()
        try:
            while not self._arret.wait(PERIODE_BATTEMENT_S):
                try:
                    with base.cursor() as curseur:
                        curseur.execute(
                            f"UPDATE {_TABLE} SET battement = statement_timestamp() WHERE {_A_MOI}",  # noqa: S608  # nosec B608
                            self._cle,
                        )
                        if not curseur.rowcount:
                            return
                except DatabaseError as erreur:
                    logger.warning("Battement non écrit : %s", type(erreur).__name__)
                    base.close()
        finally:
            base.close()


class Suivi:
    """`with Suivi(traitement_id) as suivi:` around the whole work of a Celery task.

    Entering takes the job, or raises TraitementDejaPris (twice delivered, finished, stopped while waiting).
    Leaving without `terminer` finishes it too. An exception is not propagated: the row says « échec » with a
    message fit for the requester (the text of RegleMetier and DroitInsuffisant, else a reference to the log), and
    the requester gets a notice. Telling of a success is left to the work, which knows what it has produced.

    Call `terminer` last and inside the `transaction.atomic` of the final write: both are committed, or none.
    """

    def __init__(self, traitement_id: uuid.UUID | str) -> None:
        self.id = uuid.UUID(str(traitement_id))
        self.traitement: Traitement
        self._tentative = 0
        self._fini = False
        self._seconde: BaseDatabaseWrapper | None = None
        self._battement: _Battement
        self._contexte: AbstractContextManager[None]

    # -- taking and leaving ------------------------------------------------------------------------

    def __enter__(self) -> Self:
        prise = self._executer(
            f"""UPDATE {_TABLE}
                SET etat = 'en_cours', tentatives = tentatives + 1, fait = 0, etape = '',
                    debut = statement_timestamp(), battement = statement_timestamp()
                WHERE id = %s AND (etat = 'en_attente' OR (etat = 'en_cours'
                      AND battement < statement_timestamp() - %s AND tentatives < %s))
                RETURNING tentatives""",  # noqa: S608  # nosec B608
            [self.id, SILENCE, TENTATIVES_MAX],
        )
        if prise is None:
            self._fermer()
            raise TraitementDejaPris(f"Traitement {self.id} déjà pris ou fini")
        self._tentative = prise[0]
        self.traitement = Traitement.objects.select_related("demandeur").get(pk=self.id)
        self._contexte = depuis(f"traitement:{self.traitement.nature}", self.id.hex[:12])
        self._contexte.__enter__()
        self._battement = _Battement((self.id, self._tentative))
        self._battement.demarrer()
        return self

    def __exit__(
        self, genre: type[BaseException] | None, erreur: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._battement.arreter()
        try:
            if erreur is None:
                if not self._fini:
                    self.terminer()
                return True
            if not isinstance(erreur, Exception) or isinstance(erreur, Ignore):
                return False  # the process is ending: the row is taken up again when its beat is old
            self._echouer(erreur)
            return True
        finally:
            self._contexte.__exit__(genre, erreur, trace)
            self._fermer()

    def _fermer(self) -> None:
        if self._seconde is not None:
            self._seconde.close()
            self._seconde = None

    def _echouer(self, erreur: Exception) -> None:
        if isinstance(erreur, TraitementPerdu):
            logger.warning("Traitement %s repris par un autre travailleur", self.id)
            return
        etat, message = EtatTraitement.ECHEC, _message_sur(erreur, self.id)
        if isinstance(erreur, TraitementAnnule):
            etat, message = EtatTraitement.ANNULE, ""
        try:
            ecrit = self._executer(
                f"UPDATE {_TABLE} SET etat = %s, erreur = %s, fin = statement_timestamp() "  # noqa: S608  # nosec B608
                f"WHERE {_A_MOI} RETURNING id",
                [etat.value, message, self.id, self._tentative],
            )
            if ecrit is not None and etat == EtatTraitement.ECHEC:
                prevenir_de_l_echec(self.traitement, message)
        except DatabaseError:  # the base is gone: the row is taken up again when its beat is old
            logger.exception("État du traitement %s non écrit", self.id)

    # -- telling how far ---------------------------------------------------------------------------

    def demarrer(self, total: int) -> None:
        """Say how many steps there are."""
        self._marquer("total = %s, fait = 0", [total])

    def avancer(self, etape: str, n: int = 1) -> None:
        """Say that step `etape` (French, shown as it stands) begins; `n` is how many steps it counts for.

        One write: call it per step, not per row. Raises TraitementAnnule when a stop was asked for, and
        TraitementPerdu when another worker has the job.
        """
        self._marquer("etape = %s, fait = fait + %s, total = GREATEST(total, fait + %s)", [etape[:250], n, n])

    def noter(self, texte: str) -> None:
        """Add a lasting remark to the job's page (French, shown as it stands)."""
        self._marquer("messages = messages || %s::jsonb", [json.dumps([texte])])

    def _marquer(self, affectations: str, valeurs: list[Any]) -> None:
        ligne = self._executer(
            f"UPDATE {_TABLE} SET {affectations}, battement = statement_timestamp() "  # noqa: S608  # nosec B608
            f"WHERE {_A_MOI} RETURNING annulation_demandee",
            [*valeurs, self.id, self._tentative],
        )
        if ligne is None:
            raise TraitementPerdu
        if ligne[0]:
            raise TraitementAnnule

    # -- finishing ---------------------------------------------------------------------------------

    def terminer(
        self, resultat: Mapping[str, Any] | None = None, fichier: tuple[str, bytes | File[bytes]] | None = None
    ) -> None:
        """Finish the job: `resultat` holds small facts (JSON), `fichier` is (name, content).

        Written on the connection of the work: inside its transaction, both end together.
        """
        champ = Traitement._meta.get_field("fichier")
        chemin = ""
        if fichier:
            nom, contenu = fichier
            contenu = ContentFile(contenu) if isinstance(contenu, bytes) else contenu
            chemin = champ.storage.save(champ.generate_filename(self.traitement, nom), contenu)
        ligne = _sur(
            connection,
            f"UPDATE {_TABLE} SET etat = 'termine', fait = total, etape = '', erreur = '', resultat = %s::jsonb, "  # noqa: S608  # nosec B608
            f"fichier = %s, fin = statement_timestamp(), battement = statement_timestamp() "
            f"WHERE {_A_MOI} RETURNING id",
            [json.dumps(dict(resultat or {})), chemin, self.id, self._tentative],
        )
        if ligne is None:
            if chemin:
                champ.storage.delete(chemin)
            raise TraitementPerdu
        self._fini = True

    # -- connections -------------------------------------------------------------------------------

    def _executer(self, sql: str, valeurs: list[Any]) -> tuple[Any, ...] | None:
        """Execute outside the transaction of the work, and return the row that was written.

        A row made by the current transaction itself is invisible from outside: it is then written inside.
        """
        if not connection.in_atomic_block:
            return _sur(connection, sql, valeurs)
        if self._seconde is None:
            self._seconde = connection.copy()
        ligne = _sur(self._seconde, sql, valeurs)
        return _sur(connection, sql, valeurs) if ligne is None else ligne


def prevenir_de_l_echec(traitement: Traitement, message: str) -> None:
    """Tell the requester, who may have left the page, that the job has failed and where to launch it again."""
    if traitement.demandeur is not None:
        prevenir(
            destinataires=[traitement.demandeur],
            titre=f"Travail en échec : {traitement.intitule}"[:200],
            texte=message,
            url=reverse("socle:traitement", args=[traitement.pk]),
        )


def _sur(base: Any, sql: str, valeurs: list[Any]) -> tuple[Any, ...] | None:
    with base.cursor() as curseur:
        curseur.execute(sql, valeurs)
        ligne: tuple[Any, ...] | None = curseur.fetchone()
    return ligne


def _message_sur(erreur: Exception, identifiant: uuid.UUID) -> str:
    """Return what the requester may read of `erreur`; the rest goes to the log."""
    if isinstance(erreur, RegleMetier | DroitInsuffisant):
        return str(erreur)
    logger.error("Traitement %s en échec", identifiant, exc_info=erreur)
    if isinstance(erreur, SoftTimeLimitExceeded):
        return "Le traitement a dépassé la durée permise : il a été arrêté, rien n’a été enregistré à moitié."
    return epurer(
        "Une erreur inattendue a interrompu le traitement. Relancez-le ; si elle se répète, donnez à "
        f"l’administrateur la référence {identifiant.hex[:12]}."
    )
