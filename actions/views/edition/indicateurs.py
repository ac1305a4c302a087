"""Define an indicator, its targets."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST

from actions import registre
from actions.droits import peut_modifier_fiche
from actions.forms.indicateurs import LISTE_UNITES, UNITES, CiblesForm, IndicateurForm
from actions.forms.lignes import Formulaire
from actions.models import CibleIndicateur, Indicateur
from actions.operations import indicateurs as operations
from actions.operations.commun import Etat
from pdi.socle.composants import Lien
from pdi.socle.droits import exiger
from pdi.socle.formats import compte

from .ecran import Confirmation, Ecran
from .sections import ariane_de_fiche, fiche_modifiable


class IndicateurCreer(Ecran):
    """A new indicator in a fiche."""

    gabarit = "actions/edition/indicateur.html"
    formulaire = IndicateurForm
    titre = "Ajouter un indicateur"
    bouton = "Ajouter l’indicateur"

    def preparer(self) -> None:
        """Fetch the fiche."""
        self.fiche = fiche_modifiable(self.request, self.kwargs["pk"])
        self.onglet = f"Fiche {self.fiche.numero}"

    def ariane(self) -> list[Lien]:
        """Return the path."""
        modifier = Lien("Modifier", reverse("actions:fiche_modifier", args=[self.fiche.pk]))
        return ariane_de_fiche(self.fiche, modifier, Lien(self.titre))

    def retour(self) -> str:
        """Return to the sections of the fiche."""
        return self.adresse_de_retour(reverse("actions:fiche_modifier", args=[self.fiche.pk]) + "#indicateurs")

    def contexte(self) -> dict[str, Any]:
        """Give the units and the calculations."""
        return {
            "fiche": self.fiche,
            "indicateur": None,
            "raison_de_garder": "",
            "liste_unites": LISTE_UNITES,
            "unites": UNITES,
            "declarations": registre.declarations(),
        }

    def enregistrer(self) -> str:
        """Create, then offer the targets."""
        indicateur = operations.creer_indicateur(fiche=self.fiche, par=self.request.user, **self.form.cleaned_data)
        cibles = reverse("actions:cibles_modifier", args=[self.fiche.pk])
        self.dire(f"« {indicateur} » est ajouté.", cibles, "Fixer ses cibles")
        return self.retour()


class IndicateurModifier(IndicateurCreer):
    """The definition of an indicator."""

    titre = "Modifier l’indicateur"
    bouton = "Enregistrer"

    def preparer(self) -> None:
        """Fetch the indicator."""
        self.indicateur = indicateur_modifiable(self.request, self.kwargs["pk"])
        self.fiche = self.indicateur.fiche
        self.onglet = f"Indicateur – fiche {self.fiche.numero}"

    def initial(self) -> dict[str, Any]:
        """Return the definition."""
        return {nom: getattr(self.indicateur, nom) for nom in operations.CHAMPS_INDICATEUR}

    def etat(self) -> Etat | None:
        """Return it in words."""
        return operations.etat_indicateur(self.indicateur)

    def retour(self) -> str:
        """Return to the indicator."""
        return self.adresse_de_retour(self.indicateur.get_absolute_url())

    def contexte(self) -> dict[str, Any]:
        """Say whether it can be deleted."""
        raison = operations.raison_de_garder_indicateur(self.indicateur)
        return super().contexte() | {"indicateur": self.indicateur, "raison_de_garder": raison}

    def enregistrer(self) -> str:
        """Write."""
        operations.modifier_indicateur(
            indicateur=self.indicateur,
            par=self.request.user,
            valeurs=self.form.cleaned_data,
            empreinte=self.vue,
        )
        self.dire("L’indicateur est enregistré.")
        return self.retour()


def indicateur_modifiable(request: HttpRequest, pk: int) -> Indicateur:
    """Return an indicator that the user may read and change. Raises Http404, DroitInsuffisant."""
    visibles = Indicateur.objects.visibles_par(request.user).select_related("fiche__programme")
    indicateur = get_object_or_404(visibles, pk=pk)
    exiger(peut_modifier_fiche(request.user, indicateur.fiche))
    return indicateur


class IndicateurSupprimer(Confirmation):
    """Delete an indicator that never had a value."""

    bouton = "Supprimer l’indicateur"

    def preparer(self) -> None:
        """Fetch the indicator."""
        self.indicateur = indicateur_modifiable(self.request, self.kwargs["pk"])
        self.titre = f"Supprimer « {self.indicateur} » ?"
        raison = operations.raison_de_garder_indicateur(self.indicateur)
        self.texte = f"Ce n’est pas possible. {raison}" if raison else "Ses cibles sont supprimées avec lui."

    def retour(self) -> str:
        """Return to the sections of the fiche."""
        return reverse("actions:fiche_modifier", args=[self.indicateur.fiche_id]) + "#indicateurs"

    def faire(self) -> str:
        """Delete."""
        operations.supprimer_indicateur(indicateur=self.indicateur, par=self.request.user)
        messages.success(self.request, f"« {self.indicateur} » est supprimé.")
        return self.retour()


@login_required
@require_POST
def indicateur_deplacer(request: HttpRequest, pk: int) -> HttpResponse:
    """Move an indicator one rank up or down in its fiche."""
    indicateur = indicateur_modifiable(request, pk)
    sens = -1 if request.POST.get("sens") == "monter" else 1
    operations.deplacer_indicateur(indicateur=indicateur, sens=sens, par=request.user)
    return HttpResponseRedirect(reverse("actions:fiche_modifier", args=[indicateur.fiche_id]) + "#indicateurs")


class CiblesModifier(Ecran):
    """Targets of every indicator of a fiche, year by year."""

    gabarit = "actions/edition/cibles.html"
    formulaire = CiblesForm
    titre = "Cibles des indicateurs"
    bouton = "Enregistrer les cibles"
    introduction = (
        "Videz une case pour retirer une cible. Une cible imprimée que vous changez n’est plus dite imprimée."
    )

    def preparer(self) -> None:
        """Fetch the fiche."""
        self.fiche = fiche_modifiable(self.request, self.kwargs["pk"])
        self.onglet = f"Fiche {self.fiche.numero}"

    @cached_property
    def indicateurs(self) -> list[Indicateur]:
        """Return the followed indicators that are numbers."""
        return [i for i in self.fiche.indicateurs.filter(actif=True) if i.chiffrable]

    @cached_property
    def cibles(self) -> dict[str, CibleIndicateur]:
        """Return {box: target}."""
        cibles = CibleIndicateur.objects.filter(indicateur__in=self.indicateurs)
        return {f"c{c.indicateur_id}_{c.annee}": c for c in cibles}

    def initial(self) -> dict[str, Any]:
        """Return the targets."""
        return {nom: c.valeur for nom, c in self.cibles.items()}

    def options_form(self) -> dict[str, Any]:
        """Make the grid."""
        return {"indicateurs": self.indicateurs, "annees": self.fiche.programme.annees}

    def etat(self) -> Etat | None:
        """Return the targets in words."""
        return operations.etat_cibles(self.fiche)

    def ariane(self) -> list[Lien]:
        """Return the path."""
        modifier = Lien("Modifier", reverse("actions:fiche_modifier", args=[self.fiche.pk]))
        return ariane_de_fiche(self.fiche, modifier, Lien("Cibles"))

    def retour(self) -> str:
        """Return to the sections of the fiche."""
        return self.adresse_de_retour(reverse("actions:fiche_modifier", args=[self.fiche.pk]) + "#indicateurs")

    def contexte(self) -> dict[str, Any]:
        """Give the grid its headers; the printed targets are marked."""
        return {
            "fiche": self.fiche,
            "indicateurs": self.indicateurs,
            "annees": list(self.fiche.programme.annees),
        }

    def rangees(self, form: Formulaire) -> list[dict[str, Any]]:
        """Return the grid: one row per indicator, one box per year; printed targets are marked."""
        imprimees = {nom for nom, c in self.cibles.items() if c.imprimee}
        return [
            {
                "indicateur": i,
                "cases": [
                    {"annee": a, "champ": form[f"c{i.pk}_{a}"], "imprimee": f"c{i.pk}_{a}" in imprimees}
                    for a in self.fiche.programme.annees
                ],
            }
            for i in self.indicateurs
        ]

    def enregistrer(self) -> str:
        """Write."""
        assert isinstance(self.form, CiblesForm)  # noqa: S101  # nosec B101
        nombre = operations.definir_cibles(
            fiche=self.fiche, cibles=self.form.cibles, par=self.request.user, empreinte=self.vue
        )
        self.dire(f"{compte(nombre, 'cible changée', 'cibles changées')}." if nombre else "Aucune cible n’a changé.")
        return self.retour()
