"""Writing of conventions: draft, avenant of a signed one, what was mandated and paid."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone

from actions.forms.lignes import Formulaire
from actions.models import FicheAction
from actions.operations.commun import Etat
from actions.views.edition.ecran import Ecran, Lignes
from offre.droits_conventions import (
    peut_amender_convention,
    peut_modifier_convention,
    peut_suivre_paiements,
    peut_tenir_conventions,
)
from offre.forms.conventions import LISTES, PAIEMENTS, AvenantForm, ConventionForm
from offre.models import Convention, OffreInsertion
from offre.operations import conventions as operations
from offre.operations.conventions import SaisieConvention, etat_convention, etat_paiements
from offre.regles.baremes import depuis_json
from pdi.socle.composants import Lien
from pdi.socle.droits import exiger
from pdi.socle.formats import dernier_jour

from .conventions import convention_lue

OFFRES_MAX = 300  # more boxes than that help nobody
CHAMPS = ("numero", "intitule", "operateur", "debut", "fin", "alerte_jours")


class EcranConvention(Ecran):
    """The form of a convention and its rows."""

    gabarit = "offre/conventions/saisie.html"
    formulaire: type[Formulaire] = ConventionForm
    listes = LISTES
    onglet = "Convention"
    convention: Convention | None = None

    @cached_property
    def _offres(self) -> list[tuple[int, str]]:
        offres = OffreInsertion.objects.exclude(etat="archivee").order_by("ordre", "pk")[:OFFRES_MAX]
        return [(o.pk, str(o)) for o in offres.only("pk", "numero", "intitule")]

    @cached_property
    def _fiches(self) -> list[tuple[int, str]]:
        annee = timezone.localdate().year
        fiches = FicheAction.objects.visibles_par(self.request.user).filter(
            programme__reference=False, programme__annee_fin__gte=annee - 1
        )
        return [(f.pk, str(f)) for f in fiches.order_by("programme_id", "ordre")]

    def options_form(self) -> dict[str, Any]:
        """Give the offers and the fiches."""
        return {"offres": self._offres, "fiches": self._fiches}

    def initial(self) -> dict[str, Any]:
        """Return the stored values."""
        c = self.convention
        if c is None:
            annee = timezone.localdate().year
            return {"alerte_jours": 90, "debut": f"{annee}-01-01", "fin": f"{annee}-12-31"}
        return {
            "numero": c.numero, "intitule": c.intitule, "operateur": c.operateur, "debut": c.periode.lower,
            "fin": dernier_jour(c.periode), "alerte_jours": c.alerte_jours,
            "offres": [str(pk) for pk in c.offres.values_list("pk", flat=True)],
            "fiches": [str(pk) for pk in c.fiches.values_list("pk", flat=True)],
        }  # fmt: skip

    def initial_lignes(self) -> Lignes:
        """Return the stored rows; a new convention shows a blank row of each needed list."""
        c = self.convention
        if c is None:
            annee = timezone.localdate().year
            return {"montants": [{"annee": annee}], "objectifs": [{"annee": annee}]}
        montants = c.montants.select_related("financeur__parent")
        return {
            "montants": [
                {"pk": m.pk, "annee": m.annee, "financeur": m.financeur, "prevu": m.prevu} for m in montants
            ],
            "objectifs": list(c.objectifs.values("pk", "annee", "calcul", "libelle", "cible", "unite")),
            "baremes": [
                {"pk": b.pk, "intitule": b.intitule, "calcul": b.calcul, "unite": b.unite,
                 "unite_valeur": b.unite_valeur, "tranches": [str(t) for t in depuis_json(b.tranches)]}
                for b in c.baremes.all()
            ],
            "regles": list(c.regles),
        }  # fmt: skip

    def saisie(self) -> SaisieConvention:
        """Return what was entered, for the operation."""
        propres = self.form.cleaned_data
        regles = [{k: v for k, v in r.items() if k != "pk"} for r in self.lignes["regles"]]
        return SaisieConvention(
            **{nom: propres[nom] for nom in CHAMPS},
            offres=[int(pk) for pk in propres["offres"]], fiches=[int(pk) for pk in propres["fiches"]],
            montants=self.lignes["montants"], objectifs=self.lignes["objectifs"], baremes=self.lignes["baremes"],
            regles=regles,
        )  # fmt: skip

    def ariane(self) -> list[Lien]:
        """Return the path to this page."""
        suite = [Lien(self.convention.numero, self.convention.get_absolute_url())] if self.convention else []
        return [Lien("Conventions", reverse("offre:conventions")), *suite, Lien(self.titre)]

    def retour(self) -> str:
        """Go back to the convention, or to the list."""
        return self.convention.get_absolute_url() if self.convention else reverse("offre:conventions")

    def etat(self) -> Etat | None:
        """Return what is stored, in words, for the lock."""
        return etat_convention(self.convention) if self.convention else None


class ConventionNouvelle(EcranConvention):
    """A first draft."""

    titre = "Préparer une convention"
    introduction = "Un projet n’engage personne : vous pourrez le reprendre tant qu’il n’est pas signé."
    bouton = "Enregistrer le projet"

    def preparer(self) -> None:
        """Require the right to hold conventions."""
        exiger(peut_tenir_conventions(self.request.user))

    def enregistrer(self) -> str:
        """Write the draft."""
        creee = operations.creer_convention(saisie=self.saisie(), par=self.request.user)
        self.dire("Le projet de convention est enregistré.")
        return creee.get_absolute_url()


class ConventionModifier(EcranConvention):
    """A draft, changed."""

    titre = "Modifier le projet"

    def preparer(self) -> None:
        """Fetch the convention, require that it may still change."""
        self.convention = convention_lue(self.request, self.kwargs["pk"])
        exiger(peut_modifier_convention(self.request.user, self.convention))

    def enregistrer(self) -> str:
        """Save the draft."""
        assert self.convention is not None  # noqa: S101  # nosec B101
        operations.modifier_convention(
            convention=self.convention, saisie=self.saisie(), par=self.request.user, vue=self.vue
        )
        self.dire("Le projet de convention est enregistré.")
        return self.convention.get_absolute_url()


class ConventionAvenant(EcranConvention):
    """A signed convention, changed by an avenant."""

    titre = "Écrire un avenant"
    introduction = "Changez ce que l’avenant change. Ce que disait la convention avant reste lisible à côté."
    bouton = "Enregistrer l’avenant"
    formulaire = AvenantForm

    def preparer(self) -> None:
        """Fetch the convention, require that it is signed."""
        self.convention = convention_lue(self.request, self.kwargs["pk"])
        exiger(peut_amender_convention(self.request.user, self.convention))

    def initial(self) -> dict[str, Any]:
        """Return the stored values, and today for the dates of the avenant."""
        jour = timezone.localdate()
        return super().initial() | {"signe_le": jour, "effet_le": jour}

    def enregistrer(self) -> str:
        """Write the avenant."""
        assert self.convention is not None  # noqa: S101  # nosec B101
        propres = self.form.cleaned_data
        avenant = operations.signer_avenant(
            convention=self.convention, saisie=self.saisie(), par=self.request.user, vue=self.vue,
            **{nom: propres[nom] for nom in ("objet", "signe_le", "effet_le")},
        )  # fmt: skip
        self.dire(f"L’avenant {avenant.numero} est enregistré.")
        return self.convention.get_absolute_url()


class ConventionPaiements(Ecran):
    """What was mandated and paid, on the rows of a signed convention."""

    titre = "Noter le mandaté et le payé"
    onglet = "Convention"
    gabarit = "offre/conventions/paiements.html"
    listes = {"montants": PAIEMENTS}

    def preparer(self) -> None:
        """Fetch the convention, require that it is signed."""
        self.convention = convention_lue(self.request, self.kwargs["pk"])
        exiger(peut_suivre_paiements(self.request.user, self.convention))
        self._montants = list(self.convention.montants.select_related("financeur"))

    def initial_lignes(self) -> Lignes:
        """Return the stored amounts."""
        return {"montants": [{"pk": m.pk, "mandate": m.mandate, "paye": m.paye} for m in self._montants]}

    def titres(self) -> dict[str, str]:
        """Name each row by its year, its funder and what is planned."""
        return {f"montants:{m.pk}": str(operations.dire_montant(m)) for m in self._montants}

    def etat(self) -> Etat:
        """Return what is stored, in words, for the lock."""
        return etat_paiements(self.convention)

    def ariane(self) -> list[Lien]:
        """Return the path to this page."""
        return [
            Lien("Conventions", reverse("offre:conventions")),
            Lien(self.convention.numero, self.convention.get_absolute_url()), Lien(self.titre),
        ]  # fmt: skip

    def retour(self) -> str:
        """Go back to the convention."""
        return self.convention.get_absolute_url()

    def contexte(self) -> dict[str, Any]:
        """Show the convention."""
        return {"convention": self.convention}

    def enregistrer(self) -> str:
        """Write the amounts."""
        operations.noter_paiements(
            convention=self.convention, montants=self.lignes["montants"], par=self.request.user, vue=self.vue
        )
        self.dire("Les montants sont enregistrés.")
        return self.convention.get_absolute_url()
