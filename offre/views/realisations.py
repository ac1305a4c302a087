"""Realisations: list, page, entry, correction, removal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from actions.models import FicheAction
from actions.operations.commun import Etat
from actions.regles.saisie import lire_nombre
from actions.views.edition.ecran import Confirmation, Ecran
from offre.droits import peut_importer_offre
from offre.droits_conventions import (
    peut_lire_realisations,
    peut_modifier_realisation,
    peut_saisir_realisations,
    structures_saisissables,
)
from offre.forms.realisations import PREFIXE, RealisationForm
from offre.listes_realisations import COLONNES, ListeRealisations, MesuresDites
from offre.models import Convention, OffreInsertion, Realisation, TypeRealisation
from offre.operations import realisations as operations
from offre.operations.realisations import CHAMPS, etat_realisation
from pdi.socle.composants import Lien
from pdi.socle.droits import exiger
from pdi.socle.exports import reponse_export
from pdi.socle.masquage import MASQUE
from pdi.structures.models import Structure
from pdi.territoires.lecture import territoires_du_departement


def _realisation(request: HttpRequest, pk: int) -> Realisation:
    lues = Realisation.objects.visibles_par(request.user).select_related(
        "type", "structure", "territoire", "offre", "convention", "fiche__programme", "saisie_par"
    )
    return get_object_or_404(lues, pk=pk)


@login_required
@require_safe
def realisations(request: HttpRequest) -> HttpResponse:
    """List the realisations of the reader's scope, with what each kind amounts to."""
    exiger(peut_lire_realisations(request.user))
    liste = ListeRealisations(request.user, request.GET, timezone.localdate())
    contexte = {
        "liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES,
        "saisir": bool(peut_saisir_realisations(request.user)), "importer": bool(peut_importer_offre(request.user)),
        "genre": f"realisations-{liste.filtres.valeurs.get('type', 'clauses')}",
    }  # fmt: skip
    return render(request, "offre/realisations/realisations.html", contexte)


@login_required
@require_safe
def realisations_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filter."""
    exiger(peut_lire_realisations(request.user))
    liste = ListeRealisations(request.user, request.GET, timezone.localdate())
    return reponse_export(
        request, nom="realisations", titre="Réalisations", colonnes=liste.colonnes_export,
        lignes=liste.lignes.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


@login_required
@require_safe
def realisation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one realisation."""
    exiger(peut_lire_realisations(request.user))
    lue = _realisation(request, pk)
    fiches = FicheAction.objects.visibles_par(request.user)
    contexte = {
        "realisation": lue, "mesures": MesuresDites(request.user, Realisation.objects.filter(pk=pk))(lue),
        "secret": MASQUE,
        "modifier": bool(peut_modifier_realisation(request.user, lue)),
        "fiche": fiches.filter(pk=lue.fiche_id).first() if lue.fiche_id else None,
    }  # fmt: skip
    return render(request, "offre/realisations/realisation.html", contexte)


@login_required
@require_safe
def realisation_choisir(request: HttpRequest) -> HttpResponse:
    """Choose the kind of realisation to enter."""
    exiger(peut_saisir_realisations(request.user))
    types = TypeRealisation.objects.filter(actif=True)
    return render(request, "offre/realisations/choisir.html", {"types": types})


class EcranRealisation(Ecran):
    """The form of a realisation."""

    gabarit = "offre/realisations/saisie.html"
    formulaire = RealisationForm
    type: TypeRealisation
    realisation: Realisation | None = None

    @property
    def onglet(self) -> str:  # type: ignore[override]
        """Name the kind."""
        return self.type.libelle

    @cached_property
    def _choix(self) -> dict[str, Any]:
        permises, annee = structures_saisissables(self.request.user), timezone.localdate().year
        return {
            "structures": None if permises is None else list(Structure.objects.filter(pk__in=permises).order_by("nom")),
            "territoire": territoires_du_departement(),
            "offre": OffreInsertion.objects.publiees().order_by("ordre", "pk"),
            "convention": Convention.objects.visibles_par(self.request.user).exclude(etat="projet").order_by("numero"),
            "fiche": FicheAction.objects.visibles_par(self.request.user)
            .filter(programme__reference=False, programme__annee_fin__gte=annee - 1)
            .order_by("programme_id", "ordre"),
        }

    def options_form(self) -> dict[str, Any]:
        """Give the kind and the choices."""
        return {"genre": self.type, **self._choix}

    def _avec_structures(self) -> bool:
        return self._choix["structures"] is None

    def initial(self) -> dict[str, Any]:
        """Return the stored values."""
        r = self.realisation
        if r is None:
            return {"debut": timezone.localdate()}
        mesures = {PREFIXE + m: lire_nombre(v) if v[:1].isdigit() else v for m, v in r.valeurs.items()}
        return {nom: getattr(r, nom) for nom in CHAMPS} | mesures

    def ariane(self) -> list[Lien]:
        """Return the path to this page."""
        return [Lien("Réalisations", reverse("offre:realisations")), Lien(self.titre)]

    def contexte(self) -> dict[str, Any]:
        """Show the kind."""
        return {"type": self.type}


class RealisationNouvelle(EcranRealisation):
    """A new realisation of a kind."""

    bouton = "Enregistrer"

    def preparer(self) -> None:
        """Require the right; find the kind."""
        exiger(peut_saisir_realisations(self.request.user))
        self.type = get_object_or_404(TypeRealisation, code=self.kwargs["code"], actif=True)
        self.titre = f"Saisir\u00a0: {self.type.libelle[:1].lower()}{self.type.libelle[1:]}"

    def retour(self) -> str:
        """Go back to the list."""
        return reverse("offre:realisations")

    def enregistrer(self) -> str:
        """Write it."""
        form: Any = self.form
        creee = operations.saisir_realisation(type=self.type, saisie=form.saisie(), par=self.request.user)
        self.dire("La réalisation est enregistrée.")
        return creee.get_absolute_url()


class RealisationModifier(EcranRealisation):
    """A realisation, corrected."""

    titre = "Corriger la réalisation"

    def preparer(self) -> None:
        """Fetch it through its scope, require the verdict."""
        self.realisation = _realisation(self.request, self.kwargs["pk"])
        exiger(peut_modifier_realisation(self.request.user, self.realisation))
        self.type = self.realisation.type

    def etat(self) -> Etat | None:
        """Return what is stored, in words, for the lock."""
        return etat_realisation(self.realisation) if self.realisation else None

    def retour(self) -> str:
        """Go back to its page."""
        if self.realisation is None:
            raise Http404
        return self.realisation.get_absolute_url()

    def enregistrer(self) -> str:
        """Save it."""
        form: Any = self.form
        if self.realisation is None:
            raise Http404
        operations.modifier_realisation(
            realisation=self.realisation, saisie=form.saisie(), par=self.request.user, vue=self.vue
        )
        self.dire("La réalisation est enregistrée.")
        return self.retour()


class RealisationSupprimer(Confirmation):
    """Remove a realisation entered by mistake."""

    titre = "Supprimer cette réalisation ?"
    bouton = "Supprimer la réalisation"

    def preparer(self) -> None:
        """Fetch it through its scope, require the verdict."""
        self.realisation = _realisation(self.request, self.kwargs["pk"])
        exiger(peut_modifier_realisation(self.request.user, self.realisation))
        self.texte = f"« {self.realisation} » ne comptera plus nulle part. Le journal garde ce qu’elle disait."

    def retour(self) -> str:
        """Go back to its page."""
        return self.realisation.get_absolute_url()

    def faire(self) -> str:
        """Remove it."""
        operations.supprimer_realisation(realisation=self.realisation, par=self.request.user)
        messages.success(self.request, "La réalisation est supprimée.")
        return reverse("offre:realisations")
