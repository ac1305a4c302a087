"""What the tests of the writing screens share: what a page says, what a form sends."""

from __future__ import annotations

import html
import re
from typing import Any

from django.urls import reverse

from actions.models import FicheAction


def texte(reponse: Any) -> str:
    """Return the page as read: no tag, ordinary spaces."""
    sans_balise = re.sub(r"<[^>]+>", " ", reponse.content.decode())
    return " ".join(html.unescape(sans_balise).replace("\u00a0", " ").split())


def section(fiche: FicheAction, nom: str) -> str:
    return reverse("actions:fiche_section", args=[fiche.pk, nom])


def formset(prefixe: str, *lignes: dict[str, Any]) -> dict[str, Any]:
    donnees: dict[str, Any] = {f"{prefixe}-TOTAL_FORMS": str(len(lignes)), f"{prefixe}-INITIAL_FORMS": "0"}
    for rang, ligne in enumerate(lignes):
        donnees |= {f"{prefixe}-{rang}-{nom}": valeur for nom, valeur in ligne.items()}
    return donnees


def empreinte_de(reponse: Any) -> str:
    trouvee = re.search(r'name="empreinte" value="([^"]+)"', reponse.content.decode())
    assert trouvee is not None
    return trouvee[1]


def champs_du_formset(reponse: Any, prefixe: str) -> list[dict[str, Any]]:
    """Return the rows shown by the page, as the template received them."""
    formset_lu = next(f for f in reponse.context["lignes"] if f.prefix == prefixe)
    return [{nom: f[nom].value() for nom in f.fields} for f in formset_lu.forms]
