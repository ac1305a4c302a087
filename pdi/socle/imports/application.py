"""Writing the ready rows of a lot: all of them in one transaction, or nothing."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.models import EtatLigne, LotImport, Traitement
from pdi.socle.operations import journaliser, prevenir
from pdi.socle.suivi import Suivi

from .controle import Travail
from .corrections import CORRIGEABLES, corrigeable
from .declarations import genre_de
from .operations import ETAPES, changer, controler, lancer, sans_limite, verrouiller

CHANGE = (
    "Depuis votre lecture, {pretes} lignes sont prêtes au lieu de {attendues} : rien n’est écrit. Relisez le lot, puis "
    "importez."
)


@transaction.atomic
def lancer_import(*, lot: LotImport, attendues: int, par: Any, url: str = "") -> Traitement:
    """Launch the import of the ready rows, `attendues` as the user read it.

    Raises DroitInsuffisant, and RegleMetier when none is ready or their number has changed.
    """
    verrouille, _ = corrigeable(lot, par)
    if not verrouille.pretes:
        raise RegleMetier("Aucune ligne n’est prête : corrigez d’abord celles qui attendent.")
    if attendues != verrouille.pretes:
        raise RegleMetier(CHANGE.format(pretes=verrouille.pretes, attendues=attendues))
    return lancer(
        verrouille, "socle.appliquer_import", "import", f"Import du lot {lot.pk}", par, url, attendues=attendues
    )


class LotChange(RegleMetier):
    """The rows ready are no longer those that were announced."""


def executer_import(*, lot_id: int, attendues: int, suivi: Suivi) -> None:
    """Import the ready rows inside a job: all of them and the end of the job, or nothing."""
    par = suivi.traitement.demandeur
    suivi.demarrer(ETAPES)
    try:
        with transaction.atomic():
            sans_limite()
            lot = importer(lot_id=lot_id, attendues=attendues, par=par, avancer=suivi.avancer)
            suivi.terminer({"lot": lot.pk, **lot.ecrites})
    except LotChange:
        with transaction.atomic():
            controler(verrouiller(lot_id, etats=CORRIGEABLES), par=par)
        raise


@transaction.atomic
def importer(*, lot_id: int, attendues: int, par: Any, avancer: Any = lambda _: None) -> LotImport:
    """Write the ready rows of a lot, checked again under lock. Raises DroitInsuffisant, LotChange."""
    lot = verrouiller(lot_id, etats=CORRIGEABLES)
    genre = genre_de(lot.genre)
    exiger(genre.droit(par))
    travail = Travail(lot, genre, timezone.localdate(), par)
    avancer("Attendre les autres écritures")
    travail.executer(f"LOCK TABLE {', '.join(genre.tables)} IN SHARE ROW EXCLUSIVE MODE")
    avancer("Vérifier une dernière fois")
    lot.comptes = travail.controler()
    if lot.pretes != attendues:
        raise LotChange(CHANGE.format(pretes=lot.pretes, attendues=attendues))
    avancer("Écrire")
    genre.appliquer(travail)
    ecrites: dict[str, int] = {e: lot.compte(e) + lot.ecrites.get(e, 0) for e in (*_ECRITES, EtatLigne.IDENTIQUE)}
    travail.executer(
        "UPDATE socle_ligneimport l SET etat = 'importee', cible = t.cible FROM import_travail t "
        "WHERE l.id = t.ligne_id AND t.etat IN ('nouvelle', 'modifiee', 'identique')"
    )
    lot.comptes = dict(travail.lire("SELECT etat, count(*) FROM socle_ligneimport WHERE lot_id = %s GROUP BY etat",
                                    [lot.pk]))  # fmt: skip
    verbe = "importer_une_partie" if lot.a_traiter else "importer"
    valeurs = {"comptes": lot.comptes, "ecrites": ecrites, "importe_par": par, "importe_le": timezone.now()}
    changer(lot, verbe, par, **valeurs)
    mots = {"Lignes créées": ecrites["nouvelle"], "Lignes modifiées": ecrites["modifiee"], "En attente": lot.a_traiter}
    journaliser(par=par, verbe="importer", objet=lot, apres={"Genre": genre.titre, **mots})
    if par is not None:
        prevenir(
            destinataires=[par], titre=f"Lot {lot.pk} importé : {attendues} lignes écrites",
            texte=f"{lot.a_traiter} lignes attendent encore." if lot.a_traiter else "",
        )  # fmt: skip
    return lot


_ECRITES = (EtatLigne.NOUVELLE, EtatLigne.MODIFIEE)
