"""The journal of writes: who changed what, when, from which screen, before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pdi.socle.droits import exiger, voit_journal
from pdi.socle.exports import Colonne, reponse_export
from pdi.socle.filtres import FiltreChoix, FiltreDate, Filtres, FiltreTexte
from pdi.socle.formats import valeur_journal
from pdi.socle.models import EntreeJournal
from pdi.socle.models.journal import nom_de_type
from pdi.socle.pagination import PageParCle
from pdi.socle.querysets import ADMINISTRATEUR
from pdi.socle.vocabulaire import ecran_en_clair, verbe_en_clair


def _changements(entree: EntreeJournal) -> list[str]:
    return [
        f"{champ} : {valeur_journal(avant)} → {valeur_journal(apres)}" for champ, avant, apres in entree.changements
    ]


COLONNES_JOURNAL = (
    Colonne("Le", "le", type="date", largeur=18),
    Colonne("Par", lambda e: e.par or "l’application", largeur=26),
    Colonne("Opération", lambda e: verbe_en_clair(e.verbe), largeur=30),
    Colonne("Type d’objet", "type_objet", largeur=22),
    Colonne("Objet", "objet_libelle", largeur=48),
    Colonne("Changements", _changements, largeur=70),
    Colonne("Commentaire", "commentaire", largeur=40),
    Colonne("Écran", lambda e: ecran_en_clair(e.ecran), largeur=28),
)


@dataclass(kw_only=True)
class FiltreIdentifiant(FiltreTexte):
    """The exact identifier of an object, given by a link rather than typed."""

    def condition(self, valeur: Any) -> Q:
        """Return equality."""
        return Q(objet_id=valeur)


class FiltresJournal(Filtres):
    """Filters of the journal."""

    mot = FiltreTexte("Mot de l’objet ou du commentaire", champs=("objet_libelle", "commentaire"), large=True)
    objet = FiltreChoix("Type d’objet", champ="objet_type")
    verbe = FiltreChoix("Opération", champ="verbe", vide="Toutes")
    auteur = FiltreChoix("Par", champ="par_id")
    depuis = FiltreDate("Depuis le", lookup="le__date__gte")
    jusqu_au = FiltreDate("Jusqu’au", lookup="le__date__lte")
    numero = FiltreIdentifiant("Identifiant de l’objet", champs=())


def _filtrer(request: HttpRequest) -> tuple[FiltresJournal, QuerySet[EntreeJournal]]:
    exiger(voit_journal(request.user))
    entrees = EntreeJournal.objects.visibles_par(request.user).select_related("par")
    types = entrees.order_by("objet_type").values_list("objet_type", flat=True).distinct()
    verbes = entrees.order_by("verbe").values_list("verbe", flat=True).distinct()
    auteurs = get_user_model().objects.filter(pk__in=entrees.order_by().values("par"))
    filtres = FiltresJournal(
        request.GET,
        choix={
            "objet": sorted(((t, nom_de_type(t)) for t in types), key=lambda paire: paire[1]),
            "verbe": sorted(((v, verbe_en_clair(v)) for v in verbes), key=lambda paire: paire[1]),
            "auteur": [(u.pk, str(u)) for u in auteurs],
        },
    )
    return filtres, filtres.appliquer(entrees)


@login_required
@never_cache
@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    """List the writes, newest first."""
    filtres, entrees = _filtrer(request)
    page = PageParCle(entrees, ["-le"], request.GET.get("curseur"))
    entier = request.user.a_role(ADMINISTRATEUR)  # type: ignore[union-attr]  # exiger refuses the anonymous
    return render(request, "socle/journal.html", {"filtres": filtres, "page": page, "entier": entier})


@login_required
@require_safe
def journal_export(request: HttpRequest) -> HttpResponseBase:
    """Export the entries of the filter."""
    filtres, entrees = _filtrer(request)
    return reponse_export(
        request,
        nom="journal",
        titre="Journal des écritures",
        colonnes=COLONNES_JOURNAL,
        lignes=entrees.order_by("-le", "-pk"),
        filtres=filtres.en_mots,
    )
