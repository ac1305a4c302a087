"""Lines of participation: staff reads, who keeps the body writes, anybody answers a questionnaire by its link."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from gouvernance.models import (
    DialogueTerritorial,
    FormationMembres,
    Instance,
    Proposition,
    Questionnaire,
    ReponseQuestion,
    ReponseQuestionnaire,
    Seance,
)
from tests.fabriques import DepartementFactory
from tests.fabriques_parcours import TerritoireFactory, il_y_a

from .table import Ligne, statuts


def preparer(m: Any) -> None:
    """Of a body where the partenaire's structure sits: a dialogue, a proposal, a training, questionnaires."""
    departement = DepartementFactory.create()
    m.instance_participation = Instance.objects.create(
        departement=departement, nature="dialogue", nom="Dialogues de la matrice"
    )
    m.instance_participation.membres.create(structure=m.signataire, mandat=(il_y_a(30), None))
    seance = Seance.objects.create(
        instance=m.instance_participation, debut=timezone.now(), etat="tenue", close_le=timezone.now()
    )
    m.dialogue = DialogueTerritorial.objects.create(
        territoire=TerritoireFactory.create(code="matrice", nom="Territoire"), annee=timezone.localdate().year,
        instance=m.instance_participation, contenu={"schema": 1}, preparee_le=timezone.now(),
    )  # fmt: skip
    m.proposition_groupe = Proposition.objects.create(
        instance=m.instance_participation, numero=1, deposee_le=il_y_a(2), titre="Un accueil le mercredi"
    )
    m.formation_membres = FormationMembres.objects.create(
        instance=m.instance_participation, intitule="Prendre la parole", jour=il_y_a(3)
    )
    fin = timezone.localdate()
    m.questionnaire = Questionnaire.objects.create(titre="Avis", dernier_jour=fin, seance=seance)
    m.questionnaire_ouvert = Questionnaire.objects.create(
        titre="Avis ouvert", dernier_jour=fin, seance=seance, etat="ouvert"
    )
    question = m.questionnaire_ouvert.questions.create(ordre=1, genre="texte", intitule="Un mot ?")
    reponse = ReponseQuestionnaire.objects.create(
        questionnaire=m.questionnaire_ouvert, le=fin, cle="00000000-0000-4000-8000-000000000001"
    )
    m.texte_libre = ReponseQuestion.objects.create(reponse=reponse, question=question, texte="Merci")


def de(nom: str, **plus: Any) -> Any:
    return lambda m: {"pk": getattr(m, nom).pk, **plus}


LECTURE = statuts(200, prestataire=404)
TENUE, FAITE = statuts(403, gestion=200, prestataire=404), statuts(403, gestion=302, prestataire=404)
LUE = statuts(302, prestataire=404)
CHIFFRES = statuts(200, partenaires=403)
BROUILLON = statuts(404, gestion=200)
GESTION = statuts(403, gestion=200)
LIEN = "l’adresse est secrète : qui la reçoit répond, sans compte"

MATRICE = [
    Ligne("gouvernance:participation", CHIFFRES),
    Ligne("gouvernance:participation_export", CHIFFRES),
    Ligne("gouvernance:participation_membres", statuts(200)),
    Ligne("gouvernance:formations", statuts(200)),
    Ligne("gouvernance:formations_export", statuts(200)),
    Ligne("gouvernance:formation_ajouter", TENUE, objet=de("instance_participation")),
    Ligne("gouvernance:formation_modifier", TENUE, objet=de("formation_membres")),
    Ligne("gouvernance:formation_supprimer", TENUE, objet=de("formation_membres")),
    Ligne("gouvernance:propositions", statuts(200), requete="?avancement=attente"),
    Ligne("gouvernance:propositions_export", statuts(200)),
    Ligne("gouvernance:proposition", LECTURE, objet=de("proposition_groupe")),
    Ligne("gouvernance:proposition_deposer", TENUE, objet=de("instance_participation")),
    Ligne("gouvernance:proposition_modifier", TENUE, objet=de("proposition_groupe")),
    Ligne("gouvernance:proposition_suivre", TENUE, objet=de("proposition_groupe", geste="ecarter")),
    Ligne("gouvernance:proposition_suivre", FAITE, objet=de("proposition_groupe", geste="ecarter"), methode="POST",
          donnees=lambda _m: {"commentaire": "Hors du champ."}),
    Ligne("gouvernance:dialogues", statuts(200)),
    Ligne("gouvernance:dialogues_export", statuts(200)),
    Ligne("gouvernance:dialogues_creer", GESTION),
    Ligne("gouvernance:dialogue", LECTURE, objet=de("dialogue")),
    Ligne("gouvernance:dialogue_dater", TENUE, objet=de("dialogue")),
    Ligne("gouvernance:dialogue_preparer", TENUE, objet=de("dialogue")),
    Ligne("gouvernance:dialogue_imprimer", LUE, objet=de("dialogue"), methode="POST"),
    Ligne("gouvernance:dialogue_proposer", TENUE, objet=de("dialogue")),
    Ligne("gouvernance:questionnaires", statuts(200)),
    Ligne("gouvernance:questionnaire_preparer", statuts(403, gestion=200, pilote=200)),  # keeps a body
    Ligne("gouvernance:questionnaire", LECTURE, objet=de("questionnaire_ouvert")),
    Ligne("gouvernance:questionnaire", BROUILLON, objet=de("questionnaire"), cas="en préparation"),
    Ligne("gouvernance:questionnaire_modifier", BROUILLON, objet=de("questionnaire")),
    Ligne("gouvernance:questionnaire_supprimer", BROUILLON, objet=de("questionnaire")),
    Ligne("gouvernance:questionnaire_export", LECTURE, objet=de("questionnaire_ouvert")),
    Ligne("gouvernance:questionnaire_imprimer", FAITE, objet=de("questionnaire_ouvert", genre="affiche"),
          methode="POST"),
    Ligne("gouvernance:questionnaire_geste", TENUE, objet=de("questionnaire_ouvert", geste="clore")),
    Ligne("gouvernance:questionnaire_texte", FAITE, objet=de("texte_libre"), methode="POST",
          donnees=lambda _m: {"moderation": "montree"}),
    Ligne("gouvernance:avis", statuts(200, anonyme=200), ouvert=LIEN,
          objet=lambda m: {"jeton": m.questionnaire_ouvert.jeton}),
]  # fmt: skip
