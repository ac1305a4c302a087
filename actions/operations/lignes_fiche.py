"""Writes on the lists of a fiche: objectives and steps, actors, funders, results, frameworks, links.

Each takes the whole list as the form shows it: rows with `pk` are kept or changed, the others are created, those
absent are removed. The order of the list is the order kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from actions.models import (
    CadreAction,
    Etape,
    FicheAction,
    Financement,
    LienFiche,
    ObjectifOperationnel,
    ResultatAttendu,
    RoleFiche,
    RubriqueFiche,
)
from pdi.socle.droits import RegleMetier

from .commun import remplacer_lignes, verifier_champs
from .fiches import ecriture_de_fiche
from .sections import CHAMPS, LIENS, ROLES

Ligne = Mapping[str, Any]


def _ordonner(lignes: Iterable[Ligne]) -> list[dict[str, Any]]:
    return [{**ligne, "ordre": rang} for rang, ligne in enumerate(lignes, 1)]


def definir_objectifs(
    *,
    fiche: FicheAction,
    objectifs: Sequence[Ligne],
    etapes: Sequence[Ligne],
    par: Any,
    empreinte: str | None = None,
) -> FicheAction:
    """Write the objectives, numbered in their order, and the steps, in theirs.

    A step names its objective by `objectif`, the number in this same list (None: no objective in particular).
    Raises DroitInsuffisant, ConflitVersion, and RegleMetier.
    """
    with ecriture_de_fiche(
        fiche=fiche,
        par=par,
        section=RubriqueFiche.OBJECTIFS,
        verbe="definir_objectifs",
        empreinte=empreinte,
        modeles=(ObjectifOperationnel, Etape),
    ) as verrouillee:
        ecrits = _ecrire_objectifs(verrouillee, objectifs)
        lignes = []
        for ligne in _ordonner(etapes):
            numero = ligne.pop("objectif", None)
            if numero is not None and not 1 <= numero <= len(ecrits):
                raise RegleMetier(
                    f"L’étape « {ligne['intitule']} » renvoie à l’objectif {numero}, qui n’existe pas : "
                    f"la fiche en compte {len(ecrits)}.",
                    champ="objectif",
                )
            lignes.append({**ligne, "objectif_id": ecrits[numero - 1].pk if numero is not None else None})
        remplacer_lignes(modele=Etape, parent={"fiche": verrouillee}, lignes=lignes)
    return verrouillee


def _ecrire_objectifs(fiche: FicheAction, lignes: Sequence[Ligne]) -> list[ObjectifOperationnel]:
    """Update in place: steps point to these rows. The deferred uniqueness of numbers lets them be reordered."""
    actuels = {o.pk: o for o in fiche.objectifs.select_for_update()}
    ordonnes: list[ObjectifOperationnel] = []
    for numero, ligne in enumerate(lignes, 1):
        pk = ligne.get("pk")
        if pk is not None and pk not in actuels:
            raise RegleMetier("Un des objectifs a été retiré par quelqu’un d’autre. Rechargez la page pour le revoir.")
        objectif = actuels.pop(pk) if pk is not None else ObjectifOperationnel(fiche=fiche)
        objectif.numero, objectif.intitule = numero, ligne["intitule"]
        ordonnes.append(objectif)
    fiche.objectifs.filter(pk__in=actuels).delete()
    ObjectifOperationnel.objects.bulk_update([o for o in ordonnes if o.pk], ["numero", "intitule"])
    ObjectifOperationnel.objects.bulk_create([o for o in ordonnes if not o.pk])
    return ordonnes


def definir_roles(
    *, fiche: FicheAction, section: str, roles: Sequence[Ligne], par: Any, empreinte: str | None = None
) -> FicheAction:
    """Write the actors of one section (`pilotage`, `partenaires_internes`…); other sections are left alone.

    A line holds `type`, `structure`, and optionally `utilisateur`, `libelle`, `precision`. Raises
    DroitInsuffisant, ConflitVersion, and RegleMetier when a role is not one of the section or is given twice.
    """
    types = ROLES[section]
    for ligne in roles:
        if ligne["type"] not in types:
            raise RegleMetier("Ce rôle n’est pas de cette section.", champ="type")
    doubles = Counter(_cle_role(ligne) for ligne in roles)
    for ligne in roles:
        if doubles[_cle_role(ligne)] > 1:
            raise RegleMetier(f"{ligne['structure']} a deux fois le même rôle dans la fiche.", champ="structure")
    with ecriture_de_fiche(
        fiche=fiche, par=par, section=section, verbe="definir_roles", empreinte=empreinte, modeles=(RoleFiche,)
    ) as verrouillee:
        remplacer_lignes(
            modele=RoleFiche,
            parent={"fiche": verrouillee},
            perimetre={"type__in": types},
            lignes=_ordonner(roles),
        )
    return verrouillee


def _cle_role(role: Ligne) -> tuple[str, int, int | None]:
    utilisateur = role.get("utilisateur")
    return role["type"], role["structure"].pk, utilisateur.pk if utilisateur else None


def definir_financements(
    *,
    fiche: FicheAction,
    cout_total: Decimal | None,
    cout_commentaire: str = "",
    financements: Sequence[Ligne],
    par: Any,
    empreinte: str | None = None,
) -> FicheAction:
    """Write the funding plan: the printed total, and one line per funder and year (None: the whole action).

    The total and the sum of the funders are kept as given: when they differ an anomaly says so. Raises
    DroitInsuffisant, ConflitVersion, and RegleMetier (negative amount, funder given twice for a year).
    """
    doubles = Counter((f["financeur"].pk, f.get("annee")) for f in financements)
    for ligne in financements:
        if doubles[ligne["financeur"].pk, ligne.get("annee")] > 1:
            quand = ligne.get("annee") or "l’ensemble de l’action"
            raise RegleMetier(f"{ligne['financeur']} figure deux fois pour {quand}.", champ="financeur")
    section = RubriqueFiche.FINANCEMENT
    with ecriture_de_fiche(
        fiche=fiche,
        par=par,
        section=section,
        verbe="definir_financements",
        empreinte=empreinte,
        modeles=(Financement,),
    ) as verrouillee:
        verrouillee.cout_total, verrouillee.cout_commentaire = cout_total, cout_commentaire
        verifier_champs(verrouillee, CHAMPS[section])
        verrouillee.save(update_fields=CHAMPS[section])
        remplacer_lignes(modele=Financement, parent={"fiche": verrouillee}, lignes=financements)
    return verrouillee


def definir_resultats(
    *, fiche: FicheAction, resultats: Sequence[Ligne], par: Any, empreinte: str | None = None
) -> FicheAction:
    """Write the expected results. Raises DroitInsuffisant, ConflitVersion, and RegleMetier."""
    with ecriture_de_fiche(
        fiche=fiche,
        par=par,
        section=RubriqueFiche.RESULTATS,
        verbe="definir_resultats",
        empreinte=empreinte,
        modeles=(ResultatAttendu,),
    ) as verrouillee:
        remplacer_lignes(modele=ResultatAttendu, parent={"fiche": verrouillee}, lignes=_ordonner(resultats))
    return verrouillee


def definir_cadres(
    *, fiche: FicheAction, cadres: Iterable[CadreAction], par: Any, empreinte: str | None = None
) -> FicheAction:
    """Write which frameworks the action belongs to. Raises DroitInsuffisant, and ConflitVersion."""
    with ecriture_de_fiche(
        fiche=fiche,
        par=par,
        section=RubriqueFiche.CONTRACTUALISATION,
        verbe="definir_cadres",
        empreinte=empreinte,
    ) as verrouillee:
        verrouillee.cadres.set(cadres)
    return verrouillee


def definir_liens(*, fiche: FicheAction, liens: Sequence[Ligne], par: Any, empreinte: str | None = None) -> FicheAction:
    """Write the links to other fiches of the same programme: `cible`, optional `commentaire`.

    Raises DroitInsuffisant, ConflitVersion, and RegleMetier (another programme, the fiche itself, twice the same).
    """
    doubles = Counter(lien["cible"].pk for lien in liens)
    for lien in liens:
        cible: FicheAction = lien["cible"]
        if cible.programme_id != fiche.programme_id:
            raise RegleMetier(f"La fiche {cible.numero} est d’un autre programme.", champ="cible")
        if doubles[cible.pk] > 1:
            raise RegleMetier(f"La fiche {cible.numero} est liée deux fois.", champ="cible")
    with ecriture_de_fiche(
        fiche=fiche, par=par, section=LIENS, verbe="definir_liens", empreinte=empreinte, modeles=(LienFiche,)
    ) as verrouillee:
        remplacer_lignes(modele=LienFiche, parent={"source": verrouillee}, lignes=liens)
    return verrouillee
