"""Layouts of fiches and frameworks: shared by the programmes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from actions.droits import peut_gerer_referentiel
from actions.forms.lignes import Liste
from actions.forms.programmes import CadreForm, GabaritForm, SectionLigne
from actions.models import CadreAction, GabaritFiche, RubriqueFiche
from actions.operations import gabarits as operations
from actions.operations.commun import Etat
from pdi.socle.composants import Lien
from pdi.socle.droits import RegleMetier, exiger

from .ecran import Confirmation, Ecran, Lignes


@login_required
@require_GET
def gabarits(request: HttpRequest) -> HttpResponse:
    """List the layouts and the frameworks."""
    exiger(peut_gerer_referentiel(request.user))
    contexte = {
        "gabarits": GabaritFiche.objects.annotate(
            nombre_sections=Count("sections", distinct=True), nombre_programmes=Count("programmes", distinct=True)
        ),
        "cadres": CadreAction.objects.annotate(nombre_fiches=Count("fiches")),
    }
    return render(request, "actions/edition/gabarits.html", contexte)


class GabaritCreer(Ecran):
    """A new layout."""

    gabarit = "actions/edition/gabarit.html"
    formulaire = GabaritForm
    titre = "Créer un gabarit de fiche"
    onglet = "Gabarits"
    bouton = "Créer le gabarit"
    introduction = (
        "Gardez cochées les sections qu’utilisent les fiches, dans l’ordre où elles se lisent, avec leurs mots."
    )
    listes = {"sections": Liste(SectionLigne, "Sections", "Section", ordonnee=True)}
    objet: GabaritFiche | None = None

    def preparer(self) -> None:
        """Require the verdict."""
        exiger(peut_gerer_referentiel(self.request.user))

    def initial_lignes(self) -> Lignes:
        """Return every section: those used first, in their order."""
        utilisees = list(self.objet.sections.all()) if self.objet else []
        connues = {s.rubrique for s in utilisees}
        champs = ("rubrique", "libelle", "obligatoire", "aide")
        lignes: list[dict[str, Any]] = [
            {nom: getattr(s, nom) for nom in champs} | {"utilisee": True} for s in utilisees
        ]
        neuf = self.objet is None  # a new layout starts with everything: what the document lacks is unticked
        lignes += [
            {"rubrique": r.value, "libelle": r.label, "utilisee": neuf} for r in RubriqueFiche if r.value not in connues
        ]
        return {"sections": lignes}

    def ariane(self) -> list[Lien]:
        """Return the path."""
        return [Lien("Gabarits et cadres", self.retour()), Lien(self.titre)]

    def retour(self) -> str:
        """Return to the list."""
        return reverse("actions:gabarits")

    def _sections(self) -> list[dict[str, Any]]:
        champs = ("rubrique", "libelle", "obligatoire", "aide")
        utilisees = [ligne for ligne in self.lignes["sections"] if ligne["utilisee"]]
        if not utilisees:
            raise RegleMetier("Cochez au moins une section.")
        return [{nom: ligne[nom] for nom in champs} for ligne in utilisees]

    def enregistrer(self) -> str:
        """Create."""
        objet = operations.creer_gabarit(par=self.request.user, sections=self._sections(), **self.form.cleaned_data)
        self.dire(f"Le gabarit « {objet} » est créé.")
        return self.retour()


class GabaritModifier(GabaritCreer):
    """Change a layout."""

    bouton = "Enregistrer"

    def preparer(self) -> None:
        """Fetch the layout."""
        super().preparer()
        self.objet = get_object_or_404(GabaritFiche, pk=self.kwargs["pk"])
        self.titre = f"Gabarit « {self.objet} »"

    def initial(self) -> dict[str, Any]:
        """Return what is stored."""
        return {nom: getattr(self.objet, nom) for nom in operations.CHAMPS_GABARIT}

    def etat(self) -> Etat | None:
        """Return it in words."""
        return operations.etat_gabarit(self.objet) if self.objet else None

    def contexte(self) -> dict[str, Any]:
        """Say which programmes change with it."""
        return {"programmes": self.objet.programmes.all() if self.objet else []}

    def enregistrer(self) -> str:
        """Write."""
        assert self.objet is not None  # noqa: S101  # nosec B101
        operations.modifier_gabarit(
            gabarit=self.objet,
            par=self.request.user,
            sections=self._sections(),
            empreinte=self.vue,
            **self.form.cleaned_data,
        )
        self.dire("Le gabarit est enregistré : les fiches de ses programmes le suivent.")
        return self.retour()


class GabaritSupprimer(Confirmation):
    """Delete a layout that no programme uses."""

    bouton = "Supprimer le gabarit"

    def preparer(self) -> None:
        """Fetch the layout."""
        exiger(peut_gerer_referentiel(self.request.user))
        self.objet = get_object_or_404(GabaritFiche, pk=self.kwargs["pk"])
        self.titre = f"Supprimer le gabarit « {self.objet} » ?"
        self.texte = "Aucun programme ne l’utilise : aucune fiche ne change."
        if self.objet.programmes.exists():
            self.texte = "Ce n’est pas possible : un programme utilise ce gabarit."

    def retour(self) -> str:
        """Return to the list."""
        return reverse("actions:gabarits")

    def faire(self) -> str:
        """Delete."""
        operations.supprimer_gabarit(gabarit=self.objet, par=self.request.user)
        messages.success(self.request, f"Le gabarit « {self.objet} » est supprimé.")
        return self.retour()


class CadreCreer(Ecran):
    """A new framework."""

    formulaire = CadreForm
    titre = "Ajouter un cadre"
    onglet = "Cadres"
    bouton = "Ajouter le cadre"

    def preparer(self) -> None:
        """Require the verdict."""
        exiger(peut_gerer_referentiel(self.request.user))

    def ariane(self) -> list[Lien]:
        """Return the path."""
        return [Lien("Gabarits et cadres", self.retour()), Lien(self.titre)]

    def retour(self) -> str:
        """Return to the list."""
        return reverse("actions:gabarits")

    def enregistrer(self) -> str:
        """Create."""
        cadre = operations.creer_cadre(par=self.request.user, **self.form.cleaned_data)
        self.dire(f"Le cadre « {cadre} » est ajouté.")
        return self.retour()


class CadreModifier(CadreCreer):
    """Rename a framework."""

    bouton = "Enregistrer"

    def preparer(self) -> None:
        """Fetch the framework."""
        super().preparer()
        self.objet = get_object_or_404(CadreAction, pk=self.kwargs["pk"])
        self.titre = f"Cadre « {self.objet} »"

    def initial(self) -> dict[str, Any]:
        """Return what is stored."""
        return {"libelle": self.objet.libelle, "description": self.objet.description}

    def etat(self) -> Etat | None:
        """Return it in words."""
        return operations.etat_cadre(self.objet)

    def enregistrer(self) -> str:
        """Write."""
        operations.modifier_cadre(cadre=self.objet, par=self.request.user, empreinte=self.vue, **self.form.cleaned_data)
        self.dire("Le cadre est enregistré.")
        return self.retour()


class CadreSupprimer(Confirmation):
    """Delete a framework that no fiche belongs to."""

    bouton = "Supprimer le cadre"

    def preparer(self) -> None:
        """Fetch the framework."""
        exiger(peut_gerer_referentiel(self.request.user))
        self.objet = get_object_or_404(CadreAction, pk=self.kwargs["pk"])
        self.titre = f"Supprimer le cadre « {self.objet} » ?"
        self.texte = "Aucune fiche n’en relève : rien d’autre ne change."
        if self.objet.fiches.exists():
            self.texte = "Ce n’est pas possible : des fiches relèvent de ce cadre."

    def retour(self) -> str:
        """Return to the list."""
        return reverse("actions:gabarits")

    def faire(self) -> str:
        """Delete."""
        operations.supprimer_cadre(cadre=self.objet, par=self.request.user)
        messages.success(self.request, f"Le cadre « {self.objet} » est supprimé.")
        return self.retour()
