"""Searches kept under a name: any list can offer them. See docs/composants.md.

    gardees = Recherches.lire(request, "parcours:personnes")
    if gardees.ouverture: return redirect(gardees.ouverture)

then `{% recherches gardees filtres %}` in the template, and `gardables = True` on the Filtres of the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from .droits import RegleMetier
from .models import FiltreEnregistre

MAX_PAR_LISTE = 30


@dataclass(frozen=True)
class Recherches:
    """The searches one user keeps for a list; `ouverture` is where the list opens, empty when it is here."""

    liste: str
    lignes: list[FiltreEnregistre]
    ouverture: str = ""

    @classmethod
    def lire(cls, request: HttpRequest, liste: str) -> Recherches:
        """Read them, in one query. The list opened without any parameter goes to the one kept by default."""
        lignes = list(FiltreEnregistre.objects.visibles_par(request.user).filter(liste=liste))
        defaut = next((f for f in lignes if f.par_defaut and f.requete), None) if not request.GET else None
        return cls(liste, lignes, f"{reverse(liste)}?{defaut.requete}" if defaut else "")


@transaction.atomic
def garder_recherche(*, par: Any, liste: str, nom: str, requete: str, par_defaut: bool = False) -> FiltreEnregistre:
    """Keep a search under a name; the same name replaces it. Raises RegleMetier without a name, or beyond thirty."""
    nom = " ".join(nom.split())[:60]
    if not nom:
        raise RegleMetier("Donnez un nom à cette recherche.", champ="nom")
    miennes = FiltreEnregistre.objects.select_for_update().filter(utilisateur=par, liste=liste)
    if miennes.count() >= MAX_PAR_LISTE and not miennes.filter(nom=nom).exists():
        raise RegleMetier(f"Vous gardez déjà {MAX_PAR_LISTE} recherches pour cette liste : supprimez-en une.")
    if par_defaut:
        miennes.update(par_defaut=False)
    gardee, _ = FiltreEnregistre.objects.update_or_create(
        utilisateur=par, liste=liste, nom=nom, defaults={"requete": requete[:1000], "par_defaut": par_defaut}
    )
    return gardee


@transaction.atomic
def ouvrir_sur(*, recherche: FiltreEnregistre) -> FiltreEnregistre:
    """Open the list on this search from now on; asked again, on the whole list."""
    miennes = FiltreEnregistre.objects.filter(utilisateur=recherche.utilisateur_id, liste=recherche.liste)
    voulue = not recherche.par_defaut
    miennes.update(par_defaut=False)
    recherche.par_defaut = voulue
    recherche.save(update_fields=["par_defaut"])
    return recherche
