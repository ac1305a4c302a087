"""Aids: the list, the request with what is left, the page of one, its gestures, its supporting documents."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from parcours.droits.aides import peut_agir_aide, peut_demander_aide, peut_joindre, peut_lister_aides
from parcours.forms.aides import ACTES, AideForm
from parcours.lecture_aide import LectureAide
from parcours.lecture_aides import empechements_de, reglements_au, restes_de
from parcours.listes_aides import COLONNES_AIDES, ListeAides
from parcours.models import AttributionAide, PieceAide, ReglementAide
from parcours.operations.aides import AideHorsReglement, corriger_aide, demander_aide, examiner
from parcours.regles.aides import Controle, refus
from parcours.regles.attributions import dire_reglement
from parcours.views.acces import avec_motif, personne_ouverte, personne_suivie
from parcours.views.actes import poser_acte
from pdi.socle.droits import RegleMetier, Verdict, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import ECRITURE, signaler
from pdi.socle.pieces import servir_piece
from pdi.socle.tri import Colonne

COLONNES = (
    Colonne("Personne, naissance", "personne"), Colonne("Aide"), Colonne("Montant", "montant", nb=True),
    Colonne("Demandée le", "date"), Colonne("État"),
)  # fmt: skip


@login_required
@require_GET
def aides(request: HttpRequest) -> HttpResponse:
    """List the aids of the people one follows or supervises."""
    exiger(peut_lister_aides(request.user))
    liste = ListeAides(request.user, request.GET, timezone.localdate())
    contexte = {
        "liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES,
        "annee": timezone.localdate().year,
    }  # fmt: skip
    return render(request, "parcours/aides/aides.html", contexte)


@login_required
@require_GET
def aides_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filters."""
    exiger(peut_lister_aides(request.user))
    liste = ListeAides(request.user, request.GET, timezone.localdate())
    return reponse_export(
        request, nom="aides", titre="Aides individuelles", colonnes=COLONNES_AIDES,
        lignes=liste.decorees.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


def aide_lue(request: HttpRequest, pk: int) -> AttributionAide:
    """Return a visible aid, its person read with her access; the consultation is recorded. Raises 404."""
    exiger(peut_lister_aides(request.user))
    visibles = AttributionAide.objects.ouvrables_par(request.user).select_related(
        "reglement", "enveloppe__territoire", "demandee_par", "decidee_par"
    )
    lue = get_object_or_404(visibles, pk=pk)
    lue.personne = personne_ouverte(request, lue.personne_id, "Aide")
    return lue


@login_required
@never_cache
@require_GET
@avec_motif
def aide(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an aid: what each rule says, what is left, its documents, its log."""
    lue = aide_lue(request, pk)
    return render(request, "parcours/aides/aide.html", {"a": lue, "lecture": LectureAide(lue, request.user)})


def _verdict(request: HttpRequest, lue: AttributionAide, verbe: str) -> Verdict:
    return peut_joindre(request.user, lue) if verbe == "joindre" else peut_agir_aide(request.user, lue, verbe)


@login_required
@never_cache
@require_http_methods(ECRITURE)
@avec_motif
def aide_geste(request: HttpRequest, pk: int, geste: str) -> HttpResponse:
    """Do one gesture of the life cycle."""
    lue = aide_lue(request, pk)
    acte = ACTES.get(geste)
    if acte is None:
        raise Http404("Ce geste n’existe pas.")
    exiger(_verdict(request, lue, acte.verbe))
    contexte = {"a": lue, "lecture": LectureAide(lue, request.user)}
    return poser_acte(request, acte, lue, "parcours/aides/geste.html", contexte)


@login_required
@never_cache
@require_GET
@avec_motif
def aide_piece(request: HttpRequest, pk: int) -> FileResponse:
    """Download a supporting document of an aid the reader may open. Always a download."""
    exiger(peut_lister_aides(request.user))
    visibles = AttributionAide.objects.ouvrables_par(request.user)
    piece = get_object_or_404(PieceAide.objects.filter(aide__in=visibles).select_related("aide"), pk=pk)
    personne_ouverte(request, piece.aide.personne_id, "Justificatif d’une aide")
    return servir_piece(piece)


# -- the request -------------------------------------------------------------------------------


@login_required
@never_cache
@require_GET
def aide_choisir(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the règlement of a request, each with what it leaves to the person."""
    personne, jour = personne_suivie(request, pk), timezone.localdate()
    exiger(peut_demander_aide(request.user, personne))
    reglements = list(reglements_au(jour))
    restes = {r.reglement.pk: r for r in restes_de(personne.pk, reglements, jour)}
    refus = empechements_de(personne, reglements, jour)
    contexte = {"personne": personne, "choix": [(r, restes.get(r.pk), refus[r.pk]) for r in reglements]}
    return render(request, "parcours/aides/choisir.html", contexte)


def _examen(form: AideForm, personne: Any) -> list[Controle]:
    """Return what the rules say of what is typed, nothing when it cannot be read yet."""
    if not form.is_bound or not form.is_valid():
        return []
    try:
        return examiner(personne=personne, saisie=form.saisie())
    except RegleMetier as erreur:
        signaler(form, erreur)
        return []


def _page_demande(
    request: HttpRequest,
    personne: Any,
    form: AideForm,
    controles: list[Controle],
    *,
    retour: str = "",
    statut: int = 200,
) -> HttpResponse:
    reglement = form.reglement
    reprise = getattr(form, "cleaned_data", {}).get("reprise_activite_le")
    lus = restes_de(personne.pk, [reglement], timezone.localdate(), reprise)
    contexte = {
        "personne": personne, "reglement": reglement, "form": form, "controles": controles,
        "refus": refus(controles), "restes": lus[0].restes if lus else None, "retour": retour,
        "regles": dire_reglement(reglement.regles, reglement.composantes),
    }  # fmt: skip
    return render(request, "parcours/aides/demander.html", contexte, status=statut)


def _traiter(request: HttpRequest, personne: Any, form: AideForm, ecrire: Any, retour: str = "") -> HttpResponse:
    """Show the form, check what is typed, or write: a refusal by a rule comes back with what is left."""
    if request.method != "POST":
        return _page_demande(request, personne, form, [], retour=retour)
    controles = _examen(form, personne)
    if request.POST.get("geste") == "verifier":
        return _page_demande(request, personne, form, controles, retour=retour)
    if not form.errors:
        try:
            aide = ecrire(saisie=form.saisie(), malgre=form.cleaned_data["malgre"], par=request.user)
        except AideHorsReglement as erreur:
            return _page_demande(request, personne, form, erreur.controles, retour=retour, statut=422)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, "La demande est enregistrée. Joignez-y les justificatifs.")
            return redirect(aide)
    return _page_demande(request, personne, form, controles, retour=retour, statut=422)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def aide_demander(request: HttpRequest, pk: int, reglement: int) -> HttpResponse:
    """Ask for an aid: what each rule says and what is left are shown as one types."""
    personne = personne_suivie(request, pk)
    exiger(peut_demander_aide(request.user, personne))
    choisi = get_object_or_404(ReglementAide, pk=reglement)
    form = AideForm(request.POST or None, reglement=choisi)
    return _traiter(request, personne, form, lambda **valeurs: demander_aide(personne=personne, **valeurs))


@login_required
@never_cache
@require_http_methods(ECRITURE)
@avec_motif
def aide_corriger(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a request not decided yet."""
    lue = aide_lue(request, pk)
    exiger(peut_agir_aide(request.user, lue, "corriger_aide"))
    champs = (
        "composante", "objet", "montant", "demandee_le", "reprise_activite_le", "naissance_enfant", "confirmations",
    )  # fmt: skip
    form = AideForm(request.POST or None, reglement=lue.reglement, initial={c: getattr(lue, c) for c in champs})
    return _traiter(
        request, lue.personne, form, lambda **valeurs: corriger_aide(aide=lue, **valeurs), lue.get_absolute_url()
    )
