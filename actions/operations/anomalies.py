"""Anomalies: told by controls, answered by people, never corrected in silence."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from actions.constats import constats_des_fiches
from actions.droits import peut_modifier_programme, peut_suivre_fiche
from actions.models import Anomalie, EtatAnomalie, FicheAction, Programme
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.operations import etat_de, journaliser

SOURCE_CONTROLE = "Contrôle automatique"


@transaction.atomic
def actualiser_anomalies(*, fiches: Iterable[int], jour: datetime.date | None = None) -> int:
    """Open the contradictions that appear in `fiches` and close those that are gone. Return how many are open.

    Part of every write on a fiche: the caller holds the verdict. An answered anomaly stays answered as long as
    the fact does not change; when its figures move, it is open again and the journal keeps the former answer.
    Those that a person or a loaded document reported are left alone.
    """
    ids = list(fiches)
    jour = jour or timezone.localdate()
    constats = constats_des_fiches(ids, jour)
    connues = {(a.fiche_id, a.code): a for a in Anomalie.objects.select_for_update().filter(fiche__in=ids)}
    nouvelles: list[Anomalie] = []
    vues: set[tuple[int, str]] = set()
    for fiche_id, trouves in constats.items():
        for constat in trouves:
            vues.add((fiche_id, constat.code))
            contenu = {
                "titre": constat.titre[:250],
                "constat": constat.constat,
                "pese": [{"libelle": libelle, "valeur": valeur} for libelle, valeur in constat.pese],
            }
            connue = connues.get((fiche_id, constat.code))
            if connue is None:
                nouvelles.append(
                    Anomalie(
                        fiche_id=fiche_id,
                        code=constat.code,
                        source=SOURCE_CONTROLE,
                        releve_le=jour,
                        calculee=True,
                        **contenu,
                    )
                )
            elif connue.calculee and any(getattr(connue, nom) != valeur for nom, valeur in contenu.items()):
                _rouvrir(connue, contenu)
    Anomalie.objects.bulk_create(nouvelles, ignore_conflicts=True)
    parties = [a for cle, a in connues.items() if a.calculee and cle not in vues]
    Anomalie.objects.filter(pk__in=[a.pk for a in parties]).delete()
    return Anomalie.objects.filter(fiche__in=ids, etat=EtatAnomalie.OUVERTE).count()


def _rouvrir(anomalie: Anomalie, contenu: dict[str, Any]) -> None:
    """Write the new figures; an answer given on other figures is put back in question."""
    if anomalie.etat != EtatAnomalie.OUVERTE:
        avant = etat_de(anomalie, ["etat", "reponse", "titre"])
        anomalie.etat, anomalie.reponse = EtatAnomalie.OUVERTE, ""
        anomalie.repondu_par = anomalie.repondu_le = None
        for nom, valeur in contenu.items():
            setattr(anomalie, nom, valeur)
        journaliser(
            par=None,
            verbe="rouvrir_anomalie",
            objet=anomalie,
            avant=avant,
            apres=etat_de(anomalie, ["etat", "reponse", "titre"]),
            commentaire="Les chiffres comparés ont changé depuis la réponse.",
        )
    for nom, valeur in contenu.items():
        setattr(anomalie, nom, valeur)
    anomalie.save()


@transaction.atomic
def relever_anomalies(*, programme: Programme, par: Any, jour: datetime.date | None = None) -> int:
    """Run every control on the fiches of `programme`. Return how many anomalies are open. `par` None: the system.

    Raises DroitInsuffisant.
    """
    if par is not None:
        exiger(peut_modifier_programme(par, programme))
    return actualiser_anomalies(
        fiches=FicheAction.objects.filter(programme=programme).values_list("pk", flat=True), jour=jour
    )


@transaction.atomic
def repondre_anomalie(*, anomalie: Anomalie, etat: str, reponse: str, par: Any) -> Anomalie:
    """Say why the anomaly is kept as it is, or how it was dealt with; the fiche itself does not change.

    Raises DroitInsuffisant, and RegleMetier when the answer is empty or the state is not an answer.
    """
    anomalie = Anomalie.objects.select_for_update(of=("self",)).select_related("fiche__programme").get(pk=anomalie.pk)
    exiger(peut_suivre_fiche(par, anomalie.fiche))
    if etat not in {EtatAnomalie.CONSERVEE, EtatAnomalie.TRAITEE}:
        raise RegleMetier("Choisissez : gardée telle quelle, ou traitée.", champ="etat")
    if not reponse.strip():
        raise RegleMetier("Dites pourquoi l’anomalie est gardée ou comment elle est traitée.", champ="reponse")
    avant = etat_de(anomalie, ["etat", "reponse"])
    anomalie.etat, anomalie.reponse = etat, reponse.strip()
    anomalie.repondu_par, anomalie.repondu_le = par, timezone.now()
    anomalie.save(update_fields=["etat", "reponse", "repondu_par", "repondu_le"])
    journaliser(
        par=par,
        verbe="repondre_anomalie",
        objet=anomalie.fiche,
        avant=avant,
        apres=etat_de(anomalie, ["etat", "reponse"]),
        commentaire=anomalie.titre,
    )
    return anomalie


@transaction.atomic
def reprendre_anomalie(*, anomalie: Anomalie, par: Any) -> Anomalie:
    """Put an answered anomaly back among those to deal with; the journal keeps the answer. Raises DroitInsuffisant."""
    anomalie = Anomalie.objects.select_for_update(of=("self",)).select_related("fiche__programme").get(pk=anomalie.pk)
    exiger(peut_suivre_fiche(par, anomalie.fiche))
    avant = etat_de(anomalie, ["etat", "reponse"])
    anomalie.etat, anomalie.reponse, anomalie.repondu_par, anomalie.repondu_le = EtatAnomalie.OUVERTE, "", None, None
    anomalie.save(update_fields=["etat", "reponse", "repondu_par", "repondu_le"])
    journaliser(
        par=par,
        verbe="reprendre_anomalie",
        objet=anomalie.fiche,
        avant=avant,
        apres=etat_de(anomalie, ["etat", "reponse"]),
        commentaire=anomalie.titre,
    )
    return anomalie
