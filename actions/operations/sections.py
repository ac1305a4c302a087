"""The sections of a fiche as they are edited: which fields each holds, and its state in words.

The state serves three times: the journal (before, after), the lock (what the page was written on), and the
comparison shown when somebody else saved meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from actions.models import FicheAction, Financement, RoleFiche, RubriqueFiche, TypeRole
from pdi.socle.formats import euros, valeur_unite

from .commun import en_mots, etat_champs

IDENTITE, LIENS, SUIVI = "identite", "liens", "suivi"
R = RubriqueFiche

# Fields of the fiche itself, section by section.
CHAMPS: dict[str, tuple[str, ...]] = {
    IDENTITE: ("numero", "intitule", "axe", "priorite", "restreinte"),
    R.CONTEXTE: ("contexte",),
    R.OBJECTIFS_GENERAUX: ("objectifs_generaux",),
    R.PUBLICS: ("publics",),
    R.TERRITOIRES: ("territoires",),
    R.CONDITIONS: ("conditions_reussite",),
    R.CALENDRIER: ("debut", "fin", "permanente", "calendrier_texte"),
    R.PERIODICITE: ("periodicite_evaluation", "periodicite_texte"),
    R.FINANCEMENT: ("cout_total", "cout_commentaire"),
    SUIVI: ("statut", "statut_motif"),
}
# Roles, section by section.
ROLES: dict[str, tuple[TypeRole, ...]] = {
    R.PILOTAGE: (TypeRole.PILOTE, TypeRole.COPILOTE),
    R.PARTENAIRES_INTERNES: (TypeRole.PARTENAIRE_INTERNE,),
    R.PARTENAIRES_EXTERNES: (TypeRole.PARTENAIRE_EXTERNE,),
    R.MISE_EN_OEUVRE: (TypeRole.MISE_EN_OEUVRE_INTERNE, TypeRole.MISE_EN_OEUVRE_EXTERNE),
}


def _joindre(*morceaux: str) -> str:
    return " – ".join(m for m in morceaux if m)


def _lignes(elements: Iterable[str]) -> str:
    return "\n".join(elements)


def _imprime(role: RoleFiche) -> str:
    """Return the name as the document prints it, when it is not the one of the directory."""
    return f"imprimé « {role.libelle} »" if role.libelle not in {"", role.structure.nom, str(role.structure)} else ""


def _roles(fiche: FicheAction, section: str) -> dict[str, str]:
    roles = fiche.roles.filter(type__in=ROLES[section]).select_related("structure", "utilisateur")
    return {
        "Acteurs": _lignes(
            _joindre(r.get_type_display(), str(r.structure), str(r.utilisateur or ""), _imprime(r), r.precision)
            for r in roles
        )
    }


def _objectifs(fiche: FicheAction) -> dict[str, str]:
    etapes = fiche.etapes.select_related("objectif")
    return {
        "Objectifs": _lignes(str(o) for o in fiche.objectifs.all()),
        "Étapes": _lignes(
            _joindre(
                f"{e.objectif.numero}. {e.intitule}" if e.objectif else e.intitule,
                " ; ".join(e.details),
                en_mots(e.debut),
                en_mots(e.echeance),
            )
            for e in etapes
        ),
    }


def _financement(ligne: Financement) -> str:
    prevu = euros(ligne.prevu) if ligne.prevu is not None else "montant non indiqué"
    realise = f"réalisé {euros(ligne.realise)}" if ligne.realise is not None else ""
    return _joindre(str(ligne.annee or "ensemble"), str(ligne.financeur), prevu, realise, ligne.commentaire)


def _financements(fiche: FicheAction) -> dict[str, str]:
    return {"Financeurs": _lignes(_financement(f) for f in fiche.financements.select_related("financeur"))}


def _resultats(fiche: FicheAction) -> dict[str, str]:
    return {
        "Résultats attendus": _lignes(
            _joindre(r.libelle, valeur_unite(r.valeur, r.unite) if r.valeur is not None else "")
            for r in fiche.resultats_attendus.all()
        )
    }


def _cadres(fiche: FicheAction) -> dict[str, str]:
    return {"Cadres": _lignes(c.libelle for c in fiche.cadres.all())}


def _liens(fiche: FicheAction) -> dict[str, str]:
    liens = fiche.liens_sortants.select_related("cible").order_by("cible__ordre", "id")
    return {"Fiches liées": _lignes(_joindre(str(lien.cible), lien.commentaire) for lien in liens)}


def _suivi(fiche: FicheAction) -> dict[str, str]:
    return {
        "Avancement des étapes": _lignes(
            _joindre(e.intitule, e.get_etat_display(), f"{e.avancement} %", en_mots(e.realisee_le), e.commentaire)
            for e in fiche.etapes.all()
        ),
        "Dépenses réalisées": _lignes(_financement(f) for f in fiche.financements.select_related("financeur")),
    }


_RANGEES: dict[str, Callable[[FicheAction], dict[str, str]]] = {
    R.OBJECTIFS: _objectifs,
    R.FINANCEMENT: _financements,
    R.RESULTATS: _resultats,
    R.CONTRACTUALISATION: _cadres,
    LIENS: _liens,
    SUIVI: _suivi,
}


def etat_section(fiche: FicheAction, section: str) -> dict[str, str]:
    """Return {label: value in words} of one section. Reads its rows afresh."""
    etat = etat_champs(fiche, CHAMPS.get(section, ()))
    if section in ROLES:
        etat |= _roles(fiche, section)
    if section in _RANGEES:
        etat |= _RANGEES[section](fiche)
    if not etat:
        raise ValueError(f"Section inconnue : {section}")
    return etat
