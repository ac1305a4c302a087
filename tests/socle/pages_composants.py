"""Pages that hold the components, for the browser tests only: `ROOT_URLCONF = "tests.socle.pages_composants"`."""

from __future__ import annotations

import datetime
from pathlib import Path

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import include, path
from django.utils import timezone

from pdi.socle.composants import Etape, Evenement, Maillon
from pdi.socle.droits import DroitInsuffisant
from pdi.socle.filtres import FiltreBooleen, FiltreChoix, Filtres, FiltreTexte
from pdi.socle.models import Traitement
from pdi.socle.tri import Colonne, Tri

PAGE = Path(__file__).with_suffix(".html").read_text(encoding="utf-8")


class FiltresEssai(Filtres):
    mot = FiltreTexte("Mot du titre", champs=("titre",), large=True)
    etat = FiltreChoix("État du bilan", champ="etat", choix=[("v", "Validé")])
    retard = FiltreBooleen("En retard", si_vrai=Q())


class Formulaire(forms.Form):
    titre = forms.CharField(label="Titre de l’étape", help_text="Un verbe et son objet.")
    bilan = forms.CharField(label="Ce qui a été fait", widget=forms.Textarea, required=False)
    debut = forms.DateField(label="Début", widget=forms.DateInput(attrs={"type": "date"}))
    causes = forms.MultipleChoiceField(
        label="Causes", required=False, choices=[("a", "Règle"), ("b", "Moyens")], widget=forms.CheckboxSelectMultiple
    )
    evolue = forms.ChoiceField(label="Évolue ?", choices=[("n", "Non"), ("o", "Oui")], widget=forms.RadioSelect)
    urgent = forms.BooleanField(label="Prioritaire", required=False)


class Page(list[int]):
    def __init__(self) -> None:
        super().__init__([1])
        self.objets, self.suivant, self.precedent, self.total, self.plusieurs = [1], "s", "p", 1234, True


AVANCEMENT = {"fait": 0}


def traitement() -> Traitement:
    fini = AVANCEMENT["fait"] >= 3
    return Traitement(
        pk="00000000-0000-0000-0000-000000000001",
        nature="n",
        cle="c",
        intitule="Rapport 2025, version 3",
        etat="termine" if fini else "en_cours",
        total=3,
        fait=min(AVANCEMENT["fait"], 3),
        etape="Axe 3",
        fin=timezone.now() if fini else None,
    )


def rendre(source: str, request: HttpRequest, **contexte: object) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(source).render(contexte, request))


def composants(request: HttpRequest) -> HttpResponse:
    """Show every component. Each visit starts the job again."""
    AVANCEMENT["fait"] = 0
    form = Formulaire(request.POST or None)
    return rendre(
        PAGE,
        request,
        filtres=FiltresEssai(request.GET),
        tri=Tri.lire(request.GET, {"titre": "titre"}, defaut="titre"),
        colonnes=[Colonne("Fiche", "titre"), Colonne("Échéance"), Colonne("Bilan"), Colonne("Cible", nb=True)],
        page=Page(),
        points=[("2022", 78.2), ("2023", None), ("2024", 83.1), ("2025", 86)],
        lignes=[("Axe 1 – Favoriser l’accès aux droits tout en maîtrisant l’allocation", [2, 1, 1, 1])],
        series=[("Validé", "bon"), ("Soumis", "info"), ("Renvoyé", "veille"), ("À rédiger", "neutre")],
        etapes=[Etape("Ouvert", "", "fait"), Etape("Soumis", "6 février", "courant"), Etape("Validé")],
        maillons=[Maillon("3", "objectifs", "programme"), Maillon("4", "offres", "offre", "#o")],
        evenements=[Evenement(datetime.date(2026, 2, 11), "Renvoyé", "« Non. »", "lock", ton="veille")],
        tons=["bon", "veille", "retard", "info", "neutre"],
        traitement=traitement(),
        form=form,
    )


def avancement(request: HttpRequest) -> HttpResponse:
    """Answer the job's fragment; each request is one step further."""
    AVANCEMENT["fait"] += 1
    source = '{% travail t unite="fiche" url_fragment="/avancement" url_annuler="/x" %}'
    return rendre(source, request, t=traitement())


def confirmer(request: HttpRequest) -> HttpResponse:
    """Ask (GET), then do (POST)."""
    if request.method == "POST":
        return rendre("<!doctype html><html lang=fr><title>Fait</title><p>Supprimée</p>", request)
    return rendre(
        '{% include "components/page_confirmation.html" %}',
        request,
        titre="Supprimer l’étape ?",
        texte="Elle disparaît du plan d’action.",
        bouton="Supprimer l’étape",
        retour="/composants",
        grave=True,
    )


def fragment(_request: HttpRequest) -> HttpResponse:
    """Answer a piece of page that announces itself."""
    return HttpResponse("<p data-annonce>4 fiches</p>")


def echo(request: HttpRequest) -> HttpResponse:
    """Prove that a POST by htmx passed the CSRF check."""
    return HttpResponse(f"<p>Reçu en {request.method}</p>")


def expiree(_request: HttpRequest) -> HttpResponse:
    """Do as a view that needs a session."""
    return redirect("comptes:connexion")


def panne(_request: HttpRequest) -> HttpResponse:
    """Break."""
    raise PanneVoulue


class PanneVoulue(Exception):
    """What a bug raises."""


def refus(_request: HttpRequest) -> HttpResponse:
    """Refuse with our own sentence."""
    raise DroitInsuffisant("Seul le chargé de programme valide un bilan.")


def refus_technique(_request: HttpRequest) -> HttpResponse:
    """Refuse with a sentence that is not meant for users."""
    raise PermissionDenied("internal detail")


urlpatterns = [
    path("composants", composants),
    path("avancement", avancement),
    path("confirmer", confirmer),
    path("fragment", fragment),
    path("echo", echo),
    path("expiree", expiree),
    path("panne", panne),
    path("refus", refus),
    path("refus-technique", refus_technique),
    path("", include("pdi.accueil.urls")),
    path("comptes/", include("pdi.comptes.urls")),
    path("", include("pdi.socle.urls")),
]
handler400 = "pdi.accueil.views.erreurs.requete_invalide"
handler403 = "pdi.accueil.views.erreurs.acces_refuse"
handler404 = "pdi.accueil.views.erreurs.introuvable"
handler500 = "pdi.accueil.views.erreurs.erreur_interne"
