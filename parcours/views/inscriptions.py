"""Enrolments: choose a session from a prescription, who is in a session, gestures, presence sheet."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from offre.models import Session
from parcours import droits
from parcours.documents.emargement import DocumentEmargement
from parcours.droits.inscriptions import peut_agir_inscription, peut_emarger
from parcours.droits.prescriptions import peut_inscrire
from parcours.forms.inscriptions import ACTES, InscriptionForm
from parcours.lecture_sessions import SessionsPour
from parcours.listes_inscriptions import COLONNES_EXPORT, InscritsSession
from parcours.models import EtatInscription, Inscription
from parcours.operations.inscriptions import inscrire
from parcours.views.acces import avec_motif, personne_lue
from parcours.views.actes import poser_acte
from parcours.views.lecture_contrat import reponse_document
from parcours.views.prescriptions import prescription_lue
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import ECRITURE, envoi, signaler
from pdi.socle.tri import Colonne

COLONNES_CHOIX = (
    Colonne("Session"), Colonne("Dates"), Colonne("Lieu"), Colonne("Pour cette personne"),
    Colonne("Inscrire", masquee=True),
)  # fmt: skip
COLONNES_INSCRITS = (
    Colonne("Personne, naissance"), Colonne("État"), Colonne("Parts réservées"), Colonne("Demandée le"),
    Colonne("Gestes", masquee=True),
)  # fmt: skip
COLONNES_ATTENTE = (
    Colonne("Rang", nb=True), Colonne("Personne, naissance"), Colonne("Parts réservées"), Colonne("Demandée le"),
    Colonne("Gestes", masquee=True),
)  # fmt: skip


@login_required
@never_cache
@require_http_methods(ECRITURE)
@avec_motif
def inscription_choisir(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a session for the person of a prescription: a place, or a turn in the waiting list."""
    lue = prescription_lue(request, pk)
    exiger(peut_inscrire(request.user, lue))
    sessions = SessionsPour(lue, timezone.localdate())
    form = InscriptionForm(envoi(request), sessions=sessions.ouvertes)
    if request.method == "POST" and form.is_valid():
        try:
            creee = inscrire(personne=lue.personne, prescription=lue, par=request.user, **form.cleaned_data)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            _dire(request, creee)
            return redirect(lue)
    contexte = {"p": lue, "sessions": sessions, "form": form, "colonnes": COLONNES_CHOIX}
    return render(request, "parcours/inscriptions/choisir.html", contexte, status=422 if form.errors else 200)


def _dire(request: HttpRequest, creee: Inscription) -> None:
    if creee.etat == EtatInscription.CONFIRMEE:
        messages.success(request, "La personne est inscrite dans la session.")
        return
    attente: Inscription = Inscription.objects.avec_position().get(pk=creee.pk)
    rang: int = attente.position  # type: ignore[attr-defined]
    messages.success(
        request,
        f"La session est complète pour cette personne : elle est en liste d’attente, au rang {rang}. "
        "Vous serez prévenu dès qu’une place lui sera proposée.",
    )


def _session(request: HttpRequest, pk: int) -> Session:
    """Return a visible session, for who reads names. Raises 403, 404."""
    exiger(droits.peut_lister_personnes(request.user))
    visibles = Session.objects.visibles_par(request.user).select_related("offre", "operateur", "lieu__commune")
    return get_object_or_404(visibles, pk=pk)


@login_required
@never_cache
@require_GET
def session_inscrits(request: HttpRequest, pk: int) -> HttpResponse:
    """List who is in a session, and who waits, in order."""
    inscrits = InscritsSession(_session(request, pk), request.user, timezone.localdate())
    contexte = {
        "session": inscrits.session, "inscrits": inscrits, "colonnes": COLONNES_INSCRITS,
        "colonnes_attente": COLONNES_ATTENTE, "peut_emarger": peut_emarger(request.user, inscrits.session).ok,
        "peut_exporter": droits.peut_exporter_personnes(request.user).ok,
    }  # fmt: skip
    return render(request, "parcours/inscriptions/inscrits.html", contexte)


@login_required
@require_GET
def session_inscrits_export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Export the enrolled the reader may see."""
    session = _session(request, pk)
    exiger(droits.peut_exporter_personnes(request.user))
    visibles = InscritsSession(session, request.user, timezone.localdate()).visibles
    return reponse_export(
        request, nom="inscrits", titre="Inscrits d’une session", colonnes=COLONNES_EXPORT, filtres=[],
        lignes=visibles.avec_position().select_related("personne", "session").order_by("rang"),
    )  # fmt: skip


@login_required
@never_cache
@require_GET
def session_emargement(request: HttpRequest, pk: int) -> HttpResponse:
    """Print the presence sheet of a week."""
    session = _session(request, pk)
    exiger(peut_emarger(request.user, session))
    document = DocumentEmargement.lire(session, request.user, request.GET.get("semaine", ""), timezone.localdate())
    return reponse_document(document.imprimer().octets, nom=f"emargement-{pk}.pdf", type_mime="application/pdf")


@login_required
@never_cache
@require_http_methods(ECRITURE)
@avec_motif
def inscription_geste(request: HttpRequest, pk: int, geste: str) -> HttpResponse:
    """Do one gesture on an enrolment."""
    exiger(droits.peut_lister_personnes(request.user))
    visibles = Inscription.objects.visibles_par(request.user).select_related("session__offre", "session__operateur")
    lue = get_object_or_404(visibles, pk=pk)
    acte = ACTES.get(geste)
    if acte is None:
        raise Http404("Ce geste n’existe pas.")
    lue.personne = personne_lue(request, lue.personne_id)
    exiger(peut_agir_inscription(request.user, lue, acte.verbe))
    return poser_acte(request, acte, lue, "parcours/inscriptions/geste.html", {"i": lue})
