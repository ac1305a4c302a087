"""Create a fiche, see its sections to fill, delete one written by mistake."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from actions.droits import peut_modifier_programme
from actions.forms.fiches import IdentiteForm
from actions.forms.programmes import choix_d_axes
from actions.models import FicheAction, Programme, RubriqueFiche
from actions.operations.commun import Etat
from actions.operations.fiches import creer_fiche, raison_de_garder, supprimer_fiche
from actions.operations.sections import etat_section
from pdi.socle.composants import Lien
from pdi.socle.droits import exiger
from pdi.socle.formulaires import entier

from .ecran import Confirmation, Ecran
from .sections import Sections, ariane_de_fiche, fiche_modifiable

LIGNES_APERCU = 6


class FicheCreer(Ecran):
    """A new fiche in a programme."""

    formulaire = IdentiteForm
    titre = "Créer une fiche-action"
    onglet = "Nouvelle fiche"
    bouton = "Créer la fiche"
    introduction = "Les autres sections se remplissent ensuite, une par une, dans l’ordre que vous voulez."

    def preparer(self) -> None:
        """Fetch the programme."""
        visibles = Programme.objects.visibles_par(self.request.user)
        self.programme = get_object_or_404(visibles, code=self.kwargs["code"])
        exiger(peut_modifier_programme(self.request.user, self.programme))

    def initial(self) -> dict[str, Any]:
        """Take the node named in the address, when one adds from the tree."""
        axe = entier(self.request.GET.get("axe"))
        return {"axe": axe} if axe else {}

    def options_form(self) -> dict[str, Any]:
        """Offer the tree."""
        return {"axes": choix_d_axes(self.programme)}

    def ariane(self) -> list[Lien]:
        """Return the path."""
        return [
            Lien("Programmes", reverse("actions:programmes")),
            Lien(str(self.programme), self.programme.get_absolute_url()),
            Lien(self.titre),
        ]

    def retour(self) -> str:
        """Return to the programme."""
        return self.programme.get_absolute_url()

    def enregistrer(self) -> str:
        """Create, then go to the sections to fill."""
        valeurs = dict(self.form.cleaned_data)
        axe = self.programme.axes.filter(pk=valeurs.pop("axe")).first()
        fiche: FicheAction = creer_fiche(programme=self.programme, par=self.request.user, axe=axe, **valeurs)
        self.dire(f"La fiche {fiche.numero} est créée.", fiche.get_absolute_url(), "Voir la fiche")
        return reverse("actions:fiche_modifier", args=[fiche.pk])


def apercu(etat: Etat) -> list[dict[str, Any]]:
    """Return what a section holds, label by label, a few lines of each; « non » says nothing worth a line."""
    return [
        {
            "libelle": libelle,
            "lignes": valeur.splitlines()[:LIGNES_APERCU],
            "reste": len(valeur.splitlines()[LIGNES_APERCU:]),
        }
        for libelle, valeur in etat.items()
        if valeur not in {"", "non"}
    ]


@login_required
@require_GET
def fiche_modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """List the sections of a fiche with what they hold and what is missing."""
    fiche = fiche_modifiable(request, pk)
    sections = Sections(fiche)
    lignes = [
        {
            "titre": lien["titre"],
            "url": lien["url"],
            "contenu": apercu(etat_section(fiche, code)),
            "manques": [m for m in sections.manques if m.rubrique == code],
        }
        for code, lien in zip(sections.codes, sections.liens(), strict=True)
    ]
    contexte = {
        "fiche": fiche,
        "lignes": lignes,
        "manques": sections.manques,
        "indicateurs": fiche.indicateurs.all(),
        "manques_indicateurs": [m for m in sections.manques if m.rubrique == RubriqueFiche.INDICATEURS],
        "ariane": ariane_de_fiche(fiche, Lien("Modifier")),
        "raison_de_garder": raison_de_garder(fiche),
    }
    return render(request, "actions/edition/fiche_modifier.html", contexte)


class FicheSupprimer(Confirmation):
    """Delete a fiche written by mistake."""

    bouton = "Supprimer la fiche"

    def preparer(self) -> None:
        """Fetch the fiche."""
        self.fiche = fiche_modifiable(self.request, self.kwargs["pk"])
        self.titre = f"Supprimer la fiche {self.fiche.numero} ?"
        self.texte = (
            f"« {self.fiche.intitule} » et tout ce qu’elle contient seront supprimés. Le journal garde la trace de la "
            "suppression, pas le contenu."
        )

    def retour(self) -> str:
        """Return to the sections."""
        return reverse("actions:fiche_modifier", args=[self.fiche.pk])

    def faire(self) -> str:
        """Delete, then go to the programme."""
        programme = self.fiche.programme
        supprimer_fiche(fiche=self.fiche, par=self.request.user)
        messages.success(self.request, f"La fiche {self.fiche.numero} est supprimée.")
        return programme.get_absolute_url()
