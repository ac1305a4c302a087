"""Address, household, RSA file, rights and duties of a person: each a short form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from parcours.droits.identite import peut_modifier_identite
from parcours.forms.foyer import DossierForm, DroitsDevoirsForm, FinMembreForm, MembreForm, SituationForm
from parcours.forms.personnes import AdresseForm
from parcours.models import DossierRSA, MembreFoyer, Personne, RegimeJuridique
from parcours.operations.adresses import corriger_adresse, demenager
from parcours.operations.dossiers import declarer_droits_devoirs, modifier_dossier, ouvrir_dossier
from parcours.operations.foyer import (
    FoyerAQuitter,
    ajouter_membre,
    ajouter_nouveau_membre,
    definir_situation,
    terminer_membre,
)
from parcours.operations.personnes import DoublonsPossibles
from parcours.regles.droits_devoirs import SEUIL_ACTIVITE
from parcours.views.acces import personne_lue
from parcours.views.saisie_personne import page_saisie, saisir
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formulaires import cles_postees, entier, signaler


def _personne(request: HttpRequest, pk: int) -> Any:
    """Return the person, whose identity and household the user writes."""
    personne = personne_lue(request, pk)
    exiger(peut_modifier_identite(request.user, personne))
    return personne


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def adresse_ajouter(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a move; the address before ends the day before."""
    personne = _personne(request, pk)
    form = AdresseForm(request.POST or None)

    def faire() -> str:
        saisie = form.saisie()
        assert saisie is not None  # noqa: S101  # nosec B101: this form is not optional
        demenager(personne=personne, saisie=saisie, par=request.user)
        return "La nouvelle adresse est enregistrée ; l’ancienne prend fin la veille."

    return saisir(
        request, personne, form, faire, titre="Enregistrer un déménagement", bouton="Enregistrer l’adresse",
        gabarit="parcours/foyer/adresse.html",
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def adresse_corriger(request: HttpRequest, pk: int, adresse: int) -> HttpResponse:
    """Correct an address written wrong, without changing its dates."""
    personne = _personne(request, pk)
    corrigee = get_object_or_404(personne.adresses.select_related("commune"), pk=adresse)
    form = AdresseForm(request.POST or None, adresse=corrigee)

    def faire() -> str:
        saisie = form.saisie()
        assert saisie is not None  # noqa: S101  # nosec B101: this form is not optional
        corriger_adresse(adresse=corrigee, saisie=saisie, par=request.user)
        return "L’adresse est corrigée."

    return saisir(
        request, personne, form, faire, titre="Corriger l’adresse", bouton="Enregistrer l’adresse",
        gabarit="parcours/foyer/adresse.html",
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def membre_ajouter(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring someone into the household: known people are proposed first, then a new file is made."""
    personne = _personne(request, pk)
    form = MembreForm(request.POST or None)
    plus: dict[str, Any] = {"candidats": [], "a_quitter": None, "rattacher": request.POST.get("rattacher", "")}
    if request.method == "POST" and form.is_valid():
        try:
            place = _ajouter(request, personne, form)
        except DoublonsPossibles as doublons:
            plus["candidats"] = doublons.candidats
        except FoyerAQuitter as foyer:
            plus["a_quitter"] = foyer
        except RegleMetier as refus:
            signaler(form, refus)
        else:
            messages.success(request, f"{place.personne} est dans le foyer.")
            return redirect(personne)
    return page_saisie(
        request, personne, form, titre="Ajouter un membre du foyer", bouton="Ajouter au foyer",
        gabarit="parcours/foyer/membre.html", **plus,
    )  # fmt: skip


def _ajouter(request: HttpRequest, personne: Any, form: MembreForm) -> MembreFoyer:
    """Bring in the known person that the author chose, else a new one, through the look for duplicates."""
    choisie = entier(request.POST.get("rattacher"))
    place = {"role": form.cleaned_data["role"], "debut": form.cleaned_data["debut"], "par": request.user}
    if choisie is None:
        ecartees = cles_postees(request, "distinctes")
        return ajouter_nouveau_membre(personne=personne, valeurs=form.valeurs, distinctes=ecartees, **place)
    membre = get_object_or_404(Personne.objects.visibles_par(request.user), pk=choisie)
    confirmee = entier(request.POST.get("confirmee"))
    return ajouter_membre(personne=personne, membre=membre, confirmee=confirmee, **place)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def membre_terminer(request: HttpRequest, pk: int, place: int) -> HttpResponse:
    """End someone's place in the household of the person."""
    personne = _personne(request, pk)
    # The household she lives in now, and no other: who left has no longer a say on the places of those who stay.
    sien = MembreFoyer.objects.filter(personne=personne, periode__contains=timezone.localdate()).values("foyer")
    finie = get_object_or_404(MembreFoyer.objects.filter(foyer__in=sien).select_related("personne"), pk=place)
    form = FinMembreForm(request.POST or None)

    def faire() -> str:
        terminer_membre(personne=personne, place=finie, par=request.user, **form.cleaned_data)
        return f"{finie.personne} quitte le foyer."

    return saisir(
        request, personne, form, faire, titre=f"{finie.personne} quitte le foyer", bouton="Enregistrer la sortie"
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def foyer_situation(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the family situation of the household, from a day on."""
    personne = _personne(request, pk)
    form = SituationForm(request.POST or None)

    def faire() -> str:
        definir_situation(personne=personne, par=request.user, **form.cleaned_data)
        return "La situation familiale est enregistrée."

    return saisir(request, personne, form, faire, titre="Situation familiale", bouton="Enregistrer la situation")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def dossier_ajouter(request: HttpRequest, pk: int) -> HttpResponse:
    """Record an RSA file for the household."""
    personne = _personne(request, pk)
    form = DossierForm(request.POST or None)

    def faire() -> str:
        ouvrir_dossier(personne=personne, valeurs=form.cleaned_data, par=request.user)
        return "Le dossier RSA est enregistré."

    return saisir(request, personne, form, faire, titre="Ajouter un dossier RSA", bouton="Enregistrer le dossier")


def _dossiers(personne: Any) -> Any:
    """Return the files of the households the person is or was in."""
    foyers = MembreFoyer.objects.filter(personne=personne).values("foyer")
    return DossierRSA.objects.filter(foyer__in=foyers).order_by("-demande_le", "-pk")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def dossier_modifier(request: HttpRequest, pk: int, dossier: int) -> HttpResponse:
    """Correct or close an RSA file."""
    personne = _personne(request, pk)
    modifie = get_object_or_404(_dossiers(personne), pk=dossier)
    form = DossierForm(request.POST or None, dossier=modifie)

    def faire() -> str:
        modifier_dossier(personne=personne, dossier=modifie, valeurs=form.cleaned_data, par=request.user)
        return "Le dossier RSA est enregistré."

    return saisir(
        request, personne, form, faire, titre="Modifier le dossier RSA", bouton="Enregistrer le dossier",
        note="À la date de clôture, les droits et devoirs ouverts sur ce dossier prennent fin.",
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def droits_devoirs_ajouter(request: HttpRequest, pk: int) -> HttpResponse:
    """Record rights and duties from a day on, as received and as recomputed."""
    personne = _personne(request, pk)
    regime = RegimeJuridique.objects.filter(validite__contains=timezone.localdate()).first()
    seuil = regime.parametres.get("seuil_activite", SEUIL_ACTIVITE) if regime else SEUIL_ACTIVITE
    form = DroitsDevoirsForm(request.POST or None, dossiers=_dossiers(personne), seuil=seuil)

    def faire() -> str:
        ecrite = declarer_droits_devoirs(personne=personne, par=request.user, **form.cleaned_data)
        ecart = None not in (ecrite.recu, ecrite.recalcule) and ecrite.recu != ecrite.recalcule
        suite = " Ce qui est reçu contredit ce qui est recalculé : l’écart est signalé." if ecart else ""
        return f"La période est enregistrée.{suite}"

    return saisir(
        request, personne, form, faire, titre="Droits et devoirs", bouton="Enregistrer la période",
        note="La période précédente prend fin la veille. Rien de reçu n’est jamais remplacé par un calcul.",
    )  # fmt: skip
