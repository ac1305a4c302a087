"""The sections of a fiche, one screen each, in the words of the layout."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from actions.constats import manques_des_fiches
from actions.droits import peut_modifier_fiche
from actions.forms import fiches as formulaires
from actions.forms.programmes import choix_d_axes
from actions.models import FicheAction, RubriqueFiche, SectionGabarit
from actions.operations import fiches as operations
from actions.operations import lignes_fiche
from actions.operations.commun import Etat
from actions.operations.sections import CHAMPS, IDENTITE, LIENS, etat_section
from actions.regles.completude import Manque
from pdi.socle.composants import Lien
from pdi.socle.droits import exiger

from .ecran import Ecran

R = RubriqueFiche
NOMS = {IDENTITE: "Numéro, intitulé et place", LIENS: "Fiches liées"}
SANS_FORMULAIRE = (R.INDICATEURS, R.BILAN)
TOUJOURS = (R.PILOTAGE,)  # a fiche without pilote has nobody to write its bilan, whatever its layout


class Sections:
    """The sections of one fiche as they are edited: order, words, help, what is missing."""

    def __init__(self, fiche: FicheAction) -> None:
        """Read the layout once."""
        self.fiche = fiche
        self.du_gabarit: dict[str, SectionGabarit] = {
            s.rubrique: s for s in fiche.programme.gabarit.sections.all() if s.rubrique not in SANS_FORMULAIRE
        }

    @property
    def codes(self) -> list[str]:
        """Return the sections to edit, in order."""
        ajoutees = [r.value for r in TOUJOURS if r not in self.du_gabarit]
        return [IDENTITE, *self.du_gabarit, *ajoutees, LIENS]

    def titre(self, code: str) -> str:
        """Return what the programme calls the section."""
        if code in self.du_gabarit:
            return self.du_gabarit[code].libelle
        return NOMS.get(code) or str(R(code).label)

    def aide(self, code: str) -> str:
        """Return the help of the layout."""
        return self.du_gabarit[code].aide if code in self.du_gabarit else ""

    def suivante(self, code: str) -> str | None:
        """Return the section after `code`."""
        codes = self.codes
        rang = codes.index(code) + 1 if code in codes else len(codes)
        return codes[rang] if rang < len(codes) else None

    @cached_property
    def manques(self) -> list[Manque]:
        """Return what the fiche lacks."""
        return manques_des_fiches([self.fiche.pk]).get(self.fiche.pk, [])

    def liens(self, courante: str = "") -> list[dict[str, Any]]:
        """Return what the side column shows."""
        incompletes = {m.rubrique for m in self.manques}
        return [
            {
                "titre": self.titre(code),
                "url": reverse("actions:fiche_section", args=[self.fiche.pk, code]),
                "courante": code == courante,
                "incomplete": code in incompletes,
            }
            for code in self.codes
        ]


def fiche_modifiable(request: HttpRequest, pk: int) -> FicheAction:
    """Return a fiche that the user may read and change. Raises Http404, DroitInsuffisant."""
    visibles = FicheAction.objects.visibles_par(request.user).select_related("programme__gabarit", "axe")
    fiche = get_object_or_404(visibles, pk=pk)
    exiger(peut_modifier_fiche(request.user, fiche))
    return fiche


def ariane_de_fiche(fiche: FicheAction, *suite: Lien) -> list[Lien]:
    """Return the path to a page under the fiche."""
    return [
        Lien("Programmes", reverse("actions:programmes")),
        Lien(str(fiche.programme), fiche.programme.get_absolute_url()),
        Lien(f"Fiche {fiche.numero}", fiche.get_absolute_url()),
        *suite,
    ]


class EcranSection(Ecran):
    """A section of a fiche."""

    gabarit = "actions/edition/section.html"
    section: ClassVar[str] = ""

    def preparer(self) -> None:
        """Fetch the fiche; know the section and its words."""
        self.fiche = fiche_modifiable(self.request, self.kwargs["pk"])
        self.code: str = self.section or self.kwargs["section"]
        self.sections = Sections(self.fiche)
        self.titre = self.sections.titre(self.code)
        self.onglet = f"Modifier – fiche {self.fiche.numero}"
        self.introduction = self.sections.aide(self.code)

    def initial(self) -> dict[str, Any]:
        """Return the fiche's own fields of the section."""
        return {nom: getattr(self.fiche, nom) for nom in CHAMPS.get(self.code, ())}

    def etat(self) -> Etat | None:
        """Return the section in words."""
        return etat_section(self.fiche, self.code)

    def ariane(self) -> list[Lien]:
        """Return the path."""
        return ariane_de_fiche(self.fiche, Lien("Modifier", self.retour()), Lien(self.titre))

    def retour(self) -> str:
        """Return to the list of sections."""
        return reverse("actions:fiche_modifier", args=[self.fiche.pk])

    def contexte(self) -> dict[str, Any]:
        """Return the other sections and what is missing."""
        suivante = self.sections.suivante(self.code)
        return {
            "fiche": self.fiche,
            "sections": self.sections.liens(self.code),
            "manques": [m for m in self.sections.manques if m.rubrique == self.code],
            "suivante": self.sections.titre(suivante) if suivante else "",
        }

    def enregistrer(self) -> str:
        """Write, tell, go to the list of sections or to the next one."""
        self.ecrire()
        self.dire(f"« {self.titre} » est enregistré.", self.fiche.get_absolute_url(), "Voir la fiche")
        suivante = self.sections.suivante(self.code)
        if "suivante" in self.request.POST and suivante:
            return reverse("actions:fiche_section", args=[self.fiche.pk, suivante])
        return self.retour()

    def ecrire(self) -> None:
        """Write the fields of the section."""
        operations.modifier_fiche(
            fiche=self.fiche,
            par=self.request.user,
            section=self.code,
            valeurs=self.form.cleaned_data,
            empreinte=self.vue,
        )


class SectionIdentite(EcranSection):
    """Number, title, place in the tree."""

    formulaire = formulaires.IdentiteForm

    def initial(self) -> dict[str, Any]:
        """Name the node by its identifier."""
        return super().initial() | {"axe": self.fiche.axe_id}

    def options_form(self) -> dict[str, Any]:
        """Offer the tree."""
        return {"axes": choix_d_axes(self.fiche.programme)}

    def ecrire(self) -> None:
        """Find the node chosen."""
        axe = self.fiche.programme.axes.filter(pk=self.form.cleaned_data["axe"]).first()
        operations.modifier_fiche(
            fiche=self.fiche,
            par=self.request.user,
            section=self.code,
            valeurs=self.form.cleaned_data | {"axe": axe},
            empreinte=self.vue,
        )


class SectionContexte(EcranSection):
    """What motivates the action."""

    formulaire = formulaires.ContexteForm

    def options_form(self) -> dict[str, Any]:
        """Use the words of the layout."""
        return {"libelles": {"contexte": self.titre}}


class SectionListe(EcranSection):
    """A list of sentences."""

    formulaire = formulaires.ListeForm

    def options_form(self) -> dict[str, Any]:
        """Name the only field as the fiche does."""
        return {"nom": CHAMPS[self.code][0], "libelle": self.titre}


class SectionCalendrier(EcranSection):
    """Dates."""

    formulaire = formulaires.CalendrierForm


class SectionPeriodicite(EcranSection):
    """Evaluation."""

    formulaire = formulaires.PeriodiciteForm


class SectionCadres(EcranSection):
    """Frameworks."""

    formulaire = formulaires.CadresForm

    def initial(self) -> dict[str, Any]:
        """Tick those of the fiche."""
        return {"cadres": self.fiche.cadres.all()}

    def options_form(self) -> dict[str, Any]:
        """Use the words of the layout."""
        return {"libelles": {"cadres": self.titre}}

    def ecrire(self) -> None:
        """Write the choice."""
        lignes_fiche.definir_cadres(
            fiche=self.fiche, cadres=self.form.cleaned_data["cadres"], par=self.request.user, empreinte=self.vue
        )
