"""Writes of satisfaction questionnaires: prepared, opened, answered without an account, read, closed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from gouvernance.droits_participation import (
    peut_creer_questionnaire,
    peut_ecrire_questionnaire,
    peut_tenir_questionnaire,
)
from gouvernance.models import (
    AccesQuestionnaire,
    BilletQuestionnaire,
    EtatQuestionnaire,
    GenreQuestion,
    Moderation,
    Question,
    Questionnaire,
    ReponseQuestion,
    ReponseQuestionnaire,
    TransitionQuestionnaire,
)
from gouvernance.regles.questionnaires import (
    AUTOMATE_QUESTIONNAIRE,
    MODELE,
    REDACTEUR,
    TEXTE_MAX,
    faute_d_ouverture,
    faute_de_billets,
    refus_de_repondre,
)
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.etats import changer_etat
from pdi.socle.operations import enregistrer, etat_de, journaliser

CHAMPS = ("titre", "introduction", "seance", "session", "acces", "dernier_jour", "maximum")


SANS_BILLET = "On y répond avec un billet : scannez le code de celui qui vous a été remis."
BILLET_SERVI = "Ce billet a déjà servi : chacun donne son avis une fois."


@transaction.atomic
def creer_questionnaire(*, par: Any, questions: Sequence[Mapping[str, Any]] = MODELE, **champs: Any) -> Questionnaire:
    """Prepare a questionnaire with the ready-made questions. Raises DroitInsuffisant, RegleMetier."""
    exiger(peut_creer_questionnaire(par))
    questionnaire = Questionnaire(auteur=par, **champs)
    _verifier_billets(questionnaire)
    exiger(peut_tenir_questionnaire(par, questionnaire))
    enregistrer(questionnaire)
    _ecrire_questions(questionnaire, questions)
    TransitionQuestionnaire.objects.create(questionnaire=questionnaire, vers=EtatQuestionnaire.BROUILLON, par=par)
    journaliser(par=par, verbe="creer_questionnaire", objet=questionnaire, apres=etat_de(questionnaire, CHAMPS))
    return questionnaire


def _verifier_billets(questionnaire: Questionnaire) -> None:
    if faute := faute_de_billets(questionnaire.acces, questionnaire.maximum):
        raise RegleMetier(faute, champ="maximum")


def _ecrire_questions(questionnaire: Questionnaire, questions: Sequence[Mapping[str, Any]]) -> None:
    questionnaire.questions.all().delete()
    for rang, question in enumerate(questions, 1):
        enregistrer(Question(questionnaire=questionnaire, ordre=rang, **question))


def _verrouiller(questionnaire: Questionnaire) -> Questionnaire:
    return Questionnaire.objects.select_for_update(of=("self",)).get(pk=questionnaire.pk)


@transaction.atomic
def modifier_questionnaire(
    *, questionnaire: Questionnaire, version: int, questions: Sequence[Mapping[str, Any]], par: Any, **champs: Any
) -> Questionnaire:
    """Change a questionnaire that was never open. Raises RegleMetier: changed meanwhile; DroitInsuffisant."""
    lu = _verrouiller(questionnaire)
    exiger(peut_ecrire_questionnaire(par, lu))
    if lu.version != version:
        raise RegleMetier("Ce questionnaire a été modifié entre-temps : relisez-le, puis reprenez votre saisie.")
    avant = etat_de(lu, CHAMPS)
    for nom, valeur in champs.items():
        setattr(lu, nom, valeur)
    _verifier_billets(lu)
    lu.version += 1
    enregistrer(lu)
    _ecrire_questions(lu, questions)
    journaliser(par=par, verbe="modifier_questionnaire", objet=lu, avant=avant, apres=etat_de(lu, CHAMPS))
    return lu


def _changer(questionnaire: Questionnaire, verbe: str, par: Any) -> None:
    changer_etat(
        automate=AUTOMATE_QUESTIONNAIRE, verbe=verbe, objet=questionnaire, acteurs={REDACTEUR},
        ligne=TransitionQuestionnaire, cle="questionnaire", par=par, valeurs={"version": questionnaire.version + 1},
    )  # fmt: skip
    journaliser(par=par, verbe=verbe, objet=questionnaire)


@transaction.atomic
def ouvrir_questionnaire(*, questionnaire: Questionnaire, par: Any) -> Questionnaire:
    """Open it: whoever has the link, or a card, answers. Raises RegleMetier: no question, a last day past, too far."""
    lu = _verrouiller(questionnaire)
    exiger(peut_tenir_questionnaire(par, lu))
    if faute := faute_d_ouverture(lu.questions.count(), lu.dernier_jour, timezone.localdate()):
        raise RegleMetier(faute)
    _changer(lu, "ouvrir_questionnaire", par)
    if lu.acces == AccesQuestionnaire.BILLETS:
        BilletQuestionnaire.objects.bulk_create([BilletQuestionnaire(questionnaire=lu) for _ in range(lu.maximum)])
    return lu


@transaction.atomic
def clore_questionnaire(*, questionnaire: Questionnaire, par: Any) -> Questionnaire:
    """Close it before its last day; answers stay."""
    lu = _verrouiller(questionnaire)
    exiger(peut_tenir_questionnaire(par, lu))
    _changer(lu, "clore_questionnaire", par)
    return lu


@transaction.atomic
def repondre_questionnaire(
    *, questionnaire: Questionnaire, cle: uuid.UUID, valeurs: Mapping[int, Any],
    billet: BilletQuestionnaire | None = None,
) -> ReponseQuestionnaire:  # fmt: skip
    """Keep an anonymous answer: `valeurs` {question: mark, choice or text}. The same `cle` sent again counts once.

    Nothing tells who answered: no account, no address, the day without the hour, no line in the journal. A card
    says that it served, not for which answer.
    Raises RegleMetier: closed, full, a card missing or already used, a mandatory question left out, nothing answered.
    """
    lu = _verrouiller(questionnaire)
    if (deja := ReponseQuestionnaire.objects.filter(cle=cle, questionnaire=lu).first()) is not None:
        return deja
    jour = timezone.localdate()
    _verifier_le_billet(lu, billet)
    if refus := refus_de_repondre(lu.etat, lu.dernier_jour, lu.maximum, lu.reponses.count(), jour):
        raise RegleMetier(refus)
    lignes = []
    for question in lu.questions.all():
        valeur = valeurs.get(question.pk)
        if valeur in (None, ""):
            if question.obligatoire:
                raise RegleMetier("Répondez à cette question.", champ=f"q{question.pk}")
            continue
        lignes.append(_ligne(question, valeur))
    if not lignes:
        raise RegleMetier("Répondez au moins à une question.")
    reponse = ReponseQuestionnaire.objects.create(questionnaire=lu, le=jour, cle=cle)
    for ligne in lignes:
        ligne.reponse = reponse
    ReponseQuestion.objects.bulk_create(lignes)
    if billet is not None:
        BilletQuestionnaire.objects.filter(pk=billet.pk).update(servi=True)
    return reponse


def _verifier_le_billet(questionnaire: Questionnaire, billet: BilletQuestionnaire | None) -> None:
    """Require a card that has not served, under the lock of its questionnaire."""
    if questionnaire.acces == AccesQuestionnaire.LIEN:
        return
    if billet is None:
        raise RegleMetier(SANS_BILLET)
    if not questionnaire.billets.filter(pk=billet.pk, servi=False).exists():
        raise RegleMetier(BILLET_SERVI)


def lire_jeton(jeton: str) -> tuple[Questionnaire | None, BilletQuestionnaire | None]:
    """Return what an address opens: a questionnaire by its link, or by one of its cards; nothing when unknown."""
    billet = BilletQuestionnaire.objects.select_related("questionnaire").filter(jeton=jeton).first()
    if billet is not None:
        return billet.questionnaire, billet
    return Questionnaire.objects.filter(jeton=jeton).first(), None


def refus_du_billet(questionnaire: Questionnaire, billet: BilletQuestionnaire | None) -> str:
    """Return why this address does not answer, empty when it does."""
    if questionnaire.acces == AccesQuestionnaire.LIEN:
        return ""
    return SANS_BILLET if billet is None else BILLET_SERVI if billet.servi else ""


def _ligne(question: Question, valeur: Any) -> ReponseQuestion:
    """Return the line of one answer. Raises RegleMetier: not a mark from 1 to 5, not one of the choices."""
    champ = f"q{question.pk}"
    if question.genre == GenreQuestion.ECHELLE:
        if str(valeur) not in {"1", "2", "3", "4", "5"}:
            raise RegleMetier("Choisissez une note de 1 à 5.", champ=champ)
        return ReponseQuestion(question=question, note=int(valeur))
    if question.genre == GenreQuestion.CHOIX:
        if valeur not in question.choix:
            raise RegleMetier("Choisissez une des réponses proposées.", champ=champ)
        return ReponseQuestion(question=question, choix=valeur)
    return ReponseQuestion(question=question, texte=str(valeur).strip()[:TEXTE_MAX])


@transaction.atomic
def moderer_texte(*, ligne: ReponseQuestion, moderation: str, par: Any) -> ReponseQuestion:
    """Say whether a free text may be shown to who reads the results."""
    exiger(peut_tenir_questionnaire(par, ligne.question.questionnaire))
    if moderation not in Moderation.values:
        raise RegleMetier("Dites si ce texte est montré ou non.")
    ligne.moderation = moderation
    ligne.save(update_fields=["moderation"])
    journaliser(
        par=par, verbe="moderer_texte", objet=ligne.question.questionnaire,
        apres={"Texte libre": ligne.get_moderation_display()},
    )  # fmt: skip
    return ligne


@transaction.atomic
def supprimer_questionnaire(*, questionnaire: Questionnaire, par: Any) -> None:
    """Remove a questionnaire that was never open."""
    lu = _verrouiller(questionnaire)
    exiger(peut_ecrire_questionnaire(par, lu))
    journaliser(par=par, verbe="supprimer_questionnaire", objet=lu, avant=etat_de(lu, CHAMPS))
    lu.delete()
