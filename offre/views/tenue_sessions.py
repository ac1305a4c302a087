"""Keeping of sessions: prepare, change, copy, open, close, cancel."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from actions.operations.commun import ConflitVersion, empreinte
from offre.droits import operateurs_ouverts, peut_preparer_session, peut_tenir_session
from offre.forms.sessions import AnnulationForm, DuplicationForm, SessionForm
from offre.models import OffreInsertion, Session
from offre.operations.sessions import (
    annuler_session,
    dupliquer_session,
    etat_session,
    fermer_session,
    modifier_session,
    ouvrir_session,
    preparer_session,
)
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formulaires import ECRITURE, envoi, mener, signaler
from pdi.socle.gestes import Geste, confirmer_geste, geste_de

GESTES = {
    "ouvrir": Geste(
        ouvrir_session, "Ouvrir la session aux inscriptions ?",
        "Elle apparaît dans le catalogue ; les référents peuvent y inscrire les personnes qu’ils suivent.",
        "Ouvrir aux inscriptions", "La session est ouverte aux inscriptions.",
    ),
    "fermer": Geste(
        fermer_session, "Clore les inscriptions ?",
        "Plus personne ne s’inscrit. La liste d’attente reste : une place qui se libère lui est encore proposée.",
        "Clore les inscriptions", "Les inscriptions sont closes.",
    ),
}  # fmt: skip


def _tenue(request: HttpRequest, pk: int) -> Session:
    """Return a visible session that the user keeps. Raises 404, 403."""
    visibles = Session.objects.visibles_par(request.user).select_related("offre", "operateur", "lieu__commune")
    lue = get_object_or_404(visibles, pk=pk)
    exiger(peut_tenir_session(request.user, lue))
    return lue


def _ecrire(
    request: HttpRequest, form: Any, contexte: dict[str, Any], gabarit: str = "ecrire", statut: int = 0
) -> HttpResponse:
    statut = statut or (422 if form.errors else 200)
    return render(request, f"offre/sessions/{gabarit}.html", {"form": form, **contexte}, status=statut)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def session_preparer(request: HttpRequest, offre: int) -> HttpResponse:
    """Prepare a session of an offer."""
    lue = get_object_or_404(OffreInsertion.objects.visibles_par(request.user), pk=offre)
    exiger(peut_preparer_session(request.user, lue))
    form = SessionForm(envoi(request), offre=lue, operateurs=operateurs_ouverts(request.user, lue))
    reponse = mener(
        request, form, lambda: preparer_session(offre=lue, par=request.user, parts=form.parts, **form.valeurs),
        dit="La session est préparée. Elle n’est visible des référents qu’une fois ouverte.",
    )  # fmt: skip
    return reponse or _ecrire(request, form, {"offre": lue, "session": None, "conflit": None, "empreinte": ""})


@login_required
@never_cache
@require_http_methods(ECRITURE)
def session_modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a session; the places added go to those who wait."""
    lue = _tenue(request, pk)
    form = SessionForm(envoi(request), offre=lue.offre, operateurs=None, session=lue)
    conflit, vue = None, request.POST.get("empreinte") or empreinte(etat_session(lue))
    if request.method == "POST" and form.is_valid():
        try:
            modifier_session(session=lue, par=request.user, parts=form.parts, vue=vue, **form.valeurs)
        except ConflitVersion as erreur:
            conflit, vue = erreur, erreur.empreinte
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, "La session est modifiée.")
            return redirect(lue)
    contexte = {"offre": lue.offre, "session": lue, "conflit": conflit, "empreinte": vue}
    return _ecrire(request, form, contexte, statut=422 if conflit else 0)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def session_dupliquer(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare another session alike."""
    lue = _tenue(request, pk)
    form = DuplicationForm(envoi(request), session=lue)
    reponse = mener(
        request, form, lambda: dupliquer_session(session=lue, debut=form.cleaned_data["debut"], par=request.user),
        dit="La copie est prête : relisez-la, puis ouvrez-la aux inscriptions.",
    )  # fmt: skip
    if reponse:
        return reponse
    contexte = {
        "session": lue, "titre": "Préparer une session semblable", "bouton": "Préparer la session", "grave": False,
        "texte": "Même durée, même lieu, mêmes horaires, même capacité, mêmes parts réservées ; aucun inscrit.",
    }  # fmt: skip
    return _ecrire(request, form, contexte, "geste")


@login_required
@never_cache
@require_http_methods(ECRITURE)
def session_annuler(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a session, with its motive."""
    lue = _tenue(request, pk)
    form = AnnulationForm(envoi(request))
    reponse = mener(
        request, form, lambda: annuler_session(session=lue, par=request.user, motif=form.cleaned_data["motif"]),
        dit="La session est annulée ; ceux qui suivent les inscrits sont prévenus.", vers=lue,
    )  # fmt: skip
    if reponse:
        return reponse
    contexte = {
        "session": lue, "titre": "Annuler la session ?", "bouton": "Annuler la session", "grave": True,
        "texte": "Toutes les inscriptions et la liste d’attente prennent fin. Une session annulée ne rouvre pas.",
    }  # fmt: skip
    return _ecrire(request, form, contexte, "geste")


@login_required
@never_cache
@require_http_methods(ECRITURE)
def session_geste(request: HttpRequest, pk: int, geste: str) -> HttpResponse:
    """Open or close the enrolments, after a confirmation."""
    fait = geste_de(GESTES, geste)
    return confirmer_geste(request, fait, session=_tenue(request, pk))
