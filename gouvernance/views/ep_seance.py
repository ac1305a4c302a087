"""Files during the meeting of the team: one after another, the opinion typed live; then the reorientation decided."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gouvernance.droits_instances import peut_tenir_instance
from gouvernance.forms.ep import AvisForm
from gouvernance.lecture_dossier_ep import LectureDossierEP
from gouvernance.lecture_seance import LectureSeance
from gouvernance.lecture_seance_ep import LectureSeanceEP
from gouvernance.models import EtatDossierEP, NatureInstance, Seance, SensEP
from gouvernance.operations.ep_decision import a_orienter, orienter_apres_ep
from gouvernance.operations.ep_procedure import rendre_avis
from parcours.droits.orientation import peut_orienter
from parcours.forms.orientation import OrientationForm
from parcours.lecture_orientation import LectureOrientation
from parcours.operations.consultations import consigner
from parcours.operations.orientation import ConfirmationRequise
from parcours.views.acces import personne_lue
from pdi.socle.composants import Lien
from pdi.socle.droits import RegleMetier, exiger, pas_maintenant
from pdi.socle.formulaires import ECRITURE, entier, envoi, signaler

from .ep import chemin_ep, dossier_lu
from .tenue_seances import chemin_seance


def _cle(recue: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(recue)
    except ValueError:
        return None


def seance_ep(request: HttpRequest, pk: int) -> Seance:
    """Return a visible meeting of a team. Raises Http404."""
    visibles = Seance.objects.visibles_par(request.user).select_related("instance__territoire")
    return get_object_or_404(visibles, pk=pk, instance__nature=NatureInstance.EP)


def _ecran(request: HttpRequest, seance: Seance, choisi: int, form: AvisForm | None = None) -> HttpResponse:
    jour = timezone.localdate()
    lecture = LectureSeanceEP(seance, request.user, choisi)
    dossier: Any = lecture.courant
    tenue = peut_tenir_instance(request.user, seance.instance).ok
    saisie = tenue and seance.etat == "ouverte" and dossier is not None
    if saisie and form is None and dossier.etat in (EtatDossierEP.INSCRIT, EtatDossierEP.EXAMINE):
        form = AvisForm(dossier=dossier)
    if dossier is not None and dossier.a_nommer:
        consigner(personne=dossier.personne, par=request.user, ecran="Séance d’équipe pluridisciplinaire")
    contexte = {
        "seance": seance, "instance": seance.instance, "passages": lecture, "dossier": dossier, "form": form,
        "lecture": LectureSeance(seance, request.user, jour), "tenue": tenue, "cle": uuid.uuid4(),
        "dossier_lu": LectureDossierEP(dossier, request.user, jour) if dossier else None,
        "liens": [*chemin_seance(seance), Lien("Dossiers")],
    }  # fmt: skip
    statut = 422 if form is not None and form.is_bound else 200
    return render(request, "gouvernance/ep/seance.html", contexte, status=statut)


@login_required
@never_cache
@require_safe
def ep_seance(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the files of a meeting, one open: the one asked for, else the next without an opinion."""
    return _ecran(request, seance_ep(request, pk), entier(request.GET.get("dossier")) or 0)


@login_required
@never_cache
@require_POST
def ep_avis(request: HttpRequest, pk: int) -> HttpResponse:
    """Note the opinion. A browser that resends after a lost network asks for JSON: the same key is written once."""
    lu = dossier_lu(request, pk)
    exiger(peut_tenir_instance(request.user, lu.instance))
    if lu.seance is None:
        exiger(pas_maintenant("Ce dossier n’est à l’ordre du jour d’aucune séance."))
        raise Http404
    en_json = "application/json" in request.headers.get("Accept", "")
    form = AvisForm(request.POST, dossier=lu)
    if form.is_valid():
        try:
            rendre_avis(dossier=lu, par=request.user, cle=_cle(request.POST.get("cle", "")), **form.valeurs)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            if en_json:
                return JsonResponse({"numero": lu.reference})
            messages.success(request, f"Avis noté sur le dossier {lu.reference}.")
            return redirect("gouvernance:ep_seance", lu.seance_id)
    if en_json:
        fautes = [str(f) for liste in form.errors.values() for f in liste]
        return JsonResponse({"message": " ".join(fautes)}, status=422)
    return _ecran(request, seance_ep(request, lu.seance_id or 0), lu.pk, form)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def ep_orienter(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the reorientation that was decided, in the path; one in force ends after a second, explicit step."""
    lu = dossier_lu(request, pk)
    personne = personne_lue(request, lu.personne_id)
    exiger(peut_orienter(request.user, personne))
    if not a_orienter(lu, getattr(lu, "decision", None)):
        exiger(pas_maintenant("Aucune réorientation n’attend d’être ouverte sur ce dossier."))
    lecture = LectureOrientation(personne, timezone.localdate())
    options: dict[str, Any] = lecture.options() | {"origines": []}
    dates = {"le": lu.decision.decidee_le, "notifiee_le": lu.decision.notifiee_le}
    form = OrientationForm(envoi(request), initial=dates, **options)
    fin = None
    if request.method == "POST" and form.is_valid():
        confirmee = entier(request.POST.get("confirmee"))
        try:
            orienter_apres_ep(dossier=lu, saisie=form.saisie(), par=request.user, confirmee=confirmee)
        except ConfirmationRequise as demande:
            fin = demande
        except RegleMetier as refus:
            signaler(form, refus)
        else:
            messages.success(request, "La réorientation est ouverte dans le parcours.")
            return redirect(lu)
    contexte = {
        "form": form, "dossier": lu, "fin": fin, "actuelle": lecture.actuelle, "sens": SensEP.REORIENTER.label,
        "liens": [*chemin_ep(lu), Lien("Ouvrir la réorientation")],
    }  # fmt: skip
    return render(request, "gouvernance/ep/orienter.html", contexte, status=422 if form.errors else 200)
