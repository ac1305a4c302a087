"""Writes of versions: freeze what fiches say, change one rubric from its text."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from actions.droits import peut_modifier_fiche
from actions.forms.champs import Repertoire
from actions.models import FicheAction, RubriqueFiche, StatutFiche, TypeRole, VersionFiche
from actions.regles.saisie import ecrire_nombre, lire_lignes
from actions.regles.texte_fiche import (
    ENSEMBLE,
    Montant,
    faute,
    lire_cout,
    lire_montants,
    lire_objectifs,
    lire_pilotes,
    proche,
)
from actions.versions import LISTES, MODIFIABLES, PILOTES, a_lire, texte_actuel, textes_de
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import date_longue
from pdi.socle.operations import journaliser

from .fiches import modifier_fiche
from .indicateurs import definir_cibles
from .lignes_fiche import definir_financements, definir_objectifs, definir_roles
from .sections import IDENTITE
from .suivi import suivre_fiche

R = RubriqueFiche
SECTIONS = {
    "intitule": IDENTITE, "contexte": R.CONTEXTE, "objectifs_generaux": R.OBJECTIFS_GENERAUX, "publics": R.PUBLICS,
    "territoires": R.TERRITOIRES, "conditions_reussite": R.CONDITIONS, "calendrier_texte": R.CALENDRIER,
    "periodicite_texte": R.PERIODICITE,
}  # fmt: skip
DOCUMENT_ADOPTE = "Document adopté"
EXEMPLE_CIBLE = "Taux d’orientation – 2026\u00a0: 90"
EXEMPLE_FINANCEMENT = "Région Île-de-France – 2026\u00a0: 12\u00a0000"
Ecriture = Callable[..., Any]


@transaction.atomic
def figer_versions(
    *,
    fiches: Iterable[int],
    origine: str,
    effet: datetime.date | Mapping[int, datetime.date],
    par: Any,
    demonstration: bool = False,
) -> dict[int, VersionFiche]:
    """Return the version of what each fiche says now; a new one where it says something else than its last version.

    A dozen queries whatever the number of fiches. Part of the operations that hold the verdict and the journal:
    loading, opening of a campaign, application of an avenant. `origine`: why a new version, in words. `effet`: the
    day it holds from, the same for all or by fiche.
    """
    ids = sorted(set(fiches))
    list(FicheAction.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk"))
    dernieres = {v.fiche_id: v for v in VersionFiche.objects.dernieres(ids)}
    nouvelles = []
    for fiche in a_lire(ids):
        derniere, contenu = dernieres.get(fiche.pk), textes_de(fiche)
        if derniere is None or derniere.contenu != contenu:
            jour = effet if isinstance(effet, datetime.date) else effet[fiche.pk]
            nouvelles.append(
                VersionFiche(
                    fiche=fiche, numero=derniere.numero + 1 if derniere else 1, contenu=contenu, origine=origine,
                    effet=max(jour, derniere.effet) if derniere else jour, par=par, demonstration=demonstration,
                )
            )  # fmt: skip
    VersionFiche.objects.bulk_create(nouvelles)
    return dernieres | {v.fiche_id: v for v in nouvelles}


@transaction.atomic
def figer_version(*, fiche: FicheAction, origine: str, effet: datetime.date, par: Any) -> VersionFiche:
    """Keep what the fiche says now as a version, at a manager's request.

    Raises DroitInsuffisant, and RegleMetier: the last version already says the same, a day to come or before it.
    """
    exiger(peut_modifier_fiche(par, fiche))
    avant = VersionFiche.objects.filter(fiche=fiche).first()
    if effet > timezone.localdate():
        raise RegleMetier("Une version se garde une fois en vigueur\u00a0: donnez une date passée.", champ="effet")
    if avant is not None and effet < avant.effet:
        raise RegleMetier(
            f"La version {avant.numero} vaut depuis le {date_longue(avant.effet)}\u00a0: donnez une date à partir de "
            "ce jour.",
            champ="effet",
        )
    version = figer_versions(fiches=[fiche.pk], origine=origine.strip(), effet=effet, par=par)[fiche.pk]
    if avant is not None and version.pk == avant.pk:
        raise RegleMetier(f"La fiche dit la même chose que sa version {avant.numero}\u00a0: il n’y a rien à garder.")
    journaliser(par=par, verbe="figer_version", objet=version, apres={"Fiche": str(fiche), "Origine": version.origine})
    return version


# -- one rubric, from its text ------------------------------------------------------------------------


def preparer_texte(fiche: FicheAction, champ: str, texte: str) -> tuple[str, Ecriture]:
    """Return the text made clean, and the write that puts it in the fiche (`par` is its keyword).

    Raises RegleMetier on `apres`: the line, what was expected, the nearest known name.
    """
    if champ not in MODIFIABLES:
        raise RegleMetier("Cette rubrique ne se modifie pas par un avenant.", champ="champ")
    if champ in LISTES:
        elements = lire_lignes(texte)
        return "\n".join(elements), _section(fiche, champ, elements)
    if champ in SECTIONS:
        return _texte_simple(fiche, champ, texte)
    return _PREPARATIONS[champ](fiche, texte)


def _section(fiche: FicheAction, champ: str, valeur: Any) -> Ecriture:
    def ecrire(par: Any) -> Any:
        return modifier_fiche(fiche=fiche, par=par, section=SECTIONS[champ], valeurs={champ: valeur})

    return ecrire


def _texte_simple(fiche: FicheAction, champ: str, texte: str) -> tuple[str, Ecriture]:
    propre = " ".join(texte.split()) if champ == "intitule" else texte.replace("\r\n", "\n").strip()
    longueur = getattr(FicheAction._meta.get_field(champ), "max_length", None)
    if longueur and len(propre) > longueur:
        raise RegleMetier(f"{longueur} signes au plus\u00a0: ce texte en a {len(propre)}.", champ="apres")
    if champ == "intitule" and not propre:
        raise RegleMetier("Une fiche a un intitulé.", champ="apres")
    return propre, _section(fiche, champ, propre)


def _objectifs(fiche: FicheAction, texte: str) -> tuple[str, Ecriture]:
    """Objectives and steps keep their row (progress, dates, details) when their words do not change."""
    objectifs, etapes = lire_objectifs(texte)
    propre = "\n".join(
        [f"– {mots}" for n, mots in etapes if n is None]
        + [
            ligne
            for rang, mots in enumerate(objectifs, 1)
            for ligne in (mots, *(f"– {e}" for n, e in etapes if n == rang))
        ]
    )

    def ecrire(par: Any) -> Any:
        anciens = {" ".join(o.intitule.split()): o.pk for o in fiche.objectifs.all()}
        lus = {" ".join(e.intitule.split()): e.pk for e in fiche.etapes.all()}
        return definir_objectifs(
            fiche=fiche, par=par,
            objectifs=[_ligne(anciens, mots) for mots in objectifs],
            etapes=[{**_ligne(lus, mots), "objectif": numero} for numero, mots in etapes],
        )  # fmt: skip

    return propre, ecrire


def _ligne(connus: dict[str, int], mots: str) -> dict[str, Any]:
    pk = connus.pop(mots, None)
    return {"intitule": mots} | ({"pk": pk} if pk is not None else {})


def _structure(repertoire: Repertoire, rang: int, nom: str) -> Any:
    try:
        return repertoire.trouver(nom)
    except ValidationError as erreur:
        raise faute(rang, " ".join(erreur.messages)) from erreur


def _pilotes(fiche: FicheAction, texte: str) -> tuple[str, Ecriture]:
    repertoire = Repertoire()
    codes = {str(TypeRole(t).label).lower(): str(t) for t in PILOTES}
    lus = [(code, _structure(repertoire, rang, nom)) for rang, code, nom in lire_pilotes(texte, codes)]
    propre = "\n".join(f"{TypeRole(code).label}\u00a0: {repertoire.nom(s)}" for code, s in lus)

    def ecrire(par: Any) -> Any:
        anciens: dict[tuple[str, int], list[Any]] = {}
        for role in fiche.roles.filter(type__in=PILOTES).select_related("utilisateur"):
            anciens.setdefault((role.type, role.structure_id), []).append(role)
        lignes = []
        for code, structure in lus:
            garde = (anciens.get((code, structure.pk)) or [None]).pop(0)
            suite = {"pk": garde.pk, "utilisateur": garde.utilisateur} if garde else {}
            lignes.append({"type": code, "structure": structure, **suite})
        return definir_roles(fiche=fiche, section=R.PILOTAGE, roles=lignes, par=par)

    return propre, ecrire


def _cibles(fiche: FicheAction, texte: str) -> tuple[str, Ecriture]:
    indicateurs = {i.libelle.replace("\u00a0", " "): i for i in fiche.indicateurs.all()}
    voulues: dict[tuple[int, int], Decimal | None] = {}
    lignes: list[str] = []
    for m in lire_montants(texte, exemple=EXEMPLE_CIBLE, vide_permis=False):
        indicateur = indicateurs.get(m.libelle)
        if indicateur is None:
            suite = proche(m.libelle, list(indicateurs))
            raise faute(m.rang, f"aucun indicateur de la fiche ne s’appelle «\u00a0{m.libelle}\u00a0».{suite}")
        if m.annee is None:
            raise faute(m.rang, f"dites l’année. Écrivez par exemple «\u00a0{EXEMPLE_CIBLE}\u00a0».")
        if not indicateur.chiffrable:
            raise faute(m.rang, "cet indicateur s’exprime par une appréciation, sans cible chiffrée.")
        voulues[indicateur.pk, m.annee] = m.valeur
        lignes.append(_dire(indicateur.libelle, m))

    def ecrire(par: Any) -> Any:
        actuelles = [(i.pk, c.annee) for i in indicateurs.values() for c in i.cibles.all()]
        return definir_cibles(fiche=fiche, par=par, cibles=dict.fromkeys(actuelles) | voulues)

    return "\n".join(lignes), ecrire


def _dire(libelle: str, montant: Montant) -> str:
    """Return the line as `textes_de` writes it."""
    return f"{libelle} – {montant.annee or ENSEMBLE}\u00a0: {ecrire_nombre(montant.valeur)}".rstrip()


def _cout(fiche: FicheAction, texte: str) -> tuple[str, Ecriture]:
    valeur = lire_cout(texte)

    def ecrire(par: Any) -> Any:
        return modifier_fiche(fiche=fiche, par=par, section=R.FINANCEMENT, valeurs={"cout_total": valeur})

    return ecrire_nombre(valeur), ecrire


def _financements(fiche: FicheAction, texte: str) -> tuple[str, Ecriture]:
    repertoire = Repertoire()
    lus = [
        (m, _structure(repertoire, m.rang, m.libelle))
        for m in lire_montants(texte, exemple=EXEMPLE_FINANCEMENT, vide_permis=True)
    ]

    def ecrire(par: Any) -> Any:
        anciens = {(f.financeur_id, f.annee): f.pk for f in fiche.financements.all()}
        lignes: list[Mapping[str, Any]] = []
        for m, structure in lus:
            pk = anciens.get((structure.pk, m.annee))
            base = {"financeur": structure, "annee": m.annee, "prevu": m.valeur}
            lignes.append(base | ({"pk": pk} if pk is not None else {}))
        fiche.refresh_from_db(fields=["cout_total", "cout_commentaire"])
        return definir_financements(
            fiche=fiche, cout_total=fiche.cout_total, cout_commentaire=fiche.cout_commentaire, financements=lignes,
            par=par,
        )  # fmt: skip

    return "\n".join(_dire(repertoire.nom(s), m) for m, s in lus), ecrire


def _arret(fiche: FicheAction, texte: str) -> tuple[str, Ecriture]:
    motif = " ".join(texte.split())
    if len(motif) > 250:
        raise RegleMetier(f"250 signes au plus\u00a0: ce texte en a {len(motif)}.", champ="apres")
    statut = StatutFiche.ABANDONNEE if motif else StatutFiche.EN_COURS

    def ecrire(par: Any) -> Any:
        return suivre_fiche(fiche=fiche, statut=statut, statut_motif=motif, par=par)

    return motif, ecrire


_PREPARATIONS: dict[str, Callable[[FicheAction, str], tuple[str, Ecriture]]] = {
    "objectifs": _objectifs,
    "pilotes": _pilotes,
    "cibles": _cibles,
    "cout_total": _cout,
    "financements": _financements,
    "arret": _arret,
}


@transaction.atomic
def modifier_texte(*, fiche: FicheAction, champ: str, texte: str, par: Any) -> None:
    """Put a text in one rubric of the fiche, through the operation of its section; nothing when it says it already.

    Raises DroitInsuffisant, RegleMetier.
    """
    propre, ecrire = preparer_texte(fiche, champ, texte)
    exiger(peut_modifier_fiche(par, fiche))
    if propre != texte_actuel(fiche, champ):
        ecrire(par)
