"""Reading of people: the list, the page of one, the « accès exceptionnel »."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from parcours import chronologie, droits, page
from parcours.etat import Parcours
from parcours.listes import COLONNES_EXPORT, ListePersonnes
from parcours.models import Consultation, Orientation, RegimeJuridique
from parcours.operations.consultations import consigner, motif_du_jour, motiver
from parcours.querysets import prescriptions_adressees
from parcours.regles.delais import OrientationLue, Regime, age_au
from parcours.views.acces import personne_lue
from pdi.comptes.models import Role
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.tri import Colonne

COLONNES = (
    Colonne("Personne, naissance", "nom"), Colonne("Commune"), Colonne("Orientation"), Colonne("Référent"),
    Colonne("Dernier contact", "contact"),
)  # fmt: skip
DERNIERES_CONSULTATIONS = 10


@login_required
@require_GET
def personnes(request: HttpRequest) -> HttpResponse:
    """List the people the reader may find."""
    exiger(droits.peut_lister_personnes(request.user))
    liste = ListePersonnes(request.user, request.GET, timezone.localdate())
    contexte = {
        "liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES,
        "peut_exporter": droits.peut_exporter_personnes(request.user),
    }  # fmt: skip
    return render(request, "parcours/personnes/personnes.html", contexte)


@login_required
@require_GET
def personnes_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filter. The social security number is in no export."""
    exiger(droits.peut_exporter_personnes(request.user))
    liste = ListePersonnes(request.user, request.GET, timezone.localdate())
    return reponse_export(
        request, nom="personnes", titre="Personnes", colonnes=COLONNES_EXPORT,
        lignes=liste.decorees.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


def _faits(request: HttpRequest, personne: Any, acces: droits.Acces) -> list[chronologie.Fait]:
    """Return the events the reader may know: a prestataire, the prescriptions addressed to it."""
    lus = chronologie.faits(personne.pk)
    if acces is not droits.Acces.REDUIT:
        return lus
    structures = request.user.structures_du_role(Role.PRESTATAIRE)  # type: ignore[union-attr]
    siennes = set(prescriptions_adressees(structures).filter(personne=personne).values_list("pk", flat=True))
    return [f for f in lus if f.genre == chronologie.PRESCRIPTION and f.objet in siennes]


@login_required
@never_cache
@require_GET
def personne(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a person's page; outside one's own people, after a motive. The consultation is recorded."""
    lue = personne_lue(request, pk)
    acces = droits.acces(request.user, lue)
    motif = motif_du_jour(personne=lue, par=request.user) if acces is droits.Acces.MOTIVE else ""
    if acces is droits.Acces.MOTIVE and not motif:
        return redirect("parcours:personne_acces", pk)
    consigner(personne=lue, par=request.user, ecran="Page de la personne", motif=motif)
    return render(request, "parcours/personnes/personne.html", _contexte(request, lue, acces, motif))


def _orientee(personne: Any, jour: datetime.date) -> OrientationLue | None:
    lue = Orientation.objects.au(jour).filter(personne=personne)
    champs = lue.values_list("decidee_le", "type_decide", "organisme", "notifiee_le").first()
    return OrientationLue(*champs) if champs else None


def _contexte(request: HttpRequest, lue: Any, acces: droits.Acces, motif: str) -> dict[str, Any]:
    jour, famille = timezone.localdate(), request.GET.get("montrer", "")
    faits = _faits(request, lue, acces)
    regimes = [Regime.lire(r) for r in RegimeJuridique.objects.all()]
    vus = droits.voit_consultations(request.user, lue)
    entiere = acces is not droits.Acces.REDUIT
    lecture = page.Lecture(
        lue, request.user, jour, ecrit=bool(droits.peut_suivre(request.user, lue)),
        voit_sante=droits.voit_sante(request.user, lue),
    )  # fmt: skip
    consultations = Consultation.objects.filter(personne=lue).select_related("par")[:DERNIERES_CONSULTATIONS]
    return {
        "personne": lue, "reduite": not entiere, "motif": motif,
        "sections": page.sections(lecture) if entiere else [], "gestes": page.gestes(lecture) if entiere else [],
        "age": age_au(lue.date_naissance, jour) if lue.date_naissance else None,
        "parcours": Parcours(faits, regimes, jour, _orientee(lue, jour)), "lignes": chronologie.lignes(faits, famille),
        "familles": [] if acces is droits.Acces.REDUIT else list(chronologie.FAMILLES.items()),
        "famille": chronologie.FAMILLES.get(famille, ""), "code_famille": famille,
        "voit_consultations": vus, "consultations": list(consultations) if vus else [],
    }  # fmt: skip


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def personne_acces(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the motive of an « accès exceptionnel », valid for the day; without one, the page stays shut."""
    lue = personne_lue(request, pk)
    if droits.acces(request.user, lue) is not droits.Acces.MOTIVE:
        return redirect("parcours:personne", pk)
    erreur, motif = "", request.POST.get("motif", "")[:250]
    if request.method == "POST":
        try:
            motiver(personne=lue, par=request.user, motif=motif)
        except RegleMetier as refus:
            erreur = refus.message
        else:
            return redirect("parcours:personne", pk)
    contexte = {"pk": pk, "erreur": erreur, "motif": motif}
    return render(request, "parcours/personnes/acces.html", contexte, status=422 if erreur else 200)
