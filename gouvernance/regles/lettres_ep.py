"""The letters of the procedure: the fields their models merge, under the regime of the facts. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gouvernance.models.ep import SensEP, ThemeEP
from gouvernance.models.lettre_ep import GenreLettre
from parcours.regles.courriers import champs_utilises, discret, fautes_du_modele, fusionner
from parcours.regles.delais import Regime
from pdi.socle.formats import INSECABLE, date_longue

from .sanctions_ep import (
    RECOURS_PAR_DEFAUT,
    Mesure,
    Palier,
    delai_contradictoire,
    dire,
    effet_propose,
    fin_de_sanction,
    paliers,
    source,
)

# The fields of each letter, with what each gives. Nothing else is ever merged.
_COMMUNS = {
    "civilite": "Madame ou Monsieur",
    "nom": "nom d’usage, sinon de naissance",
    "theme": "thème du dossier",
    "faits_le": "date des faits",
}
_INTENTION = {
    "expose": "ce qui motive la saisine",
    "delai": "délai pour répondre, sous le régime des faits",
    "source_delai": "texte qui fixe ce délai",
    "risques": "sanctions possibles, une par ligne",
    "plafond": "plafond dû au foyer, en %",
    "plafond_si": "quand ce plafond tient, sous le régime des faits",
    "source_sanctions": "texte qui prévoit les sanctions",
}
_DECISION = {
    "decision_le": "date de la décision",
    "decision": "ce qui est décidé",
    "motifs": "motifs de la décision",
    "effet_le": "premier jour d’une sanction à durée",
    "fin_le": "dernier jour d’une sanction à durée",
    "effet_definitif": "premier jour d’une sanction sans durée",
    "avis": "avis de l’équipe, s’il y en a un",
    "ecart": "pourquoi la décision s’écarte de l’avis",
    "recours_delai": "délai du recours préalable",
    "recours_texte": "texte qui le prévoit",
}
CHAMPS: Mapping[str, Mapping[str, str]] = {
    GenreLettre.INTENTION: _COMMUNS | _INTENTION,
    GenreLettre.INVITATION: _COMMUNS | {"seance": "jour, heure et lieu de la séance"},
    GenreLettre.DECISION: _COMMUNS | _DECISION,
}
# What a letter cannot leave out, and why.
OBLIGATOIRES: Mapping[str, Mapping[str, str]] = {
    GenreLettre.INTENTION: {
        "expose": "la personne doit savoir ce qui lui est reproché", "delai": "son délai pour répondre court d’ici",
    },
    GenreLettre.INVITATION: {"seance": "elle doit savoir où et quand venir"},
    GenreLettre.DECISION: {
        "decision": "c’est ce qui lui est notifié", "motifs": "une décision défavorable se motive",
        "recours_delai": "sans cette mention, le délai de recours ne court pas",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Faits:
    """What a letter says of a file. `seance`: day, hour and place in words; `avis` in words."""

    civilite: str
    nom: str
    theme: str
    faits_le: datetime.date
    expose: str
    seance: str = ""
    avis: str = ""
    decision: Mesure | None = None
    motifs: str = ""
    ecart: str = ""
    decidee_le: datetime.date | None = None
    effet_le: datetime.date | None = None
    fin: datetime.date | None = None


def fautes_du_texte(genre: str, objet: str, corps: str) -> list[str]:
    """Return why a model cannot be: unknown fields, what it leaves out, an object that says too much."""
    fautes = fautes_du_modele(objet, corps, champs=CHAMPS[genre])
    dits = champs_utilises(corps)
    fautes += [
        f"Cette lettre doit contenir {{{nom}}} : {pourquoi}."
        for nom, pourquoi in OBLIGATOIRES[genre].items()
        if nom not in dits
    ]
    if not discret(objet):
        fautes.append("L’objet se devine au dos d’une feuille pliée : il ne nomme ni le RSA, ni l’aide sociale.")
    return fautes


def valeurs(regime: Regime, faits: Faits) -> dict[str, str]:
    """Return the fields of a file, empty where it has nothing to say."""
    fixe = regime.parametres.get("plafond_sanction_foyer")
    dernier = faits.fin - datetime.timedelta(days=1) if faits.fin else None
    return {
        "civilite": faits.civilite, "nom": faits.nom, "theme": faits.theme.lower(),
        "faits_le": date_longue(faits.faits_le), "expose": faits.expose, "seance": faits.seance,
        "delai": str(delai_contradictoire(regime)), "source_delai": source(regime, "contradictoire_jours"),
        "risques": "\n".join(_risques(regime)), "plafond": f"{fixe}{INSECABLE}%" if fixe else "",
        "plafond_si": _plafond_si(regime), "source_sanctions": source(regime, "sanctions"),
        "decision_le": _jour(faits.decidee_le),
        "decision": dire(regime, faits.decision).lower() if faits.decision else "", "motifs": faits.motifs,
        "effet_le": _jour(faits.effet_le) if dernier else "", "fin_le": _jour(dernier),
        "effet_definitif": "" if dernier else _jour(faits.effet_le), "avis": faits.avis.lower(), "ecart": faits.ecart,
        "recours_delai": str(regime.duree("delai_recours_mois") or RECOURS_PAR_DEFAUT), "recours_texte": "CASF L262-47",
    }  # fmt: skip


def _jour(jour: datetime.date | None) -> str:
    return date_longue(jour) if jour else ""


def _plafond_si(regime: Regime) -> str:
    majore = " ou si votre RSA est majoré" if regime.parametres.get("plafond_sanction_majoration") else ""
    return f"votre foyer compte plusieurs personnes{majore}"


def _risques(regime: Regime) -> list[str]:
    def bornes(p: Palier) -> str:
        if p.definitif:
            return ""
        return f", de {p.taux_min} à {p.taux_max}{INSECABLE}%, pendant {p.mois_min} à {p.mois_max} mois"

    return [f"- palier {p.numero} : {p.libelle.lower()}{bornes(p)}" for p in paliers(regime)]


def ecrire(genre: str, objet: str, corps: str, lues: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return the object and the paragraphs of a letter, fields merged; « - » opens a list item.

    A paragraph whose field is empty is left out: a model says what holds in every case, a letter what holds in one.
    """
    champs = CHAMPS[genre]
    paragraphes: list[str] = []
    for ligne in (brute.strip() for brute in corps.splitlines()):
        dits = champs_utilises(ligne)
        if not ligne or any(nom in champs and not lues.get(nom) for nom in dits):
            continue
        if len(dits) == 1 and ligne == f"{{{dits[0]}}}":
            paragraphes += [alinea.strip() for alinea in lues[dits[0]].splitlines() if alinea.strip()]
        else:
            paragraphes.append(" ".join(fusionner(ligne, lues, champs).split("\n")))
    return fusionner(objet, lues, champs), paragraphes


def exemple(regime: Regime, jour: datetime.date) -> Faits:
    """Return an invented file, for the preview of a model: a sanction of the first step, advised and decided."""
    premier = next((p for p in paliers(regime) if not p.definitif), None)
    taux = max(premier.taux_min, min(premier.taux_max, 50)) if premier else None
    mesure = Mesure(SensEP.SANCTION, premier.numero, taux, premier.mois_max) if premier else Mesure(SensEP.AUCUNE)
    effet = effet_propose(jour) if premier else None
    faits_le = jour - datetime.timedelta(days=60)
    if regime.fin is not None:
        faits_le = min(faits_le, regime.fin - datetime.timedelta(days=30))
    return Faits(
        civilite="Madame", nom="Exemple", theme=str(ThemeEP.NON_RESPECT.label),
        faits_le=faits_le, expose="Vous n’êtes pas venue à trois rendez-vous.",
        seance=f"le {date_longue(jour + datetime.timedelta(days=20), jour=True)} à 10{INSECABLE}h, salle 12",
        avis=dire(regime, mesure), decision=mesure, motifs="Vos rendez-vous manqués n’ont pas été expliqués.",
        decidee_le=jour, effet_le=effet, fin=fin_de_sanction(effet, mesure.mois) if effet else None,
    )  # fmt: skip


def manques(genre: str, *, intention: bool, seance: bool, decision: bool) -> Sequence[str]:
    """Return what a letter lacks, in words."""
    if genre == GenreLettre.INVITATION and not seance:
        return ("Inscrivez d’abord le dossier à une séance : l’invitation en donne le jour et le lieu.",)
    if genre == GenreLettre.DECISION and not decision:
        return ("Aucune décision n’est encore prise : il n’y a rien à notifier.",)
    if genre == GenreLettre.INTENTION and not intention:
        return ("Ce thème n’entraîne pas de sanction : il n’y a pas d’intention à notifier.",)
    return ()
