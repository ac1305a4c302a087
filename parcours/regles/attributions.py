"""Life cycle of an aid, who moves it; the rules of a règlement in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from parcours.models.aide import EtatAide as E
from pdi.socle.etats import Automate, Transition
from pdi.socle.formats import euros

from .aides import PERIODES, composantes_de

SUIVI, DECIDEUR = "suivi", "decideur"

AUTOMATE_AIDE = Automate(
    nom="Aide individuelle",
    objet="l’aide",
    etats=E,
    acteurs={
        SUIVI: "référent, encadrant ou agent d’orientation de la personne",
        DECIDEUR: "encadrant de la personne",
    },
    source="PTI-PDI of Essonne 2022-2026, offers 1.8 (Pack sortie RSA) and 2.1 (FDAJ); PDI of Saône-et-Loire, fiche 9 "
    "(APRE). Who decides is the département's own organisation.",
    transitions=(
        Transition("", E.DEMANDEE, "demander_aide", "Demander une aide", (SUIVI,), "règlement in force that day"),
        Transition(E.DEMANDEE, E.DEMANDEE, "corriger_aide", "Corriger la demande", (SUIVI,)),
        Transition(E.A_CORRIGER, E.DEMANDEE, "corriger_aide", "Corriger la demande", (SUIVI,)),
        Transition(E.DEMANDEE, E.A_CORRIGER, "renvoyer_aide", "Renvoyer la demande", (DECIDEUR,), commentaire=True),
        Transition(E.DEMANDEE, E.ACCORDEE, "accorder_aide", "Accorder l’aide", (DECIDEUR,),
                   "not by who asked; every rule holds, or a derogation the règlement allows; money left"),
        Transition(E.DEMANDEE, E.REFUSEE, "refuser_aide", "Refuser l’aide", (DECIDEUR,), commentaire=True),
        Transition(E.ACCORDEE, E.VERSEE, "verser_aide", "Verser l’aide", (DECIDEUR,), "within the delays"),
        Transition(E.DEMANDEE, E.ANNULEE, "annuler_aide", "Annuler l’aide", (SUIVI,), commentaire=True),
        Transition(E.A_CORRIGER, E.ANNULEE, "annuler_aide", "Annuler l’aide", (SUIVI,), commentaire=True),
        Transition(E.ACCORDEE, E.ANNULEE, "annuler_aide", "Annuler l’aide", (DECIDEUR,),
                   "the money goes back to the envelope", commentaire=True),
    ),
    contraintes=(
        "aide_montant_positif", "aide_refus_motive", "aide_decision_datee", "aide_versement_date",
        "enveloppe_non_depassee",
    ),
)  # fmt: skip

TONS = {
    E.DEMANDEE: "veille", E.A_CORRIGER: "veille", E.ACCORDEE: "info", E.REFUSEE: "neutre", E.VERSEE: "bon",
    E.ANNULEE: "neutre",
}  # fmt: skip

# -- a règlement in words ----------------------------------------------------------------------


def _mois(mois: list[int]) -> str:
    if not mois:
        return ""
    if len(mois) == 1:
        return f", au mois {mois[0]} de la reprise d’activité"
    return f", du mois {mois[0]} au mois {mois[-1]} de la reprise d’activité"


def _ages(regle: Mapping[str, Any]) -> str:
    mini, maxi = regle.get("min"), regle.get("max")
    qui = "L’enfant" if regle.get("de") == "enfant" else "La personne"
    if mini is not None and maxi is not None:
        return f"{qui} a de {mini} à {maxi} ans"
    return f"{qui} a moins de {maxi + 1} ans" if maxi is not None else f"{qui} a {mini} ans ou plus"


def dire_regle(regle: Mapping[str, Any], noms: Mapping[str, str]) -> str:
    """Return one rule as a sentence. `noms`: {code of a component: label}."""
    match regle["nature"]:
        case "plafond":
            montant = Decimal(str(regle["montant"]))
            somme = euros(montant, 0 if montant == int(montant) else 2)
            periode = PERIODES[regle.get("par", "demande")]
            dit = f"Au plus {somme} {periode}{_mois(list(regle.get('mois_de_reprise', ())))}"
        case "age":
            dit = _ages(regle)
        case "duree":
            dit = f"Demandée dans les {regle['max_mois']} mois qui suivent la reprise d’activité"
        case "prerequis":
            dit = "Condition à remplir le jour de la demande"
        case "delai":
            dit = f"À utiliser dans les {regle['valeur']} {regle['unite']} qui suivent la notification"
        case _:
            dit = "Il reste de l’argent dans l’enveloppe de l’année et du territoire"
    visees = composantes_de(regle)
    nommee = len(visees) == 1 and str(regle["libelle"]).startswith(noms.get(visees[0], "?"))
    pour = f"\u00a0; pour\u00a0: {', '.join(noms.get(c, c) for c in visees)}" if visees and not nommee else ""
    derogation = "\u00a0; dérogation possible, motivée par écrit" if regle.get("derogation") else ""
    return f"{dit}{pour}{derogation}"


def dire_reglement(
    regles: Iterable[Mapping[str, Any]], composantes: Iterable[Mapping[str, str]]
) -> list[tuple[str, str]]:
    """Return (label, sentence) of each rule."""
    noms = {c["code"]: c["libelle"] for c in composantes}
    return [(str(r["libelle"]), dire_regle(r, noms)) for r in regles]
