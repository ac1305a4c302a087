"""Filters: numbers, dates and text as French writes them. See pdi.socle.formats for the rules."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils.safestring import SafeString

from pdi.socle import formats
from pdi.socle.vocabulaire import ecran_en_clair, verbe_en_clair

from . import register


def _entier(argument: Any) -> int | None:
    return None if argument in {None, ""} else int(argument)


@register.filter
def nombre(valeur: Any, decimales: Any = None) -> str:
    """`{{ v|nombre }}` « 27 458,82 »; `{{ v|nombre:1 }}` forces one decimal."""
    return formats.nombre(valeur, _entier(decimales))


@register.filter
def pourcentage(valeur: Any, decimales: Any = 1) -> str:
    """`{{ 86|pourcentage }}` « 86,0 % »."""
    return formats.pourcentage(valeur, _entier(decimales) or 0)


@register.filter
def euros(valeur: Any, decimales: Any = None) -> str:
    """`{{ m|euros }}` « 27 458,82 € », « 1 350 € »; `:2` always shows cents."""
    return formats.euros(valeur, _entier(decimales))


@register.filter
def valeur_unite(valeur: Any, unite: Any = "") -> str:
    """`{{ v|valeur_unite:indicateur.unite }}` « 86 % », « 1,7 mois », « 12 places »."""
    return formats.valeur_unite(valeur, str(unite or ""))


@register.filter
def ecart(valeur: Any, unite: Any = "") -> str:
    """`{{ v|ecart:unite }}` « + 106 », « − 4,0 pts »."""
    return formats.ecart(valeur, str(unite or ""))


@register.filter
def part(valeur: Any, total: Any) -> float | None:
    """`{{ n|part:total }}` the share in percent (a number, for `pourcentage` or `jauge`), None without total."""
    numerateur, denominateur = formats.en_decimal(valeur), formats.en_decimal(total)
    if numerateur is None or not denominateur:
        return None
    return float(100 * numerateur / denominateur)


@register.filter
def compte(valeur: Any, nom: str) -> str:
    """`{{ n|compte:"fiche" }}` « 17 fiches », « 1 fiche »; `"bilan,bilans"` gives the plural when irregular."""
    singulier, _, pluriel = nom.partition(",")
    return formats.compte(valeur, singulier.strip(), pluriel.strip())


@register.filter
def accord(valeur: Any, nom: str) -> str:
    """`{{ n|accord:"validé" }}` the word alone, agreed with n (plural from 2); `"a,ont"` for irregular ones."""
    singulier, _, pluriel = nom.partition(",")
    return formats.accorder(valeur, singulier.strip(), pluriel.strip())


@register.filter
def date_longue(valeur: datetime.date | None, forme: str = "") -> str:
    """`{{ d|date_longue }}` « 12 février 2026 »; `:"jour"` adds the week day, `:"sans-annee"` drops the year."""
    return formats.date_longue(valeur, jour="jour" in forme, annee="sans-annee" not in forme)


@register.filter
def date_courte(valeur: datetime.date | None) -> str:
    """`{{ d|date_courte }}` « 12/02/2026 »."""
    return formats.date_courte(valeur)


@register.filter
def naissance(valeur: datetime.date | None) -> str:
    """`{{ p.date_naissance|naissance }}` « 12/03/1985 » beside a name."""
    return formats.naissance(valeur)


@register.filter
def date_heure(valeur: datetime.datetime | None) -> str:
    """`{{ d|date_heure }}` « 12 février 2026 à 17 h 42 »."""
    return formats.date_heure(valeur)


@register.filter
def duree_jours(valeur: datetime.date | None) -> str:
    """`{{ d|duree_jours }}` « depuis 3 jours », « reste 4 jours », « aujourd’hui »."""
    return formats.duree_jours(valeur)


@register.filter
def echeance(valeur: datetime.date | None) -> str:
    """`{{ d|echeance }}` « reste 4 jours », « dernier jour », « 3 jours de retard »."""
    return formats.echeance(valeur)


@register.filter
def ton_echeance(valeur: datetime.date | None, alerte: Any = 7) -> str:
    """`{{ d|ton_echeance:7 }}` the tone of a deadline: retard, veille (within 7 days) or neutre."""
    return formats.ton_echeance(valeur, int(alerte))


@register.filter
def taille_fichier(octets: int | None) -> str:
    """`{{ fichier.size|taille_fichier }}` « 214 ko »."""
    return formats.taille_fichier(octets)


@register.filter
def typo(texte: Any) -> str:
    """`{{ fiche.titre|typo }}` French typography for texts of the référentiel; put it before linebreaks."""
    if texte is None:
        return ""
    if isinstance(texte, SafeString) and ("<" in texte or "&" in texte):
        return texte  # already HTML: its quotes are not typography
    return formats.typographier(str(texte))


@register.filter
def cellule_donnee(valeur: Any) -> str:
    """Show a cell of a chart's data table: numbers grouped, text as it stands, None as « non mesuré »."""
    if valeur is None:
        return "non mesuré"
    if isinstance(valeur, str):
        return valeur
    return formats.nombre(valeur)


@register.filter
def valeur_journal(valeur: Any) -> str:
    """Show a value of the journal: dates as French writes them, lists on several lines, nothing as « vide »."""
    return formats.valeur_journal(valeur)


register.filter("verbe_en_clair", verbe_en_clair)
register.filter("ecran_en_clair", ecran_en_clair)
