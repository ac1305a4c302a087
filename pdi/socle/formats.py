"""French presentation of numbers, amounts, dates and text. Pure functions, used by templates, PDF and exports.

Thousands are grouped by U+00A0: the font of the application has no U+202F.
"""

from __future__ import annotations

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

INSECABLE = "\u00a0"
MOINS = "\u2212"
NON_RENSEIGNE = "non renseigné"

JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MOIS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
# Units that never take the mark of the plural, beside the symbols.
_INVARIABLES = frozenset({"mois", "h", "ETP", "etp", "km", "BRSA"})


def en_decimal(valeur: Any) -> Decimal | None:
    """Return `valeur` as a Decimal, None when it is empty or not a number."""
    if valeur is None or valeur == "" or isinstance(valeur, bool):
        return None
    try:
        nombre_lu = Decimal(str(valeur))
    except InvalidOperation:
        return None
    return nombre_lu if nombre_lu.is_finite() else None


def _grouper(entier: str) -> str:
    tete = len(entier) % 3 or 3
    return INSECABLE.join([entier[:tete], *(entier[i : i + 3] for i in range(tete, len(entier), 3))])


def nombre(valeur: Any, decimales: int | None = None) -> str:
    """Return « 27 458,82 ». Without `decimales`, at most two, and no trailing zero. None gives « non renseigné »."""
    lu = en_decimal(valeur)
    if lu is None:
        return NON_RENSEIGNE
    pas = Decimal(1).scaleb(-(2 if decimales is None else decimales))
    arrondi = lu.quantize(pas, rounding=ROUND_HALF_UP)
    chiffres = f"{abs(arrondi):f}"
    entier, _, fraction = chiffres.partition(".")
    if decimales is None:
        fraction = fraction.rstrip("0")
    signe = MOINS if arrondi < 0 else ""
    return signe + _grouper(entier) + (f",{fraction}" if fraction else "")


def pourcentage(valeur: Any, decimales: int = 1) -> str:
    """Return « 86,0 % » for 86 (the value is already in percent)."""
    return NON_RENSEIGNE if en_decimal(valeur) is None else f"{nombre(valeur, decimales)}{INSECABLE}%"


def euros(valeur: Any, decimales: int | None = None) -> str:
    """Return « 1 350 € » or « 27 458,82 € »: cents only when there are some, unless `decimales` says otherwise."""
    lu = en_decimal(valeur)
    if lu is None:
        return NON_RENSEIGNE
    if decimales is None:
        decimales = 0 if lu == lu.to_integral_value() else 2
    return f"{nombre(lu, decimales)}{INSECABLE}€"


def accorder(compte: Any, singulier: str, pluriel: str = "") -> str:
    """Return the noun agreed with `compte`: plural from 2, as French does (1,7 mois, 0 fiche)."""
    lu = en_decimal(compte) or Decimal(0)
    if abs(lu) < 2 or singulier in _INVARIABLES:
        return singulier
    return pluriel or " ".join(mot if mot[-1:] in "sxz%€" else f"{mot}s" for mot in singulier.split(" "))


def compte(valeur: Any, singulier: str, pluriel: str = "") -> str:
    """Return « 17 fiches », « 1 fiche », « aucune fiche » being left to the sentence."""
    return f"{nombre(valeur)}{INSECABLE}{accorder(valeur, singulier, pluriel)}"


def valeur_unite(valeur: Any, unite: str = "", decimales: int | None = None) -> str:
    """Return a value with its unit: « 86,0 % », « 1 350 € », « 1,7 mois », « 12 jours ».

    The unit is the one stored with the indicator; a singular noun is agreed, an existing plural is kept.
    """
    lu = en_decimal(valeur)
    if lu is None:
        return NON_RENSEIGNE
    unite = (unite or "").strip()
    if unite in {"%", "pourcentage"}:
        entier = lu == lu.to_integral_value()
        return pourcentage(lu, decimales if decimales is not None else (0 if entier else 1))
    if unite in {"€", "euro", "euros"}:
        return euros(lu, decimales)
    texte = nombre(lu, decimales)
    unite, _, rythme = unite.partition("/")  # « réunions/an », « nombre/mois »
    suffixe = f" par {rythme}" if rythme else ""
    if unite in {"", "nombre", "texte", "ratio"}:
        return texte + suffixe
    mot = unite if " " in unite else accorder(lu, unite)
    if abs(lu) < 2 and " " not in unite and len(unite) > 3 and unite.endswith("s") and unite not in _INVARIABLES:
        mot = unite[:-1]
    return f"{texte}{INSECABLE}{mot}{suffixe}"


def ecart(valeur: Any, unite: str = "", decimales: int | None = None) -> str:
    """Return a signed gap: « + 106 », « − 4,0 pts » (points for percentages), « + 0,7 mois », « 0 »."""
    lu = en_decimal(valeur)
    if lu is None:
        return NON_RENSEIGNE
    if unite in {"%", "pourcentage"}:
        decimales = 1 if decimales is None else decimales
        texte = f"{nombre(abs(lu), decimales)}{INSECABLE}{accorder(lu, 'pt')}"
    else:
        texte = valeur_unite(abs(lu), unite, decimales)
    if not any(c in "123456789" for c in texte):
        return texte
    return f"{'+' if lu > 0 else MOINS}{INSECABLE}{texte}"


def _jour(valeur: datetime.date) -> datetime.date:
    if isinstance(valeur, datetime.datetime):
        return timezone.localtime(valeur).date() if timezone.is_aware(valeur) else valeur.date()
    return valeur


def date_longue(valeur: datetime.date | None, *, jour: bool = False, annee: bool = True) -> str:
    """Return « 12 février 2026 », « 1er mars 2026 », with the week day when `jour`; None gives « sans date »."""
    if not valeur:
        return "sans date"
    date = _jour(valeur)
    quantieme = "1er" if date.day == 1 else str(date.day)
    texte = f"{quantieme}{INSECABLE}{MOIS[date.month - 1]}" + (f" {date.year}" if annee else "")
    return f"{JOURS[date.weekday()]} {texte}" if jour else texte


def date_courte(valeur: datetime.date | None) -> str:
    """Return « 12/02/2026 »; None gives « sans date »."""
    return f"{_jour(valeur):%d/%m/%Y}" if valeur else "sans date"


def naissance(valeur: datetime.date | None) -> str:
    """Return « 12/03/1985 », which stands beside a name; None gives « naissance inconnue »."""
    return date_courte(valeur) if valeur else "naissance inconnue"


def date_heure(valeur: datetime.datetime | None) -> str:
    """Return « 12 février 2026 à 17 h 42 », in local time."""
    if not valeur:
        return "sans date"
    locale = timezone.localtime(valeur) if timezone.is_aware(valeur) else valeur
    return f"{date_longue(locale)} à {locale.hour}{INSECABLE}h{INSECABLE}{locale:%M}"


def duree_jours(valeur: datetime.date | None, reference: datetime.date | None = None) -> str:
    """Return « depuis 3 jours » for a past date, « reste 4 jours » for a coming one, « aujourd’hui »."""
    if not valeur:
        return "sans date"
    jours = (_jour(valeur) - _jour(reference or timezone.localdate())).days
    if jours == 0:
        return "aujourd’hui"
    return f"{'reste' if jours > 0 else 'depuis'} {compte(abs(jours), 'jour')}"


def echeance(valeur: datetime.date | None, reference: datetime.date | None = None) -> str:
    """Return a deadline in days: « reste 4 jours », « dernier jour », « 3 jours de retard »."""
    if not valeur:
        return "sans échéance"
    jours = (_jour(valeur) - _jour(reference or timezone.localdate())).days
    if jours == 0:
        return "dernier jour"
    return f"reste {compte(jours, 'jour')}" if jours > 0 else f"{compte(-jours, 'jour')} de retard"


def ton_echeance(valeur: datetime.date | None, alerte: int = 7, reference: datetime.date | None = None) -> str:
    """Return the tone of a deadline: retard when passed, veille within `alerte` days, else neutre."""
    if not valeur:
        return "neutre"
    jours = (_jour(valeur) - _jour(reference or timezone.localdate())).days
    return "retard" if jours < 0 else "veille" if jours <= alerte else "neutre"


def taille_fichier(octets: int | None) -> str:
    """Return « 214 ko », « 2,1 Mo »."""
    if octets is None:
        return NON_RENSEIGNE
    for seuil, unite in ((1_000_000_000, "Go"), (1_000_000, "Mo"), (1_000, "ko")):
        if octets >= seuil:
            return f"{nombre(octets / seuil, 1 if octets < 10 * seuil and unite != 'ko' else 0)}{INSECABLE}{unite}"
    return f"{octets}{INSECABLE}{'octet' if octets < 2 else 'octets'}"


_TYPO = (
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
    (re.compile(r"'"), "’"),
    (re.compile(r"\.\.\."), "…"),
    (re.compile(r'"([^"\n]+)"'), f"«{INSECABLE}\\1{INSECABLE}»"),
    (re.compile(r"«[ \t]*"), f"«{INSECABLE}"),
    (re.compile(r"(?<=\S)[ \t]+(?=[:;!?»])"), INSECABLE),
    (re.compile(r"(?<=\d) (?=\d{3}(?!\d))"), INSECABLE),
    (re.compile(r"(?<=\d) (?=[€%])"), INSECABLE),
    (re.compile(r"\b(n°|art\.|p\.) (?=\d)"), f"\\1{INSECABLE}"),
)


def typographier(texte: str) -> str:
    """Return `texte` with French typography: ’ for ', « », non-breaking spaces before : ; ! ? » € %, and ….

    Only spaces that exist become non-breaking; nothing is inserted inside times, addresses or references.
    """
    for motif, remplacement in _TYPO:
        texte = motif.sub(remplacement, texte)
    return texte.replace(f"{INSECABLE}{INSECABLE}", INSECABLE)


_DATE_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def valeur_journal(valeur: Any) -> str:
    """Return a JSON value of the journal for a reader: « vide », « oui », « 12/02/2026 », one element a line."""
    if valeur is None or valeur in ("", [], {}):
        return "vide"
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, list):
        return "\n".join(valeur_journal(v) for v in valeur)
    if isinstance(valeur, dict):
        return "\n".join(f"{cle} : {valeur_journal(v)}" for cle, v in valeur.items())
    texte = str(valeur)
    if _DATE_ISO.fullmatch(texte):
        return date_courte(datetime.date.fromisoformat(texte))
    if _DATE_ISO.match(texte) and "T" in texte:
        return date_heure(datetime.datetime.fromisoformat(texte))
    return texte


def periode(valeur: Any) -> str:
    """Return a half-open range of dates as people say it, its last day included: « du 01/01/2026 au 31/12/2026 »."""
    if valeur.lower is None and valeur.upper is None:
        return "toujours"
    if valeur.upper is None:
        return f"depuis le {date_courte(valeur.lower)}"
    fin = date_courte(valeur.upper - datetime.timedelta(days=1))
    return f"jusqu’au {fin}" if valeur.lower is None else f"du {date_courte(valeur.lower)} au {fin}"


def dernier_jour(valeur: Any) -> datetime.date | None:
    """Return the last day, included, of a half-open range of dates; None when it has no end."""
    return None if valeur.upper is None else valeur.upper - datetime.timedelta(days=1)
