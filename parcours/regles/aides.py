"""Rules of financial aids, as dated configuration: what a request meets, what is left, in words. Pure.

A règlement holds a list of rules. Each has a `nature`, a `code`, a `libelle`, and applies to `composantes` (left out:
all; `composante`, one code, is accepted too). Amounts are euros, bounds are included.

- plafond: {"montant": 75, "par": "demande | mois | an | personne", "mois_de_reprise": [1, 2]}. `an` is a civil year.
  `mois` is a month counted from the return to work when there is one, a civil month otherwise. With `mois_de_reprise`
  the ceiling holds in these months; a component whose ceilings all name months is closed in the other months.
- age: {"min": 18, "max": 25, "de": "personne | enfant"}, whole years on the day of the request.
- duree: {"max_mois": 6, "depuis": "reprise_activite"}: the request comes within that time.
- prerequis: {"exige": "contrat_valide"}: a fact that holds on the day of the request (see EXIGENCES).
- delai: {"valeur": 48, "unite": "heures | jours | mois", "depuis": "notification"}: how long a granted aid waits to
  be used; checked when it is paid.
- enveloppe: money must be left in the envelope of the year and territory.

A rule but an envelope may say {"derogation": true}: whoever decides may set it aside, in writing.
Only granted and paid aids count. A fact that is not known refuses, and says what to check.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pdi.socle.formats import date_longue, euros

from .delais import age_au, mois_ecoules, plus_mois

NATURES = ("plafond", "age", "duree", "prerequis", "delai", "enveloppe")
PERIODES = {
    "demande": "par demande",
    "mois": "par mois",
    "an": "par an",
    "personne": "en tout",
}
# What a prerequisite asks, in words: (when it does not hold, when nobody knows).
EXIGENCES = {
    "contrat_valide": ("aucun contrat validé n’est en cours", "vérifiez qu’un contrat validé est en cours"),
    "droit_commun_epuise": ("le droit commun n’est pas épuisé", "confirmez que le droit commun est épuisé"),
    "soumis_sdd": ("la personne n’est pas soumise aux droits et devoirs", "vérifiez ses droits et devoirs"),
    "residence": ("la personne n’habite pas le département", "renseignez l’adresse de la personne"),
    "accompagnement_social_ou_global": (
        "l’accompagnement n’est ni social ni global",
        "vérifiez l’accompagnement de la personne",
    ),
    "suivi_professionnel": ("aucun professionnel ne suit la personne", "confirmez quel professionnel la suit"),
    "projet_insertion": (
        "la demande ne s’inscrit pas dans un projet d’insertion",
        "confirmez que la demande s’inscrit dans un projet d’insertion",
    ),
}  # fmt: skip
ZERO = Decimal(0)


class RegleIllisible(ValueError):
    """A rule of a règlement cannot be read; the message names it and says why."""


@dataclass(frozen=True)
class Demande:
    """What is asked and what is known. `faits` holds the prerequisites (True, False; absent or None: not known).

    `enveloppe` is the envelope's remaining money, None when no envelope was found.
    """

    date: datetime.date
    montant: Decimal
    composante: str = ""
    reprise_le: datetime.date | None = None
    naissance: datetime.date | None = None
    naissance_enfant: datetime.date | None = None
    faits: Mapping[str, bool | None] = field(default_factory=dict)
    enveloppe: Decimal | None = None


@dataclass(frozen=True)
class Passee:
    """An aid already granted or paid under the same règlement."""

    date: datetime.date
    montant: Decimal
    composante: str = ""


@dataclass(frozen=True)
class Controle:
    """What one rule says. `reste` is what was left before this request, for ceilings and envelopes.

    `a_verifier`: the rule refuses because something is not known, not because it is known to fail.
    """

    ok: bool
    code: str
    nature: str
    regle: str
    message: str
    reste: Decimal | None = None
    a_verifier: bool = False

    def en_json(self) -> dict[str, Any]:
        """Return what is kept with the decision."""
        return {
            "ok": self.ok, "code": self.code, "nature": self.nature, "regle": self.regle, "message": self.message,
            "reste": None if self.reste is None else str(self.reste), "a_verifier": self.a_verifier,
        }  # fmt: skip


def _montant(valeur: Decimal) -> str:
    return euros(valeur, 0 if valeur == int(valeur) else 2)


def composantes_de(regle: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the components a rule applies to; none means all."""
    seule = regle.get("composante")
    return tuple(regle.get("composantes", ())) or ((seule,) if seule else ())


def s_applique(regle: Mapping[str, Any], composante: str) -> bool:
    """Return whether a rule applies to a request for `composante`."""
    visees = composantes_de(regle)
    return not visees or composante in visees


def mois_de_reprise(reprise_le: datetime.date, jour: datetime.date) -> int:
    """Return the rank of the month since the return to work: 1 for its first month, 0 or less before."""
    return mois_ecoules(reprise_le, jour) + 1


def _meme_periode(par: str, demande: Demande, passee: Passee) -> bool:
    if par == "demande":
        return False
    if par == "an":
        return passee.date.year == demande.date.year
    if par == "mois":
        if demande.reprise_le is None:
            return (passee.date.year, passee.date.month) == (demande.date.year, demande.date.month)
        rang = mois_de_reprise(demande.reprise_le, demande.date)
        return mois_de_reprise(demande.reprise_le, passee.date) == rang
    return True


def _plafond(regle: Mapping[str, Any], demande: Demande, historique: Sequence[Passee]) -> Controle | None:
    mois = regle.get("mois_de_reprise")
    if mois is not None and (
        demande.reprise_le is None or mois_de_reprise(demande.reprise_le, demande.date) not in mois
    ):
        return None
    par = regle.get("par", "demande")
    if par not in PERIODES:
        raise RegleIllisible(f"Règle «\u00a0{regle.get('code')}\u00a0»\u00a0: période inconnue «\u00a0{par}\u00a0».")
    plafond = Decimal(str(regle["montant"]))
    deja = sum(
        (p.montant for p in historique if s_applique(regle, p.composante) and _meme_periode(par, demande, p)), ZERO
    )
    reste = max(plafond - deja, ZERO)
    annonce = f"Plafond «\u00a0{regle['libelle']}\u00a0»\u00a0: {_montant(plafond)} {PERIODES[par]}"
    if deja:
        annonce += f", {_montant(deja)} déjà accordés"
    ok = demande.montant <= reste
    if ok:
        suite = f"il restera {_montant(reste - demande.montant)} après cette aide"
    elif reste:
        suite = f"il reste {_montant(reste)}, la demande est de {_montant(demande.montant)}"
    else:
        suite = "il ne reste rien"
    return Controle(ok, regle["code"], "plafond", regle["libelle"], f"{annonce}\u00a0; {suite}.", reste)


def _age(regle: Mapping[str, Any], demande: Demande) -> Controle:
    de_l_enfant = regle.get("de", "personne") == "enfant"
    naissance = demande.naissance_enfant if de_l_enfant else demande.naissance
    mini, maxi = regle.get("min"), regle.get("max")
    qui = "l’enfant" if de_l_enfant else "la personne"
    if mini is not None and maxi is not None:
        attendu = f"de {mini} à {maxi} ans"
    elif maxi is not None:
        attendu = f"moins de {maxi + 1} ans"
    else:
        attendu = f"{mini} ans ou plus"
    debut = f"{regle['libelle']}\u00a0: {attendu}"
    if naissance is None:
        message = f"{debut}\u00a0; renseignez la date de naissance de {qui}."
        return Controle(False, regle["code"], "age", regle["libelle"], message, a_verifier=True)
    age = age_au(naissance, demande.date)
    ok = (mini is None or age >= mini) and (maxi is None or age <= maxi)
    ans = f"{age}\u00a0an{'s' if age > 1 else ''}"
    return Controle(ok, regle["code"], "age", regle["libelle"], f"{debut}\u00a0; {qui} a {ans}.")


def _duree(regle: Mapping[str, Any], demande: Demande) -> Controle:
    libelle, limite = regle["libelle"], int(regle["max_mois"])
    debut = f"{libelle}\u00a0: {limite} mois à compter de la reprise d’activité"
    if demande.reprise_le is None:
        message = f"{debut}\u00a0; renseignez la date de reprise."
        return Controle(False, regle["code"], "duree", libelle, message, a_verifier=True)
    if demande.date < demande.reprise_le:
        message = f"{debut}\u00a0; la reprise n’a lieu que le {date_longue(demande.reprise_le)}."
        return Controle(False, regle["code"], "duree", libelle, message)
    fin = plus_mois(demande.reprise_le, limite) - datetime.timedelta(days=1)
    ok = mois_de_reprise(demande.reprise_le, demande.date) <= limite
    suite = f"jusqu’au {date_longue(fin)} compris" if ok else f"elle s’est achevée le {date_longue(fin)}"
    return Controle(ok, regle["code"], "duree", libelle, f"{debut}\u00a0; {suite}.")


def _prerequis(regle: Mapping[str, Any], demande: Demande) -> Controle:
    exige, libelle = regle["exige"], regle["libelle"]
    if exige not in EXIGENCES:
        raise RegleIllisible(f"Règle «\u00a0{regle.get('code')}\u00a0»\u00a0: prérequis inconnu «\u00a0{exige}\u00a0».")
    fait = demande.faits.get(exige)
    non_tenu, inconnu = EXIGENCES[exige]
    suite = "condition remplie" if fait else inconnu if fait is None else non_tenu
    return Controle(
        bool(fait), regle["code"], "prerequis", libelle, f"{libelle}\u00a0: {suite}.", a_verifier=fait is None
    )


def _enveloppe(regle: Mapping[str, Any], demande: Demande) -> Controle:
    libelle, reste = regle["libelle"], demande.enveloppe
    if reste is None:
        message = f"{libelle}\u00a0: aucune enveloppe n’est ouverte pour cette année et ce territoire."
        return Controle(False, regle["code"], "enveloppe", libelle, message)
    ok = demande.montant <= reste
    suite = "" if ok else f", la demande est de {_montant(demande.montant)}"
    return Controle(
        ok, regle["code"], "enveloppe", libelle, f"{libelle}\u00a0: il reste {_montant(reste)}{suite}.", reste
    )


def _composante(
    regles: Iterable[Mapping[str, Any]], composantes: Iterable[Mapping[str, str]], demande: Demande
) -> Controle | None:
    """Refuse a component the règlement does not know, and one asked outside the months its own ceilings name."""
    noms = {c["code"]: c["libelle"] for c in composantes}
    if noms and demande.composante not in noms:
        choix = " ou ".join(f"«\u00a0{nom}\u00a0»" for nom in noms.values())
        message = f"Composante\u00a0: choisissez {choix}."
        return Controle(False, "composante", "composante", "Composante", message)
    propres = [
        r
        for r in regles
        if r["nature"] == "plafond" and r.get("mois_de_reprise") and demande.composante in composantes_de(r)
    ]
    if not propres:
        return None
    ouverts = sorted({m for r in propres for m in r["mois_de_reprise"]})
    libelle = noms.get(demande.composante, demande.composante)
    debut = f"{libelle}\u00a0: aide ouverte du mois {ouverts[0]} au mois {ouverts[-1]} de la reprise d’activité"
    if demande.reprise_le is None:
        message = f"{debut}\u00a0; renseignez la date de reprise."
        return Controle(False, "mois-ouverts", "plafond", libelle, message, ZERO, a_verifier=True)
    rang = mois_de_reprise(demande.reprise_le, demande.date)
    ok = rang in ouverts
    ou = f"la demande tombe au mois {rang}" if rang >= 1 else "la reprise n’a pas encore eu lieu"
    return Controle(ok, "mois-ouverts", "plafond", libelle, f"{debut}\u00a0; {ou}.", None if ok else ZERO)


def evaluer(
    regles: Sequence[Mapping[str, Any]],
    demande: Demande,
    historique: Iterable[Passee] = (),
    *,
    composantes: Iterable[Mapping[str, str]] = (),
) -> list[Controle]:
    """Return what each rule that applies says of a request, in the order of the règlement; delays are for payment.

    `composantes` is that of the règlement ({code, libelle}): a request then names one of them. The request can be
    granted when every control is ok. Raises RegleIllisible when a rule cannot be read.
    """
    passees = list(historique)
    verifier_regles(regles)
    controles = [_composante(regles, composantes, demande)]
    controles += [
        _controle(regle, demande, passees)
        for regle in regles
        if regle["nature"] != "delai" and s_applique(regle, demande.composante)
    ]
    return [c for c in controles if c is not None]


def empechements(regles: Iterable[Mapping[str, Any]], demande: Demande) -> list[Controle]:
    """Return what already refuses any request, whatever its component and amount: an age, a fact known not to hold.

    A rule that may be set aside in writing refuses nobody beforehand.
    """
    de_la_personne = [
        r for r in regles
        if r["nature"] in ("age", "prerequis") and not composantes_de(r) and r.get("de", "personne") == "personne"
        and not r.get("derogation")
    ]  # fmt: skip
    controles = [_controle(regle, demande, ()) for regle in de_la_personne]
    return [c for c in controles if c is not None and not c.ok and not c.a_verifier]


def verifier_regles(regles: Iterable[Mapping[str, Any]]) -> None:
    """Raise RegleIllisible on the first rule whose nature is unknown or which lacks a code or a label."""
    for regle in regles:
        nom = f"Règle «\u00a0{regle.get('code')}\u00a0»"
        if regle.get("nature") not in NATURES:
            raise RegleIllisible(f"{nom}\u00a0: nature inconnue «\u00a0{regle.get('nature')}\u00a0».")
        if not regle.get("code") or not regle.get("libelle"):
            raise RegleIllisible(f"{nom}\u00a0: une règle a un code et un libellé.")
        if regle["nature"] == "enveloppe" and regle.get("derogation"):
            raise RegleIllisible(f"{nom}\u00a0: on ne déroge pas à une enveloppe.")


def _controle(regle: Mapping[str, Any], demande: Demande, passees: Sequence[Passee]) -> Controle | None:
    if regle["nature"] == "plafond":
        return _plafond(regle, demande, passees)
    simples = {"age": _age, "duree": _duree, "prerequis": _prerequis, "enveloppe": _enveloppe}
    return simples[regle["nature"]](regle, demande)


def accordable(controles: Iterable[Controle]) -> bool:
    """Return whether every control is satisfied."""
    return all(c.ok for c in controles)


def refus(controles: Iterable[Controle]) -> list[Controle]:
    """Return the controls that keep the request from being granted."""
    return [c for c in controles if not c.ok]


def derogeables(regles: Iterable[Mapping[str, Any]], controles: Iterable[Controle]) -> bool:
    """Return whether every control that refuses comes from a rule that may be set aside; False when none refuses."""
    ouvertes = {r.get("code") for r in regles if r.get("derogation")}
    refusants = refus(controles)
    return bool(refusants) and all(c.code in ouvertes for c in refusants)


def reste_disponible(controles: Iterable[Controle]) -> Decimal | None:
    """Return the largest amount the ceilings leave, None when no ceiling applies."""
    restes = [c.reste for c in controles if c.reste is not None]
    return min(restes) if restes else None


def _limite(regle: Mapping[str, Any], notifie: datetime.datetime) -> datetime.datetime:
    valeur, unite = int(regle["valeur"]), regle["unite"]
    if unite == "heures":
        return notifie + datetime.timedelta(hours=valeur)
    if unite not in {"jours", "mois"}:
        raise RegleIllisible(f"Règle «\u00a0{regle.get('code')}\u00a0»\u00a0: unité inconnue «\u00a0{unite}\u00a0».")
    jour = plus_mois(notifie.date(), valeur) if unite == "mois" else notifie.date() + datetime.timedelta(days=valeur)
    return datetime.datetime.combine(jour, datetime.time.max, notifie.tzinfo)


def evaluer_versement(
    regles: Iterable[Mapping[str, Any]], *, composante: str, notifie: datetime.datetime, le: datetime.datetime
) -> list[Controle]:
    """Return what the delays say of an aid notified at `notifie` and used or paid at `le` (both naive or both aware).

    A delay in days or months ends with its last day; a delay in hours ends on the minute.
    """
    controles = []
    for regle in regles:
        if regle.get("nature") != "delai" or not s_applique(regle, composante):
            continue
        limite, libelle = _limite(regle, notifie), regle["libelle"]
        ok = notifie <= le <= limite
        heure = f" à {limite:%H} h {limite:%M}" if regle["unite"] == "heures" else ""
        debut = f"{libelle}\u00a0: {regle['valeur']} {regle['unite']} après la notification"
        suite = f"jusqu’au {date_longue(limite.date())}{heure}"
        if le > limite:
            suite = f"le délai s’est achevé le {date_longue(limite.date())}{heure}"
        elif le < notifie:
            suite = "l’aide n’a pas encore été notifiée"
        controles.append(Controle(ok, regle["code"], "delai", libelle, f"{debut}\u00a0; {suite}."))
    return controles
