"""One version: read it, download it, say where it was seen, publish it, record the deliberation."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions.models import Campagne
from gouvernance import operations
from gouvernance.contenu import mettre_a_niveau, toutes_les_fiches
from gouvernance.document.derives import DERIVES
from gouvernance.document.page import lire_page
from gouvernance.droits import peut_deliberer, peut_intituler, peut_publier
from gouvernance.forms.rapports import DeliberationForm, IntituleForm, PublicationForm
from gouvernance.models import Deliberation, VersionRapport
from gouvernance.operations.fichiers import refaire_fichiers
from gouvernance.operations.versions import edition, motifs_de_refus
from gouvernance.regles import rapport as regles
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formulaires import envoi

TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _version(request: HttpRequest, pk: int) -> VersionRapport:
    versions = VersionRapport.objects.visibles_par(request.user)
    return get_object_or_404(versions.select_related("rapport__programme", "deliberation"), pk=pk)


@login_required
@require_safe
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a version on screen, part by part: the chapters of its PDF, made from the frozen content alone."""
    lue = _version(request, pk)
    contenu = mettre_a_niveau(lue.contenu, lue.schema_version)
    try:
        page = lire_page(contenu, request.GET.get("partie", ""))
    except KeyError as inconnue:
        raise Http404("Ce rapport n’a pas cette partie.") from inconnue
    contexte = {
        "version": lue,
        "rapport": lue.rapport,
        "couverture": contenu["couverture"],
        "annee": contenu["couverture"]["annee"],
        "edition": edition(lue),
        "fiches": len(toutes_les_fiches(contenu)),
        "page": page,
        "intituler": IntituleForm(instance=lue) if peut_intituler(request.user, lue) else None,
    }
    return render(request, "gouvernance/version.html", contexte)


@login_required
@require_safe
def version_pdf(request: HttpRequest, pk: int) -> FileResponse:
    """Download the PDF."""
    return _fichier(_version(request, pk), "pdf")


@login_required
@require_safe
def version_xlsx(request: HttpRequest, pk: int) -> FileResponse:
    """Download the workbook."""
    return _fichier(_version(request, pk), "xlsx")


@login_required
@require_safe
def version_document(request: HttpRequest, pk: int, genre: str) -> HttpResponse:
    """Download a document made on demand from the frozen content: `genre` is a key of DERIVES."""
    if genre not in DERIVES:
        raise Http404
    lue, derive = _version(request, pk), DERIVES[genre]
    octets = derive.composer(mettre_a_niveau(lue.contenu, lue.schema_version), edition(lue))
    nom = f"{genre}-{lue.rapport.annee}-{lue.rapport.programme.code}-v{lue.numero}.{derive.extension}"
    reponse = HttpResponse(octets, content_type=derive.type)
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    return reponse


def _fichier(version: VersionRapport, genre: str) -> FileResponse:
    champ = getattr(version, genre)
    nom = f"rapport-{version.rapport.annee}-{version.rapport.programme.code}-v{version.numero}.{genre}"
    try:
        ouvert = champ.open("rb")
    except FileNotFoundError as absent:
        raise Http404("Le fichier de cette version est absent du stockage.") from absent
    return FileResponse(ouvert, as_attachment=True, filename=nom, content_type=TYPES[genre])


@login_required
@require_POST
def version_refaire(request: HttpRequest, pk: int) -> HttpResponse:
    """Make again the files that the storage has lost, by a job that is followed."""
    lue = _version(request, pk)
    try:
        traitement, _ = refaire_fichiers(version=lue, par=request.user)
    except RegleMetier as erreur:
        messages.warning(request, erreur.message)
        return redirect(lue.rapport)
    return redirect("socle:traitement", traitement.pk)


@login_required
@require_POST
def version_intituler(request: HttpRequest, pk: int) -> HttpResponse:
    """Say in which meeting the version was seen."""
    lue = _version(request, pk)
    exiger(peut_intituler(request.user, lue))
    formulaire = IntituleForm(request.POST)
    if formulaire.is_valid():
        operations.intituler_version(version=lue, intitule=formulaire.cleaned_data["intitule"], par=request.user)
        messages.success(request, f"La version {lue.numero} est mise à jour.")
    else:
        messages.warning(request, "Cet intitulé est trop long : 120 signes au plus.")
    return redirect(lue)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def version_publier(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, then publish and lock the version."""
    lue = _version(request, pk)
    exiger(peut_publier(request.user, lue))
    motifs = motifs_de_refus(lue)
    formulaire = PublicationForm(envoi(request))
    if request.method == "POST" and formulaire.is_valid():
        try:
            publiee = operations.publier_version(version=lue, par=request.user)
        except RegleMetier as erreur:
            formulaire.add_error(None, erreur.message)
        else:
            messages.success(request, f"La version {publiee.numero} est publiée : elle ne change plus.")
            return redirect(publiee.rapport)
    points = [p for p in regles.points_a_regler(mettre_a_niveau(lue.contenu, lue.schema_version)) if not p.bloquant]
    contexte = {
        "version": lue,
        "rapport": lue.rapport,
        "motifs": motifs,
        "campagne": Campagne.objects.filter(programme=lue.rapport.programme, annee=lue.rapport.annee).first(),
        "points": points,
        "form": formulaire,
    }
    return render(request, "gouvernance/publier.html", contexte)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def deliberation_enregistrer(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the deliberation on the published version, or correct it."""
    lue = _version(request, pk)
    exiger(peut_deliberer(request.user, lue))
    existante = Deliberation.objects.filter(version=lue).first()
    formulaire = DeliberationForm(envoi(request), instance=existante)
    if request.method == "POST" and formulaire.is_valid():
        try:
            operations.enregistrer_deliberation(version=lue, par=request.user, **formulaire.cleaned_data)
        except RegleMetier as erreur:
            formulaire.add_error(erreur.champ, erreur.message)
        else:
            messages.success(request, "La délibération est enregistrée.")
            return redirect(lue.rapport)
    contexte = {"version": lue, "rapport": lue.rapport, "form": formulaire, "existante": existante}
    return render(request, "gouvernance/deliberation.html", contexte)
