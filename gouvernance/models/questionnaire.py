"""Satisfaction questionnaires: short, anonymous, opened by a link or a QR code."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from gouvernance.querysets_participation import QuestionnaireQuerySet
from offre.models import Session
from pdi.socle.models import LigneEtat

from .seance import Seance

NOTE_MAX = 5


def nouveau_jeton() -> str:
    """Return the secret part of a public address: 16 characters, short enough for a QR code read from afar."""
    return secrets.token_urlsafe(12)


class EtatQuestionnaire(models.TextChoices):
    """Life of a questionnaire."""

    BROUILLON = "brouillon", "En préparation"
    OUVERT = "ouvert", "Ouvert"
    CLOS = "clos", "Clos"


class AccesQuestionnaire(models.TextChoices):
    """How one answers: one address for all, or a card each that serves once."""

    LIEN = "lien", "Par un lien, le même pour tous"
    BILLETS = "billets", "Par un billet : un code par personne, qui ne sert qu’une fois"


class Questionnaire(models.Model):
    """A questionnaire about a meeting, a session, or something told by its title.

    Open, it takes answers until `dernier_jour` included, `maximum` at most: as many cards as that, when it has cards.
    """

    titre = models.CharField("titre", max_length=150)
    introduction = models.CharField("introduction", max_length=400, blank=True)
    seance = models.ForeignKey(
        Seance, on_delete=models.PROTECT, null=True, blank=True, related_name="questionnaires", verbose_name="séance"
    )
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True, blank=True, related_name="questionnaires")
    etat = models.CharField("état", max_length=9, choices=EtatQuestionnaire, default=EtatQuestionnaire.BROUILLON)
    acces = models.CharField(
        "comment on répond", max_length=7, choices=AccesQuestionnaire, default=AccesQuestionnaire.LIEN
    )
    dernier_jour = models.DateField("dernier jour pour répondre")
    maximum = models.PositiveSmallIntegerField("réponses au plus", default=200)
    jeton = models.CharField("jeton", max_length=32, unique=True, default=nouveau_jeton, editable=False)
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField("version", default=1)
    demonstration = models.BooleanField("donnée de démonstration", default=False)
    saisi_le = models.DateTimeField("saisi le", db_default=Now(), editable=False)

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        verbose_name = "questionnaire"
        ordering = ["-saisi_le", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(seance__isnull=True) | Q(session__isnull=True),
                name="questionnaire_un_seul_objet",
                violation_error_message="Un questionnaire porte sur une séance ou sur une session, pas les deux.",
            ),
            models.CheckConstraint(
                condition=Q(maximum__gt=0, maximum__lte=2000),
                name="questionnaire_maximum_plausible",
                violation_error_message="Le nombre de réponses au plus est entre 1 et 2 000.",
            ),
        ]

    def __str__(self) -> str:
        """Return the title."""
        return self.titre

    def get_absolute_url(self) -> str:
        """Return its page."""
        return reverse("gouvernance:questionnaire", args=[self.pk])


class TransitionQuestionnaire(LigneEtat):
    """One change of state of a questionnaire."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="transitions")

    class Meta(LigneEtat.Meta):
        verbose_name = "changement d’état d’un questionnaire"
        verbose_name_plural = "changements d’état des questionnaires"


class GenreQuestion(models.TextChoices):
    """How one answers."""

    ECHELLE = "echelle", "Note de 1 à 5"
    CHOIX = "choix", "Un choix parmi plusieurs"
    TEXTE = "texte", "Texte libre"


class Question(models.Model):
    """One question. `choix`: what one chooses among, in order."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="questions")
    ordre = models.PositiveSmallIntegerField("ordre")
    genre = models.CharField("réponse attendue", max_length=7, choices=GenreQuestion)
    intitule = models.CharField("question", max_length=200)
    choix = ArrayField(models.CharField(max_length=80), default=list, blank=True, verbose_name="choix")
    obligatoire = models.BooleanField("réponse obligatoire", default=False)

    class Meta:
        verbose_name = "question"
        ordering = ["ordre", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "ordre"], name="question_ordre_unique", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=~Q(genre="choix") | Q(choix__len__gte=2),
                name="question_deux_choix",
                violation_error_message="Une question à choix en propose au moins deux.",
            ),
        ]

    def __str__(self) -> str:
        """Return the words."""
        return self.intitule


class ReponseQuestionnaire(models.Model):
    """One anonymous answer: no account, no address, the day only. `cle`: of the page, so that it counts once."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="reponses")
    le = models.DateField("reçue le")
    cle = models.UUIDField("clé de saisie", unique=True, editable=False)

    class Meta:
        verbose_name = "réponse à un questionnaire"
        verbose_name_plural = "réponses aux questionnaires"

    def __str__(self) -> str:
        """Return the day."""
        return f"{self.le:%d/%m/%Y}"


class BilletQuestionnaire(models.Model):
    """A card handed out at random: it answers once. Nothing ties it to who holds it, nor to the answer it gave."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="billets")
    jeton = models.CharField("jeton", max_length=32, unique=True, default=nouveau_jeton, editable=False)
    servi = models.BooleanField("a servi", default=False)

    class Meta:
        verbose_name = "billet d’un questionnaire"
        verbose_name_plural = "billets des questionnaires"
        ordering = ["jeton"]

    def __str__(self) -> str:
        """Say whether it served, never which it is."""
        return "Billet servi" if self.servi else "Billet à servir"


class Moderation(models.TextChoices):
    """What is done of a free text: somebody reads it before others may."""

    A_LIRE = "a_lire", "À lire"
    MONTREE = "montree", "Montrée"
    ECARTEE = "ecartee", "Non montrée"


class ReponseQuestion(models.Model):
    """What was answered to one question: a mark, a choice or a text."""

    reponse = models.ForeignKey(ReponseQuestionnaire, on_delete=models.CASCADE, related_name="lignes")
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="lignes")
    note = models.PositiveSmallIntegerField(
        "note", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(NOTE_MAX)]
    )
    choix = models.CharField("choix", max_length=80, blank=True)
    texte = models.TextField("texte", blank=True, max_length=1000)
    moderation = models.CharField("modération", max_length=7, choices=Moderation, default=Moderation.A_LIRE)

    class Meta:
        verbose_name = "réponse à une question"
        verbose_name_plural = "réponses aux questions"
        constraints = [
            models.UniqueConstraint(fields=["reponse", "question"], name="reponse_question_unique"),
            models.CheckConstraint(
                condition=Q(note__isnull=True) | Q(note__gte=1, note__lte=NOTE_MAX),
                name="reponse_note_de_1_a_5",
                violation_error_message="Une note va de 1 à 5.",
            ),
        ]

    def __str__(self) -> str:
        """Return what was answered."""
        return str(self.note or self.choix or self.texte)
