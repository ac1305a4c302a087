"""The observatoire: indicators about people, the people behind a figure, computation and freezing of a year."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from parcours.indicateurs import FORMULES, PAR_CODE
from parcours.listes import COLONNES_EXPORT
from parcours.listes_statistiques import ListeIndicateur
from parcours.operations.consultations import consigner_liste
from parcours.operations.indicateurs import geler_releve, lancer_compilation
from parcours.statistiques.droits import peut_compiler_indicateurs, peut_lire_observatoire, peut_ouvrir_personnes
from parcours.statistiques.formule import PORTIONS, Formule
from parcours.statistiques.pages import Observatoire, PageIndicateur, choisir, programme_de, rubriques
from parcours.views.personnes import COLONNES as COLONNES_PERSONNES
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import entier
from pdi.socle.tri import Colonne

COLONNES = (
    Colonne("Indicateur"),
    Colonne("Valeur", nb=True),
    Colonne("Numérateur / dénominateur", nb=True),
    Colonne("Sans donnée", nb=True),
)
COLONNES_ANNEES = (Colonne("Année"), *COLONNES[1:])


@login_required
@require_GET
def observatoire(request: HttpRequest) -> HttpResponse:
    """Show every indicator of a year, for a territory, a structure, a sex, an age or a type."""
    exiger(peut_lire_observatoire(request.user))
    page = Observatoire(request.user, request.GET)
    contexte = {
        "page": page,
        "filtres": page.filtres,
        "rubriques": rubriques(page),
        "total": len(FORMULES),
        "colonnes": COLONNES,
        "requete": page.requete(),
    }
    return render(request, "parcours/observatoire/observatoire.html", contexte)


def _formule(code: str) -> Formule:
    if code not in PAR_CODE:
        raise Http404("Cet indicateur n’existe pas.")
    return PAR_CODE[code]


@login_required
@require_GET
def indicateur_parcours(request: HttpRequest, code: str) -> HttpResponse:
    """Show an indicator: definition, curve, breakdown, frozen figure beside its recount."""
    exiger(peut_lire_observatoire(request.user))
    observatoire = Observatoire(request.user, request.GET)
    page = PageIndicateur(observatoire, _formule(code), request.GET.get("axe", ""))
    contexte = {
        "page": page,
        "observatoire": observatoire,
        "filtres": observatoire.filtres,
        "formule": page.formule,
        "colonnes": COLONNES_ANNEES,
        "colonnes_ventilation": (Colonne(dict(page.axes).get(page.axe, "")), *COLONNES[1:]),
        "requete": observatoire.requete(),
        "sans_annee": [(k, v) for k, v in observatoire.parametres().items()],
    }
    return render(request, "parcours/observatoire/indicateur.html", contexte)


def _derriere(request: HttpRequest, code: str) -> ListeIndicateur:
    """Return the people behind a figure. Raises 404 for a code that names none."""
    portion = choisir(request.GET, "portion", PORTIONS, "numerateur")
    page = Observatoire(request.user, request.GET)
    return ListeIndicateur(request.user, request.GET, timezone.localdate(), page, _formule(code), portion)


@login_required
@require_GET
def indicateur_personnes(request: HttpRequest, code: str) -> HttpResponse:
    """List the people behind a figure, those the reader may find among them."""
    exiger(peut_ouvrir_personnes(request.user))
    liste = _derriere(request, code)
    consigner_liste(personnes=liste.page.objets, par=request.user, ecran=f"Liste : {liste.formule.libelle}")
    contexte = {
        "liste": liste, "page": liste.page, "filtres": liste.filtres, "tri": liste.tri, "formule": liste.formule,
        "observatoire": liste.observatoire, "portion": PORTIONS[liste.portion], "colonnes": COLONNES_PERSONNES,
        "retour": reverse("parcours:indicateur_parcours", args=[code]) + liste.observatoire.requete(),
    }  # fmt: skip
    return render(request, "parcours/observatoire/personnes.html", contexte)


@login_required
@require_GET
def indicateur_personnes_export(request: HttpRequest, code: str) -> HttpResponseBase:
    """Export the people behind a figure, those the reader may find among them."""
    exiger(peut_ouvrir_personnes(request.user))
    liste = _derriere(request, code)
    consigner_liste(
        personnes=liste.trouvees.only("pk"), par=request.user, ecran=f"Export : {liste.formule.libelle}"
    )  # fmt: skip
    jour = liste.observatoire.source.moment.jour
    return reponse_export(
        request, nom=f"personnes-{code.replace('_', '-')}", titre="Personnes derrière un chiffre",
        colonnes=COLONNES_EXPORT, lignes=liste.decorees.order_by(*liste.tri.cles),
        filtres=[
            f"{liste.formule.libelle} : personnes {PORTIONS[liste.portion]}",
            f"Situation au {jour:%d/%m/%Y}, dans votre périmètre", *liste.filtres.en_mots,
        ],
    )  # fmt: skip


def _annee_postee(request: HttpRequest) -> int:
    annee = entier(request.POST.get("annee"))
    if annee is None or not 2000 <= annee <= timezone.localdate().year:
        raise Http404("Cette année n’est pas une année passée ou en cours.")
    return annee


@login_required
@require_POST
def indicateurs_compiler(request: HttpRequest) -> HttpResponse:
    """Launch the computation of a year, fiches included, or join the one that runs."""
    exiger(peut_compiler_indicateurs(request.user))
    annee = _annee_postee(request)
    retour = f"{reverse('parcours:observatoire')}?annee={annee}"
    traitement = lancer_compilation(
        programme=programme_de(annee), annee=annee, par=request.user, url_retour=retour
    )  # fmt: skip
    return redirect("socle:traitement", traitement.pk)


@login_required
@require_POST
def indicateurs_geler(request: HttpRequest) -> HttpResponse:
    """Freeze the figures of a year that is over."""
    exiger(peut_compiler_indicateurs(request.user))
    annee = _annee_postee(request)
    try:
        geler_releve(annee=annee, par=request.user)
    except RegleMetier as erreur:
        messages.warning(request, erreur.message)
    else:
        messages.success(request, f"Les chiffres de {annee} sont gelés : un recompte se lira à côté d’eux.")
    return redirect(f"{reverse('parcours:observatoire')}?annee={annee}")
