"""Bodies: the list, its export, the page of one, creation and change, rules of procedure."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from actions.forms.champs import LISTE_STRUCTURES, ChampStructure
from gouvernance.droits_instances import peut_creer_instance, peut_tenir_instance
from gouvernance.forms.instances import InstanceForm, ReglementForm
from gouvernance.lecture_instance import LectureInstance
from gouvernance.listes_instances import COLONNES_EXPORT, ListeInstances
from gouvernance.models import Instance, ReglementInstance
from gouvernance.operations.instances import creer_instance, deposer_reglement, modifier_instance
from pdi.socle.composants import Lien
from pdi.socle.droits import exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import ECRITURE, entier, envoi, mener
from pdi.socle.pieces import servir_piece
from pdi.socle.tri import Colonne

COLONNES = (
    Colonne("Instance", "nom"), Colonne("Nature, niveau", "nature"), Colonne("Fréquence"),
    Colonne("Membres", "membres", nb=True),
)  # fmt: skip


def instance_visible(request: HttpRequest, pk: int) -> Instance:
    """Return a body the reader may see. Raises Http404."""
    visibles = Instance.objects.visibles_par(request.user).select_related("departement", "territoire")
    return get_object_or_404(visibles, pk=pk)


def instance_tenue(request: HttpRequest, pk: int) -> Instance:
    """Return a body the reader keeps. Raises Http404, DroitInsuffisant."""
    lue = instance_visible(request, pk)
    exiger(peut_tenir_instance(request.user, lue))
    return lue


def ecrire(
    request: HttpRequest, form: Any, *, titre: str, bouton: str, chemin: list[Lien], **contexte: Any
) -> HttpResponse:
    """Render a form of governance: `chemin` ends with the page one comes back to."""
    structure = next((c for c in form.fields.values() if isinstance(c, ChampStructure)), None)
    complet = {
        "form": form, "titre": titre, "bouton": bouton, "liens": [*chemin, Lien(titre)], "retour": chemin[-1].url,
        "texte": "", "grave": False, "cote": "Instance", "note": chemin[-1].intitule,
        "structures": structure.repertoire.noms if structure else [], "liste_structures": LISTE_STRUCTURES,
    }  # fmt: skip
    return render(request, "gouvernance/ecrire.html", complet | contexte, status=422 if form.errors else 200)


def chemin_de(instance: Instance | None = None) -> list[Lien]:
    """Return the way to a body."""
    liens = [Lien("Instances", reverse("gouvernance:instances"))]
    return [*liens, Lien(str(instance), instance.get_absolute_url())] if instance else liens


@login_required
@require_safe
def instances(request: HttpRequest) -> HttpResponse:
    """List the bodies the reader may see."""
    liste = ListeInstances(request.user, request.GET, timezone.localdate())
    contexte = {
        "liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES,
        "peut_creer": peut_creer_instance(request.user).ok,
    }  # fmt: skip
    return render(request, "gouvernance/instances/instances.html", contexte)


@login_required
@require_safe
def instances_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filter."""
    liste = ListeInstances(request.user, request.GET, timezone.localdate())
    return reponse_export(
        request, nom="instances", titre="Instances", colonnes=COLONNES_EXPORT,
        lignes=liste.decorees.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


@login_required
@require_safe
def instance(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a body: what it is for, who sits."""
    lue = instance_visible(request, pk)
    contexte = {
        "instance": lue, "lecture": LectureInstance(lue, request.user, timezone.localdate()),
        "peut_reprendre": lue.reference and peut_creer_instance(request.user).ok,
    }  # fmt: skip
    return render(request, "gouvernance/instances/instance.html", contexte)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def instance_creer(request: HttpRequest) -> HttpResponse:
    """Create a body of the département."""
    exiger(peut_creer_instance(request.user))
    repris = entier(request.GET.get("modele"))
    modele = Instance.objects.visibles_par(request.user).filter(pk=repris).first() if repris else None
    form = InstanceForm(envoi(request), modele=modele)
    reponse = mener(
        request, form, lambda: creer_instance(par=request.user, **form.valeurs),
        dit="L’instance est créée : ajoutez ses membres.",
    )  # fmt: skip
    return reponse or ecrire(request, form, titre="Créer une instance", bouton="Créer l’instance", chemin=chemin_de())


@login_required
@never_cache
@require_http_methods(ECRITURE)
def instance_modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a body."""
    lue = instance_tenue(request, pk)
    form = InstanceForm(envoi(request), instance=lue)
    reponse = mener(
        request, form,
        lambda: modifier_instance(instance=lue, version=form.cleaned_data["version"], par=request.user, **form.valeurs),
        dit="L’instance est modifiée.", vers=lue,
    )  # fmt: skip
    return reponse or ecrire(
        request, form, titre="Modifier l’instance", bouton="Enregistrer l’instance", chemin=chemin_de(lue)
    )


@login_required
@never_cache
@require_http_methods(ECRITURE)
def reglement_deposer(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the rules of procedure of a body."""
    lue = instance_tenue(request, pk)
    form = ReglementForm(envoi(request), request.FILES if request.method == "POST" else None)
    reponse = mener(
        request, form, lambda: deposer_reglement(instance=lue, fichier=form.cleaned_data["fichier"], par=request.user),
        dit="Le règlement intérieur est déposé.", vers=lue,
    )  # fmt: skip
    return reponse or ecrire(
        request, form, titre="Déposer le règlement intérieur", bouton="Déposer le règlement", chemin=chemin_de(lue),
        texte="Les membres le lisent depuis la page de l’instance. Les versions précédentes restent.",
    )  # fmt: skip


@login_required
@require_safe
def reglement(request: HttpRequest, pk: int) -> FileResponse:
    """Give the rules of procedure to whoever sees the body."""
    lisibles = ReglementInstance.objects.filter(instance__in=Instance.objects.visibles_par(request.user))
    return servir_piece(get_object_or_404(lisibles, pk=pk))
