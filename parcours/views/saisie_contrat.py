"""Writing of a contract: first draft from the person's page, renewal, amendment, drafts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from actions.forms.lignes import BaseLignes, Formulaire
from actions.operations.commun import ConflitVersion, empreinte
from actions.views.edition.ecran import Ecran, Lignes
from offre.models import OffreInsertion
from parcours import droits
from parcours import lecture_contrats as lecture
from parcours.droits.contrats import peut_ecrire_contrat
from parcours.forms.contrats import LISTE_ACTIONS, ContratForm
from parcours.models import Contrat, EtatContrat, RangContrat
from parcours.operations.contrats import (
    SaisieContrat,
    enregistrer_contrat,
    etat_saisi,
    preparer_contrat,
    saisie_enregistree,
)
from pdi.socle.composants import Lien
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formulaires import entier

from .acces import personne_suivie
from .lecture_contrat import contrat_lu

TITRES = {
    RangContrat.PREMIER: "Préparer un contrat",
    RangContrat.RENOUVELLEMENT: "Préparer le renouvellement",
    RangContrat.AVENANT: "Préparer un avenant",
}


class EcranContrat(Ecran):
    """The form of a contract and its action lines."""

    gabarit = "parcours/contrats/saisie.html"
    formulaire = ContratForm
    listes = {"actions": LISTE_ACTIONS}
    bouton = "Enregistrer le brouillon"
    personne: Any
    preparation: lecture.Preparation

    def saisie(self) -> SaisieContrat:
        """Return what the form shows first."""
        raise NotImplementedError

    @cached_property
    def _diagnostic(self) -> tuple[Any, set[int]]:
        return lecture.freins_du_dernier_diagnostic(self.personne, voit_sante=self.preparation.voit_sante)

    @cached_property
    def _objectifs(self) -> tuple[list[Any], list[Any]]:
        return lecture.objectifs_proposes(self._diagnostic[1])

    @cached_property
    def _premiere(self) -> SaisieContrat:
        return self.saisie()

    def options_form(self) -> dict[str, Any]:
        """Give the objectives, those of the last diagnosis first, and the motives in force."""
        proposes, autres = self._objectifs
        return {"proposes": proposes, "autres": autres, "motifs": lecture.motifs_de_dispense(timezone.localdate())}

    def options_lignes(self) -> dict[str, dict[str, Any]]:
        """Give the published offers."""
        return {"actions": {"offres": self._offres}}

    @cached_property
    def _offres(self) -> list[tuple[int, str]]:
        publiees = OffreInsertion.objects.publiees().order_by("ordre", "numero").values_list("pk", "numero", "intitule")
        return [(pk, f"{numero} {intitule}".strip()) for pk, numero, intitule in publiees]

    def initial(self) -> dict[str, Any]:
        """Return the stored or proposed values."""
        vide: Any = self._form()
        initiales: dict[str, Any] = vide.initiales(self._premiere)
        return initiales

    def initial_lignes(self) -> Lignes:
        """Return the stored or proposed lines, one blank when there is none."""
        actions = [
            {"type": a.type, "offre": a.offre and a.offre.pk, "intitule": a.intitule, "heures_hebdo": a.heures_hebdo,
             "debut": a.debut, "fin": a.fin}
            for a in self._premiere.actions
        ]  # fmt: skip
        return {"actions": actions or [{}]}

    def ariane(self) -> list[Lien]:
        """Return the path to this page."""
        return [
            Lien("Personnes", reverse("parcours:personnes")),
            Lien(str(self.personne), self.personne.get_absolute_url()), Lien(self.titre),
        ]  # fmt: skip

    def contexte(self) -> dict[str, Any]:
        """Show the regime in force and the diagnosis the objectives come from."""
        cle = f"{self.request.user.pk}-contrat-{self.personne.pk}-{self.preparation.rang}"
        return {"regime": self.preparation.regime, "diagnostic": self._diagnostic[0], "personne": self.personne,
                "precedent": self.preparation.precedent, "renvoi": "", "brouillon_url": "",
                "brouillon_cle": cle}  # fmt: skip

    def _page(
        self, form: Formulaire, lignes: Mapping[str, BaseLignes], conflit: ConflitVersion | None = None
    ) -> HttpResponse:
        reponse = super()._page(form, lignes, conflit)
        fautif = form.is_bound and (form.errors or any(f.total_error_count() for f in lignes.values()))
        if fautif and conflit is None:
            reponse.status_code = 422
        return reponse

    def _lue(self) -> SaisieContrat:
        form: Any = self.form
        saisie: SaisieContrat = form.saisie(self.lignes["actions"])
        return saisie


class ContratNouveau(EcranContrat):
    """The first draft: pre-filled by the regime in force, or by the contract that it follows."""

    onglet = "Nouveau contrat"

    def preparer(self) -> None:
        """Fetch the person and, for a sequel, the previous contract."""
        self.personne = personne_suivie(self.request, self.kwargs["pk"])
        rang = self.request.GET.get("rang", RangContrat.PREMIER)
        precedent = None
        if rang in (RangContrat.RENOUVELLEMENT, RangContrat.AVENANT):
            suite_de = entier(self.request.GET.get("suite"))
            if suite_de is None:
                raise Http404("Une suite nomme le contrat qu’elle suit.")
            precedent = get_object_or_404(Contrat, pk=suite_de, personne=self.personne.pk)
        else:
            rang = RangContrat.PREMIER
        self.titre = TITRES[RangContrat(rang)]
        self.preparation = lecture.Preparation(
            self.personne, timezone.localdate(), droits.voit_sante(self.request.user, self.personne), rang, precedent
        )

    def saisie(self) -> SaisieContrat:
        """Return what the regime proposes."""
        return self.preparation.saisie()

    def retour(self) -> str:
        """Go back to the person's page."""
        return str(self.personne.get_absolute_url())

    def enregistrer(self) -> str:
        """Write the draft."""
        contrat = preparer_contrat(
            personne=self.personne, saisie=self._lue(), par=self.request.user, rang=self.preparation.rang,
            precedent=self.preparation.precedent,
        )  # fmt: skip
        self.dire("Le brouillon est enregistré. Relisez-le avec la personne, imprimez-le, puis signez.")
        return contrat.get_absolute_url()


class ContratModifier(EcranContrat):
    """A draft, or a contract sent back for correction."""

    titre = "Écrire le contrat"
    onglet = "Contrat"
    bouton = "Enregistrer"
    contrat: Contrat

    def preparer(self) -> None:
        """Fetch the contract and require the right to write it."""
        self.contrat = contrat_lu(self.request, self.kwargs["pk"])
        exiger(peut_ecrire_contrat(self.request.user, self.contrat))
        self.personne = self.contrat.personne
        self.preparation = lecture.Preparation(
            self.personne, timezone.localdate(), droits.voit_sante(self.request.user, self.personne),
            self.contrat.rang, self.contrat.precedent,
        )  # fmt: skip

    def saisie(self) -> SaisieContrat:
        """Return what is stored."""
        return saisie_enregistree(self.contrat)

    def etat(self) -> Any:
        """Return what is stored, in words, for the lock."""
        return etat_saisi(self._premiere)

    def retour(self) -> str:
        """Go back to the contract."""
        return self.contrat.get_absolute_url()

    def contexte(self) -> dict[str, Any]:
        """Add why it was sent back."""
        renvoye = self.contrat.etat == EtatContrat.A_CORRIGER
        return super().contexte() | {
            "renvoi": self.contrat.motif_decision if renvoye else "",
            "brouillon_url": reverse("parcours:contrat_brouillon", args=[self.contrat.pk]),
            "brouillon_cle": f"{self.request.user.pk}-contrat-{self.contrat.pk}",
        }

    def enregistrer(self) -> str:
        """Save the draft."""
        enregistrer_contrat(contrat=self.contrat, saisie=self._lue(), par=self.request.user, vue=self.vue)
        self.dire("Le contrat est enregistré.")
        return self.contrat.get_absolute_url()


class ContratBrouillon(ContratModifier):
    """What the page sends by itself: the same checks, the same operation, an answer in a few words."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_cles: Any) -> HttpResponse:
        """Save, or say why not; answer the fingerprint of what is now stored, and the time."""
        self.contrat = contrat_lu(request, self.kwargs["pk"])
        if not (verdict := peut_ecrire_contrat(request.user, self.contrat)):
            return JsonResponse({"message": verdict.motif}, status=403)
        self.preparer()
        form = self._form(request.POST)
        actions = LISTE_ACTIONS.formset("actions", request.POST, **self._options_lignes("actions"))
        if not (form.is_valid() and actions.is_valid()):
            manques = ", ".join(str(form.fields[nom].label) for nom in form.errors if nom in form.fields)
            texte = f"À compléter avant d’être enregistré\u00a0: {manques or 'les actions'}."
            return JsonResponse({"message": texte}, status=422)
        self.form, self.lignes = form, {"actions": actions.valeurs}
        try:
            garde = enregistrer_contrat(
                contrat=self.contrat, saisie=self._lue(), par=request.user, vue=request.POST.get("empreinte", ""),
                de_soi_meme=True,
            )  # fmt: skip
        except ConflitVersion:
            texte = "Quelqu’un a écrit ce contrat entre-temps\u00a0: enregistrez pour comparer, rien n’est écrasé."
            return JsonResponse({"message": texte}, status=409)
        except RegleMetier as refus:
            return JsonResponse({"message": refus.message}, status=422)
        maintenant = timezone.localtime()
        heure = f"{maintenant.hour}\u00a0h\u00a0{maintenant:%M}"
        return JsonResponse({"version": empreinte(etat_saisi(saisie_enregistree(garde))), "heure": heure})
