"""Bulk actions: the set is frozen, then filled in, previewed, confirmed, reported on one page."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from parcours.droits.affectations import peut_agir_en_lot, portefeuilles_visibles
from parcours.files.catalogue import PAR_CODE
from parcours.files.horloges import Cadre
from parcours.files.lecture import FileLue
from parcours.files.perimetre import peut_ouvrir_file
from parcours.gestes_lot import GESTES, formulaire, personnes_de
from parcours.listes import ListePersonnes
from parcours.models import Lot, Personne
from parcours.operations.lots import apercevoir, confirmer_lot, enregistrer_saisie, figer_lot
from parcours.querysets import PersonneQuerySet
from parcours.regles.lots import SEUIL_ARRIERE_PLAN, Apercu
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formulaires import cles_postees, entier, signaler
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Colonne

COLONNES = (Colonne("Personne, naissance"), Colonne("Référent aujourd’hui"))
COLONNES_ECARTEES = (*COLONNES, Colonne("Pourquoi"))


@login_required
@require_POST
def lot_creer(request: HttpRequest) -> HttpResponse:
    """Freeze the rows ticked, or every row of the filter; nothing else is written yet."""
    exiger(peut_agir_en_lot(request.user))
    geste, retour = request.POST.get("geste", ""), request.POST.get("requete", "")
    if geste not in GESTES:
        raise Http404("Cette action groupée n’existe pas.")
    origine = _origine(request)
    venue = _provenance(request, QueryDict(retour.lstrip("?")), origine)
    if request.POST.get("portee") == "filtre":
        choisies, filtre = venue.personnes, [*venue.titre, *venue.mots]
    else:
        cles = cles_postees(request, "personnes")
        choisies, filtre = venue.personnes.filter(pk__in=cles), [*venue.titre, "Personnes cochées"]
    try:
        lot = figer_lot(geste=geste, personnes=choisies, par=request.user, filtre=filtre, origine=origine)
    except RegleMetier as refus:
        messages.warning(request, refus.message)
        return redirect(venue.adresse + (retour if retour.startswith("?") else ""))
    return redirect(lot)


@dataclass(frozen=True)
class Provenance:
    """The list a bulk action comes from: its people, filters in words, and its address."""

    personnes: PersonneQuerySet
    titre: list[str]
    mots: list[str]
    adresse: str


def _provenance(request: HttpRequest, filtres: QueryDict, origine: Any) -> Provenance:
    jour = timezone.localdate()
    if code := request.POST.get("file", ""):
        file = PAR_CODE.get(code)
        if file is None:
            raise Http404("Cette file n’existe pas.")
        exiger(peut_ouvrir_file(request.user, file))
        lue = FileLue(file, request.user, filtres, Cadre.du(jour))
        titre = [f"File «\u00a0{file.titre}\u00a0»"]
        return Provenance(lue.personnes, titre, lue.filtres.en_mots, reverse("parcours:file", args=[code]))
    liste = ListePersonnes(request.user, filtres, jour, origine)
    if origine:
        adresse, titre = reverse("parcours:portefeuille", args=[origine.pk]), [f"Portefeuille de {origine}"]
    else:
        adresse, titre = reverse("parcours:personnes"), []
    return Provenance(liste.trouvees, titre, liste.filtres.en_mots, adresse)


def _origine(request: HttpRequest) -> Any:
    if not (cle := request.POST.get("origine", "")):
        return None
    return get_object_or_404(portefeuilles_visibles(request.user), pk=entier(cle))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def lot(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the form, then what will happen, then what happened."""
    exiger(peut_agir_en_lot(request.user))
    visibles = Lot.objects.visibles_par(request.user).select_related("auteur", "origine", "traitement")
    lu = get_object_or_404(visibles, pk=pk)
    if request.method == "POST":
        form = formulaire(lu, request.POST)
        if not form.is_valid():
            return _saisie(request, lu, form, 422)
        try:
            enregistrer_saisie(lot=lu, donnees={n: request.POST.get(n, "") for n in form.fields})
        except RegleMetier as refus:
            messages.warning(request, refus.message)
        return redirect(lu)
    if lu.execute_le is not None:
        return _compte_rendu(request, lu)
    if lu.traitement is not None and lu.traitement.actif:
        return redirect("socle:traitement", lu.traitement.pk)
    if not lu.saisie or "modifier" in request.GET:
        return _saisie(request, lu, formulaire(lu), 200)
    try:
        return _apercu(request, lu, apercevoir(lu))
    except RegleMetier as refus:
        form = formulaire(lu)
        signaler(form, refus)
        return _saisie(request, lu, form, 422)


def _saisie(request: HttpRequest, lu: Lot, form: Any, statut: int) -> HttpResponse:
    contexte = {"lot": lu, "form": form, "nombre": len(lu.personnes)}
    return render(request, "parcours/affectations/lot_saisie.html", contexte, status=statut)


def _personnes(request: HttpRequest, cles: list[int]) -> PageParCle[Personne]:
    """Return one page of these people, those the reader may still find, with today's référent."""
    visibles = ListePersonnes(request.user, QueryDict("tout=1"), timezone.localdate()).decorees.filter(pk__in=cles)
    return PageParCle(visibles, ["nom_affiche", "prenoms"], request.GET.get("curseur"))


def _apercu(request: HttpRequest, lu: Lot, apercu: Apercu) -> HttpResponse:
    ecartees = request.GET.get("voir") == "ecartees"
    pourquoi = {cle: motif for motif, cles in apercu.ecartees.items() for cle in cles}
    page = _personnes(request, list(pourquoi) if ecartees else apercu.retenues)
    contexte = {
        "lot": lu, "apercu": apercu, "page": page, "ecartees": ecartees, "nombre": len(lu.personnes),
        "lignes": [(p, pourquoi.get(p.pk, "")) for p in page.objets], "form": formulaire(lu),
        "colonnes": COLONNES_ECARTEES if ecartees else COLONNES,
        "en_arriere_plan": len(lu.personnes) > SEUIL_ARRIERE_PLAN and not GESTES[lu.geste].immediat,
    }  # fmt: skip
    return render(request, "parcours/affectations/lot_apercu.html", contexte)


def _compte_rendu(request: HttpRequest, lu: Lot) -> HttpResponse:
    pourquoi = {cle: motif for motif, _, cles in lu.rapport["ecartees"] for cle in cles}
    ecartees = request.GET.get("voir") == "ecartees"
    cles = list(pourquoi) if ecartees else [c for c in lu.personnes if c not in pourquoi]
    page = _personnes(request, cles)
    contexte = {
        "lot": lu, "page": page, "ecartees": ecartees, "nombre": len(lu.personnes), "hors": len(pourquoi),
        "lignes": [(p, pourquoi.get(p.pk, "")) for p in page.objets], "fait": GESTES[lu.geste].fait,
        "colonnes": COLONNES_ECARTEES if ecartees else COLONNES,
        "disparues": len(lu.personnes) - personnes_de(lu).count(),
    }  # fmt: skip
    return render(request, "parcours/affectations/lot_rapport.html", contexte)


@login_required
@require_POST
def lot_executer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Do what the preview showed: at once, or as a job when there are many people."""
    exiger(peut_agir_en_lot(request.user))
    lu = get_object_or_404(Lot.objects.visibles_par(request.user), pk=pk)
    try:
        traitement = confirmer_lot(lot=lu, empreinte=request.POST.get("empreinte", ""), par=request.user)
    except RegleMetier as refus:
        messages.warning(request, refus.message)
        return redirect(lu)
    return redirect("socle:traitement", traitement.pk) if traitement else redirect(lu)
