"""Communes found by what people type, accents and hyphens aside, and the territory where they are at a date."""

from __future__ import annotations

import datetime
import re
from typing import Any

from django.conf import settings
from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Case, F, Func, OuterRef, Subquery, Value, When
from django.utils import timezone

from pdi.structures.regles import cle_nom
from pdi.territoires.models import Commune, CommuneTerritoire

MAX = 12
PROCHES = 3
RESSEMBLANCE = 0.4
_CODE = re.compile(r"\((\d[0-9AB]\d{3})\)\s*$")
_SAINT = {"st": "saint", "ste": "sainte"}


def cle_commune(texte: str) -> str:
    """Return the comparison form of a name: « St-Michel » and « Saint Michel » are one."""
    return " ".join(_SAINT.get(mot, mot) for mot in cle_nom(texte).split())


def libelle(commune: Any) -> str:
    """Return « Évry-Courcouronnes (91228) »: what the field shows and reads back without doubt."""
    return f"{commune.nom} ({commune.code})"


def proposer(texte: str, jour: datetime.date) -> list[Any]:
    """Return the communes that `texte` may name (words of the name, or a postcode), each with its `territoire`."""
    ici = CommuneTerritoire.objects.filter(commune=OuterRef("pk"), validite__contains=jour)
    lues = Commune.objects.annotate(territoire=Subquery(ici.values("territoire__nom")[:1]))
    if texte.strip().isdecimal():
        return list(lues.filter(codes_postaux__contains=[texte.strip()]).order_by("nom")[:MAX])
    for mot in cle_commune(texte).split():
        lues = lues.filter(nom__unaccent__icontains=mot) if mot not in _SAINT.values() else lues
    trouvees = [
        c for c in lues.order_by(_ailleurs(), "nom", "code")[: 8 * MAX] if cle_commune(texte) in cle_commune(c.nom)
    ]
    return sorted(trouvees, key=lambda c: not cle_commune(c.nom).startswith(cle_commune(texte)))[:MAX]


def _ailleurs() -> Any:
    """Return « outside the département of this deployment », to order by."""
    return Case(When(departement=settings.DEPARTEMENT_CODE, then=Value(0)), default=Value(1))


def resoudre(texte: str, code_postal: str = "") -> tuple[Any, list[str]]:
    """Return the commune that `texte` names, or None and the nearest ones, as `libelle` writes them.

    Two communes of one name are told apart by the postcode. Pure reading.
    """
    code = _CODE.search(texte)
    if code:
        return Commune.objects.filter(pk=code[1]).first(), []
    cle = cle_commune(texte)
    memes = [c for c in _de_premier_mot(cle) if cle_commune(c.nom) == cle]
    if len(memes) > 1 and code_postal:
        memes = [c for c in memes if code_postal in c.codes_postaux] or memes
    if len(memes) == 1:
        return memes[0], []
    if not memes and (fusionnee := _fusionnee(cle, code_postal)):
        return fusionnee, []
    proches = memes[:MAX] or proposer(texte, timezone.localdate())[:PROCHES] or _ressemblantes(texte)
    return None, [libelle(c) for c in proches]


def _fusionnee(cle: str, code_postal: str) -> Any | None:
    """Return the one commune of that postcode whose name begins with these words: « Évry », 91000, since a merger."""
    mots = cle.split()
    if not code_postal or not mots:
        return None
    au_code = Commune.objects.filter(codes_postaux__contains=[code_postal])
    trouvees = [c for c in au_code if cle_commune(c.nom).split()[: len(mots)] == mots]
    return trouvees[0] if len(trouvees) == 1 else None


def _ressemblantes(texte: str) -> list[Any]:
    """Return the communes whose name looks most like `texte`, those of the département first when they are as close."""
    ressemblance = TrigramSimilarity(Func(F("nom"), function="UNACCENT"), cle_commune(texte))
    lues = Commune.objects.annotate(ressemblance=ressemblance).filter(ressemblance__gte=RESSEMBLANCE)
    return list(lues.order_by("-ressemblance", _ailleurs(), "nom")[:PROCHES])


def _de_premier_mot(cle: str) -> list[Any]:
    mots = [m for m in cle.split() if m not in _SAINT.values()]
    return list(Commune.objects.filter(nom__unaccent__icontains=max(mots, key=len))) if mots else []


def territoire_de(commune: str, jour: datetime.date) -> str:
    """Return the name of the action territory of a commune (INSEE code) on `jour`, empty when it has none."""
    ici = CommuneTerritoire.objects.filter(commune=commune, validite__contains=jour)
    return ici.values_list("territoire__nom", flat=True).first() or ""
