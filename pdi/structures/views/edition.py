"""Structures: creation, change, contacts, other names, merge."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formulaires import signaler
from pdi.structures import operations, operations_annuaire
from pdi.structures.droits import peut_gerer_structures
from pdi.structures.forms import ContactForm, FusionForm, NomAlternatifForm, StructureForm
from pdi.structures.models import Contact, NomAlternatif, Structure


def _structure(request: HttpRequest, pk: int) -> Structure:
    exiger(peut_gerer_structures(request.user))
    return get_object_or_404(Structure.objects.visibles_par(request.user), pk=pk)


def _formulaire(request: HttpRequest, form: forms.BaseForm, titre: str, structure: Structure | None) -> HttpResponse:
    retour = reverse("structures:structure", args=[structure.pk]) if structure else reverse("structures:structures")
    fusion = isinstance(form, FusionForm)
    contexte = {"form": form, "titre": titre, "structure": structure, "retour": retour, "fusion": fusion}
    return render(request, "structures/formulaire.html", contexte)


@login_required
@require_http_methods(["GET", "POST"])
def structure_creer(request: HttpRequest) -> HttpResponse:
    """Add a structure to the directory."""
    exiger(peut_gerer_structures(request.user))
    form = StructureForm(request.POST or None, initial={"parent": request.GET.get("parent")})
    if request.method == "POST" and form.is_valid():
        valeurs: dict[str, Any] = dict(form.cleaned_data)
        departement = valeurs.pop("departement")
        try:
            creee = operations.creer_structure(
                par=request.user, departement=departement.pk if departement else None, **valeurs
            )
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, "La structure est ajoutée à l’annuaire.")
            return redirect("structures:structure", creee.pk)
    return _formulaire(request, form, "Ajouter une structure", None)


@login_required
@require_http_methods(["GET", "POST"])
def structure_modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a structure."""
    modifiee = _structure(request, pk)
    form = StructureForm(request.POST or None, instance=Structure.objects.get(pk=pk))
    if request.method == "POST" and form.is_valid():
        try:
            operations.modifier_structure(structure=modifiee, valeurs=form.cleaned_data, par=request.user)
        except RegleMetier as erreur:
            signaler(form, erreur)
            modifiee.refresh_from_db()
        else:
            messages.success(request, "La structure est modifiée.")
            return redirect("structures:structure", pk)
    return _formulaire(request, form, "Modifier la structure", modifiee)


@login_required
@require_http_methods(["GET", "POST"])
def contact_ajouter(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a contact to the structure `pk`."""
    structure = _structure(request, pk)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations_annuaire.ajouter_contact(structure=structure, par=request.user, **form.cleaned_data)
        messages.success(request, "Le contact est ajouté.")
        return redirect("structures:structure", pk)
    return _formulaire(request, form, "Ajouter un contact", structure)


@login_required
@require_http_methods(["GET", "POST"])
def contact_modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the contact `pk`."""
    exiger(peut_gerer_structures(request.user))
    contact = get_object_or_404(Contact.objects.select_related("structure"), pk=pk)
    form = ContactForm(request.POST or None, instance=Contact.objects.get(pk=pk))
    if request.method == "POST" and form.is_valid():
        operations_annuaire.modifier_contact(contact=contact, valeurs=form.cleaned_data, par=request.user)
        messages.success(request, "Le contact est modifié.")
        return redirect("structures:structure", contact.structure_id)
    return _formulaire(request, form, "Modifier le contact", contact.structure)


@login_required
@require_POST
def contact_retirer(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the contact `pk`."""
    exiger(peut_gerer_structures(request.user))
    contact = get_object_or_404(Contact, pk=pk)
    operations_annuaire.retirer_contact(contact=contact, par=request.user)
    messages.success(request, "Le contact est retiré.")
    return redirect("structures:structure", contact.structure_id)


@login_required
@require_http_methods(["GET", "POST"])
def nom_ajouter(request: HttpRequest, pk: int) -> HttpResponse:
    """Add another spelling to the structure `pk`."""
    structure = _structure(request, pk)
    form = NomAlternatifForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations_annuaire.ajouter_nom(structure=structure, nom=form.cleaned_data["nom"], par=request.user)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, "Cet autre nom désigne maintenant la même structure.")
            return redirect("structures:structure", pk)
    return _formulaire(request, form, "Ajouter un autre nom", structure)


@login_required
@require_POST
def nom_retirer(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the other spelling `pk`."""
    exiger(peut_gerer_structures(request.user))
    nom = get_object_or_404(NomAlternatif, pk=pk)
    operations_annuaire.retirer_nom(nom=nom, par=request.user)
    messages.success(request, "Cet autre nom est retiré.")
    return redirect("structures:structure", nom.structure_id)


@login_required
@require_http_methods(["GET", "POST"])
def structure_fusionner(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge the structure `pk` into another one."""
    absorbee = _structure(request, pk)
    form = FusionForm(request.POST or None, absorber=absorbee)
    if request.method == "POST" and form.is_valid():
        try:
            gardee = operations.fusionner_structures(
                garder=form.cleaned_data["garder"], absorber=absorbee, par=request.user
            )
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, "Les deux structures n’en font plus qu’une.")
            return redirect("structures:structure", gardee.pk)
    return _formulaire(request, form, "Fusionner avec une autre structure", absorbee)
