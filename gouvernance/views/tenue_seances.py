"""Keeping of meetings: prepare, change, agenda, convene, open, close, put off, cancel."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gouvernance.droits_instances import peut_tenir_instance
from gouvernance.forms.seances import MotifForm, PointForm, ReportForm, SeanceForm
from gouvernance.lecture_seance import LectureSeance, avertir
from gouvernance.models import PointOrdreDuJour, Seance
from gouvernance.operations import seances as ops
from gouvernance.ordre_propose import proposer
from pdi.socle.composants import Lien
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formulaires import ECRITURE, envoi, mener, signaler
from pdi.socle.gestes import Geste, confirmer_geste, geste_de

from .instances import chemin_de, ecrire, instance_tenue

GESTES = {
    "convoquer": Geste(
        ops.convoquer_seance, "Convoquer les membres ?",
        "Chaque membre en fonction ce jour-là reçoit l’ordre du jour par courriel, avec un lien pour répondre. La "
        "séance apparaît dans les calendriers.",
        "Convoquer", "Les membres sont convoqués. Les courriels partent ; un avis vous dira ceux qui n’ont pas pu "
        "partir.",
    ),
    "relancer": Geste(
        ops.relancer_seance, "Relancer ceux qui n’ont pas répondu ?",
        "Ils reçoivent de nouveau la convocation et le lien pour répondre. Les autres ne reçoivent rien.",
        "Relancer", "Ceux qui n’avaient pas répondu sont relancés.",
    ),
    "ouvrir": Geste(
        ops.ouvrir_seance, "Ouvrir la séance ?",
        "Ceux qui ont dit venir sont notés présents ; vous corrigez d’un geste. Les décisions se notent ensuite.",
        "Ouvrir la séance", "La séance est ouverte.",
    ),
    "refermer": Geste(
        ops.refermer_seance, "Revenir à « convoquée » ?",
        "Pour une séance ouverte par erreur : la présence notée s’efface, les réponses reçues restent, et chacun peut "
        "encore changer la sienne.",
        "Revenir à convoquée", "La séance est de nouveau convoquée.",
    ),
    "clore": Geste(
        ops.clore_seance, "Clore la séance ?",
        "Ceux qui sont encore attendus sont notés absents ; les points non traités sont reportés. Le relevé est prêt.",
        "Clore la séance", "La séance est close : son relevé de décisions est prêt.",
    ),
}  # fmt: skip
MOTIFS = {
    "annuler": Geste(
        ops.annuler_seance, "Annuler la séance ?", "Les membres convoqués sont prévenus par courriel, avec le motif.",
        "Annuler la séance", "La séance est annulée.",
    ),
    "rouvrir": Geste(
        ops.rouvrir_seance, "Rouvrir la séance ?",
        "Vous pourrez corriger la présence et les décisions, puis la clore de nouveau. Le motif est gardé.",
        "Rouvrir la séance", "La séance est rouverte.",
    ),
}  # fmt: skip


def seance_tenue(request: HttpRequest, pk: int) -> Seance:
    """Return a visible meeting of a body the user keeps. Raises Http404, DroitInsuffisant."""
    visibles = Seance.objects.visibles_par(request.user).select_related("instance__territoire")
    lue = get_object_or_404(visibles, pk=pk)
    exiger(peut_tenir_instance(request.user, lue.instance))
    return lue


def chemin_seance(seance: Seance) -> list[Lien]:
    """Return the way to a meeting."""
    jour = f"{timezone.localtime(seance.debut):%d/%m/%Y}"
    return [*chemin_de(seance.instance), Lien(f"Séance du {jour}", seance.get_absolute_url())]


@login_required
@never_cache
@require_http_methods(ECRITURE)
def seance_preparer(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare a meeting of a body."""
    lue = instance_tenue(request, pk)
    form = SeanceForm(envoi(request))
    if request.method == "POST" and form.is_valid():
        try:
            creee = ops.preparer_seance(instance=lue, par=request.user, **form.valeurs)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, "La séance est en préparation : composez son ordre du jour.")
            return redirect("gouvernance:seance_ordre", creee.pk)
    return ecrire(
        request, form, titre="Préparer une séance", bouton="Préparer la séance", chemin=chemin_de(lue), cote="Séance",
        texte="Rien n’est envoyé : vous convoquerez les membres quand l’ordre du jour sera prêt.",
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(ECRITURE)
def seance_modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a meeting."""
    lue = seance_tenue(request, pk)
    form = SeanceForm(envoi(request), seance=lue)
    reponse = mener(
        request, form,
        lambda: ops.modifier_seance(seance=lue, version=form.cleaned_data["version"], par=request.user, **form.valeurs),
        dit="La séance est modifiée.", vers=lue,
    )  # fmt: skip
    if reponse:
        return reponse
    texte = ""
    if lue.etat == "convoquee":
        texte = "Les membres déjà convoqués sont prévenus ; une autre date, ou heure, leur redemande leur réponse."
    return ecrire(
        request, form, titre="Modifier la séance", bouton="Enregistrer la séance", chemin=chemin_seance(lue),
        cote="Séance", texte=texte,
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(ECRITURE)
def seance_ordre(request: HttpRequest, pk: int) -> HttpResponse:
    """Build the agenda: pick among what the software proposes, add a free point, put in order."""
    lue = seance_tenue(request, pk)
    form = PointForm(utilisateur=request.user)
    if request.method == "POST":
        try:
            form, fait = _ordonner(request, lue)
        except RegleMetier as erreur:
            messages.error(request, erreur.message)
            return redirect("gouvernance:seance_ordre", lue.pk)
        if fait:
            return redirect(f"{reverse('gouvernance:seance_ordre', args=[lue.pk])}{fait}")
    contexte = {
        "seance": lue, "instance": lue.instance, "form": form, "liens": [*chemin_seance(lue), Lien("Ordre du jour")],
        "lecture": LectureSeance(lue, request.user, timezone.localdate()),
        "proposes": proposer(lue, request.user, timezone.localdate()),
    }  # fmt: skip
    return render(request, "gouvernance/seances/ordre.html", contexte, status=422 if form.errors else 200)


def _ordonner(request: HttpRequest, lue: Seance) -> tuple[PointForm, str]:
    """Do what a button of the agenda says; return the form of a free point, and where to come back once done."""
    geste, _, cible = request.POST.get("geste", "").partition(":")
    point = int(cible) if cible.isdecimal() else 0
    form = PointForm(request.POST if geste == "ajouter" else None, utilisateur=request.user)
    if geste == "ajouter":
        if not form.is_valid():
            return form, ""
        ops.ajouter_points(seance=lue, points=[form.cleaned_data], par=request.user)
    elif geste == "retenir":
        choisies = set(request.POST.getlist("propose"))
        proposes = proposer(lue, request.user, timezone.localdate())
        points = [p.point for groupe in proposes.values() for p in groupe if p.cle in choisies]
        if not points:
            raise RegleMetier("Cochez au moins une proposition.")
        ops.ajouter_points(seance=lue, points=points, par=request.user)
    elif geste in ("monter", "descendre"):
        ops.deplacer_point(seance=lue, point=point, pas=-1 if geste == "monter" else 1, par=request.user)
    elif geste == "retirer":
        ops.retirer_point(seance=lue, point=point, par=request.user)
    return form, f"#point-{point}" if geste in ("monter", "descendre") else "#t-points"


@login_required
@never_cache
@require_http_methods(ECRITURE)
def seance_point(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a point of the agenda, or what was said of it."""
    point = get_object_or_404(PointOrdreDuJour.objects.select_related("seance"), pk=pk)
    lue = seance_tenue(request, point.seance_id)
    form = PointForm(envoi(request), utilisateur=request.user, point=point)
    if request.method == "POST" and form.is_valid():
        try:
            version = form.cleaned_data.pop("version") or 0
            ops.modifier_point(point=point, version=version, par=request.user, **form.cleaned_data)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, "Le point est enregistré.")
            ecran = (
                lue.get_absolute_url() if lue.etat == "ouverte" else reverse("gouvernance:seance_ordre", args=[lue.pk])
            )
            return redirect(f"{ecran}#point-{point.pk}")
    return ecrire(
        request, form, titre="Modifier le point", bouton="Enregistrer le point", chemin=chemin_seance(lue),
        cote="Séance",
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(ECRITURE)
def seance_geste(request: HttpRequest, pk: int, geste: str) -> HttpResponse:
    """Convene, remind, open, close, after a confirmation that says what is odd about it."""
    fait, lue = geste_de(GESTES, geste), seance_tenue(request, pk)
    if request.method != "POST" and (avertissement := avertir(lue, geste, timezone.localdate())):
        fait = replace(fait, texte=f"{avertissement} {fait.texte}")
    return confirmer_geste(request, fait, seance=lue)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def seance_motif(request: HttpRequest, pk: int, geste: str) -> HttpResponse:
    """Cancel or open again, with a motive."""
    fait = geste_de(MOTIFS, geste)
    lue = seance_tenue(request, pk)
    form = MotifForm(envoi(request))
    reponse = mener(
        request, form, lambda: fait.operation(seance=lue, par=request.user, motif=form.cleaned_data["motif"]),
        dit=fait.dit, vers=lue,
    )  # fmt: skip
    return reponse or ecrire(
        request, form, titre=fait.titre, bouton=fait.bouton, chemin=chemin_seance(lue), texte=fait.texte,
        cote="Séance", grave=geste == "annuler",
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(ECRITURE)
def seance_reporter(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a meeting off to another day."""
    lue = seance_tenue(request, pk)
    form = ReportForm(envoi(request), initial={"heure": timezone.localtime(lue.debut).time()})
    if request.method == "POST" and form.is_valid():
        try:
            nouvelle = ops.reporter_seance(
                seance=lue, par=request.user, motif=form.cleaned_data["motif"], debut=form.cleaned_data["debut"]
            )
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, "La séance est reportée : la nouvelle est en préparation.")
            return redirect(nouvelle)
    return ecrire(
        request, form, titre="Reporter la séance", bouton="Reporter la séance", chemin=chemin_seance(lue),
        cote="Séance",
        texte="Une nouvelle séance est préparée avec le même ordre du jour ; vous la convoquerez. Les membres déjà "
        "convoqués sont prévenus du report.",
    )  # fmt: skip
