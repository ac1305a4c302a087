"""Writes of bodies: those of the source documents, the département's own, their members, their rules of procedure."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from gouvernance.droits_instances import peut_creer_instance, peut_tenir_instance
from gouvernance.models import Instance, Membre, ReglementInstance
from gouvernance.regles.instances import faute_de_fin, nature_de, niveau_de
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.operations import enregistrer, etat_de, journaliser
from pdi.socle.pieces import garder_piece
from pdi.socle.typographie import typographier_tout
from pdi.territoires.models import Departement

CHAMPS = (
    "nom", "nature", "niveau", "territoire", "composition", "missions", "animateur", "frequence_texte",
    "seances_par_an", "quorum", "lecture_beneficiaires", "active",
)  # fmt: skip
NOMS = {"19": "Corrèze", "71": "Saône-et-Loire", "78": "Yvelines", "91": "Essonne", "92": "Hauts-de-Seine"}
UN_JOUR = datetime.timedelta(days=1)


@transaction.atomic
def charger_instances(*, chemin: Path, par: Any = None) -> int:
    """Add the bodies of the five source documents that are missing; return how many were added.

    Those of other départements are references. A body already there, by its name, is left as users made it.
    """
    lues = json.loads(chemin.read_text(encoding="utf-8"))["instances"]
    connues = set(Instance.objects.values_list("departement", "nom"))
    departements = {code: _departement(code) for code in sorted({lue["departement_code"] for lue in lues})}
    nouvelles = []
    for lue in lues:
        imprimee = typographier_tout({c: lue[c] for c in ("nom", "composition", "missions", "frequence_texte")})
        if (lue["departement_code"], imprimee["nom"]) in connues:
            continue
        nouvelles.append(
            Instance(
                departement=departements[lue["departement_code"]], nom=imprimee["nom"], nature=nature_de(lue["nature"]),
                niveau=niveau_de(lue["niveau"]), composition=imprimee["composition"], missions=imprimee["missions"],
                animateur=typographier_tout(lue["animateur"] or ""), frequence_texte=imprimee["frequence_texte"] or "",
                seances_par_an=lue["seances_par_an"], source=lue["source"],
                reference=lue["departement_code"] != settings.DEPARTEMENT_CODE,
            )
        )  # fmt: skip
    Instance.objects.bulk_create(nouvelles)
    if nouvelles:
        journaliser(
            par=par, verbe="chargement", objet=departements[min(departements)],
            commentaire=f"{len(nouvelles)} instances ajoutées",
        )  # fmt: skip
    return len(nouvelles)


def _departement(code: str) -> Departement:
    return Departement.objects.get_or_create(code=code, defaults={"nom": NOMS.get(code, code)})[0]


@transaction.atomic
def creer_instance(*, par: Any, secretaires: Any = (), **champs: Any) -> Instance:
    """Create a body of the département. Raises DroitInsuffisant, RegleMetier (already there)."""
    exiger(peut_creer_instance(par))
    instance = Instance(departement=_departement(settings.DEPARTEMENT_CODE), **champs)
    enregistrer(instance)
    instance.secretaires.set(secretaires)
    journaliser(par=par, verbe="creer_instance", objet=instance, apres=etat_de(instance, CHAMPS))
    return instance


def _verrouiller(instance: Instance, par: Any) -> Instance:
    lue = Instance.objects.select_for_update(of=("self",)).get(pk=instance.pk)
    exiger(peut_tenir_instance(par, lue))
    return lue


@transaction.atomic
def modifier_instance(
    *, instance: Instance, version: int, par: Any, secretaires: Any = None, **champs: Any
) -> Instance:
    """Change a body. Raises DroitInsuffisant, RegleMetier: changed meanwhile, or a constraint refuses."""
    lue = _verrouiller(instance, par)
    if lue.version != version:
        raise RegleMetier("Cette instance a été modifiée entre-temps : relisez-la, puis reprenez votre saisie.")
    avant = etat_de(lue, CHAMPS)
    for nom, valeur in champs.items():
        setattr(lue, nom, valeur)
    lue.version += 1
    enregistrer(lue)
    if secretaires is not None:
        lue.secretaires.set(secretaires)
    journaliser(par=par, verbe="modifier_instance", objet=lue, avant=avant, apres=etat_de(lue, CHAMPS))
    return lue


@transaction.atomic
def deposer_reglement(*, instance: Instance, fichier: File[Any], par: Any) -> ReglementInstance:
    """Keep the rules of procedure; the ones before stay, the latest is the one in force.

    Raises DroitInsuffisant, RegleMetier (what is wrong with the file).
    """
    lue = _verrouiller(instance, par)
    return garder_piece(piece=ReglementInstance(instance=lue), fichier=fichier, par=par, journal=lue)


# -- members ----------------------------------------------------------------------------------


def _dire(membre: Membre) -> str:
    """Return what the journal says of a seat: the structure or the function, never a person's name."""
    return " – ".join(filter(None, (membre.get_college_display(), str(membre.structure or ""), membre.qualite)))


@transaction.atomic
def ajouter_membre(
    *, instance: Instance, debut: datetime.date, par: Any, fin: datetime.date | None = None, **champs: Any
) -> Membre:
    """Give a seat from `debut` to `fin` included (None: no end known).

    Raises DroitInsuffisant, RegleMetier: nobody named, already sitting, an end before the beginning.
    """
    lue = _verrouiller(instance, par)
    membre = _siege(lue, debut, fin, champs)
    journaliser(par=par, verbe="ajouter_siege", objet=lue, apres={"Siège": _dire(membre)})
    return membre


def _siege(instance: Instance, debut: datetime.date, fin: datetime.date | None, champs: dict[str, Any]) -> Membre:
    if fin is not None and (faute := faute_de_fin(debut, fin)):
        raise RegleMetier(faute, champ="fin")
    if (titulaire := champs.get("suppleant_de")) is not None:
        if titulaire.instance_id != instance.pk:
            raise RegleMetier("Ce titulaire siège dans une autre instance.", champ="suppleant_de")
        champs["voix"] = False
    membre = Membre(instance=instance, mandat=DateRange(debut, fin + UN_JOUR if fin else None), **champs)
    enregistrer(membre)
    return membre


@transaction.atomic
def modifier_membre(*, membre: Membre, par: Any, **champs: Any) -> Membre:
    """Correct a seat: its function, its e-mail, its voice. Its mandate is ended or replaced by other operations."""
    instance = _verrouiller(membre.instance, par)
    lu = Membre.objects.select_for_update(of=("self",)).get(pk=membre.pk)
    avant = _dire(lu)
    for nom, valeur in champs.items():
        setattr(lu, nom, valeur)
    if lu.suppleant_de_id == lu.pk:
        raise RegleMetier("Un membre ne se supplée pas lui-même.", champ="suppleant_de")
    if lu.suppleant_de_id:
        lu.voix = False
    enregistrer(lu)
    journaliser(par=par, verbe="modifier_siege", objet=instance, avant={"Siège": avant}, apres={"Siège": _dire(lu)})
    return lu


@transaction.atomic
def terminer_mandat(*, membre: Membre, fin: datetime.date, par: Any) -> Membre:
    """End a mandate, `fin` being its last day; past meetings keep the member.

    Raises DroitInsuffisant, RegleMetier when it would end before it began.
    """
    instance = _verrouiller(membre.instance, par)
    lu = Membre.objects.select_for_update(of=("self",)).get(pk=membre.pk)
    if faute := faute_de_fin(lu.mandat.lower, fin):
        raise RegleMetier(faute, champ="fin")
    lu.mandat = DateRange(lu.mandat.lower, fin + UN_JOUR)
    enregistrer(lu)
    journaliser(par=par, verbe="terminer_mandat", objet=instance, apres={"Siège": _dire(lu), "Dernier jour": fin})
    return lu


@transaction.atomic
def remplacer_membre(*, membre: Membre, debut: datetime.date, par: Any, **champs: Any) -> Membre:
    """Give the seat to somebody else from `debut`, the day after the last of `membre`; deputies follow the seat.

    Raises as `ajouter_membre` and `terminer_mandat` do.
    """
    terminer_mandat(membre=membre, fin=debut - UN_JOUR, par=par)
    nouveau = ajouter_membre(instance=membre.instance, debut=debut, par=par, **champs)
    membre.suppleants.filter(mandat__contains=debut).update(suppleant_de=nouveau)
    return nouveau
