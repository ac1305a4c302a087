"""The OARSA survey: six tables on 31 December, their checks, the queue of what to correct."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from parcours import anomalies_oarsa, oarsa
from parcours.listes_statistiques import ListeCorrections
from parcours.operations.consultations import consigner_liste
from parcours.statistiques.droits import peut_lire_observatoire, peut_ouvrir_personnes, voit_petits_effectifs
from parcours.statistiques.formule import Restriction
from parcours.statistiques.lecture import annees_lisibles
from parcours.statistiques.moteur import Moment
from parcours.statistiques.pages import choisir
from pdi.socle.droits import exiger
from pdi.socle.exports import reponse_export
from pdi.socle.masquage import SEUIL_INTERNE
from pdi.socle.tri import Colonne

COLONNES_ANOMALIES = (Colonne("Anomalie"), Colonne("Personnes", nb=True), Colonne("Que faire"))
COLONNES_PERSONNES = (
    Colonne("Personne, naissance", "nom"), Colonne("Commune"), Colonne("Référent"), Colonne("À corriger"),
    Colonne("Geste", masquee=True),
)  # fmt: skip


def _moment(request: HttpRequest) -> Moment:
    annees = {str(a): a for a in annees_lisibles()}
    return Moment.de(annees[choisir(request.GET, "annee", annees, str(timezone.localdate().year - 1))])


def _masque(request: HttpRequest) -> bool:
    return not voit_petits_effectifs(request.user, Restriction())


@login_required
@require_GET
def oarsa_page(request: HttpRequest) -> HttpResponse:
    """Show the six tables by one breakdown, their checks, the counts of anomalies."""
    exiger(peut_lire_observatoire(request.user))
    moment, axe = _moment(request), choisir(request.GET, "axe", oarsa.AXES, "age")
    tableaux = oarsa.tableaux(moment)
    population = next(t.effectif for t in tableaux if t.plan.code == "T1")
    controles = oarsa.controler(tableaux, population)
    if _masque(request):
        oarsa.masquer(tableaux, SEUIL_INTERNE)
    titre, categories = oarsa.AXES[axe]
    noms = list(categories.values())
    contexte = {
        "moment": moment, "annees": annees_lisibles(), "axe": axe, "axe_titre": titre,
        "axes": [(cle, nom) for cle, (nom, _) in oarsa.AXES.items()],
        "tableaux": [
            (t, [(ligne, list(zip(noms, ligne.par(axe), strict=True))) for ligne in t.dites]) for t in tableaux
        ],
        "colonnes": (Colonne("Ligne"), Colonne("Total", nb=True), *(Colonne(c, nb=True) for c in noms)),
        "controles": controles, "population": population, "masque": _masque(request), "seuil": SEUIL_INTERNE,
        "anomalies": _anomalies(request, moment), "colonnes_anomalies": COLONNES_ANOMALIES,
    }  # fmt: skip
    return render(request, "parcours/observatoire/oarsa.html", contexte)


def _anomalies(request: HttpRequest, moment: Moment) -> list[anomalies_oarsa.Compte]:
    """Return the anomalies that concern somebody, for those who may open the people."""
    return anomalies_oarsa.compter(moment, request.user) if peut_ouvrir_personnes(request.user) else []


@login_required
@require_GET
def oarsa_export(request: HttpRequest) -> HttpResponseBase:
    """Export the six tables with every breakdown."""
    exiger(peut_lire_observatoire(request.user))
    moment = _moment(request)
    tableaux = oarsa.tableaux(moment)
    filtres = [f"Situation au {moment.jour:%d/%m/%Y}"]
    if _masque(request):
        oarsa.masquer(tableaux, SEUIL_INTERNE)
        filtres.append(f"Effectifs de moins de {SEUIL_INTERNE} personnes masqués (s. s.)")
    return reponse_export(
        request, nom=f"oarsa-{moment.annee}", titre=f"OARSA {moment.annee}", colonnes=oarsa.colonnes_export(),
        lignes=oarsa.lignes_export(tableaux), filtres=filtres,
    )  # fmt: skip


def _corrections(request: HttpRequest, code: str) -> ListeCorrections:
    """Return the list of an anomaly. Raises 404 for a code that names none."""
    if (anomalie := anomalies_oarsa.PAR_CODE.get(code)) is None:
        raise Http404("Cette anomalie n’existe pas.")
    return ListeCorrections(request.user, request.GET, timezone.localdate(), anomalie, _moment(request))


@login_required
@require_GET
def oarsa_corrections(request: HttpRequest, code: str) -> HttpResponse:
    """List the people an anomaly concerns, those the reader may find among them."""
    exiger(peut_ouvrir_personnes(request.user))
    liste = _corrections(request, code)
    consigner_liste(personnes=liste.page.objets, par=request.user, ecran=f"Liste OARSA : {liste.anomalie.libelle}")
    contexte = {
        "liste": liste, "page": liste.page, "filtres": liste.filtres, "tri": liste.tri, "masque": _masque(request),
        "anomalie": liste.anomalie, "moment": liste.moment, "colonnes": COLONNES_PERSONNES,
    }  # fmt: skip
    return render(request, "parcours/observatoire/corrections.html", contexte)


@login_required
@require_GET
def oarsa_corrections_export(request: HttpRequest, code: str) -> HttpResponseBase:
    """Export the people of such a list, each with everything to correct about her."""
    exiger(peut_ouvrir_personnes(request.user))
    liste = _corrections(request, code)
    ecran = f"Export OARSA : {liste.anomalie.libelle}"
    consigner_liste(personnes=liste.trouvees.only("pk"), par=request.user, ecran=ecran)
    return reponse_export(
        request, nom=f"oarsa-{liste.moment.annee}-a-corriger-{code.replace('_', '-')}",
        titre=f"OARSA {liste.moment.annee}, à corriger", colonnes=liste.colonnes_export(),
        lignes=liste.decorees.order_by(*liste.tri.cles),
        filtres=[
            liste.anomalie.libelle, f"Situation au {liste.moment.jour:%d/%m/%Y}, dans votre périmètre",
            *liste.filtres.en_mots,
        ],
    )  # fmt: skip
