"""Territorial dialogues: the year's, the page of one, its meeting, its sheet, its proposals."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions.models import FicheAction
from gouvernance.droits_participation import peut_creer_dialogues, peut_tenir_dialogue
from gouvernance.forms.participation import AnneeForm, PropositionForm
from gouvernance.forms.seances import SeanceForm
from gouvernance.listes_dialogues import COLONNES_EXPORT, ListeDialogues, situation_de
from gouvernance.listes_participation import teinter
from gouvernance.models import DialogueTerritorial, EtatSeance, Seance
from gouvernance.operations.dialogues import creer_dialogues, dater_dialogue, preparer_dialogue
from gouvernance.operations.propositions import deposer_proposition
from pdi.socle.composants import Lien
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import ECRITURE, envoi, mener, signaler
from pdi.socle.gestes import Geste, confirmer_geste
from pdi.socle.tri import Colonne

from .documents_seance import imprimer_suivi
from .instances import ecrire

COLONNES = (
    Colonne("Territoire", "territoire"), Colonne("Situation"), Colonne("Séance", "seance"),
    Colonne("Propositions", "propositions", nb=True), Colonne("Sans suite", nb=True),
    Colonne("Suivies d’effet", nb=True),
)  # fmt: skip
PREPARER = Geste(
    preparer_dialogue, "Générer la fiche de préparation ?",
    "La fiche rassemble, à ce jour : les chiffres du territoire et ceux du département, les besoins sans offre, les "
    "offres et conventions, les fiches-actions concernées, la suite donnée aux propositions de l’an dernier. "
    "Les petits effectifs y sont masqués. Elle remplace la précédente ; une fois la séance tenue, elle ne change plus.",
    "Générer la fiche", "La fiche de préparation est prête : relisez-la, puis imprimez-la.",
)  # fmt: skip


@login_required
@require_safe
def dialogues(request: HttpRequest) -> HttpResponse:
    """List the dialogues the reader may see, one line a territory and year."""
    liste = ListeDialogues(request.user, request.GET, timezone.localdate())
    contexte = {
        "liste": liste, "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES,
        "peut_creer": peut_creer_dialogues(request.user).ok,
    }  # fmt: skip
    return render(request, "gouvernance/dialogues/dialogues.html", contexte)


@login_required
@require_safe
def dialogues_export(request: HttpRequest) -> HttpResponseBase:
    """Export the rows of the filter."""
    liste = ListeDialogues(request.user, request.GET, timezone.localdate())
    return reponse_export(
        request, nom="dialogues-territoriaux", titre="Dialogues territoriaux", colonnes=COLONNES_EXPORT,
        lignes=liste.decorees.order_by(*liste.ordre), filtres=liste.filtres.en_mots,
    )  # fmt: skip


def chemin_dialogues(*suite: Lien) -> list[Lien]:
    """Return the way to a dialogue."""
    return [Lien("Dialogues territoriaux", reverse("gouvernance:dialogues")), *suite]


@login_required
@never_cache
@require_http_methods(ECRITURE)
def dialogues_creer(request: HttpRequest) -> HttpResponse:
    """Create the dialogues of a year, one a territory."""
    exiger(peut_creer_dialogues(request.user))
    form = AnneeForm(envoi(request))
    if request.method == "POST" and form.is_valid():
        annee = form.cleaned_data["annee"]
        try:
            crees = creer_dialogues(annee=annee, par=request.user)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, f"Dialogues {annee} créés : {len(crees)}. Donnez à chacun sa date.")
            return redirect(f"{reverse('gouvernance:dialogues')}?annee={annee}")
    return ecrire(
        request, form, titre="Créer les dialogues de l’année", bouton="Créer les dialogues", cote="Dialogues",
        chemin=chemin_dialogues(),
        texte="Un dialogue est créé pour chaque territoire d’action qui n’a pas encore le sien. Rien n’est envoyé.",
    )  # fmt: skip


def _lu(request: HttpRequest, pk: int) -> DialogueTerritorial:
    visibles = DialogueTerritorial.objects.visibles_par(request.user)
    return get_object_or_404(visibles.select_related("territoire", "instance", "seance", "preparee_par"), pk=pk)


def _tenu(request: HttpRequest, pk: int) -> DialogueTerritorial:
    lu = _lu(request, pk)
    exiger(peut_tenir_dialogue(request.user, lu))
    return lu


@login_required
@require_safe
def dialogue(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a dialogue: its meeting, its sheet, what it proposed and what became of it."""
    lu = _lu(request, pk)
    seance = lu.seance if lu.seance and lu.seance.etat != EtatSeance.ANNULEE else None
    visible = seance is not None and Seance.objects.visibles_par(request.user).filter(pk=seance.pk).exists()
    propositions = lu.propositions.select_related("decision", "fiche").order_by("numero")
    contexte = {
        "dialogue": lu, "situation": situation_de(lu), "seance": seance, "seance_visible": visible,
        "tenu": peut_tenir_dialogue(request.user, lu).ok, "c": lu.contenu, "propositions": teinter(list(propositions)),
        "fiches_visibles": _fiches_visibles(request, lu), "fige": bool(seance and seance.etat == EtatSeance.TENUE),
    }  # fmt: skip
    return render(request, "gouvernance/dialogues/dialogue.html", contexte)


def _fiches_visibles(request: HttpRequest, lu: DialogueTerritorial) -> set[int]:
    """Return the fiches of the sheet that the reader may open."""
    cles = [f["id"] for f in (lu.contenu or {}).get("fiches", [])]
    return set(FicheAction.objects.visibles_par(request.user).filter(pk__in=cles).values_list("pk", flat=True))


def _chemin(lu: DialogueTerritorial) -> list[Lien]:
    return chemin_dialogues(Lien(f"{lu.territoire} {lu.annee}", lu.get_absolute_url()))


@login_required
@never_cache
@require_http_methods(ECRITURE)
def dialogue_dater(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare the meeting of a dialogue, with its agenda."""
    lu = _tenu(request, pk)
    form = SeanceForm(envoi(request), initial={"objet": str(lu)})
    reponse = mener(
        request, form, lambda: dater_dialogue(dialogue=lu, par=request.user, **form.valeurs),
        dit="La séance du dialogue est en préparation, avec son ordre du jour.", vers=lu,
    )  # fmt: skip
    return reponse or ecrire(
        request, form, titre="Donner sa date au dialogue", bouton="Préparer la séance", cote="Dialogue",
        chemin=_chemin(lu), texte="L’ordre du jour habituel est repris. Vous convoquerez les membres depuis la séance.",
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(ECRITURE)
def dialogue_preparer(request: HttpRequest, pk: int) -> HttpResponse:
    """Generate the sheet, after a confirmation."""
    return confirmer_geste(request, PREPARER, dialogue=_tenu(request, pk))


@login_required
@never_cache
@require_POST
def dialogue_imprimer(request: HttpRequest, pk: int) -> HttpResponse:
    """Print the sheet."""
    return imprimer_suivi(request, "dialogue", _lu(request, pk))


@login_required
@never_cache
@require_http_methods(ECRITURE)
def dialogue_proposer(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what the territory proposes."""
    lu = _tenu(request, pk)
    jour = min(timezone.localdate(), timezone.localdate(lu.seance.debut)) if lu.seance else timezone.localdate()
    form = PropositionForm(envoi(request), utilisateur=request.user, initial={"deposee_le": jour})
    if request.method == "POST" and form.is_valid():
        try:
            deposer_proposition(instance=lu.instance, dialogue=lu, seance=lu.seance, par=request.user, **form.valeurs)
        except RegleMetier as erreur:
            signaler(form, erreur)
        else:
            messages.success(request, "La proposition est notée : elle sera proposée au prochain comité technique.")
            return redirect(lu)
    return ecrire(
        request, form, titre="Noter une proposition", bouton="Noter la proposition", cote="Dialogue",
        chemin=_chemin(lu),
        texte="Elle montera au comité technique, puis au comité de pilotage ; sa suite reviendra sur cette page.",
    )  # fmt: skip
