"""Writes of territorial dialogues: the year's, their meeting, their sheet."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from gouvernance.droits_participation import peut_creer_dialogues, peut_tenir_dialogue
from gouvernance.models import DialogueTerritorial, EtatSeance, Instance, NatureInstance, Seance
from gouvernance.preparation_dialogue import composer
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.operations import journaliser
from pdi.territoires.models import TerritoireAction

from .seances import preparer_seance

# The agenda of every dialogue; what the territory proposes is noted as proposals, not as points.
POINTS = (
    ("Suite donnée aux propositions de l’an dernier", 15), ("Les chiffres du territoire", 30),
    ("Besoins, offres et ce qui manque", 30), ("Fiches-actions qui concernent le territoire", 20),
    ("Propositions du territoire", 25),
)  # fmt: skip


def territoires_de(annee: int) -> list[TerritoireAction]:
    """Return the action territories of the département that exist at the end of the year, by name."""
    fin = datetime.date(annee, 12, 31)
    ici = TerritoireAction.objects.filter(departement=settings.DEPARTEMENT_CODE, validite__contains=fin)
    return list(ici.order_by("nom"))


@transaction.atomic
def creer_dialogues(*, annee: int, par: Any) -> list[DialogueTerritorial]:
    """Create the dialogues of the year that are missing, one a territory; return those added.

    Each belongs to the body « dialogue territorial » of its territory, or else to the département's.
    Raises DroitInsuffisant, RegleMetier: no territory, no such body, a year too far.
    """
    exiger(peut_creer_dialogues(par))
    if abs(annee - timezone.localdate().year) > 1:
        raise RegleMetier("Les dialogues se créent pour l’année passée, en cours ou à venir.", champ="annee")
    territoires = territoires_de(annee)
    if not territoires:
        raise RegleMetier(f"Aucun territoire d’action n’est valide en {annee} : déclarez-les d’abord.")
    instances = Instance.objects.filter(nature=NatureInstance.DIALOGUE, reference=False, active=True)
    par_territoire = {i.territoire_id: i for i in instances.select_for_update(of=("self",)).order_by("-pk")}
    deja = set(DialogueTerritorial.objects.filter(annee=annee).values_list("territoire", flat=True))
    crees = []
    for territoire in territoires:
        instance = par_territoire.get(territoire.pk) or par_territoire.get(None)
        if instance is None:
            raise RegleMetier(
                f"Aucune instance de nature « Dialogue territorial » ne convient à {territoire} : créez-la d’abord."
            )
        if territoire.pk not in deja:
            crees.append(DialogueTerritorial(territoire=territoire, annee=annee, instance=instance))
    if not crees:
        raise RegleMetier(f"Les dialogues {annee} existent déjà pour chaque territoire.")
    DialogueTerritorial.objects.bulk_create(crees)
    for cree in crees:
        journaliser(par=par, verbe="creer_dialogue", objet=cree)
    return crees


def _verrouiller(dialogue: DialogueTerritorial, par: Any) -> DialogueTerritorial:
    lus = DialogueTerritorial.objects.select_for_update(of=("self",))
    lu = lus.select_related("territoire", "instance", "seance").get(pk=dialogue.pk)
    exiger(peut_tenir_dialogue(par, lu))
    return lu


@transaction.atomic
def dater_dialogue(*, dialogue: DialogueTerritorial, debut: datetime.datetime, par: Any, **champs: Any) -> Seance:
    """Prepare the meeting of a dialogue, with its agenda. Raises DroitInsuffisant, RegleMetier: already dated."""
    lu = _verrouiller(dialogue, par)
    if lu.seance is not None and lu.seance.etat != EtatSeance.ANNULEE:
        raise RegleMetier("Ce dialogue a déjà sa séance : changez-en la date depuis sa page.")
    if timezone.localdate(debut).year != lu.annee:
        raise RegleMetier(f"C’est le dialogue {lu.annee} : sa séance se tient dans l’année.", champ="jour")
    champs["objet"] = champs.get("objet") or str(lu)
    lu.seance = preparer_seance(
        instance=lu.instance, par=par, debut=debut, demonstration=lu.demonstration, **champs,
        points=[{"titre": titre, "duree_minutes": duree} for titre, duree in POINTS],
    )  # fmt: skip
    lu.save(update_fields=["seance"])
    journaliser(par=par, verbe="dater_dialogue", objet=lu, apres={"Séance": str(lu.seance)})
    return lu.seance


@transaction.atomic
def preparer_dialogue(*, dialogue: DialogueTerritorial, par: Any) -> DialogueTerritorial:
    """Generate the sheet of a dialogue from today's data; it replaces the one before, until the meeting is held.

    Raises DroitInsuffisant, RegleMetier: the meeting is held, its sheet stays what it was.
    """
    lu = _verrouiller(dialogue, par)
    if lu.seance is not None and lu.seance.etat == EtatSeance.TENUE:
        raise RegleMetier("Ce dialogue est tenu : sa fiche de préparation ne change plus.")
    lu.contenu = composer(lu, par, timezone.localdate())
    lu.preparee_le, lu.preparee_par = timezone.now(), par
    lu.save(update_fields=["contenu", "preparee_le", "preparee_par"])
    journaliser(par=par, verbe="preparer_dialogue", objet=lu, apres={"Chiffres": lu.contenu["source"]})
    return lu
