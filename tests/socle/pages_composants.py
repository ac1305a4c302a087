"""Pages that hold the components, for the browser tests only: `ROOT_URLCONF = "tests.socle.pages_composants"`."""

from __future__ import annotations

import datetime

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

PAGE = """{% extends "base_deux.html" %}
{% block titre %}Composants{% endblock %}
{% block ariane %}{% ariane "Programmes" "/composants" "Fiche 2.1" %}{% endblock %}
{% block onglet %}Fiche 2.1{% endblock %}{% block note %}Version du 28 mars 2022{% endblock %}
{% block entete_titre %}Accélérer les premières étapes du parcours{% endblock %}
{% block entete_meta %}<dl class="chemise-meta"><div><dt>Fiche</dt><dd>{% etat "bon" "En cours" icone="play-circle-fill" %}
</dd></div><div><dt>Adresse</dt><dd>une.adresse.vraiment.tres.longue@departement-exemple.fr</dd></div></dl>{% endblock %}
{% block actions %}<div class="actions">{% export "/x" total=17 %}{% menu "Autres actions" %}<li><a href="#a">Proposer</a>
</li>{% endmenu %}{% confirmation "Supprimer" "/confirmer" "Supprimer l’étape ?" bouton="Supprimer l’étape" grave=True %}
<p>Elle disparaît du plan d’action.</p>{% endconfirmation %}</div>{% endblock %}
{% block chiffres %}<dl class="chiffres">{% chiffre "Taux d’orientation" "86,0" unite="%" base="27 073 / 31 480"
tendance="+ 2,9 pts" ton="bon" icone="arrow-up-right" plein=86 cible=90 %}<dt>Compté</dt><dd>ceci</dd>{% endchiffre %}
{% chiffre "Bilans validés" 9 unite="sur 17" plein=9 maximum=17 url="/composants" %}{% endchiffre %}</dl>{% endblock %}
{% block avant %}<div class="feuille suite">{% chaine maillons %}</div><div class="feuille suite">{% etapes etapes %}</div>
<section class="feuille nue suite" aria-label="Fiches">{% filtres filtres %}{% jetons filtres 1234 "fiche" %}
{% table colonnes "Liste des fiches" tri=tri %}<tbody><tr><th scope="row"><a href="#f">2.1 Accélérer</a></th>
<td data-titre="Échéance">25/11/2026</td><td data-titre="Bilan">{% etat "info" "Soumis" icone="send-fill" %}</td>
<td class="nb" data-titre="Cible">90</td></tr></tbody>{% endtable %}{% pagination page "fiche" %}</section>{% endblock %}
{% block principal %}
<section class="section" aria-label="Dessins">{% graphique_courbe points titre="Taux" cible=90 unite="%" %}
{% graphique_barres points titre="Parts" unite="%" %}
{% graphique_empile lignes series titre="Bilans par axe" intitule="Axe" %}<p>{% etincelle points 90 "%" %}</p></section>
<section class="section" aria-label="Messages"><h2>Messages</h2>{% for ton in tons %}{% alerte ton=ton titre=ton %}
<p>Un <a href="#m">lien</a>.</p><div class="actions"><a class="btn btn-outline-primary btn-sm" href="#b">Agir</a></div>
{% endalerte %}{% etat ton ton %}{% endfor %}
{% vide "Aucune fiche" %}<p>Retirez un filtre.</p>{% endvide %}</section>
<section class="section" aria-label="Travail">{% travail traitement unite="fiche" url_fragment="/avancement" url_annuler="/x" %}
</section>
<section class="section" aria-label="Formulaire">{% if form.errors %}{% erreurs form %}{% endif %}
<form method="post">{% csrf_token %}{% champ form.titre %}{% champ form.bilan mots=3 %}
{% champs form "debut" "causes" "evolue" "urgent" %}<div class="barre-formulaire"><button class="btn btn-primary"
type="submit">Soumettre</button></div></form></section>
<section class="section" aria-label="Histoire"><h2>Histoire</h2>{% frise evenements %}</section>
<div id="zone" data-fondu><button class="btn btn-outline-primary" hx-get="/fragment" hx-target="#zone">Changer</button>
<button class="btn btn-outline-primary" hx-post="/echo" hx-target="#zone">Poster</button>
<button class="btn btn-outline-primary" hx-get="/expiree" hx-target="#zone">Session</button>
<button class="btn btn-outline-primary" hx-get="/panne" hx-target="#zone">Panne</button></div>
{% endblock %}
{% block lateral %}<section><h2>Fiches liées</h2><ul class="sans-puce"><li><a href="#l">2.5</a></li></ul></section>{% endblock %}
"""


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


class Page(list):
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
