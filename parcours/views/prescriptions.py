"""Prescriptions: the list, the writing, the page of one and its gestures."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from offre.models import OffreInsertion
from parcours import droits
from parcours.correspondances import profil_de, refus_de
from parcours.droits.prescriptions import (
    origines_admises,
    origines_ouvertes,
    peut_agir_prescription,
    peut_prescrire,
)
from parcours.forms.prescriptions import ACTES, PrescriptionForm
from parcours.lecture_prescription import LecturePrescription
from parcours.lecture_sessions import etat_des_places
from parcours.listes_prescriptions import COLONNES_EXPORT, ListePrescriptions
from parcours.models import Prescription
from parcours.operations.prescriptions import modifier_prescription, prescrire, prescrire_et_transmettre
from parcours.views.acces import avec_motif, personne_lue, personne_ouverte
from parcours.views.actes import poser_acte
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import ECRITURE, mener, signaler
from pdi.socle.tri import Colonne

DE_OPERATEUR = Colonne("Prescrite par")
DE_PRESCRIPTEUR = Colonne("Opérateur")


def _colonnes(*, operateur: bool) -> tuple[Colonne, ...]:
    return (
        Colonne("Personne, naissance", "personne"), Colonne("Action", "action"),
        DE_OPERATEUR if operateur else DE_PRESCRIPTEUR, Colonne("Prescrite le", "date"),
        Colonne("Attente", "attente"), Colonne("État"),
    )  # fmt: skip


@login_required
@require_GET
def prescriptions(request: HttpRequest) -> HttpResponse:
    """List the prescriptions: an operator's queue, or what the prescribers wait for."""
    exiger(droits.peut_lister_personnes(request.user))
    liste = ListePrescriptions(request.user, request.GET, timezone.localdate())
    contexte = {
        "liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page,
        "colonnes": _colonnes(operateur=liste.operateur),
        "peut_exporter": droits.peut_exporter_personnes(request.user),
    }  # fmt: skip
    return render(request, "parcours/prescriptions/prescriptions.html", contexte)


@login_required
@require_GET
def prescriptions_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filters."""
    exiger(droits.peut_exporter_personnes(request.user))
    liste = ListePrescriptions(request.user, request.GET, timezone.localdate())
    return reponse_export(
        request, nom="prescriptions", titre="Prescriptions", colonnes=COLONNES_EXPORT,
        lignes=liste.decorees.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


def prescription_lue(request: HttpRequest, pk: int) -> Prescription:
    """Return a visible prescription, its person read with her access; the consultation is recorded. Raises 404."""
    exiger(droits.peut_lister_personnes(request.user))
    visibles = Prescription.objects.visibles_par(request.user).select_related(
        "offre", "operateur", "structure_prescriptrice", "prescripteur", "motif_refus"
    )
    lue = get_object_or_404(visibles, pk=pk)
    lue.personne = personne_ouverte(request, lue.personne_id, "Prescription")
    return lue


@login_required
@never_cache
@require_GET
@avec_motif
def prescription(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a prescription: the chain it belongs to, where it stands, what is next."""
    lue = prescription_lue(request, pk)
    contexte = {"p": lue, "lecture": LecturePrescription(lue, request.user)}
    return render(request, "parcours/prescriptions/prescription.html", contexte)


@login_required
@never_cache
@require_http_methods(ECRITURE)
@avec_motif
def prescription_geste(request: HttpRequest, pk: int, geste: str) -> HttpResponse:
    """Do one gesture of the life cycle."""
    lue = prescription_lue(request, pk)
    acte = ACTES.get(geste)
    if acte is None:
        raise Http404("Ce geste n’existe pas.")
    exiger(peut_agir_prescription(request.user, lue, acte.verbe))
    return poser_acte(request, acte, lue, "parcours/prescriptions/geste.html", {"p": lue})


# -- writing -----------------------------------------------------------------------------------


def _personne_a_prescrire(request: HttpRequest, pk: int) -> tuple[Any, list[str]]:
    """Return the person and the origins the user may write. Raises 404, 403."""
    lue = personne_lue(request, pk)
    exiger(peut_prescrire(request.user, lue))
    return lue, origines_ouvertes(request.user, suit=bool(droits.peut_suivre(request.user, lue)))


def _reperes(request: HttpRequest, personne: Any, offre: OffreInsertion | None) -> dict[str, Any]:
    """Return what the writer should know of the offer: its places, and for who follows her, why it does not fit."""
    jour = timezone.localdate()
    if offre is None:
        return {"places": None, "refus": []}
    suivie = bool(droits.peut_suivre(request.user, personne))
    return {
        "places": etat_des_places(offre, jour), "refus": refus_de(offre, profil_de(personne, jour)) if suivie else [],
    }  # fmt: skip


@login_required
@never_cache
@require_http_methods(ECRITURE)
def prescription_creer(request: HttpRequest, pk: int, offre: int | None = None) -> HttpResponse:
    """Write a prescription onto an offer, or a free action."""
    personne, origines = _personne_a_prescrire(request, pk)
    choisie = (
        get_object_or_404(OffreInsertion.objects.visibles_par(request.user).publiees(), pk=offre) if offre else None
    )
    if choisie is not None:
        origines = origines_admises(choisie, origines)
    initial = {"documents": choisie.documents} if choisie else {}
    form = PrescriptionForm(request.POST or None, offre=choisie, origines=origines, initial=initial)
    if request.method == "POST" and form.is_valid():
        operation = prescrire_et_transmettre if form.cleaned_data["transmettre"] else prescrire
        try:
            creee = operation(personne=personne, saisie=form.saisie(), par=request.user)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            transmise = creee.transmise_le is not None
            messages.success(
                request,
                "La prescription est transmise ; l’opérateur est prévenu." if transmise
                else "La prescription est enregistrée. Rien n’est encore transmis.",
            )  # fmt: skip
            return redirect(creee)
    contexte: dict[str, Any] = {
        "personne": personne, "offre": choisie, "form": form, "titre": "Prescrire", "retour": "",
    }  # fmt: skip
    contexte |= _reperes(request, personne, choisie)
    return render(request, "parcours/prescriptions/ecrire.html", contexte, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(ECRITURE)
@avec_motif
def prescription_modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a prescription not signed yet."""
    lue = prescription_lue(request, pk)
    exiger(peut_agir_prescription(request.user, lue, "modifier_prescription"))
    initial = {
        "operateur": lue.operateur_id, "motivation": lue.motivation, "documents": lue.documents,
        "action_libre": lue.action_libre,
    }  # fmt: skip
    form = PrescriptionForm(request.POST or None, offre=lue.offre, origines=None, initial=initial)
    reponse = mener(
        request, form, lambda: modifier_prescription(prescription=lue, saisie=form.saisie(), par=request.user),
        dit="La prescription est modifiée.", vers=lue,
    )  # fmt: skip
    if reponse:
        return reponse
    contexte: dict[str, Any] = {
        "personne": lue.personne, "offre": lue.offre, "form": form, "titre": "Modifier la prescription",
        "retour": lue.get_absolute_url(), "places": None, "refus": [],
    }  # fmt: skip
    return render(request, "parcours/prescriptions/ecrire.html", contexte, status=422 if form.errors else 200)
