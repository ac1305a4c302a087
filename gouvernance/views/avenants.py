"""Avenants: the list, its export, the page of one; from preparation to the vote."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from actions.droits import peut_creer_programme
from actions.models import Programme
from gouvernance.document.avenant import AnnexeAvenant
from gouvernance.droits_avenants import peut_modifier_avenant, peut_preparer_avenant
from gouvernance.forms.avenants import AvenantForm, CommentaireForm, ComposerForm, CreationForm, VoteForm
from gouvernance.lecture_avenant import LectureAvenant
from gouvernance.listes_avenants import EXPORT_AVENANTS, ListeAvenants
from gouvernance.models import Avenant, EtatAvenant, ModificationFiche
from gouvernance.operations import avenants as operations
from gouvernance.operations.modifications import retenir_modifications
from gouvernance.regles.avenants import TONS_AVENANT
from pdi.socle.composants import Lien
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formats import compte, date_longue
from pdi.socle.formulaires import ECRITURE, envoi, mener, signaler
from pdi.socle.gestes import Geste, confirmer_geste, geste_de
from pdi.socle.tri import Colonne

from .instances import ecrire

COLONNES = (
    Colonne("Avenant", "numero"), Colonne("Ce qu’il change"), Colonne("Délibération"), Colonne("Effet", "effet"),
    Colonne("État", "etat"),
)  # fmt: skip
FORMES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
GESTES = {
    "proposer": Geste(
        operations.proposer_avenant, "Proposer l’avenant au vote\u00a0?",
        "Son contenu ne se modifiera plus, sauf à le remettre en préparation. L’annexe de la délibération est prête.",
        "Proposer au vote", "L’avenant est proposé au vote.",
    ),
    "appliquer": Geste(
        operations.appliquer_avenant, "Appliquer l’avenant\u00a0?",
        "Chaque fiche concernée prend son nouveau texte\u00a0; l’ancien reste lisible dans ses versions.",
        "Appliquer", "L’avenant est appliqué\u00a0: les fiches ont une nouvelle version.",
    ),
}  # fmt: skip


def _chemin(lu: Avenant | None = None) -> list[Lien]:
    suite = [Lien(str(lu), lu.get_absolute_url())] if lu else []
    return [Lien("Avenants", reverse("gouvernance:avenants")), *suite]


def lire_avenant(request: HttpRequest, pk: int) -> Avenant:
    """Return an avenant the reader may see. Raises Http404."""
    return get_object_or_404(Avenant.objects.visibles_par(request.user).select_related("programme"), pk=pk)


@login_required
@require_safe
def avenants(request: HttpRequest) -> HttpResponse:
    """List the avenants the reader may see."""
    liste = ListeAvenants(request.user, request.GET)
    contexte = {
        "liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES,
        "peut_creer": peut_creer_programme(request.user),
    }  # fmt: skip
    return render(request, "gouvernance/avenants/avenants.html", contexte)


@login_required
@require_safe
def avenants_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filter."""
    liste = ListeAvenants(request.user, request.GET)
    return reponse_export(
        request, nom="avenants", titre="Avenants au programme", colonnes=EXPORT_AVENANTS,
        lignes=liste.decorees.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


@login_required
@require_safe
def avenant(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an avenant: what it changes, where it stands, who speaks of it."""
    lu = lire_avenant(request, pk)
    preparer, jour = peut_preparer_avenant(request.user, lu.programme), timezone.localdate()
    ton, icone = TONS_AVENANT[EtatAvenant(lu.etat)]
    contexte = {
        "avenant": lu, "lecture": LectureAvenant(lu, request.user, jour), "ton": ton, "icone": icone,
        "peut_modifier": peut_modifier_avenant(request.user, lu).ok, "peut_preparer": preparer.ok,
        "a_appliquer": preparer.ok and lu.etat == EtatAvenant.VOTE and lu.applique_le is None
        and lu.effet is not None and lu.effet <= jour,
    }  # fmt: skip
    return render(request, "gouvernance/avenants/avenant.html", contexte)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def avenant_creer(request: HttpRequest) -> HttpResponse:
    """Create an avenant."""
    exiger(peut_creer_programme(request.user))
    programmes = {p.pk: p for p in Programme.objects.visibles_par(request.user).du_departement()}
    form = CreationForm(envoi(request), programmes=[(pk, str(p)) for pk, p in programmes.items()])
    if request.method == "POST" and form.is_valid():
        programme = programmes[form.cleaned_data.pop("programme")]
        try:
            lu = operations.creer_avenant(programme=programme, par=request.user, **form.cleaned_data)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, f"L’avenant n°\u00a0{lu.numero} est créé. Mettez-y des propositions.")
            return redirect(lu)
    return ecrire(
        request, form, titre="Créer un avenant", bouton="Créer l’avenant", cote="Avenant", chemin=_chemin(),
        texte="Un avenant rassemble des propositions de modification. Rien ne change avant le vote.",
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(ECRITURE)
def avenant_modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the title, the explanation, the day of effect."""
    lu = lire_avenant(request, pk)
    exiger(peut_modifier_avenant(request.user, lu))
    debut = {"intitule": lu.intitule, "expose": lu.expose, "effet": lu.effet, "version": lu.version}
    form = AvenantForm(envoi(request), initial=debut)
    reponse = mener(
        request, form, lambda: operations.modifier_avenant(avenant=lu, par=request.user, **form.cleaned_data),
        dit="L’avenant est enregistré.", vers=lu,
    )  # fmt: skip
    return reponse or ecrire(
        request, form, titre="Modifier l’avenant", bouton="Enregistrer", cote=str(lu), chemin=_chemin(lu)
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(ECRITURE)
def avenant_composer(request: HttpRequest, pk: int) -> HttpResponse:
    """Put proposals that wait in the avenant."""
    lu = lire_avenant(request, pk)
    exiger(peut_modifier_avenant(request.user, lu))
    attente = ModificationFiche.objects.visibles_par(request.user).du_programme(lu.programme).filter(etat="proposee")
    lues = attente.select_related("fiche").dans_l_ordre()
    choix = [(m.pk, f"{m}\u00a0: {m.motif[:140]}") for m in lues]
    form = ComposerForm(envoi(request), choix=choix)
    if request.method == "POST" and form.is_valid():
        try:
            nombre = retenir_modifications(avenant=lu, par=request.user, **form.cleaned_data)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, f"{compte(nombre, 'proposition mise', 'propositions mises')} dans l’avenant.")
            return redirect(lu)
    if not choix:
        messages.info(request, "Aucune proposition n’attend d’examen dans ce programme.")
        return redirect(lu)
    return ecrire(
        request, form, titre="Mettre des propositions dans l’avenant", bouton="Mettre dans l’avenant", cote=str(lu),
        chemin=_chemin(lu),
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(ECRITURE)
def avenant_voter(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the vote of the Assemblée, for or against."""
    lu = lire_avenant(request, pk)
    exiger(peut_preparer_avenant(request.user, lu.programme))
    form = VoteForm(envoi(request), initial={"effet": lu.effet})
    if request.method == "POST" and form.is_valid():
        donnees = dict(form.cleaned_data)
        adopte = donnees.pop("resultat") == "voter"
        donnees.pop("commentaire" if adopte else "effet")
        try:
            operation = operations.voter_avenant if adopte else operations.rejeter_avenant
            fait = operation(avenant=lu, par=request.user, **donnees)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, _dire_le_vote(fait))
            return redirect(lu)
    return ecrire(
        request, form, titre="Enregistrer le vote", bouton="Enregistrer le vote", cote=str(lu), chemin=_chemin(lu),
        texte="Adopté, l’avenant change les fiches à sa date d’effet. Ce vote ne se défait pas.",
    )  # fmt: skip


def _dire_le_vote(fait: Avenant) -> str:
    if fait.etat == EtatAvenant.REJETE:
        return "Le rejet est enregistré\u00a0: les propositions de l’avenant sont écartées."
    if fait.applique_le is not None:
        return "Le vote est enregistré et l’avenant appliqué\u00a0: les fiches ont une nouvelle version."
    return f"Le vote est enregistré. Les fiches changeront le {date_longue(fait.effet)}."


@login_required
@never_cache
@require_http_methods(ECRITURE)
def avenant_reprendre(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an avenant back to its preparation, saying why."""
    lu = lire_avenant(request, pk)
    exiger(peut_preparer_avenant(request.user, lu.programme))
    form = CommentaireForm(envoi(request))
    reponse = mener(
        request, form, lambda: operations.reprendre_avenant(avenant=lu, par=request.user, **form.cleaned_data),
        dit="L’avenant est de nouveau en préparation.", vers=lu,
    )  # fmt: skip
    return reponse or ecrire(
        request, form, titre="Remettre en préparation", bouton="Remettre en préparation", cote=str(lu),
        chemin=_chemin(lu),
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(ECRITURE)
def avenant_geste(request: HttpRequest, pk: int, geste: str) -> HttpResponse:
    """Put to the vote, or apply."""
    fait = geste_de(GESTES, geste)
    lu = lire_avenant(request, pk)
    exiger(peut_preparer_avenant(request.user, lu.programme))
    return confirmer_geste(request, fait, avenant=lu)


@login_required
@never_cache
@require_safe
def avenant_annexe(request: HttpRequest, pk: int, forme: str) -> HttpResponse:
    """Give the annex of the deliberation, as PDF or Word."""
    if forme not in FORMES:
        raise Http404("Cette annexe existe en PDF et en Word.")
    lu = lire_avenant(request, pk)
    annexe = AnnexeAvenant.lire(lu, LectureAvenant(lu, request.user, timezone.localdate()))
    octets = annexe.imprimer().octets if forme == "pdf" else annexe.word()
    reponse = HttpResponse(octets, content_type=FORMES[forme])
    reponse["Content-Disposition"] = f'attachment; filename="avenant-{lu.numero}.{forme}"'
    reponse["Cache-Control"] = "private, no-store"
    return reponse
