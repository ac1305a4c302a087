"""The interview on one form: shown, kept as a draft, applied in one transaction."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from parcours import droits, page
from parcours.models import Entretien, EtatEntretien
from parcours.operations.consultations import consigner
from parcours.operations.entretiens import EntretienModifie, planifier_entretien
from parcours.operations.saisie import (
    Contenu,
    Piece,
    SaisieRefusee,
    brouillon_lu,
    enregistrer_saisie,
    garder_brouillon,
    oublier_brouillon,
)
from parcours.rendez_vous import rendez_vous_immediat
from parcours.saisie.base import Contexte, Saisie, Volet, multiples
from parcours.saisie.volets import volets
from parcours.views.acces import personne_suivie
from parcours.views.entretiens import entretien_suivi
from pdi.comptes.models import Utilisateur
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import INSECABLE
from pdi.socle.formulaires import entier, signaler


def _contexte(request: HttpRequest, pk: int) -> Contexte:
    lu = entretien_suivi(request, pk)
    exiger(droits.peut_saisir_entretien(request.user, lu, lu.personne))
    return Contexte(lu, lu.personne, request.user, timezone.localdate(), droits.voit_sante(request.user, lu.personne))


def _heure() -> str:
    maintenant = timezone.localtime()
    return f"{maintenant.hour}{INSECABLE}h{INSECABLE}{maintenant:%M}"


def _piece(volet: Volet) -> Piece:
    return Piece(volet.code, lambda: volet.appliquer(volet.form))


def _page(request: HttpRequest, contexte: Contexte, saisie: Saisie, statut: int = 200, **plus: Any) -> HttpResponse:
    """Render the form; `conflit` lists what was kept elsewhere since."""
    brouillon = contexte.entretien.brouillon or {}
    lecture = page.Lecture(contexte.personne, request.user, contexte.jour, ecrit=True, voit_sante=contexte.voit_sante)
    donnees = {
        "entretien": contexte.entretien, "personne": contexte.personne, "saisie": saisie,
        "principal": saisie.volets[0], "autres": saisie.volets[1:],
        "gestes": page.gestes(lecture, sauf=page.entretiens.gestes(lecture)),
        "brouillon_par": Utilisateur.objects.filter(pk=brouillon["par"]).first() if brouillon else None,
        "brouillon_le": parse_datetime(brouillon["le"]) if brouillon else None,
        "conflit": None, "version": contexte.entretien.version,
    }  # fmt: skip
    return render(request, "parcours/saisie/saisie.html", donnees | plus, status=statut)


@sensitive_post_parameters()
@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def saisie(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold an interview on one form. The button says: keep a draft, throw it away, or record everything."""
    contexte = _contexte(request, pk)
    if request.method != "POST":
        consigner(personne=contexte.personne, par=request.user, ecran="Saisie d’entretien")
        garde = brouillon_lu(contexte.entretien)
        lue = Saisie(volets(contexte), multiples(garde) if garde else None, brouillon=True)
        return _page(request, contexte, lue)
    geste = request.POST.get("geste", "enregistrer")
    if geste == "oublier":
        oublier_brouillon(entretien=contexte.entretien, par=request.user)
        messages.success(request, "Le brouillon est oublié.")
        return redirect("parcours:saisie", pk)
    return _garder(request, contexte) if geste == "brouillon" else _enregistrer(request, contexte)


def _contenu(request: HttpRequest, lue: Saisie) -> Contenu:
    champs = [nom for v in lue.volets for nom in v.champs]
    return Contenu(entier(request.POST.get("version")) or 0, lue.donnees(request.POST), champs)


def _garder(request: HttpRequest, contexte: Contexte) -> HttpResponse:
    """Keep a draft at the press of the button."""
    lue = Saisie(volets(contexte), request.POST, brouillon=True)
    try:
        garder_brouillon(entretien=contexte.entretien, contenu=_contenu(request, lue), par=request.user)
    except EntretienModifie as erreur:
        return _conflit(request, contexte, lue, erreur)
    except RegleMetier as erreur:
        messages.error(request, erreur.message)
        return _page(request, contexte, lue, 422)
    messages.success(request, f"Brouillon enregistré à {_heure()}. Rien d’autre n’est encore écrit.")
    return redirect("parcours:saisie", contexte.entretien.pk)


def _enregistrer(request: HttpRequest, contexte: Contexte) -> HttpResponse:
    """Record the whole form, or tell every fault and lose nothing."""
    lue = Saisie(volets(contexte), request.POST)
    if not lue.is_valid():
        return _reprendre(request, contexte, lue)
    pieces, contenu = [_piece(v) for v in lue.actifs], _contenu(request, lue)
    try:
        faits = enregistrer_saisie(entretien=contexte.entretien, contenu=contenu, pieces=pieces, par=request.user)
    except EntretienModifie as erreur:
        return _conflit(request, contexte, lue, erreur)
    except SaisieRefusee as refusee:
        for volet in lue.actifs:
            if volet.code in refusee.refus:
                signaler(volet.form, refusee.refus[volet.code])
        return _reprendre(request, contexte, lue)
    messages.success(request, f"Enregistré : {', '.join(faits)}.")
    return redirect(contexte.personne)


def _reprendre(request: HttpRequest, contexte: Contexte, lue: Saisie) -> HttpResponse:
    """Give the form back with its faults. What was typed is kept as a draft: nothing is lost, whatever comes next."""
    try:
        garde = garder_brouillon(entretien=contexte.entretien, contenu=_contenu(request, lue), par=request.user)
    except EntretienModifie as erreur:
        return _conflit(request, contexte, lue, erreur)
    except RegleMetier as erreur:
        messages.error(request, erreur.message)
        garde = contexte.entretien
    return _page(request, contexte, lue, 422, version=garde.version)


def _conflit(request: HttpRequest, contexte: Contexte, lue: Saisie, erreur: EntretienModifie) -> HttpResponse:
    """Give the text back beside what was kept elsewhere: nothing is overwritten."""
    garde, saisi = brouillon_lu(contexte.entretien), lue.donnees(request.POST)
    differences = [
        {"libelle": libelle, "enregistre": ", ".join(garde.get(nom, [])), "saisi": ", ".join(saisi.get(nom, []))}
        for nom, libelle in lue.libelles.items()
        if garde.get(nom, []) != saisi.get(nom, [])
    ]
    return _page(request, contexte, lue, 409, conflit={"message": erreur.message, "differences": differences})


@sensitive_post_parameters()
@login_required
@require_POST
def saisie_brouillon(request: HttpRequest, pk: int) -> JsonResponse:
    """Keep what the page sends by itself; answer the new version and the time."""
    lu = entretien_suivi(request, pk)
    verdict = droits.peut_saisir_entretien(request.user, lu, lu.personne)
    if not verdict:
        return JsonResponse({"message": verdict.motif}, status=403)
    contexte = _contexte(request, pk)
    lue = Saisie(volets(contexte), request.POST, brouillon=True)
    try:
        garde = garder_brouillon(entretien=lu, contenu=_contenu(request, lue), par=request.user)
    except EntretienModifie as conflit:
        texte = f"{conflit.message} Cliquez sur « Garder en brouillon » pour comparer : rien n’est écrasé."
        return JsonResponse({"message": texte}, status=409)
    except RegleMetier as erreur:
        return JsonResponse({"message": erreur.message}, status=422)
    return JsonResponse({"version": garde.version, "heure": _heure()})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def saisie_ouvrir(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin an interview now: one planned today, or one that was not planned."""
    personne = personne_suivie(request, pk)
    if request.method == "POST":
        try:
            rdv = rendez_vous_immediat(personne, request.user, timezone.localtime())
        except RegleMetier as erreur:
            messages.error(request, erreur.message)
            return redirect("parcours:entretien_planifier", pk)
        ouvert = planifier_entretien(personne=personne, rdv=rdv, par=request.user, malgre=True)
        return redirect("parcours:saisie", ouvert.pk)
    demain = timezone.localdate() + datetime.timedelta(days=1)
    attendus = Entretien.objects.filter(personne=personne, etat=EtatEntretien.PREVU, debut__date__lt=demain)
    contexte = {"personne": personne, "attendus": attendus.select_related("agent").order_by("-debut")[:5]}
    return render(request, "parcours/saisie/ouvrir.html", contexte)
