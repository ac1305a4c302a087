"""The list of questionnaires, and the results of one: counts, means, texts read; masked under five answers."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet

from gouvernance.droits_participation import peut_ecrire_questionnaire, peut_tenir_questionnaire
from gouvernance.models import (
    EtatQuestionnaire,
    GenreQuestion,
    Moderation,
    Question,
    Questionnaire,
    ReponseQuestion,
)
from gouvernance.regles.questionnaires import (
    SEUIL,
    TONS_QUESTIONNAIRE,
    Repartition,
    refus_de_repondre,
    repartition_choix,
    repartition_notes,
)
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreChoix, Filtres, FiltreTexte
from pdi.socle.masquage import MASQUE
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Tri

TRIS = {"titre": ("titre", "pk"), "fin": ("dernier_jour", "pk"), "reponses": ("recues", "pk")}


def d_objet(valeur: str) -> Q:
    """Return « about a meeting », « about a session », « about neither »."""
    return {
        "seance": Q(seance__isnull=False),
        "session": Q(session__isnull=False),
        "libre": Q(seance__isnull=True, session__isnull=True),
    }[valeur]


class FiltresQuestionnaires(Filtres):
    """Filters of the list."""

    mot = FiltreTexte("Mot du titre", champs=("titre", "introduction"), large=True)
    etat = FiltreChoix("État", champ="etat", choix=EtatQuestionnaire.choices)
    objet = FiltreChoix(
        "À propos", q=d_objet, choix=[("seance", "D’une séance"), ("session", "D’une session"), ("libre", "Autre")]
    )


class ListeQuestionnaires:
    """The questionnaires one reader may see."""

    def __init__(self, utilisateur: Any, get: Any) -> None:
        """Read the query string."""
        self.utilisateur, self.get = utilisateur, get
        self.filtres = FiltresQuestionnaires(get)
        self.tri = Tri.lire(get, TRIS, defaut="-fin")

    @property
    def decorees(self) -> QuerySet[Questionnaire]:
        """Return the rows of the filter with how many answers came."""
        lus = self.filtres.appliquer(Questionnaire.objects.visibles_par(self.utilisateur))
        liens = ("seance__instance__territoire", "session__offre")
        return lus.select_related(*liens).annotate(recues=Count("reponses", distinct=True))

    @cached_property
    def page(self) -> PageParCle[Questionnaire]:
        """Return one page, each row with the tone of its state."""
        page = PageParCle(self.decorees, self.tri.cles, self.get.get("curseur"))
        for q in page.objets:
            ligne: Any = q
            ligne.ton, ligne.icone = TONS_QUESTIONNAIRE[EtatQuestionnaire(q.etat)]
        return page


# -- results of one ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Resultat:
    """A question and what was answered: a distribution, or texts."""

    question: Question
    repartition: Repartition | None = None
    textes: tuple[ReponseQuestion, ...] = ()
    a_lire: int = 0

    @property
    def titre(self) -> str:
        """Return the words of the question."""
        return self.question.intitule

    @property
    def ident(self) -> str:
        """Return the identifier of its chart."""
        return f"reponses-{self.question.pk}"


class LectureQuestionnaire:
    """One questionnaire and what its reader may do of it."""

    def __init__(self, questionnaire: Questionnaire, utilisateur: Any, jour: datetime.date) -> None:
        """Keep them."""
        self.questionnaire, self.utilisateur, self.jour = questionnaire, utilisateur, jour
        self.ton, self.icone = TONS_QUESTIONNAIRE[EtatQuestionnaire(questionnaire.etat)]
        self.seuil = SEUIL

    @cached_property
    def tenu(self) -> bool:
        """Return whether the reader keeps it."""
        return peut_tenir_questionnaire(self.utilisateur, self.questionnaire).ok

    @cached_property
    def modifiable(self) -> bool:
        """Return whether its questions may still change."""
        return peut_ecrire_questionnaire(self.utilisateur, self.questionnaire).ok

    @cached_property
    def recues(self) -> int:
        """Return how many answers came."""
        return self.questionnaire.reponses.count()

    @cached_property
    def refus(self) -> str:
        """Return why nobody may answer now, empty when they may."""
        q = self.questionnaire
        return refus_de_repondre(q.etat, q.dernier_jour, q.maximum, self.recues, self.jour)

    @property
    def masque(self) -> bool:
        """Return whether there are answers, too few to be told."""
        return 0 < self.recues < SEUIL

    @cached_property
    def resultats(self) -> list[Resultat]:
        """Return each question and what was answered (two queries); nothing while there are fewer than five answers."""
        if self.recues < SEUIL:
            return []
        lignes: dict[int, list[ReponseQuestion]] = {}
        for ligne in ReponseQuestion.objects.filter(reponse__questionnaire=self.questionnaire).order_by("reponse__cle"):
            lignes.setdefault(ligne.question_id, []).append(ligne)
        return [self._resultat(q, lignes.get(q.pk, [])) for q in self.questionnaire.questions.all()]

    def _resultat(self, question: Question, lignes: list[ReponseQuestion]) -> Resultat:
        """Return one question. Texts come in the order of random keys: theirs would tell who wrote first."""
        if question.genre == GenreQuestion.ECHELLE:
            return Resultat(question, repartition_notes(x.note for x in lignes if x.note is not None))
        if question.genre == GenreQuestion.CHOIX:
            return Resultat(question, repartition_choix(question.choix, [x.choix for x in lignes]))
        ecrits = [x for x in lignes if x.texte]
        montres = ecrits if self.tenu else [x for x in ecrits if x.moderation == Moderation.MONTREE]
        a_lire = sum(x.moderation == Moderation.A_LIRE for x in ecrits)
        return Resultat(question, None, tuple(montres), a_lire)

    @property
    def lignes_export(self) -> list[dict[str, Any]]:
        """Return the rows of the export: a line an answer offered, then the texts shown; never a person's sheet."""
        lignes: list[dict[str, Any]] = []
        for r in self.resultats:
            if r.repartition is not None:
                lignes += [
                    {"question": r.titre, "reponse": mot, "nombre": MASQUE if r.repartition.masquee else n,
                     "moyenne": None if r.repartition.masquee else r.repartition.moyenne}
                    for mot, n in r.repartition.points
                ]  # fmt: skip
            else:
                montres = [t for t in r.textes if t.moderation == Moderation.MONTREE]
                lignes += [{"question": r.titre, "reponse": t.texte, "nombre": None, "moyenne": None} for t in montres]
        return lignes


COLONNES_EXPORT = (
    ColonneExport("Question", "question", largeur=50),
    ColonneExport("Réponse", "reponse", largeur=60),
    ColonneExport("Nombre", "nombre", type="nombre", largeur=10),
    ColonneExport("Moyenne", "moyenne", type="nombre", largeur=10),
)
