"""The operators' campaign: board, opening, reminders; a statement: read, write, send, decide."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods, require_safe

from actions.operations.commun import Etat
from actions.views.edition.ecran import Confirmation, Ecran
from offre.droits_conventions import (
    peut_decider_bilan,
    peut_ecrire_bilan,
    peut_lire_conventions,
    peut_tenir_conventions,
)
from offre.forms.bilans import TEXTES, BilanForm, CampagneOperateursForm, DecisionBilanForm
from offre.lecture_bilans import COLONNES, COLONNES_EXPORT, TableauBilans, lignes_de, masquer
from offre.models import BilanOperateur, CampagneOperateurs
from offre.operations import bilans as operations
from offre.regles.bilans import A_ECRIRE, TONS, LigneBilan, manques_pour_soumettre
from pdi.socle.composants import Evenement, Lien
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formats import compte
from pdi.socle.formulaires import entier, signaler
from pdi.socle.masquage import MASQUE
from pdi.socle.tri import Colonne

COLONNES_LIGNES = (
    Colonne("Objectif"), Colonne("Cible", nb=True), Colonne("Réalisé", nb=True), Colonne("Résultat"),
    Colonne("Explication"),
)  # fmt: skip


def _bilan(request: HttpRequest, pk: int) -> BilanOperateur:
    visibles = BilanOperateur.objects.visibles_par(request.user)
    return get_object_or_404(visibles.select_related("campagne", "convention__operateur", "valide_par"), pk=pk)


@login_required
@require_safe
def bilans_operateurs(request: HttpRequest) -> HttpResponse:
    """Show where the campaign stands; an operator sees its own statements."""
    exiger(peut_lire_conventions(request.user))
    tableau = TableauBilans(request.user, request.GET, timezone.localdate())
    contexte = {
        "tableau": tableau, "campagne": tableau.campagne, "filtres": tableau.filtres, "tri": tableau.tri,
        "colonnes": COLONNES, "tenir": bool(peut_tenir_conventions(request.user)),
    }  # fmt: skip
    return render(request, "offre/bilans/bilans.html", contexte)


@login_required
@require_safe
def bilans_operateurs_export(request: HttpRequest) -> HttpResponseBase:
    """Export the statements of the filter, a row an objective."""
    exiger(peut_lire_conventions(request.user))
    tableau = TableauBilans(request.user, request.GET, timezone.localdate())
    return reponse_export(
        request, nom="bilans-operateurs", titre="Bilans des opérateurs", colonnes=COLONNES_EXPORT,
        lignes=tableau.export(), filtres=tableau.filtres.en_mots,
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campagne_operateurs_ouvrir(request: HttpRequest) -> HttpResponse:
    """Open the campaign of a year, or complete the one that is open."""
    exiger(peut_tenir_conventions(request.user))
    jour = timezone.localdate()
    initiales = {
        "annee": jour.year - 1 if jour.month < 10 else jour.year,
        "limite_saisie": jour + datetime.timedelta(days=30),
        "limite_validation": jour + datetime.timedelta(days=60),
    }
    form = CampagneOperateursForm(request.POST or None, initial=initiales)
    if form.is_valid():
        try:
            ouverture = operations.ouvrir_campagne_operateurs(par=request.user, **form.cleaned_data)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            _dire_ouverture(request, ouverture)
            return redirect(f"{reverse('offre:bilans_operateurs')}?campagne={ouverture.campagne.annee}")
    statut = 422 if form.is_bound else 200
    return render(request, "offre/bilans/campagne.html", {"form": form}, status=statut)


def _dire_ouverture(request: HttpRequest, ouverture: operations.Ouverture) -> None:
    prevenus = compte(ouverture.prevenus, "personne prévenue", "personnes prévenues")
    messages.success(request, f"{compte(ouverture.bilans, 'bilan demandé', 'bilans demandés')}, {prevenus}.")
    if ouverture.sans_compte:
        messages.warning(
            request, f"Personne n’a de compte pour\u00a0: {', '.join(ouverture.sans_compte)}. "
            "Créez un compte, ou écrivez ces bilans vous-même.",
        )  # fmt: skip


class CampagneRelancer(Confirmation):
    """Remind the operators who have not sent their statement."""

    titre = "Relancer les opérateurs ?"
    bouton = "Relancer"
    grave = False

    def preparer(self) -> None:
        """Fetch the campaign, count what misses."""
        exiger(peut_tenir_conventions(self.request.user))
        self.campagne = get_object_or_404(CampagneOperateurs, annee=self.kwargs["annee"])
        attendus = self.campagne.bilans.filter(etat__in=A_ECRIRE).count()
        self.texte = (
            f"{compte(attendus, 'bilan est attendu', 'bilans sont attendus')}. Chaque opérateur recevra un avis."
        )

    def retour(self) -> str:
        """Go back to the board."""
        return f"{reverse('offre:bilans_operateurs')}?campagne={self.campagne.annee}"

    def faire(self) -> str:
        """Remind."""
        bilans, prevenus = operations.relancer_operateurs(campagne=self.campagne, par=self.request.user)
        messages.success(
            self.request, f"{compte(bilans, 'bilan relancé', 'bilans relancés')}, {compte(prevenus, 'avis envoyé')}."
        )
        return self.retour()


class CampagneClore(CampagneRelancer):
    """Close a campaign."""

    titre = "Clore la campagne ?"
    bouton = "Clore la campagne"

    def preparer(self) -> None:
        """Say what will not change any more."""
        super().preparer()
        self.texte += " Une fois la campagne close, plus aucun bilan ne s’écrit."
        self.texte = self.texte.replace(" Chaque opérateur recevra un avis.", "")

    def faire(self) -> str:
        """Close it."""
        operations.clore_campagne_operateurs(campagne=self.campagne, par=self.request.user)
        messages.success(self.request, "La campagne est close.")
        return self.retour()


@login_required
@require_safe
def bilan_operateur(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a statement: its figures, its texts, where it stands."""
    exiger(peut_lire_conventions(request.user))
    bilan = _bilan(request, pk)
    lignes = lignes_de(bilan)
    ecrire = bool(peut_ecrire_bilan(request.user, bilan))
    contexte = _contexte(bilan, lignes) | {
        "lignes": masquer({bilan.pk: lignes}, [bilan], request.user)[bilan.pk], "secret": MASQUE, "ecrire": ecrire,
        "decider": bool(peut_decider_bilan(request.user, bilan)),
        "manques": manques_pour_soumettre(lignes, bilan.realisations) if ecrire else [],
        "historique": [
            Evenement(t.jour, TONS_DITS[t.vers], texte=" : ".join(filter(None, (str(t.par or ""), t.commentaire))),
                      icone=TONS[t.vers][1], ton=TONS[t.vers][0])
            for t in bilan.transitions.select_related("par")
        ],
    }  # fmt: skip
    return render(request, "offre/bilans/bilan.html", contexte)


TONS_DITS = {
    "a_renseigner": "Bilan demandé", "soumis": "Bilan soumis", "a_corriger": "Bilan renvoyé", "valide": "Bilan validé",
}  # fmt: skip


def _contexte(bilan: BilanOperateur, lignes: list[LigneBilan]) -> dict[str, Any]:
    return {
        "bilan": bilan, "convention": bilan.convention, "lignes": lignes, "ton": TONS[bilan.etat][0],
        "icone": TONS[bilan.etat][1], "gele": bilan.etat not in A_ECRIRE, "colonnes": COLONNES_LIGNES,
        "atteintes": sum(x.atteint is True for x in lignes),
    }  # fmt: skip


class BilanEcrire(Ecran):
    """The form of a statement."""

    gabarit = "offre/bilans/ecrire.html"
    formulaire = BilanForm

    def preparer(self) -> None:
        """Fetch the statement, require that it may be written."""
        self.bilan = _bilan(self.request, self.kwargs["pk"])
        exiger(peut_ecrire_bilan(self.request.user, self.bilan))
        self.titre = f"Écrire le bilan {self.bilan.campagne.annee}"
        self.onglet = f"Convention {self.bilan.convention.numero}"

    @cached_property
    def _lignes(self) -> list[LigneBilan]:
        return lignes_de(self.bilan)

    def options_form(self) -> dict[str, Any]:
        """Give the lines of the year."""
        return {"lignes": self._lignes}

    def initial(self) -> dict[str, Any]:
        """Return what is written."""
        dits = self.bilan.explications
        textes = {f"texte_{x.cle}": dits.get(x.cle, {}).get("texte", "") for x in self._lignes}
        valeurs = {f"valeur_{x.cle}": x.valeur for x in self._lignes if x.declaree}
        return textes | valeurs | {nom: getattr(self.bilan, nom) for nom in TEXTES}

    def etat(self) -> Etat:
        """Return what is stored, in words, for the lock."""
        return operations.etat_bilan(self.bilan)

    def ariane(self) -> list[Lien]:
        """Return the path to this page."""
        return [
            Lien("Bilans des opérateurs", reverse("offre:bilans_operateurs")),
            Lien(str(self.bilan), self.bilan.get_absolute_url()), Lien("Écrire"),
        ]  # fmt: skip

    def retour(self) -> str:
        """Go back to the statement."""
        return self.bilan.get_absolute_url()

    def contexte(self) -> dict[str, Any]:
        """Show the convention and the limit."""
        return {"bilan": self.bilan, "convention": self.bilan.convention}

    def enregistrer(self) -> str:
        """Save; then send when asked."""
        form: Any = self.form
        operations.ecrire_bilan(bilan=self.bilan, par=self.request.user, vue=self.vue, **form.saisie())
        if self.request.POST.get("suite") != "soumettre":
            self.dire("Le bilan est enregistré. Il n’est pas encore envoyé.")
            return self.retour()
        try:
            operations.soumettre_bilan(bilan=self.bilan, par=self.request.user)
        except RegleMetier as erreur:
            messages.warning(self.request, f"Le bilan est enregistré, il n’est pas envoyé. {erreur.message}")
            return reverse("offre:bilan_operateur_ecrire", args=[self.bilan.pk])
        self.dire("Le bilan est envoyé au service. Ses chiffres sont gelés.")
        return self.retour()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bilan_operateur_decider(request: HttpRequest, pk: int) -> HttpResponse:
    """Validate a statement, or send it back with a comment."""
    bilan = _bilan(request, pk)
    exiger(peut_decider_bilan(request.user, bilan))
    form = DecisionBilanForm(request.POST or None)
    if form.is_valid():
        commun: dict[str, Any] = {
            "bilan": bilan,
            "par": request.user,
            "version": entier(request.POST.get("version")),
        }
        try:
            if form.cleaned_data["geste"] == "valider":
                operations.valider_bilan(**commun)
            else:
                operations.renvoyer_bilan(**commun, commentaire=form.cleaned_data["commentaire"])
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            dit = "validé" if form.cleaned_data["geste"] == "valider" else "renvoyé à l’opérateur"
            messages.success(request, f"Le bilan est {dit}.")
            return redirect(bilan)
    contexte = _contexte(bilan, lignes_de(bilan)) | {"form": form}
    return render(request, "offre/bilans/decider.html", contexte, status=422 if form.is_bound else 200)
