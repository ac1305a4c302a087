"""Lines of meetings and decisions: who keeps the body works in them, members and staff read, a link answers."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from gouvernance.models import Decision, Instance, Membre, PointOrdreDuJour, Presence, Seance
from gouvernance.operations.convocations import jeton, jeton_agenda
from pdi.comptes.models import Role
from tests.fabriques import DepartementFactory
from tests.fabriques_parcours import il_y_a

from .table import Ligne, statuts


def preparer(m: Any) -> None:
    """Of a body where the partenaire's structure sits: a meeting open, one convened, one prepared."""
    m.instance_seances = Instance.objects.create(
        departement=DepartementFactory.create(), nature="comite_technique", nom="Comité des séances"
    )
    siege = Membre.objects.create(
        instance=m.instance_seances, structure=m.signataire, mandat=DateRange(il_y_a(30), None)
    )
    demain = {"instance": m.instance_seances, "debut": timezone.now() + datetime.timedelta(days=1)}
    m.seance_ouverte = Seance.objects.create(**demain, etat="ouverte", ouverte_le=timezone.now())
    m.seance_tenue = Seance.objects.create(**demain, etat="tenue", ouverte_le=timezone.now(), close_le=timezone.now())
    m.seance_convoquee = Seance.objects.create(**demain, etat="convoquee")
    m.seance_preparee = Seance.objects.create(**demain)
    m.presence_convoquee = Presence.objects.create(seance=m.seance_convoquee, membre=siege)
    Presence.objects.create(seance=m.seance_ouverte, membre=siege, etat="present")
    m.point_seance = PointOrdreDuJour.objects.create(seance=m.seance_ouverte, ordre=1, titre="Un point")
    m.decision_seance = Decision.objects.create(
        seance=m.seance_ouverte, numero=1, texte="Faire", responsable=m.qui(Role.PILOTE)
    )


def de(nom: str, **plus: Any) -> Any:
    return lambda m: {"pk": getattr(m, nom).pk, **plus}


LECTURE = statuts(200, prestataire=404)
TENUE, FAITE = statuts(403, gestion=200, prestataire=404), statuts(403, gestion=302, prestataire=404)
LUE = statuts(302, prestataire=404)
PREPAREE = statuts(404, gestion=200)
LIEN = "l’adresse est secrète : qui la reçoit répond, sans compte"

MATRICE = [
    Ligne("gouvernance:seances", statuts(200), requete="?periode=a_venir"),
    Ligne("gouvernance:seances_calendrier", statuts(200)),
    Ligne("gouvernance:seances_export", statuts(200)),
    Ligne("gouvernance:agenda_flux", statuts(200, anonyme=200), ouvert=LIEN,
          objet=lambda m: {"jeton": jeton_agenda(m.presence_convoquee.membre)}),
    Ligne("gouvernance:convocation_reponse", statuts(200, anonyme=200), ouvert=LIEN,
          objet=lambda m: {"jeton": jeton(m.presence_convoquee)}),
    Ligne("gouvernance:seance_preparer", TENUE, objet=de("instance_seances")),
    Ligne("gouvernance:seance", LECTURE, objet=de("seance_ouverte")),
    Ligne("gouvernance:seance", PREPAREE, objet=de("seance_preparee"), cas="en préparation"),
    Ligne("gouvernance:seance_imprimer", FAITE, objet=de("seance_ouverte", genre="emargement"), methode="POST",
          cas="feuille de présence"),
    Ligne("gouvernance:seance_imprimer", FAITE, objet=de("seance_ouverte", genre="releve"), methode="POST",
          cas="projet de relevé"),
    Ligne("gouvernance:seance_imprimer", LUE, objet=de("seance_tenue", genre="releve"), methode="POST",
          cas="relevé d’une séance close"),
    Ligne("gouvernance:releve_envoyer", TENUE, objet=de("seance_tenue")),
    Ligne("gouvernance:seance_direct", LECTURE, objet=de("seance_ouverte")),
    Ligne("gouvernance:seance_word", TENUE, objet=de("seance_ouverte"), cas="projet de relevé"),
    Ligne("gouvernance:seance_word", LECTURE, objet=de("seance_tenue"), cas="relevé d’une séance close"),
    Ligne("gouvernance:seance_modifier", TENUE, objet=de("seance_convoquee")),
    Ligne("gouvernance:seance_ordre", TENUE, objet=de("seance_convoquee")),
    Ligne("gouvernance:seance_ordre", FAITE, objet=de("seance_convoquee"), methode="POST",
          donnees=lambda _m: {"geste": "ajouter", "titre": "Un point"}),
    Ligne("gouvernance:seance_reporter", TENUE, objet=de("seance_convoquee")),
    Ligne("gouvernance:seance_presence", FAITE, objet=de("seance_ouverte"), methode="POST"),
    Ligne("gouvernance:decision_noter", FAITE, objet=de("seance_ouverte"), methode="POST",
          donnees=lambda _m: {"texte": "Décider", "type": "avis"}),
    Ligne("gouvernance:seance_motif", TENUE, objet=de("seance_convoquee", geste="annuler")),
    Ligne("gouvernance:seance_geste", TENUE, objet=de("seance_convoquee", geste="relancer")),
    Ligne("gouvernance:seance_point", TENUE, objet=de("point_seance")),
    Ligne("gouvernance:seance_point_etat", FAITE, objet=de("point_seance"), methode="POST",
          donnees=lambda _m: {"etat": "traite"}),
    Ligne("gouvernance:decisions", statuts(200), requete="?avancement=ouvertes&miennes=on"),
    Ligne("gouvernance:decisions_export", statuts(200)),
    Ligne("gouvernance:decision", LECTURE, objet=de("decision_seance")),
    Ligne("gouvernance:decision_modifier", TENUE, objet=de("decision_seance")),
    Ligne("gouvernance:decision_suivre", statuts(403, gestion=200, pilote=200, prestataire=404),
          objet=de("decision_seance", geste="tenir")),
]  # fmt: skip
