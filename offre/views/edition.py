"""The form of a sheet: created, changed at once, or proposed when it is published and the author is its operator."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from actions.models import FicheAction
from actions.operations.commun import Etat
from actions.views.edition.ecran import Ecran, Lignes
from offre.droits_fiches import est_du_service, modifie_directement, peut_creer_offre, peut_modifier_offre
from offre.forms.offres import (
    LISTE_COMMUNES,
    LISTES,
    Communes,
    OffreForm,
    capacites_saisies,
    lieux_saisis,
    lignes_initiales,
)
from offre.models import Frein, OffreInsertion, PropositionOffre
from offre.operations.fiches import creer_offre, etat_de_la_fiche, modifier_offre
from offre.operations.propositions import proposer_modification
from offre.versions import A_LIRE, RESERVES, contenu_de
from pdi.socle.composants import Lien
from pdi.socle.droits import exiger
from pdi.structures.models import Structure
from pdi.territoires.models import TerritoireAction


class _EcranOffre(Ecran):
    """What the two screens share."""

    gabarit = "offre/edition.html"
    formulaire = OffreForm
    onglet = "Fiche d’offre"

    def initialiser(self) -> None:
        """Read what the fields offer; leave the operators to the service."""
        self.service = est_du_service(self.request.user)
        self.listes = {nom: liste for nom, liste in LISTES.items() if nom != "operateurs" or self.service}
        self.communes = Communes(settings.DEPARTEMENT_CODE)
        jour = timezone.localdate()
        valides = TerritoireAction.objects.filter(departement=settings.DEPARTEMENT_CODE, validite__contains=jour)
        self.territoires = dict(valides.order_by("nom").values_list("pk", "nom"))

    def options_form(self) -> dict[str, Any]:
        """Offer the obstacles and the fiches of the programmes in force."""
        fiches = FicheAction.objects.visibles_par(self.request.user).filter(
            programme__reference=False, programme__departement=settings.DEPARTEMENT_CODE
        )
        return {
            "sans": () if self.service else RESERVES,
            "freins": Frein.objects.values_list("pk", "libelle"),
            "fiches": [(f.pk, str(f)) for f in fiches.select_related("programme")] if self.service else (),
        }

    def options_lignes(self) -> dict[str, dict[str, Any]]:
        """Give communes and territories to the rows."""
        return {"lieux": {"communes": self.communes}, "capacites": {"territoires": self.territoires}}

    def ariane(self) -> list[Lien]:
        """Return the path."""
        return [Lien("Catalogue", reverse("offre:offres")), Lien(self.titre)]

    def contexte(self) -> dict[str, Any]:
        """Name the communes offered."""
        return {"communes": self.communes.noms, "liste_communes": LISTE_COMMUNES}

    def contenu(self) -> dict[str, Any]:
        """Return what was typed, whole."""
        saisi = self.form.contenu_saisi()  # type: ignore[attr-defined]
        saisi["lieux"] = lieux_saisis(self.lignes["lieux"])
        saisi["capacites"] = capacites_saisies(self.lignes["capacites"], self.territoires)
        if self.service:
            structures = {ligne["structure"].pk: ligne["structure"] for ligne in self.lignes["operateurs"]}
            saisi["operateurs"] = [{"id": pk, "nom": str(s)} for pk, s in structures.items()]
        return saisi  # type: ignore[no-any-return]


class OffreCreer(_EcranOffre):
    """A new sheet."""

    titre = "Créer une fiche d’offre"
    bouton = "Créer le brouillon"
    introduction = (
        "La fiche naît en brouillon : elle se complète quand vous voulez, et n’entre au catalogue qu’une fois publiée."
    )

    def preparer(self) -> None:
        """Require the verdict."""
        exiger(peut_creer_offre(self.request.user))
        self.initialiser()

    def initial(self) -> dict[str, Any]:
        """Start with the usual prescribers."""
        return {"prescription_referent": True}

    def retour(self) -> str:
        """Return to the catalogue."""
        return reverse("offre:offres")

    def enregistrer(self) -> str:
        """Create the draft."""
        creee: OffreInsertion = creer_offre(contenu=self.contenu(), par=self.request.user)
        self.dire("La fiche est créée, en brouillon. Envoyez-la en relecture quand elle est prête.")
        return creee.get_absolute_url()


class OffreModifier(_EcranOffre):
    """A sheet that exists: the form says whether it writes the sheet or a proposal."""

    def preparer(self) -> None:
        """Fetch the sheet, require the verdict, read the proposal that is open."""
        visibles = OffreInsertion.objects.visibles_par(self.request.user).prefetch_related(*A_LIRE)
        self.offre = get_object_or_404(visibles, pk=self.kwargs["pk"])
        exiger(peut_modifier_offre(self.request.user, self.offre))
        self.initialiser()
        self.direct = modifie_directement(self.request.user, self.offre)
        self.ouverte: PropositionOffre | None = None
        if not self.direct:
            self.ouverte = PropositionOffre.objects.filter(offre=self.offre).ouvertes().first()
        self.stocke = self.ouverte.contenu if self.ouverte else contenu_de(self.offre)
        self.titre = f"Modifier « {self.offre.intitule} »" if self.direct else f"Proposer : « {self.offre.intitule} »"
        self.bouton = "Enregistrer la fiche" if self.direct else "Garder ma modification"
        self.introduction = INTRODUCTIONS[self.direct, self.offre.etat == "publiee"]

    def initial(self) -> dict[str, Any]:
        """Return what is stored, or what is already proposed."""
        return OffreForm.initiales(self.stocke)

    def initial_lignes(self) -> Lignes:
        """Return the stored rows."""
        lignes: Lignes = dict(lignes_initiales(self.stocke))
        if self.service:
            cles = [o["id"] for o in self.stocke["operateurs"]]
            trouvees = Structure.objects.filter(pk__in=cles).select_related("parent")
            lignes["operateurs"] = [{"structure": s} for s in trouvees]
        return lignes

    def etat(self) -> Etat:
        """Return what is stored, for the lock."""
        return etat_de_la_fiche(self.stocke, () if self.direct else RESERVES)

    def retour(self) -> str:
        """Return to the sheet."""
        return self.offre.get_absolute_url()

    def enregistrer(self) -> str:
        """Write the sheet, or the proposal."""
        if self.direct:
            modifier_offre(offre=self.offre, contenu=self.contenu(), par=self.request.user, vue=self.vue)
            self.dire("La fiche est enregistrée.")
            return self.offre.get_absolute_url()
        gardee: PropositionOffre = proposer_modification(
            offre=self.offre, contenu=self.contenu(), par=self.request.user, vue=self.vue
        )
        self.dire("Votre modification est gardée. Relisez-la, puis envoyez-la en relecture.")
        return gardee.get_absolute_url()


INTRODUCTIONS = {
    (True, True): "Cette fiche est publiée : ce que vous enregistrez paraît aussitôt, et une version est gardée.",
    (True, False): "Rien ne paraît au catalogue tant que la fiche n’est pas publiée.",
    (False, True): "Cette fiche est publiée : ce que vous écrivez paraîtra une fois relu. D’ici là, rien ne change.",
    (False, False): "Cette fiche est suspendue : ce que vous écrivez sera repris une fois relu.",
}
