"""Create and change a programme, its signatories, its tree."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from actions.droits import peut_creer_programme, peut_modifier_programme
from actions.forms.lignes import Liste
from actions.forms.programmes import AxeForm, ProgrammeForm, SignataireLigne, choix_d_axes
from actions.models import Axe, Indicateur, Programme, SourceIndicateur
from actions.operations import axes as operations_axes
from actions.operations import programmes as operations
from actions.operations.commun import Etat
from pdi.socle.composants import Lien
from pdi.socle.droits import exiger
from pdi.socle.formulaires import entier

from .ecran import Confirmation, Ecran, Lignes


def programme_modifiable(request: HttpRequest, code: str) -> Programme:
    """Return a programme that the user may read and change. Raises Http404, DroitInsuffisant."""
    programme = get_object_or_404(Programme.objects.visibles_par(request.user), code=code)
    exiger(peut_modifier_programme(request.user, programme))
    return programme


def ariane_de_programme(programme: Programme, *suite: Lien) -> list[Lien]:
    """Return the path to a page under the programme."""
    return [
        Lien("Programmes", reverse("actions:programmes")),
        Lien(str(programme), programme.get_absolute_url()),
        *suite,
    ]


class ProgrammeCreer(Ecran):
    """A new programme."""

    gabarit = "actions/edition/programme.html"
    formulaire = ProgrammeForm
    titre = "Créer un programme"
    onglet = "Nouveau programme"
    bouton = "Créer le programme"

    def preparer(self) -> None:
        """Require the verdict."""
        exiger(peut_creer_programme(self.request.user))

    def ariane(self) -> list[Lien]:
        """Return the path."""
        return [Lien("Programmes", reverse("actions:programmes")), Lien(self.titre)]

    def retour(self) -> str:
        """Return to the list."""
        return reverse("actions:programmes")

    def contexte(self) -> dict[str, Any]:
        """Say that there is no programme yet."""
        return {"programme": None}

    def enregistrer(self) -> str:
        """Create, then go to the tree."""
        assert isinstance(self.form, ProgrammeForm)  # noqa: S101  # nosec B101
        valeurs = {nom: self.form.cleaned_data[nom] for nom in ProgrammeForm.IDENTITE}
        programme = operations.creer_programme(par=self.request.user, niveaux=self.form.niveaux, **valeurs)
        self.dire(f"Le programme « {programme} » est créé.", programme.get_absolute_url(), "Voir le programme")
        return reverse("actions:axes", args=[programme.code])


class ProgrammeModifier(ProgrammeCreer):
    """Identity of a programme."""

    bouton = "Enregistrer"

    def preparer(self) -> None:
        """Fetch the programme."""
        self.programme = programme_modifiable(self.request, self.kwargs["code"])
        self.titre = "Modifier le programme"
        self.onglet = self.programme.intitule_court

    def initial(self) -> dict[str, Any]:
        """Return what is stored."""
        return ProgrammeForm.depuis(self.programme)

    def etat(self) -> Etat | None:
        """Return it in words."""
        return operations.etat_programme(self.programme)

    def contexte(self) -> dict[str, Any]:
        """Offer the screens beside, and the calculation of the year."""
        jour = timezone.localdate()
        annee = min(self.programme.annee_de_travail(jour), jour.year)
        calcules = Indicateur.objects.filter(
            fiche__programme=self.programme, actif=True, source=SourceIndicateur.CALCULE
        )
        return {
            "programme": self.programme,
            "annee": annee,
            "calculable": annee in self.programme.annees,
            "supprimable": not operations.raison_de_garder_programme(self.programme),
            "calcules": calcules.count(),
        }

    def ariane(self) -> list[Lien]:
        """Return the path."""
        return ariane_de_programme(self.programme, Lien("Modifier"))

    def retour(self) -> str:
        """Return to the programme."""
        return self.programme.get_absolute_url()

    def enregistrer(self) -> str:
        """Write."""
        assert isinstance(self.form, ProgrammeForm)  # noqa: S101  # nosec B101
        operations.modifier_programme(
            programme=self.programme,
            par=self.request.user,
            valeurs={nom: self.form.cleaned_data[nom] for nom in ProgrammeForm.IDENTITE},
            niveaux=self.form.niveaux,
            empreinte=self.vue,
        )
        self.dire("Le programme est enregistré.")
        return self.retour()


class ProgrammeSupprimer(Confirmation):
    """Delete a programme created by mistake."""

    bouton = "Supprimer le programme"

    def preparer(self) -> None:
        """Fetch the programme."""
        self.programme = programme_modifiable(self.request, self.kwargs["code"])
        self.titre = f"Supprimer « {self.programme} » ?"
        raison = operations.raison_de_garder_programme(self.programme)
        rien = "Rien n’est encore écrit sous ce programme. Son arbre et ses signataires partent avec lui."
        self.texte = f"Ce n’est pas possible. {raison}" if raison else rien

    def retour(self) -> str:
        """Return to the form."""
        return reverse("actions:programme_modifier", args=[self.programme.code])

    def faire(self) -> str:
        """Delete."""
        operations.supprimer_programme(programme=self.programme, par=self.request.user)
        messages.success(self.request, f"Le programme « {self.programme} » est supprimé.")
        return reverse("actions:programmes")


class SignatairesModifier(Ecran):
    """Who signs the programme."""

    titre = "Signataires du programme"
    listes = {
        "signataires": Liste(
            SignataireLigne,
            "Signataires",
            "Signataire",
            "Ajouter un signataire",
            aide="Sans date, la signature est attendue ou le document ne l’imprime pas.",
            vide="Aucun signataire n’est encore indiqué.",
            ordonnee=True,
        )
    }

    def preparer(self) -> None:
        """Fetch the programme."""
        self.programme = programme_modifiable(self.request, self.kwargs["code"])
        self.onglet = self.programme.intitule_court

    def initial_lignes(self) -> Lignes:
        """Return the signatories."""
        signataires = [
            {
                "pk": s.pk,
                "structure": self.repertoire.structures[s.structure_id],
                "qualite": s.qualite,
                "libelle": s.libelle,
                "signe_le": s.signe_le,
            }
            for s in self.programme.signataires.all()
        ]
        return {"signataires": signataires}

    def etat(self) -> Etat | None:
        """Return the list in words."""
        return operations.etat_signataires(self.programme)

    def ariane(self) -> list[Lien]:
        """Return the path."""
        return ariane_de_programme(self.programme, Lien("Signataires"))

    def retour(self) -> str:
        """Return to the programme."""
        return self.programme.get_absolute_url()

    def enregistrer(self) -> str:
        """Write the list."""
        operations.definir_signataires(
            programme=self.programme, par=self.request.user, empreinte=self.vue, **self.lignes
        )
        self.dire("Les signataires sont enregistrés.")
        return self.retour()


# -- the tree ---------------------------------------------------------------------------------


@login_required
@require_GET
def axes(request: HttpRequest, code: str) -> HttpResponse:
    """Show the tree, with a gesture for each node."""
    programme = programme_modifiable(request, code)
    niveaux = {n.rang: n for n in programme.niveaux.all()}
    noeuds: dict[int | None, list[Axe]] = {}
    for axe in Axe.objects.filter(programme=programme).avec_comptes():
        noeuds.setdefault(axe.parent_id, []).append(axe)

    def en_ligne(parent: int | None) -> list[dict[str, Any]]:
        freres = noeuds.get(parent, [])
        return [
            ligne
            for rang, axe in enumerate(freres)
            for ligne in (
                {
                    "axe": axe,
                    "niveau": niveaux[axe.rang].singulier if axe.rang in niveaux else "élément",
                    "sous_niveau": niveaux[axe.rang + 1].singulier if axe.rang + 1 in niveaux else "",
                    "premier": rang == 0,
                    "dernier": rang == len(freres) - 1,
                    "vide": not axe.nombre_fiches and not noeuds.get(axe.pk),  # type: ignore[attr-defined]
                },
                *en_ligne(axe.pk),
            )
        ]

    contexte = {
        "programme": programme,
        "niveaux": niveaux,
        "premier_niveau": niveaux[1].singulier if 1 in niveaux else "",
        "lignes": en_ligne(None),
        "ariane": ariane_de_programme(programme, Lien("Arbre stratégique")),
    }
    return render(request, "actions/edition/axes.html", contexte)


class AxeCreer(Ecran):
    """A new node."""

    formulaire = AxeForm
    bouton = "Ajouter"

    def preparer(self) -> None:
        """Fetch the programme and name the level."""
        self.programme = programme_modifiable(self.request, self.kwargs["code"])
        self.onglet = self.programme.intitule_court
        self.titre = "Ajouter un élément à l’arbre"

    def initial(self) -> dict[str, Any]:
        """Take the parent named in the address."""
        parent = entier(self.request.GET.get("parent"))
        return {"parent": parent} if parent else {}

    def options_form(self) -> dict[str, Any]:
        """Offer the nodes that may have something under them."""
        niveaux = self.programme.niveaux.count()
        premier = self.programme.niveaux.filter(rang=1).first()
        return {
            "parents": choix_d_axes(self.programme, plus_profond=niveaux - 1),
            "racine": f"Premier niveau ({premier.singulier})" if premier else "",
        }

    def ariane(self) -> list[Lien]:
        """Return the path."""
        return ariane_de_programme(self.programme, Lien("Arbre stratégique", self.retour()), Lien(self.titre))

    def retour(self) -> str:
        """Return to the tree."""
        return reverse("actions:axes", args=[self.programme.code])

    def enregistrer(self) -> str:
        """Add."""
        axe = operations_axes.ajouter_axe(
            programme=self.programme,
            par=self.request.user,
            numero=self.form.cleaned_data["numero"],
            intitule=self.form.cleaned_data["intitule"],
            parent=self.programme.axes.filter(pk=self.form.cleaned_data["parent"]).first(),
        )
        self.dire(f"« {axe} » est ajouté.")
        return self.retour()


def axe_modifiable(request: HttpRequest, pk: int) -> Axe:
    """Return a node that the user may change. Raises Http404, DroitInsuffisant."""
    visibles = Axe.objects.filter(programme__in=Programme.objects.visibles_par(request.user))
    axe = get_object_or_404(visibles.select_related("programme", "parent"), pk=pk)
    exiger(peut_modifier_programme(request.user, axe.programme))
    return axe


class AxeModifier(AxeCreer):
    """Rename a node, or hang it elsewhere."""

    bouton = "Enregistrer"

    def preparer(self) -> None:
        """Fetch the node."""
        self.axe = axe_modifiable(self.request, self.kwargs["pk"])
        self.programme = self.axe.programme
        self.onglet = self.programme.intitule_court
        self.titre = "Renommer ou déplacer"

    def initial(self) -> dict[str, Any]:
        """Return what is stored."""
        return {"numero": self.axe.numero, "intitule": self.axe.intitule, "parent": self.axe.parent_id}

    def options_form(self) -> dict[str, Any]:
        """Offer every node but itself and what is under it."""
        niveaux = self.programme.niveaux.count()
        parents = choix_d_axes(self.programme, sauf=[self.axe.pk], plus_profond=niveaux - 1)
        return super().options_form() | {"parents": parents}

    def etat(self) -> Etat | None:
        """Return the tree in words."""
        return operations_axes.etat_arbre(self.programme)

    def enregistrer(self) -> str:
        """Write."""
        axe = operations_axes.modifier_axe(
            axe=self.axe,
            par=self.request.user,
            numero=self.form.cleaned_data["numero"],
            intitule=self.form.cleaned_data["intitule"],
            parent=self.programme.axes.filter(pk=self.form.cleaned_data["parent"]).first(),
            empreinte=self.vue,
        )
        self.dire(f"« {axe} » est enregistré.")
        return self.retour()


@login_required
@require_POST
def axe_deplacer(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a node one rank up or down among its brothers."""
    axe = axe_modifiable(request, pk)
    operations_axes.deplacer_axe(axe=axe, sens=-1 if request.POST.get("sens") == "monter" else 1, par=request.user)
    return HttpResponseRedirect(f"{reverse('actions:axes', args=[axe.programme.code])}#axe-{axe.pk}")


class AxeSupprimer(Confirmation):
    """Remove an empty node."""

    bouton = "Supprimer"

    def preparer(self) -> None:
        """Fetch the node."""
        self.axe = axe_modifiable(self.request, self.kwargs["pk"])
        self.titre = f"Supprimer « {self.axe} » ?"
        raison = operations_axes.raison_de_garder_axe(self.axe)
        self.texte = f"Ce n’est pas possible : {raison}" if raison else "Rien n’y est rattaché, rien d’autre ne change."

    def retour(self) -> str:
        """Return to the tree."""
        return reverse("actions:axes", args=[self.axe.programme.code])

    def faire(self) -> str:
        """Remove."""
        operations_axes.supprimer_axe(axe=self.axe, par=self.request.user)
        messages.success(self.request, f"« {self.axe} » est supprimé de l’arbre.")
        return self.retour()
