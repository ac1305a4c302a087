"""How the action goes: status, progress of steps, spending; dated notes and attachments."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from actions.droits import peut_retirer_note, peut_retirer_piece, peut_suivre_fiche
from actions.models import Etape, FicheAction, Financement, NoteFiche, PieceJointe, StatutFiche
from actions.regles.etapes import avancement_coherent, motif_exige
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import taille_fichier
from pdi.socle.operations import journaliser
from pdi.socle.pieces import effacer_fichiers, garder_piece

from .commun import verifier_champs
from .fiches import ecriture_de_fiche, verrouiller
from .sections import SUIVI

NOTE_MAX = 10_000
PIECES_MAX = 50


def suivre_fiche(
    *,
    fiche: FicheAction,
    statut: str,
    par: Any,
    statut_motif: str = "",
    etapes: Sequence[Mapping[str, Any]] = (),
    depenses: Sequence[Mapping[str, Any]] = (),
    empreinte: str | None = None,
) -> FicheAction:
    """Write the status, the progress of steps (`pk`, `etat`, `avancement`, `realisee_le`, `commentaire`) and spending.

    `depenses`: `pk` of a line of the funding plan and `realise` in euros (None: not known). Steps and lines that
    are not named keep their value. Raises DroitInsuffisant, ConflitVersion, and RegleMetier (status without its
    reason, progress that contradicts the state, negative amount).
    """
    if statut not in StatutFiche.values:
        raise RegleMetier("Ce statut n’existe pas.", champ="statut")
    if motif_exige(statut) and not statut_motif.strip():
        libelle = StatutFiche(statut).label.lower()
        raise RegleMetier(f"Dites pourquoi l’action est « {libelle} ».", champ="statut_motif")
    with ecriture_de_fiche(
        fiche=fiche,
        par=par,
        section=SUIVI,
        verbe="suivre_fiche",
        empreinte=empreinte,
        modeles=(Etape, Financement),
        verdict=peut_suivre_fiche,
    ) as verrouillee:
        verrouillee.statut, verrouillee.statut_motif = statut, statut_motif.strip()
        verifier_champs(verrouillee, ["statut", "statut_motif"])
        verrouillee.save(update_fields=["statut", "statut_motif"])
        _avancer_etapes(verrouillee, etapes)
        _depenser(verrouillee, depenses)
    return verrouillee


def _avancer_etapes(fiche: FicheAction, lignes: Sequence[Mapping[str, Any]]) -> None:
    etapes = {e.pk: e for e in fiche.etapes.select_for_update()}
    jour = timezone.localdate()
    for ligne in lignes:
        etape = etapes.get(ligne["pk"])
        if etape is None:
            raise RegleMetier("Une étape a été retirée par quelqu’un d’autre. Rechargez la page pour la revoir.")
        lu = avancement_coherent(
            etat=ligne["etat"],
            avancement=ligne.get("avancement"),
            realisee_le=ligne.get("realisee_le"),
            jour=jour,
        )
        etape.etat, etape.avancement, etape.realisee_le = lu.etat, lu.avancement, lu.realisee_le
        etape.commentaire = ligne.get("commentaire", etape.commentaire)
        verifier_champs(etape, ["etat", "commentaire"])
    Etape.objects.bulk_update(etapes.values(), ["etat", "avancement", "realisee_le", "commentaire"])


def _depenser(fiche: FicheAction, lignes: Sequence[Mapping[str, Any]]) -> None:
    plan = {f.pk: f for f in fiche.financements.select_for_update()}
    for ligne in lignes:
        financement = plan.get(ligne["pk"])
        if financement is None:
            raise RegleMetier("Un financeur a été retiré par quelqu’un d’autre. Rechargez la page pour le revoir.")
        financement.realise = ligne["realise"]
    Financement.objects.bulk_update(plan.values(), ["realise"])


# -- notes ------------------------------------------------------------------------------------


@transaction.atomic
def ajouter_note(*, fiche: FicheAction, texte: str, par: Any, date: datetime.date | None = None) -> NoteFiche:
    """Write a dated note. Raises DroitInsuffisant, and RegleMetier when it is empty, too long or in the future."""
    fiche = verrouiller(fiche)
    exiger(peut_suivre_fiche(par, fiche))
    jour = timezone.localdate()
    if not texte.strip():
        raise RegleMetier("Écrivez la note.", champ="texte")
    if len(texte) > NOTE_MAX:
        raise RegleMetier("Cette note est trop longue : joignez plutôt un document.", champ="texte")
    if (date or jour) > jour:
        raise RegleMetier("Une note ne peut pas être datée du futur.", champ="date")
    note = NoteFiche.objects.create(fiche=fiche, texte=texte.strip(), date=date or jour, auteur=par)
    journaliser(par=par, verbe="ajouter_note", objet=fiche, apres={"Note": note.texte})
    return note


@transaction.atomic
def retirer_note(*, note: NoteFiche, par: Any) -> None:
    """Remove a note: its author, or the managers. The journal keeps it. Raises DroitInsuffisant."""
    note = NoteFiche.objects.select_for_update(of=("self",)).select_related("fiche__programme").get(pk=note.pk)
    exiger(peut_retirer_note(par, note))
    journaliser(par=par, verbe="retirer_note", objet=note.fiche, avant={"Note": note.texte})
    note.delete()


# -- attachments ------------------------------------------------------------------------------


@transaction.atomic
def ajouter_piece(*, fiche: FicheAction, fichier: File[Any], par: Any, nom: str = "") -> PieceJointe:
    """Attach a file: type checked by extension and by content, size, clean name.

    Nothing stays in the store when the transaction fails. Raises DroitInsuffisant, and RegleMetier.
    """
    fiche = verrouiller(fiche)
    exiger(peut_suivre_fiche(par, fiche))
    if fiche.pieces.count() >= PIECES_MAX:
        raise RegleMetier(f"Cette fiche a déjà {PIECES_MAX} pièces : retirez celles qui ne servent plus.")
    return garder_piece(piece=PieceJointe(fiche=fiche), fichier=fichier, par=par, journal=fiche, nom=nom)


@transaction.atomic
def retirer_piece(*, piece: PieceJointe, par: Any) -> None:
    """Remove an attachment: who put it, or the managers. The file goes once the write is committed.

    Raises DroitInsuffisant.
    """
    piece = PieceJointe.objects.select_for_update(of=("self",)).select_related("fiche__programme").get(pk=piece.pk)
    exiger(peut_retirer_piece(par, piece))
    journaliser(
        par=par,
        verbe="retirer_piece",
        objet=piece.fiche,
        avant={"Pièce": f"{piece.nom} ({taille_fichier(piece.taille)})"},
    )
    effacer_fichiers([piece.fichier])
    piece.delete()
