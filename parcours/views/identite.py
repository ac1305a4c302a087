"""Identity of people: creation after a look for duplicates, correction, contacts, death."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from parcours.communes import libelle, proposer
from parcours.droits import peut_lister_personnes
from parcours.droits.identite import peut_creer_personne, peut_modifier_identite
from parcours.forms.personnes import AdresseForm, ContactsForm, DecesForm, IdentiteForm
from parcours.operations.identite import enregistrer_nir
from parcours.operations.personnes import (
    DoublonsPossibles,
    creer_personne,
    declarer_deces,
    modifier_contacts,
    modifier_identite,
)
from parcours.views.acces import personne_lue
from parcours.views.saisie_personne import retour, saisir
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formulaires import cles_postees, signaler


@sensitive_post_parameters("nir", "nir_scelle")
@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def personne_creer(request: HttpRequest) -> HttpResponse:
    """Open a file for someone new; who may be the same person is shown before anything is written."""
    exiger(peut_creer_personne(request.user))
    donnees = request.POST or None
    forms: tuple[Any, Any, Any] = (IdentiteForm(donnees), ContactsForm(donnees), AdresseForm(donnees, facultative=True))
    candidats: list[Any] = []
    justes = [f.is_valid() for f in forms]  # all of them, so that each tells its faults
    if request.method == "POST" and all(justes):
        identite, contacts, adresse = forms
        try:
            creee = creer_personne(
                valeurs=identite.valeurs | contacts.cleaned_data, nir=identite.cleaned_data["nir"],
                adresse=adresse.saisie(), par=request.user, distinctes=cles_postees(request, "distinctes"),
            )  # fmt: skip
        except DoublonsPossibles as doublons:
            candidats = doublons.candidats
        except RegleMetier as refus:
            signaler(next((f for f in forms if refus.champ in f.fields), identite), refus)
        else:
            messages.success(request, "Le dossier est créé. Complétez le foyer et le dossier RSA.")
            return retour(request, creee)
    contexte = {
        "identite": forms[0], "contacts": forms[1], "adresse": forms[2], "candidats": candidats,
        "distinctes": cles_postees(request, "distinctes"), "scelle": forms[0].scelle,
    }  # fmt: skip
    statut = 422 if request.method == "POST" else 200
    return render(request, "parcours/foyer/creer.html", contexte, status=statut)


@sensitive_post_parameters("nir", "nir_scelle")
@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def personne_identite(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct the identity; record, replace or remove the NIR, which is never shown."""
    personne = personne_lue(request, pk)
    exiger(peut_modifier_identite(request.user, personne))
    form = IdentiteForm(request.POST or None, personne=personne)

    def faire() -> str:
        propres = form.cleaned_data
        modifiee = modifier_identite(
            personne=personne, valeurs=form.valeurs, nir=propres["nir"], version=propres["version"], par=request.user
        )
        if propres.get("retirer_nir") and not propres["nir"]:
            enregistrer_nir(personne=modifiee, nir="", par=request.user)
        return "L’identité est enregistrée."

    return saisir(
        request, personne, form, faire, titre="Corriger l’identité", bouton="Enregistrer l’identité",
        gabarit="parcours/foyer/identite.html",
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def personne_contacts(request: HttpRequest, pk: int) -> HttpResponse:
    """Change how the person is reached."""
    personne = personne_lue(request, pk)
    exiger(peut_modifier_identite(request.user, personne))
    form = ContactsForm(request.POST or None, personne=personne)

    def faire() -> str:
        modifier_contacts(personne=personne, valeurs=form.cleaned_data, par=request.user)
        return "Les contacts sont enregistrés."

    return saisir(request, personne, form, faire, titre="Mettre à jour les contacts", bouton="Enregistrer les contacts")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def personne_deces(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a death, or remove one recorded by mistake."""
    personne = personne_lue(request, pk)
    exiger(peut_modifier_identite(request.user, personne))
    form = DecesForm(request.POST or None, initial={"le": personne.deces_le})

    def faire() -> str:
        le = form.cleaned_data["le"]
        declarer_deces(personne=personne, le=le, par=request.user)
        return f"Le décès du {le:%d/%m/%Y} est enregistré." if le else "Aucun décès n’est plus enregistré."

    return saisir(
        request, personne, form, faire, titre="Enregistrer un décès", bouton="Enregistrer",
        note="Le suivi par le référent prend fin ce jour-là ; les rendez-vous à venir restent à annuler. "
        "Laissez la date vide pour retirer un décès enregistré par erreur.",
    )  # fmt: skip


@login_required
@require_GET
def communes(request: HttpRequest) -> HttpResponse:
    """Return the communes that what is typed may name, each with its territory of today."""
    exiger(peut_lister_personnes(request.user))
    texte = request.GET.get("commune", "").strip()[:100]
    trouvees = proposer(texte, timezone.localdate()) if len(texte) > 1 else []
    contexte = {"communes": [(libelle(c), c.codes_postaux, c.territoire) for c in trouvees]}
    return render(request, "parcours/foyer/_communes.html", contexte)
