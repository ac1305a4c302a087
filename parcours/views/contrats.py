"""Reading of contracts: the list, its export, the page of one, its PDF and its Word version."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from parcours.documents.contrat import DocumentContrat
from parcours.droits.contrats import motif_dispense_dit, peut_lister_contrats
from parcours.listes_contrats import COLONNES_EXPORT, ListeContrats
from parcours.models import Contrat
from parcours.operations.circuit_contrats import a_valider
from pdi.socle.droits import exiger
from pdi.socle.exports import reponse_export
from pdi.socle.tri import Colonne

from .lecture_contrat import LectureContrat, contrat_ouvert, numero, reponse_document

COLONNES = (
    Colonne("Personne, naissance", "nom"), Colonne("Contrat"), Colonne("État"), Colonne("Début", "debut"),
    Colonne("Fin", "fin"), Colonne("Référent, structure"),
)  # fmt: skip


@login_required
@require_GET
def contrats(request: HttpRequest) -> HttpResponse:
    """List the contracts of the people the reader may find."""
    exiger(peut_lister_contrats(request.user))
    liste = ListeContrats(request.user, request.GET, timezone.localdate())
    contexte = {
        "liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES,
        "a_valider": a_valider(request.user).count(),
    }  # fmt: skip
    return render(request, "parcours/contrats/contrats.html", contexte)


@login_required
@require_GET
def contrats_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filter."""
    exiger(peut_lister_contrats(request.user))
    liste = ListeContrats(request.user, request.GET, timezone.localdate())
    return reponse_export(
        request, nom="contrats", titre="Contrats", colonnes=COLONNES_EXPORT,
        lignes=liste.decorees.order_by(*liste.tri.cles), filtres=liste.filtres.en_mots,
    )  # fmt: skip


@require_GET
@contrat_ouvert("Contrat")
def contrat(request: HttpRequest, lu: Contrat) -> HttpResponse:
    """Show a contract: what it says, where it stands, what may be done."""
    return render(request, "parcours/contrats/contrat.html", LectureContrat(lu, request.user).contexte())


def _document(request: HttpRequest, lu: Contrat) -> DocumentContrat:
    return DocumentContrat.lire(lu, numero(lu), dispense=motif_dispense_dit(request.user, lu))


@require_GET
@contrat_ouvert("Contrat en PDF")
def contrat_pdf(request: HttpRequest, lu: Contrat) -> HttpResponse:
    """Print the contract: a page or two, made at once."""
    imprime = _document(request, lu).imprimer()
    return reponse_document(imprime.octets, nom=f"contrat-{lu.pk}.pdf", type_mime="application/pdf")


@require_GET
@contrat_ouvert("Contrat en Word")
def contrat_word(request: HttpRequest, lu: Contrat) -> HttpResponse:
    """Give the contract as a Word file that can be edited."""
    from parcours.documents.word import TYPE_WORD, contrat_en_word  # noqa: PLC0415  # python-docx is heavy

    return reponse_document(contrat_en_word(_document(request, lu)), nom=f"contrat-{lu.pk}.docx", type_mime=TYPE_WORD)
