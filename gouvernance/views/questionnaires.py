"""Questionnaires: the list, the results of one, its writing, its gestures, the poster with its QR code."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions.views.edition.ecran import Ecran, Lignes
from gouvernance.document.affiche import Affiche, adresse_publique
from gouvernance.droits_participation import (
    peut_creer_questionnaire,
    peut_ecrire_questionnaire,
    peut_tenir_questionnaire,
)
from gouvernance.forms.questionnaires import QUESTIONS, QuestionnaireForm
from gouvernance.listes_questionnaires import (
    COLONNES_EXPORT,
    LectureQuestionnaire,
    ListeQuestionnaires,
)
from gouvernance.models import Questionnaire, ReponseQuestion
from gouvernance.operations import questionnaires as ops
from gouvernance.regles.questionnaires import MODELE, QUESTIONS_MAX
from pdi.socle.composants import Lien
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.exports import reponse_export
from pdi.socle.formulaires import ECRITURE
from pdi.socle.gestes import Geste, confirmer_geste, geste_de
from pdi.socle.tri import Colonne

from .documents_seance import imprimer_suivi

COLONNES = (
    Colonne("Questionnaire", "titre"), Colonne("À propos de"), Colonne("Jusqu’au", "fin"),
    Colonne("Réponses", "reponses", nb=True), Colonne("État"),
)  # fmt: skip
GESTES = {
    "ouvrir": Geste(
        ops.ouvrir_questionnaire, "Ouvrir le questionnaire ?",
        "Qui a le lien ou le code peut répondre, sans compte et sans dire son nom. Les questions ne changent plus.",
        "Ouvrir le questionnaire", "Le questionnaire est ouvert : montrez son code dans la salle, ou envoyez le lien.",
    ),
    "clore": Geste(
        ops.clore_questionnaire, "Clore le questionnaire ?",
        "Le lien n’accepte plus de réponse. Les réponses reçues restent.",
        "Clore le questionnaire", "Le questionnaire est clos.",
    ),
}  # fmt: skip


@login_required
@require_safe
def questionnaires(request: HttpRequest) -> HttpResponse:
    """List the questionnaires the reader may see."""
    liste = ListeQuestionnaires(request.user, request.GET)
    contexte = {
        "filtres": liste.filtres, "tri": liste.tri, "page": liste.page, "colonnes": COLONNES,
        "peut_creer": peut_creer_questionnaire(request.user).ok,
    }  # fmt: skip
    return render(request, "gouvernance/questionnaires/questionnaires.html", contexte)


def _lu(request: HttpRequest, pk: int) -> Questionnaire:
    visibles = Questionnaire.objects.visibles_par(request.user)
    return get_object_or_404(visibles.select_related("seance__instance__territoire", "session__offre"), pk=pk)


@login_required
@never_cache
@require_safe
def questionnaire(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a questionnaire: its link and its code while it is open, its results from five answers."""
    lu = _lu(request, pk)
    lecture = LectureQuestionnaire(lu, request.user, timezone.localdate())
    contexte = {
        "questionnaire": lu, "lecture": lecture, "adresse": adresse_publique(lu), "affiche": Affiche(lu),
        "questions": lu.questions.all(),
    }  # fmt: skip
    return render(request, "gouvernance/questionnaires/questionnaire.html", contexte)


@login_required
@never_cache
@require_safe
def questionnaire_export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Export the distributions and the texts shown; nothing under five answers."""
    lu = _lu(request, pk)
    lecture = LectureQuestionnaire(lu, request.user, timezone.localdate())
    return reponse_export(
        request, nom=f"questionnaire-{lu.pk}", titre=lu.titre, colonnes=COLONNES_EXPORT, lignes=lecture.lignes_export,
        filtres=[f"Réponses reçues : {lecture.recues}"],
    )  # fmt: skip


@login_required
@never_cache
@require_POST
def questionnaire_imprimer(request: HttpRequest, pk: int, genre: str) -> HttpResponse:
    """Print the A4 poster with the QR code, for the room; or the cards, one a person."""
    if genre not in ("affiche", "billets"):
        raise Http404
    return imprimer_suivi(request, genre, _lu(request, pk))


@login_required
@never_cache
@require_http_methods(ECRITURE)
def questionnaire_geste(request: HttpRequest, pk: int, geste: str) -> HttpResponse:
    """Open or close, after a confirmation."""
    fait = geste_de(GESTES, geste)
    lu = _lu(request, pk)
    exiger(peut_tenir_questionnaire(request.user, lu))
    return confirmer_geste(request, fait, questionnaire=lu)


@login_required
@never_cache
@require_http_methods(ECRITURE)
def questionnaire_supprimer(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a questionnaire that was never open, after a confirmation."""
    lu = _lu(request, pk)
    exiger(peut_ecrire_questionnaire(request.user, lu))
    if request.method == "POST":
        ops.supprimer_questionnaire(questionnaire=lu, par=request.user)
        messages.success(request, "Le questionnaire est supprimé.")
        return redirect("gouvernance:questionnaires")
    contexte = {
        "titre": "Supprimer ce questionnaire ?", "bouton": "Supprimer le questionnaire", "grave": True,
        "texte": f"« {lu} » n’a jamais été ouvert : aucune réponse n’est perdue.", "retour": lu.get_absolute_url(),
    }  # fmt: skip
    return render(request, "components/page_confirmation.html", contexte)


@login_required
@require_POST
def questionnaire_texte(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether a free text is shown."""
    visibles = Questionnaire.objects.visibles_par(request.user)
    lignes = ReponseQuestion.objects.filter(reponse__questionnaire__in=visibles)
    ligne = get_object_or_404(lignes.select_related("question__questionnaire__seance__instance"), pk=pk)
    lu = ligne.question.questionnaire
    try:
        ops.moderer_texte(ligne=ligne, moderation=request.POST.get("moderation", ""), par=request.user)
    except RegleMetier as erreur:
        messages.error(request, erreur.message)
    return redirect(f"{lu.get_absolute_url()}#texte-{ligne.pk}")


# -- writing ----------------------------------------------------------------------------------


class EcranQuestionnaire(Ecran):
    """The form of a questionnaire and its questions."""

    gabarit = "gouvernance/questionnaires/saisie.html"
    formulaire = QuestionnaireForm
    listes = {"questions": QUESTIONS}
    onglet = "Questionnaire"
    bouton = "Enregistrer le questionnaire"
    questionnaire: Questionnaire | None = None

    def options_form(self) -> dict[str, Any]:
        """Give who writes: the meetings and sessions offered are theirs."""
        return {"utilisateur": self.request.user}

    def ariane(self) -> list[Lien]:
        """Return the path to this page."""
        suite = [Lien(str(self.questionnaire), self.questionnaire.get_absolute_url())] if self.questionnaire else []
        return [Lien("Questionnaires", reverse("gouvernance:questionnaires")), *suite, Lien(self.titre)]

    def retour(self) -> str:
        """Go back to the questionnaire, or to the list."""
        return self.questionnaire.get_absolute_url() if self.questionnaire else reverse("gouvernance:questionnaires")

    def questions(self) -> list[dict[str, Any]]:
        """Return the questions typed. Raises RegleMetier: too many."""
        if len(self.lignes["questions"]) > QUESTIONS_MAX:
            raise RegleMetier(f"Huit questions au plus : il y en a {len(self.lignes['questions'])}.")
        return [{n: v for n, v in q.items() if n != "pk"} for q in self.lignes["questions"]]


class QuestionnaireNouveau(EcranQuestionnaire):
    """A questionnaire to prepare, from the ready-made model."""

    titre = "Préparer un questionnaire"
    introduction = "Le modèle est prêt : changez ses mots si besoin. Rien ne s’ouvre avant que vous le demandiez."

    def preparer(self) -> None:
        """Require the right to prepare one."""
        exiger(peut_creer_questionnaire(self.request.user))

    def initial(self) -> dict[str, Any]:
        """Return what the link that brought here names."""
        return {
            "maximum": 200,
            "acces": "lien",
            "titre": "Votre avis nous est utile",
            "seance": self.request.GET.get("seance", ""),
        }

    def initial_lignes(self) -> Lignes:
        """Return the ready-made questions."""
        return {"questions": [dict(q) for q in MODELE]}

    def enregistrer(self) -> str:
        """Write the questionnaire."""
        cree = ops.creer_questionnaire(questions=self.questions(), par=self.request.user, **self.form.valeurs)  # type: ignore[attr-defined]
        self.dire("Le questionnaire est prêt : relisez-le, puis ouvrez-le.")
        return cree.get_absolute_url()


class QuestionnaireModifier(EcranQuestionnaire):
    """A questionnaire that was never open, changed."""

    titre = "Modifier le questionnaire"

    def preparer(self) -> None:
        """Fetch it, require that it may still change."""
        self.questionnaire = _lu(self.request, self.kwargs["pk"])
        exiger(peut_ecrire_questionnaire(self.request.user, self.questionnaire))

    def initial(self) -> dict[str, Any]:
        """Return the stored values."""
        champs = ("titre", "introduction", "seance", "session", "acces", "dernier_jour", "maximum", "version")
        return {n: getattr(self.questionnaire, n) for n in champs}

    def initial_lignes(self) -> Lignes:
        """Return the stored questions."""
        assert self.questionnaire is not None  # noqa: S101  # nosec B101
        champs = ("pk", "genre", "intitule", "choix", "obligatoire")
        return {"questions": list(self.questionnaire.questions.values(*champs))}

    def enregistrer(self) -> str:
        """Save it."""
        assert self.questionnaire is not None  # noqa: S101  # nosec B101
        ops.modifier_questionnaire(
            questionnaire=self.questionnaire, version=self.form.cleaned_data["version"], questions=self.questions(),
            par=self.request.user, **self.form.valeurs,  # type: ignore[attr-defined]
        )  # fmt: skip
        self.dire("Le questionnaire est enregistré.")
        return self.questionnaire.get_absolute_url()
