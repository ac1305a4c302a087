"""Accounts, for administrators: list, page, creation, change, closing."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pdi.comptes import operations
from pdi.comptes.droits import peut_desactiver, peut_gerer_comptes
from pdi.comptes.exports import COLONNES_UTILISATEURS
from pdi.comptes.forms import UtilisateurForm
from pdi.comptes.models import Habilitation, Role, Utilisateur
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.filtres import FiltreBooleen, FiltreChoix, Filtres, FiltreTexte
from pdi.socle.formulaires import signaler
from pdi.socle.models import EntreeJournal
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Colonne, Tri
from pdi.structures.models import Structure

COLONNES = (
    Colonne("Personne", "nom"),
    Colonne("Rôles du jour"),
    Colonne("Dernière connexion", "connexion"),
    Colonne("État", "etat"),
)
COLONNES_HABILITATIONS = (
    Colonne("Rôle"),
    Colonne("Structure"),
    Colonne("Territoire"),
    Colonne("Période"),
    Colonne("Gestes", masquee=True),
)
TRIS = {
    "nom": ("nom", "prenom"),
    "connexion": ("last_login", "nom"),
    "etat": ("is_active", "nom"),
}


def _du_jour(**conditions: str) -> Q:
    tenues = Habilitation.objects.au(timezone.localdate()).filter(**conditions)
    return Q(pk__in=tenues.values("utilisateur"))


class FiltresUtilisateurs(Filtres):
    """Filters of the list of accounts."""

    mot = FiltreTexte("Nom ou adresse", champs=("nom", "prenom", "courriel"), large=True)
    role = FiltreChoix("Rôle", choix=Role.choices, q=lambda role: _du_jour(role=role))
    structure = FiltreChoix("Structure", vide="Toutes", q=lambda pk: _du_jour(structure=pk))
    actif = FiltreChoix(
        "État", choix=[("oui", "Actifs"), ("non", "Désactivés")], q=lambda valeur: Q(is_active=valeur == "oui")
    )
    sans_role = FiltreBooleen(
        "Sans aucun rôle",
        si_vrai=~Q(pk__in=Habilitation.objects.values("utilisateur")),
    )


def _structures_habilitees() -> list[tuple[int, str]]:
    return [(s.pk, str(s)) for s in Structure.objects.filter(habilitations__isnull=False).distinct()]


def _filtrer(request: HttpRequest) -> tuple[FiltresUtilisateurs, QuerySet[Utilisateur]]:
    filtres = FiltresUtilisateurs(request.GET, choix={"structure": _structures_habilitees()})
    visibles = Utilisateur.objects.visibles_par(request.user).avec_habilitations(timezone.localdate())
    return filtres, filtres.appliquer(visibles)


@login_required
@require_safe
def utilisateurs(request: HttpRequest) -> HttpResponse:
    """List the accounts."""
    exiger(peut_gerer_comptes(request.user))
    filtres, comptes = _filtrer(request)
    tri = Tri.lire(request.GET, TRIS, defaut="nom")
    page = PageParCle(comptes, tri.cles, request.GET.get("curseur"))
    contexte = {"filtres": filtres, "tri": tri, "page": page, "colonnes": COLONNES}
    return render(request, "comptes/utilisateurs.html", contexte)


@login_required
@require_safe
def utilisateurs_export(request: HttpRequest) -> HttpResponseBase:
    """Export the accounts of the filter."""
    exiger(peut_gerer_comptes(request.user))
    filtres, comptes = _filtrer(request)
    return reponse_export(
        request,
        nom="comptes",
        titre="Comptes",
        colonnes=COLONNES_UTILISATEURS,
        lignes=comptes.order_by("nom", "prenom", "pk"),
        filtres=filtres.en_mots,
    )


@login_required
@require_safe
def utilisateur(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one account: who, which roles since when, what was changed."""
    exiger(peut_gerer_comptes(request.user))
    cible = get_object_or_404(Utilisateur.objects.visibles_par(request.user), pk=pk)
    habilitations = cible.habilitations.select_related("structure", "territoire").order_by("-periode", "role")
    contexte = {
        "cible": cible,
        "habilitations": habilitations,
        "colonnes": COLONNES_HABILITATIONS,
        "peut_desactiver": peut_desactiver(request.user, cible),
        "entrees": EntreeJournal.objects.de(cible).select_related("par")[:10],
    }
    return render(request, "comptes/utilisateur.html", contexte)


@login_required
@require_http_methods(["GET", "POST"])
def utilisateur_creer(request: HttpRequest) -> HttpResponse:
    """Open an account; its owner receives a link to choose a password."""
    exiger(peut_gerer_comptes(request.user))
    form = UtilisateurForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cree = operations.creer_utilisateur(
                par=request.user, racine=request.build_absolute_uri("/"), **form.cleaned_data
            )
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(
                request, "Le compte est ouvert et le lien d’activation envoyé. Donnez-lui maintenant un rôle."
            )
            return redirect("comptes:habilitation_ajouter", cree.pk)
    return render(request, "comptes/utilisateur_form.html", {"form": form, "cible": None})


@login_required
@require_http_methods(["GET", "POST"])
def utilisateur_modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Change identity and contact details."""
    exiger(peut_gerer_comptes(request.user))
    cible = get_object_or_404(Utilisateur.objects.visibles_par(request.user), pk=pk)
    form = UtilisateurForm(request.POST or None, instance=Utilisateur.objects.get(pk=pk))
    if request.method == "POST" and form.is_valid():
        try:
            operations.modifier_utilisateur(utilisateur=cible, valeurs=form.cleaned_data, par=request.user)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, "Le compte est modifié.")
            return redirect("comptes:utilisateur", cible.pk)
    return render(request, "comptes/utilisateur_form.html", {"form": form, "cible": cible})


@login_required
@require_http_methods(["GET", "POST"])
def utilisateur_desactiver(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for confirmation, then close the account."""
    cible = get_object_or_404(Utilisateur, pk=pk) if peut_gerer_comptes(request.user) else Utilisateur(pk=pk)
    exiger(peut_desactiver(request.user, cible))
    if request.method == "POST":
        operations.desactiver_utilisateur(utilisateur=cible, par=request.user)
        messages.success(request, "Le compte est désactivé : il ne permet plus de se connecter.")
        return redirect("comptes:utilisateur", cible.pk)
    contexte = {
        "titre": f"Désactiver le compte de {cible} ?",
        "texte": "Cette personne ne pourra plus se connecter. Ce qu’elle a écrit reste à son nom ; ses rôles restent.",
        "bouton": "Désactiver ce compte",
        "retour": reverse("comptes:utilisateur", args=[cible.pk]),
        "grave": True,
    }
    return render(request, "components/page_confirmation.html", contexte)


@login_required
@require_POST
def utilisateur_reactiver(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a closed account again."""
    exiger(peut_gerer_comptes(request.user))
    cible = get_object_or_404(Utilisateur.objects.visibles_par(request.user), pk=pk)
    operations.reactiver_utilisateur(utilisateur=cible, par=request.user)
    messages.success(request, "Le compte est réactivé.")
    return redirect("comptes:utilisateur", cible.pk)


@login_required
@require_POST
def utilisateur_activation(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the activation link again."""
    exiger(peut_gerer_comptes(request.user))
    cible = get_object_or_404(Utilisateur.objects.visibles_par(request.user), pk=pk)
    try:
        operations.demander_activation(utilisateur=cible, par=request.user, racine=request.build_absolute_uri("/"))
    except RegleMetier as erreur:
        messages.warning(request, erreur.message)
    else:
        messages.success(request, "Un lien pour choisir un mot de passe est envoyé à son adresse.")
    return redirect("comptes:utilisateur", cible.pk)
