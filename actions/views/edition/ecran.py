"""The screen of a form: show, gesture on rows, save, conflict. Each screen says what is particular to it.

GET shows what is stored. POST with `geste` moves rows and shows the page again, nothing written. POST otherwise saves
through one operation; what it refuses comes back beside the field, with everything that was typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import View

from actions.forms.champs import Repertoire
from actions.forms.lignes import BaseLignes, Formulaire, Liste, faire_le_geste
from actions.operations.commun import ConflitVersion, Etat, empreinte
from pdi.socle.composants import Lien
from pdi.socle.droits import RegleMetier

Lignes = dict[str, Sequence[Mapping[str, Any]]]


class Ecran(LoginRequiredMixin, View):
    """A form, or a form and lists of rows. Once valid, `form`, `lignes` and `vue` hold what was typed."""

    gabarit = "actions/edition/formulaire.html"
    formulaire: type[Formulaire] = Formulaire
    listes: Mapping[str, Liste] = {}
    http_method_names = ["get", "head", "post"]
    titre = ""
    onglet = ""
    introduction = ""
    bouton = "Enregistrer"
    lignes_vides = 0  # blank rows shown under the stored ones
    multipart = False
    form: Formulaire
    lignes: Lignes
    vue: str | None = None

    # -- what a screen says -------------------------------------------------------------------

    def preparer(self) -> None:
        """Fetch the objects through their scope and require the verdict."""
        raise NotImplementedError

    def initial(self) -> dict[str, Any]:
        """Return the stored values of the form."""
        return {}

    def initial_lignes(self) -> Lignes:
        """Return the stored rows of each list."""
        return {}

    def options_form(self) -> dict[str, Any]:
        """Return what the form needs besides its values."""
        return {}

    def options_lignes(self) -> dict[str, dict[str, Any]]:
        """Return what the rows of each list need besides their values."""
        return {}

    def etat(self) -> Etat | None:
        """Return what is stored, in words, for the lock; None: no lock."""
        return None

    def ariane(self) -> list[Lien]:
        """Return the path to this page."""
        return [Lien(self.titre)]

    def retour(self) -> str:
        """Return the address of « Annuler »."""
        raise NotImplementedError

    def enregistrer(self) -> str:
        """Call the operation on `form` and `lignes`, tell the user, return the address to go to.

        `vue` is the fingerprint that the page carried.
        """
        raise NotImplementedError

    def contexte(self) -> dict[str, Any]:
        """Return what the template needs besides the form."""
        return {}

    # -- the machinery ------------------------------------------------------------------------

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Read the directory of structures once for the request, and only when a field needs it."""
        super().setup(request, *args, **kwargs)
        self.repertoire = Repertoire()

    def get(self, _request: HttpRequest, **_cles: Any) -> HttpResponse:
        """Show what is stored."""
        self.preparer()
        stockees = self.initial_lignes()
        lignes = {
            prefixe: liste.formset(
                prefixe,
                initial=stockees.get(prefixe, []),
                extra=0 if liste.fixe else self.lignes_vides,
                **self._options_lignes(prefixe),
            )
            for prefixe, liste in self.listes.items()
        }
        return self._page(self._form(initial=self.initial()), lignes)

    def post(self, request: HttpRequest, **_cles: Any) -> HttpResponse:
        """Move rows, or save."""
        self.preparer()
        if geste := request.POST.get("geste"):
            return self._geste(geste)
        form = self._form(request.POST, request.FILES)
        lignes = {
            prefixe: liste.formset(prefixe, request.POST, **self._options_lignes(prefixe))
            for prefixe, liste in self.listes.items()
        }
        if not all([form.is_valid(), *(formset.is_valid() for formset in lignes.values())]):
            return self._page(form, lignes)
        self.form = form
        self.lignes = {prefixe: formset.valeurs for prefixe, formset in lignes.items()}
        self.vue = request.POST.get("empreinte") if self.etat() is not None else None
        try:
            url = self.enregistrer()
        except ConflitVersion as conflit:
            return self._page(form, lignes, conflit=conflit)
        except RegleMetier as erreur:
            form.add_error(erreur.champ if erreur.champ in form.fields else None, erreur.message)
            return self._page(form, lignes)
        return HttpResponseRedirect(url)

    def _form(self, *args: Any, **kwargs: Any) -> Formulaire:
        return self.formulaire(*args, repertoire=self.repertoire, **kwargs, **self.options_form())

    def _options_lignes(self, prefixe: str) -> dict[str, Any]:
        return {"repertoire": self.repertoire, **self.options_lignes().get(prefixe, {})}

    def _geste(self, geste: str) -> HttpResponse:
        """Show the page as typed, the rows of one list moved. `geste`: « étapes:monter:3 »."""
        donnees = self.request.POST
        voulu, _, reste = geste.partition(":")
        acte, _, rang = reste.partition(":")
        lignes: dict[str, BaseLignes] = {}
        regarder: str | None = None
        for prefixe, liste in self.listes.items():
            options = self._options_lignes(prefixe)
            brutes = liste.brutes(prefixe, donnees, **options)
            if prefixe == voulu and not liste.fixe:
                brutes, place = faire_le_geste(brutes, acte, int(rang) if rang.isdigit() else -1)
                regarder = f"{prefixe}-{place}" if place is not None else None
            lignes[prefixe] = liste.formset(prefixe, initial=brutes, **options)
        form = self._form()
        form.initial = form.brut(donnees)
        return self._page(form, lignes, empreinte=donnees.get("empreinte", ""), regarder=regarder)

    def _page(
        self, form: Formulaire, lignes: Mapping[str, BaseLignes], conflit: ConflitVersion | None = None, **plus: Any
    ) -> HttpResponse:
        etat = self.etat()
        contexte = {
            "form": form,
            "lignes": lignes.values(),
            "formulaires": [form, *(ligne for formset in lignes.values() for ligne in formset.forms)],
            "conflit": conflit,
            "empreinte": conflit.empreinte if conflit else self._empreinte(etat),
            "regarder": None,
            "repertoire": self.repertoire,
            "avec_structures": any("list" in c.widget.attrs for f in self._modeles() for c in f.values()),
            "ecran": self,
            "ariane": self.ariane(),
            "retour": self.retour(),
        }
        statut = 409 if conflit else 200
        return render(self.request, self.gabarit, contexte | self.contexte() | plus, status=statut)

    def _modeles(self) -> list[Mapping[str, Any]]:
        return [liste.ligne.base_fields for liste in self.listes.values()]

    def _empreinte(self, etat: Etat | None) -> str:
        """Return the fingerprint to carry: the one of the page first shown, while its errors are being fixed."""
        if etat is None:
            return ""
        return self.request.POST.get("empreinte") or empreinte(etat)

    # -- for the screens ----------------------------------------------------------------------

    def dire(self, texte: str, url: str = "", lien: str = "") -> None:
        """Tell the success of a write, with a link."""
        if url:
            messages.success(self.request, format_html('{} <a href="{}">{}</a>', texte, url, lien))
        else:
            messages.success(self.request, texte)

    def adresse_de_retour(self, defaut: str) -> str:
        """Return the page named by `retour` when it is one of ours, else `defaut`."""
        voulue = self.request.POST.get("retour") or self.request.GET.get("retour") or ""
        sure = url_has_allowed_host_and_scheme(voulue, allowed_hosts=None) and voulue.startswith("/")
        return voulue if sure else defaut


class Confirmation(LoginRequiredMixin, View):
    """A write that takes something away: GET asks, POST does."""

    http_method_names = ["get", "head", "post"]
    titre = ""
    texte = ""
    bouton = ""
    grave = True

    def preparer(self) -> None:
        """Fetch the object through its scope, require the verdict, set the words."""
        raise NotImplementedError

    def retour(self) -> str:
        """Return the address of « Annuler »."""
        raise NotImplementedError

    def faire(self) -> str:
        """Call the operation, tell the user, return the address to go to."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **_cles: Any) -> HttpResponse:
        """Ask."""
        self.preparer()
        contexte = {
            "titre": self.titre,
            "texte": self.texte,
            "bouton": self.bouton,
            "retour": self.retour(),
            "grave": self.grave,
        }
        return render(request, "components/page_confirmation.html", contexte)

    def post(self, request: HttpRequest, **_cles: Any) -> HttpResponse:
        """Do it, or say why not and go back."""
        self.preparer()
        try:
            url = self.faire()
        except RegleMetier as erreur:
            messages.error(request, erreur.message)
            url = self.retour()
        return HttpResponseRedirect(url)
