"""The life of a programme: signatures, timeline, public page on or off."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from actions.droits import peut_lire_signature, peut_modifier_programme
from actions.models import Programme, Signataire
from actions.operations.signatures import enregistrer_signature, mettre_en_ligne, mettre_hors_ligne
from gouvernance.droits_avenants import peut_proposer_fiche
from gouvernance.forms.vie import SignatureForm
from gouvernance.lecture_vie import EXPORT_VIE, GENRES, LectureVie
from pdi.socle.composants import Lien
from pdi.socle.droits import exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import ECRITURE, envoi, mener
from pdi.socle.pieces import servir_piece

from .instances import ecrire

COLONNES = ("Signataire", "Signé par", "Date", "État")


def _programme(request: HttpRequest, code: str) -> Programme:
    return get_object_or_404(Programme.objects.visibles_par(request.user).select_related("departement"), code=code)


@login_required
@require_safe
def vie(request: HttpRequest, code: str) -> HttpResponse:
    """Show the signatures and the timeline of a programme."""
    programme = _programme(request, code)
    contexte = {
        "programme": programme, "lecture": LectureVie(programme, request.user, request.GET), "genres": GENRES,
        "peut_modifier": peut_modifier_programme(request.user, programme).ok, "colonnes": COLONNES,
        "peut_proposer": programme.date_adoption is not None and peut_proposer_fiche(request.user, programme).ok,
    }  # fmt: skip
    return render(request, "gouvernance/vie/vie.html", contexte)


@login_required
@require_safe
def vie_export(request: HttpRequest, code: str) -> HttpResponseBase:
    """Export what happened, as the page filters it."""
    programme = _programme(request, code)
    lecture = LectureVie(programme, request.user, request.GET)
    return reponse_export(
        request, nom=f"vie-{programme.code}", titre=f"Vie du programme – {programme}", colonnes=EXPORT_VIE,
        lignes=lecture.retenus, filtres=[mots for mots, _sans in lecture.actifs],
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(ECRITURE)
def signature_enregistrer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether a partner signed."""
    visibles = Signataire.objects.visibles_par(request.user).select_related("programme", "structure")
    lu = get_object_or_404(visibles, pk=pk)
    exiger(peut_modifier_programme(request.user, lu.programme))
    debut = {
        "etat": lu.etat, "le": lu.signe_le or lu.refuse_le, "signe_par": lu.signe_par, "qualite": lu.qualite,
        "motif_refus": lu.motif_refus, "version": lu.version,
    }  # fmt: skip
    form = SignatureForm(envoi(request), request.FILES or None, initial=debut)
    retour = reverse("gouvernance:vie", args=[lu.programme.code])
    reponse = mener(
        request, form, lambda: enregistrer_signature(signataire=lu, par=request.user, **form.cleaned_data),
        dit="La signature est enregistrée.", vers=retour,
    )  # fmt: skip
    return reponse or ecrire(
        request, form, titre=f"Signature : {lu.structure}", bouton="Enregistrer", cote="Pacte",
        chemin=[Lien(str(lu.programme), lu.programme.get_absolute_url()), Lien("Vie du programme", retour)],
    )  # fmt: skip


@login_required
@require_safe
def signature_preuve(request: HttpRequest, pk: int) -> FileResponse:
    """Download the signed page."""
    visibles = Signataire.objects.visibles_par(request.user).select_related("preuve")
    lu = get_object_or_404(visibles, pk=pk)
    exiger(peut_lire_signature(request.user, lu))
    if lu.preuve is None:
        raise Http404("Aucune page signée n’est jointe.")
    return servir_piece(lu.preuve)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def pacte_basculer(request: HttpRequest, code: str) -> HttpResponse:
    """Put the public page of the pact online, or take it off."""
    programme = _programme(request, code)
    exiger(peut_modifier_programme(request.user, programme))
    en_ligne, retour = programme.en_ligne, reverse("gouvernance:vie", args=[programme.code])
    if request.method == "POST":
        (mettre_hors_ligne if en_ligne else mettre_en_ligne)(programme=programme, par=request.user)
        messages.success(request, "La page publique est " + ("hors ligne." if en_ligne else "en ligne."))
        return redirect(retour)
    titre = "Mettre la page publique hors ligne ?" if en_ligne else "Mettre la page publique en ligne ?"
    texte = (
        "Elle répondra « page introuvable » à qui n’a pas de compte."
        if en_ligne
        else "Chacun pourra lire, sans compte : les fiches et leurs services pilotes, les signataires, les rapports "
        "publiés, les dates des comités et les chiffres clés. Aucun nom de personne n’y figure."
    )
    contexte = {"titre": titre, "texte": texte, "retour": retour, "grave": en_ligne}
    contexte["bouton"] = "Mettre hors ligne" if en_ligne else "Mettre en ligne"
    return render(request, "components/page_confirmation.html", contexte)
