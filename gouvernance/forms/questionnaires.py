"""Forms of questionnaires: what one asks, and what anybody answers without an account."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django import forms
from django.utils import timezone

from actions.forms.champs import ChampDate, ChampEntier, ChampListe
from actions.forms.lignes import Formulaire, Ligne, Liste
from gouvernance.models import AccesQuestionnaire, GenreQuestion, Instance, Questionnaire, Seance
from gouvernance.regles.questionnaires import CHOIX_MAX, NOTES, TEXTE_MAX
from offre.models import Session
from offre.querysets import ROLES_OFFRE, structures_operatrices
from pdi.socle.robots import FormulairePublic

OUVERTURE_JOURS, PROPOSEES = 15, 100


class QuestionnaireForm(Formulaire):
    """What a questionnaire is about, and until when."""

    titre = forms.CharField(label="Titre", max_length=150, help_text="Celui qui répond le lit en haut de la page.")
    introduction = forms.CharField(
        label="Introduction", max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Une phrase : à quoi serviront les réponses.",
    )  # fmt: skip
    seance = forms.ModelChoiceField(
        label="À propos de la séance", queryset=Seance.objects.none(), required=False, empty_label="Aucune"
    )
    session = forms.ModelChoiceField(
        label="Ou de la session d’une offre", queryset=Session.objects.none(), required=False, empty_label="Aucune"
    )
    dernier_jour = ChampDate(label="Dernier jour pour répondre")
    maximum = ChampEntier(
        label="Réponses au plus", minimum=1, maximum=2000,
        help_text="Au-delà, le lien se ferme : comptez un peu plus que les personnes attendues.",
    )  # fmt: skip
    acces = forms.ChoiceField(
        label="Comment on répond", choices=AccesQuestionnaire.choices, widget=forms.RadioSelect,
        help_text="Les billets se distribuent au hasard, après l’ouverture : chacun répond une fois, sans que l’on "
        "sache qui.",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, initial=1)

    def __init__(self, *args: Any, utilisateur: Any, **kwargs: Any) -> None:
        """Offer the meetings of the bodies one keeps, and the sessions of one's own or of the département."""
        super().__init__(*args, **kwargs)
        champs: dict[str, Any] = dict(self.fields)
        tenues = Instance.objects.tenues_par(utilisateur)
        seances = Seance.objects.filter(instance__in=tenues).exclude(etat__in=["annulee", "reportee"])
        cles = seances.order_by("-debut").values_list("pk", flat=True)[:PROPOSEES]
        champs["seance"].queryset = Seance.objects.filter(pk__in=list(cles)).select_related("instance__territoire")
        siennes = Session.objects.visibles_par(utilisateur).select_related("offre")
        if not utilisateur.a_role(*ROLES_OFFRE):
            siennes = siennes.filter(operateur__in=structures_operatrices(utilisateur))
        sessions = siennes.order_by("-debut").values_list("pk", flat=True)[:PROPOSEES]
        champs["session"].queryset = Session.objects.filter(pk__in=list(sessions)).select_related("offre")
        champs["session"].label_from_instance = lambda s: f"{s.offre.intitule} – {s}"
        if self.initial.get("dernier_jour") is None:
            self.initial["dernier_jour"] = timezone.localdate() + datetime.timedelta(days=OUVERTURE_JOURS)

    @property
    def valeurs(self) -> dict[str, Any]:
        """Return the fields of the questionnaire."""
        return {n: v for n, v in self.cleaned_data.items() if n != "version"}


class LigneQuestion(Ligne):
    """One question."""

    significatifs = ("intitule", "choix")
    intitule = forms.CharField(label="Question", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    genre = forms.ChoiceField(label="Réponse attendue", choices=GenreQuestion.choices)
    choix = ChampListe(
        label="Choix", required=False, max_length=800, lignes=2, help_text="Un par ligne, pour une question à choix."
    )
    obligatoire = forms.BooleanField(label="Réponse obligatoire", required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for two choices at least, and not for choices where one gives a mark or writes."""
        lues: dict[str, Any] = super().clean() or self.cleaned_data
        choix = lues.get("choix") or []
        if lues.get("genre") == GenreQuestion.CHOIX:
            if len(choix) < 2:
                self.add_error("choix", "Écrivez au moins deux choix, un par ligne.")
            elif len(choix) > CHOIX_MAX or any(len(c) > 80 for c in choix):
                self.add_error("choix", f"Au plus {CHOIX_MAX} choix, de 80 caractères chacun.")
            elif len(set(choix)) < len(choix):
                self.add_error("choix", "Deux choix sont les mêmes.")
        else:
            lues["choix"] = []
        return lues


QUESTIONS = Liste(
    ligne=LigneQuestion, titre="Questions", singulier="Question", ajouter="Ajouter une question", ordonnee=True,
    aide="Quatre ou cinq suffisent : on y répond debout, en une minute. Huit au plus.",
    vide="Aucune question : ajoutez la première.",
)  # fmt: skip


class AvisForm(FormulairePublic):
    """What anybody answers: one box a question, no name asked. `cle`: the page's own, so that it counts once."""

    AU_MOINS = 3

    cle = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, questionnaire: Questionnaire, **kwargs: Any) -> None:
        """Make a box of each question."""
        super().__init__(*args, **kwargs)
        self.initial["cle"] = uuid.uuid4()
        self.questions = list(questionnaire.questions.all())
        for question in self.questions:
            self.fields[f"q{question.pk}"] = _champ(question)

    @property
    def champs_questions(self) -> list[Any]:
        """Return the boxes of the questions, in order."""
        return [self[f"q{q.pk}"] for q in self.questions]

    @property
    def reponses(self) -> dict[int, Any]:
        """Return {question: answer}, once valid."""
        return {q.pk: self.cleaned_data.get(f"q{q.pk}") for q in self.questions}


def _champ(question: Any) -> forms.Field:
    commun: dict[str, Any] = {"label": question.intitule, "required": question.obligatoire}
    if question.genre == GenreQuestion.TEXTE:
        return forms.CharField(
            **commun, max_length=TEXTE_MAX, widget=forms.Textarea(attrs={"rows": 4}),
            help_text="N’écrivez aucun nom, ni rien qui permette de reconnaître quelqu’un.",
        )  # fmt: skip
    choix = [(str(n), mot) for n, mot in NOTES.items()]
    if question.genre == GenreQuestion.CHOIX:
        choix = [(c, c) for c in question.choix]
    return forms.ChoiceField(
        **commun, choices=choix, widget=forms.RadioSelect,
        error_messages={"required": "Répondez à cette question.", "invalid_choice": "Choisissez une des réponses."},
    )  # fmt: skip
