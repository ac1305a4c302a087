r"""What a fiche says, rubric by rubric, as text: what a version keeps, what a proposal changes, what is compared.

    textes_de(fiche)              {"intitule": "…", "objectifs": "Orienter…\n– Simplifier…", …}
    differences(avant, apres)     only the rubrics that differ

A list has one element a line; a step begins with a dash under its objective. The rubrics of MODIFIABLES may be
changed by an avenant: `actions/regles/texte_fiche.py` reads the text back. A rubric missing from an old content reads
as empty, so that an old version always opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from actions.models.fiche import FicheAction, LienFiche, RoleFiche, StatutFiche, TypeRole
from actions.models.financement import Financement
from actions.models.objectif import Etape
from actions.regles.saisie import ecrire_nombre
from actions.regles.texte_fiche import ENSEMBLE, TIRET
from pdi.socle.formats import date_courte, valeur_unite

Contenu = Mapping[str, Any]

MODIFIABLES = {
    "intitule": "Intitulé",
    "contexte": "Constat",
    "objectifs_generaux": "Objectifs généraux",
    "objectifs": "Objectifs opérationnels et étapes",
    "publics": "Publics",
    "territoires": "Territoires",
    "pilotes": "Pilotes et copilotes",
    "conditions_reussite": "Conditions de réussite",
    "calendrier_texte": "Calendrier",
    "periodicite_texte": "Périodicité de l’évaluation",
    "cibles": "Cibles des indicateurs",
    "cout_total": "Coût total prévu, en euros",
    "financements": "Financements prévus, en euros",
    "arret": "Retrait de la fiche",
}
FIGEES = {
    "numero": "Numéro",
    "axe": "Axe",
    "dates": "Dates",
    "etapes": "Précisions sur les étapes",
    "partenaires": "Partenaires et mise en œuvre",
    "resultats": "Résultats attendus",
    "indicateurs": "Indicateurs",
    "cadres": "Cadres",
    "liens": "Fiches liées",
}
CHOIX_CHAMPS = tuple(MODIFIABLES.items())
# The order of a fiche.
PLAN = (
    "numero", "intitule", "axe", "contexte", "objectifs_generaux", "objectifs", "etapes", "publics", "territoires",
    "pilotes", "partenaires", "calendrier_texte", "dates", "cadres", "cout_total", "financements",
    "conditions_reussite", "resultats", "indicateurs", "cibles", "periodicite_texte", "liens", "arret",
)  # fmt: skip
LIBELLES = MODIFIABLES | FIGEES
LISTES = ("objectifs_generaux", "publics", "territoires", "conditions_reussite")
TEXTES = ("intitule", "contexte", "calendrier_texte", "periodicite_texte")
PILOTES = (TypeRole.PILOTE, TypeRole.COPILOTE)


@dataclass(frozen=True)
class Difference:
    """One rubric that differs."""

    cle: str
    libelle: str
    avant: str
    apres: str


def a_lire(fiches: Iterable[int]) -> list[FicheAction]:
    """Return the fiches with all that their text says (nine queries whatever their number)."""
    roles = RoleFiche.objects.select_related("structure__parent").order_by("type", "ordre", "id")
    liens = LienFiche.objects.select_related("cible").order_by("cible__ordre", "id")
    return list(
        FicheAction.objects.filter(pk__in=list(fiches))
        .select_related("axe", "programme")
        .prefetch_related(
            "objectifs", Prefetch("etapes", queryset=Etape.objects.order_by("ordre", "id")),
            Prefetch("roles", queryset=roles),
            Prefetch("financements", queryset=Financement.objects.select_related("financeur__parent")),
            "resultats_attendus", "indicateurs__cibles", "cadres", Prefetch("liens_sortants", queryset=liens),
        )
        .order_by("ordre", "pk")
    )  # fmt: skip


def nom_de_structure(structure: Any) -> str:
    """Return the name that a proposal types: the organism above is told."""
    return f"{structure}, {structure.parent.nom_court}" if structure.parent else str(structure)


def _objectifs(fiche: FicheAction) -> str:
    etapes: dict[int | None, list[str]] = {}
    for etape in fiche.etapes.all():
        etapes.setdefault(etape.objectif_id, []).append(f"{TIRET}{_ligne(etape.intitule)}")
    lignes = etapes.get(None, [])
    for objectif in fiche.objectifs.all():
        lignes += [_ligne(objectif.intitule), *etapes.get(objectif.pk, [])]
    return "\n".join(lignes)


def _ligne(texte: str) -> str:
    return " ".join(texte.split())


def _etapes(fiche: FicheAction) -> str:
    lignes = []
    for e in fiche.etapes.all():
        dates = [date_courte(d) for d in (e.debut, e.echeance) if d]
        suite = [*e.details, *([" – ".join(dates)] if dates else [])]
        if suite:
            lignes.append(f"{_ligne(e.intitule)}\u00a0: {' ; '.join(_ligne(s) for s in suite)}")
    return "\n".join(lignes)


def _roles(fiche: FicheAction, *, pilotes: bool) -> str:
    return "\n".join(
        f"{r.get_type_display()}\u00a0: {nom_de_structure(r.structure)}"
        for r in fiche.roles.all()
        if (r.type in PILOTES) is pilotes
    )


def _financements(fiche: FicheAction) -> str:
    return "\n".join(
        f"{nom_de_structure(f.financeur)} – {f.annee or ENSEMBLE}\u00a0: "
        f"{ecrire_nombre(f.prevu) if f.prevu is not None else ''}".rstrip()
        for f in fiche.financements.all()
    )


def _cibles(fiche: FicheAction) -> str:
    return "\n".join(
        f"{i.libelle} – {c.annee}\u00a0: {ecrire_nombre(c.valeur)}"
        for i in fiche.indicateurs.all()
        for c in i.cibles.all()
    )


def _indicateurs(fiche: FicheAction) -> str:
    return "\n".join(
        " – ".join(filter(None, (f"{i.libelle} ({i.unite})", _ligne(i.definition), i.get_periodicite_display())))
        for i in fiche.indicateurs.all()
        if i.actif
    )


def _resultats(fiche: FicheAction) -> str:
    return "\n".join(
        " – ".join(filter(None, (_ligne(r.libelle), valeur_unite(r.valeur, r.unite) if r.valeur is not None else "")))
        for r in fiche.resultats_attendus.all()
    )


def _dates(fiche: FicheAction) -> str:
    if fiche.permanente:
        return "Action permanente"
    return " – ".join(date_courte(d) for d in (fiche.debut, fiche.fin) if d)


def textes_de(fiche: FicheAction) -> dict[str, str]:
    """Return what a fiche says (no query when read by `a_lire`)."""
    textes = {nom: str(getattr(fiche, nom)).strip() for nom in TEXTES}
    textes |= {nom: "\n".join(_ligne(e) for e in getattr(fiche, nom)) for nom in LISTES}
    return textes | {
        "numero": fiche.numero,
        "axe": str(fiche.axe or ""),
        "objectifs": _objectifs(fiche),
        "etapes": _etapes(fiche),
        "pilotes": _roles(fiche, pilotes=True),
        "partenaires": _roles(fiche, pilotes=False),
        "dates": _dates(fiche),
        "cadres": "\n".join(c.libelle for c in fiche.cadres.all()),
        "cout_total": ecrire_nombre(fiche.cout_total) if fiche.cout_total is not None else "",
        "financements": _financements(fiche),
        "resultats": _resultats(fiche),
        "indicateurs": _indicateurs(fiche),
        "cibles": _cibles(fiche),
        "liens": "\n".join(str(lien.cible) for lien in fiche.liens_sortants.all()),
        "arret": (fiche.statut_motif or "Action arrêtée") if fiche.statut == StatutFiche.ABANDONNEE else "",
    }


def texte_actuel(fiche: FicheAction, champ: str) -> str:
    """Return what the fiche says now in one rubric, read afresh."""
    return textes_de(a_lire([fiche.pk])[0])[champ]


def en_mots(contenu: Contenu) -> list[tuple[str, str, str]]:
    """Return (key, label, text) of every rubric that says something, in the order of a fiche."""
    return [(cle, LIBELLES[cle], str(contenu[cle])) for cle in PLAN if contenu.get(cle)]


def differences(avant: Contenu, apres: Contenu) -> list[Difference]:
    """Return the rubrics that differ, in the order of a fiche."""
    return [
        Difference(cle, LIBELLES[cle], str(avant.get(cle, "")), str(apres.get(cle, "")))
        for cle in PLAN
        if avant.get(cle, "") != apres.get(cle, "")
    ]
