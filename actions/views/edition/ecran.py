"""The screen of a form: show, gesture on rows, save, conflict. Each screen says what is particular to it.

GET shows what is stored. POST with `geste` moves rows and shows the page again, nothing written. POST otherwise saves
through one operation; what it refuses comes back beside the field, with everything that was typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.views.generic import View

from actions.forms.champs import LISTE_STRUCTURES, ChampStructure, Repertoire
from actions.forms.lignes import BaseLignes, Formulaire, Liste, faire_le_geste
from actions.operations.commun import ConflitVersion, Etat, empreinte
from pdi.socle.balises import rendre
from pdi.socle.composants import Lien
from pdi.socle.droits import RegleMetier
from pdi.socle.formats import typographier
from pdi.socle.formulaires import entier

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

    def rangees(self, form: Formulaire) -> list[dict[str, Any]]:  # noqa: ARG002 - for the screens that have a grid
        """Return the boxes of `form` as a grid."""
        return []

    def titres(self) -> Mapping[str, str]:
        """Return {« list:pk »: title} of the rows that have their own."""
        return {}

    def apres_geste(self, prefixe: str, acte: str, rang: int, brutes: dict[str, list[dict[str, Any]]]) -> None:
        """Put the other lists in step with a gesture made on `prefixe`."""

    def habiller(self, lignes: Mapping[str, BaseLignes]) -> None:
        """Give each row its title."""
        titres = self.titres()
        for prefixe, formset in lignes.items():
            for rang, ligne in enumerate(formset.forms, 1):
                propre = titres.get(f"{prefixe}:{ligne['pk'].value()}")
                ligne.titre = propre or f"{self.listes[prefixe].singulier} {rang}"

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
        """Show the page as typed, the rows of one list moved. `geste`: « etapes:monter:3 »."""
        donnees = self.request.POST
        voulu, _, reste = geste.partition(":")
        acte, _, texte = reste.partition(":")
        rang = -1 if (lu := entier(texte)) is None else lu
        place: int | None = None
        brutes = {p: liste.brutes(p, donnees, **self._options_lignes(p)) for p, liste in self.listes.items()}
        if voulu in brutes and not self.listes[voulu].fixe:
            brutes[voulu], place = faire_le_geste(brutes[voulu], acte, rang)
            self.apres_geste(voulu, acte, rang, brutes)
        lignes = {p: liste.formset(p, initial=brutes[p], **self._options_lignes(p)) for p, liste in self.listes.items()}
        if place is not None:
            regardee = lignes[voulu].forms[place]
            regardee.visible_fields()[0].field.widget.attrs["autofocus"] = True
        form = self._form()
        form.initial = form.brut(donnees)
        return self._page(form, lignes)

    def _page(
        self, form: Formulaire, lignes: Mapping[str, BaseLignes], conflit: ConflitVersion | None = None
    ) -> HttpResponse:
        self.habiller(lignes)
        contexte = {
            "form": form,
            "lignes": lignes.values(),
            "rangees": self.rangees(form),
            "resume": resume_des_erreurs(form, lignes.values()),
            "conflit": conflit,
            "empreinte": conflit.empreinte if conflit else self._empreinte(self.etat()),
            "structures": self.repertoire.noms if self._avec_structures() else [],
            "liste_structures": LISTE_STRUCTURES,
            "ecran": self,
            "fiche_ecrite": getattr(self, "fiche", None),  # most screens write in one: its name heads the page
            "ariane": self.ariane(),
            "retour": self.retour(),
        }
        return render(self.request, self.gabarit, contexte | self.contexte(), status=409 if conflit else 200)

    def _avec_structures(self) -> bool:
        lignes = (liste.ligne.base_fields.values() for liste in self.listes.values())
        return any(isinstance(champ, ChampStructure) for champs in lignes for champ in champs)

    def _empreinte(self, etat: Etat | None) -> str:
        """Return the fingerprint to carry: the one of the page first shown, while its errors are being fixed."""
        if etat is None:
            return ""
        return self.request.POST.get("empreinte") or empreinte(etat)

    # -- for the screens ----------------------------------------------------------------------

    def dire(self, texte: str, url: str = "", lien: str = "") -> None:
        """Tell the success of a write, with a link."""
        texte = typographier(texte)
        if url:
            messages.success(self.request, format_html('{} <a href="{}">{}</a>', texte, url, lien))
        else:
            messages.success(self.request, texte)

    def adresse_de_retour(self, defaut: str) -> str:
        """Return the page named by `retour` when it is one of ours, else `defaut`."""
        voulue = self.request.POST.get("retour") or self.request.GET.get("retour") or ""
        sure = url_has_allowed_host_and_scheme(voulue, allowed_hosts=None) and voulue.startswith("/")
        return voulue if sure else defaut


def resume_des_erreurs(form: Formulaire, lignes: Iterable[BaseLignes]) -> SafeString:
    """Return the summary at the head of the page: each error leads to its box, rows say which they are."""
    generales = [str(e) for e in form.non_field_errors()]
    fautes: list[dict[str, str]] = []

    def ajouter(formulaire: Formulaire, quoi: str) -> None:
        for nom, messages_ in formulaire.errors.items():
            if nom == NON_FIELD_ERRORS or formulaire[nom].is_hidden:
                if quoi or nom != NON_FIELD_ERRORS:
                    generales.extend(f"{quoi} : {m}" if quoi else str(m) for m in messages_)
                continue
            libelle = str(formulaire[nom].label)
            ancre = formulaire[nom].id_for_label or formulaire[nom].auto_id
            texte = f"{quoi}, {libelle.lower()}" if quoi else libelle
            fautes.append({"ancre": ancre, "libelle": typographier(texte), "message": typographier(str(messages_[0]))})

    ajouter(form, "")
    for formset in lignes:
        generales += formset.erreurs_globales
        if formset.is_bound:
            for ligne in formset.forms:
                ajouter(ligne, ligne.titre)
    generales = [typographier(message) for message in generales]
    return rendre("erreurs", {"lignes": fautes, "generales": generales}) if fautes or generales else SafeString("")


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
            "titre": typographier(self.titre),
            "texte": typographier(self.texte),
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
