"""Lines of EP files: followers, supervisors and managers read; members for the time of their meeting; others nothing.

The référent follows the person; the encadrant and the agent hold the whole département; the partenaire sits by name.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from gouvernance.models import DossierEP, Instance, LettreEP, Membre, ModeleLettreEP, Seance
from parcours.models import RegimeJuridique
from pdi.comptes.models import Role
from tests.fabriques import DepartementFactory
from tests.fabriques_parcours import AffectationFactory, PersonneFactory, depuis, il_y_a

from .table import Ligne, statuts


def preparer(m: Any) -> None:
    """Of a team: a draft, a file on a convened meeting, one on a held meeting, one decided by nobody yet."""
    m.equipe = Instance.objects.create(
        departement=DepartementFactory.create(), nature="ep", nom="Équipe pluridisciplinaire"
    )
    regime = RegimeJuridique.objects.filter(validite__contains=il_y_a(30)).first() or RegimeJuridique.objects.create(
        code="regime-ep", intitule="Régime des dossiers", validite=DateRange(datetime.date(2025, 1, 1), None)
    )
    Membre.objects.create(instance=m.equipe, compte=m.qui(Role.PARTENAIRE), mandat=DateRange(il_y_a(30), None))
    demain = timezone.now() + datetime.timedelta(days=1)
    m.seance_ep = Seance.objects.create(instance=m.equipe, debut=demain, etat="convoquee")
    hier = timezone.now() - datetime.timedelta(days=1)
    m.seance_ep_close = Seance.objects.create(instance=m.equipe, debut=hier, etat="tenue", close_le=hier)
    m.personne_ep = PersonneFactory.create()
    AffectationFactory.create(personne=m.personne_ep, referent=m.qui(Role.REFERENT), periode=depuis(il_y_a(60)))
    commun = {
        "instance": m.equipe, "faits_le": il_y_a(30), "regime": regime, "ouvert_par": m.qui(Role.REFERENT),
        "expose": "Ne se présente pas.",
    }  # fmt: skip
    m.ep_brouillon = DossierEP.objects.create(personne=m.personne_ep, theme="maintien", **commun)
    m.ep_soumis = DossierEP.objects.create(
        personne=m.personne_ep, theme="refus_controle", etat="soumis", soumis_le=il_y_a(3), **commun
    )
    m.ep_inscrit = DossierEP.objects.create(
        personne=m.personne_ep, theme="reorientation", etat="inscrit", seance=m.seance_ep, passage=1, **commun
    )
    m.ep_examine = DossierEP.objects.create(
        personne=m.personne_ep, theme="non_respect", etat="examine", seance=m.seance_ep_close, passage=1, **commun
    )
    m.modele_ep = ModeleLettreEP.objects.create(
        genre="decision", objet="Décision", corps="{decision}", validite=DateRange(il_y_a(900), None)
    )
    m.lettre_ep = LettreEP.objects.create(
        dossier=m.ep_inscrit, genre="invitation", par=m.qui(Role.ADMINISTRATEUR),
        contenu={"expediteur": ["Département"], "destinataire": ["Une personne"], "date": "2026-01-05",
                 "objet": "Objet", "paragraphes": ["Texte"], "signataire": "X", "fonction": ""},
    )  # fmt: skip


def de(nom: str, **plus: Any) -> Any:
    return lambda m: {"pk": getattr(m, nom).pk, **plus}


SUIVI = {"encadrant": 200, "agent_orientation": 200, "referent": 200}
LECTURE = statuts(404, gestion=200, **SUIVI)
MEMBRE = statuts(404, gestion=200, partenaire=200, **SUIVI)
LISTE = statuts(403, gestion=200, direction=200, partenaire=200, **SUIVI)
TENUE = statuts(404, gestion=200, encadrant=403, agent_orientation=403, referent=403)

GESTION = statuts(403, gestion=200)

MATRICE = [
    Ligne("gouvernance:ep_dossiers", LISTE),
    Ligne("gouvernance:ep_dossiers_export", LISTE),
    Ligne("gouvernance:ep_dossier", LECTURE, objet=de("ep_brouillon"), cas="brouillon"),
    Ligne("gouvernance:ep_dossier", MEMBRE, objet=de("ep_inscrit")),
    Ligne("gouvernance:ep_dossier", LECTURE, objet=de("ep_examine"), cas="séance close"),
    Ligne("gouvernance:ep_ouvrir", statuts(403, prestataire=404, encadrant=200, agent_orientation=200, referent=200,
                                           administrateur=403), objet=de("personne_ep")),
    Ligne("gouvernance:ep_modifier", statuts(404, administrateur=403, charge_programme=403, **SUIVI),
          objet=de("ep_brouillon")),
    Ligne("gouvernance:ep_geste", TENUE, objet=de("ep_soumis", geste="renvoyer")),
    Ligne("gouvernance:ep_geste", statuts(404, gestion=403, agent_orientation=403, referent=403, encadrant=200),
          objet=de("ep_examine", geste="decider"), cas="décider"),
    Ligne("gouvernance:ep_orienter", statuts(404, gestion=403, encadrant=403, agent_orientation=403, referent=403),
          objet=de("ep_examine")),
    Ligne("gouvernance:ep_lettre_ecrire", statuts(404, gestion=302, encadrant=302, agent_orientation=403, referent=403),
          objet=de("ep_examine", genre="intention"), methode="POST"),
    Ligne("gouvernance:ep_lettre", statuts(404, gestion=200, encadrant=200, agent_orientation=403, referent=403,
                                           partenaire=403), objet=de("lettre_ep")),
    Ligne("gouvernance:ep_modeles", GESTION),
    Ligne("gouvernance:ep_modele", GESTION, objet=de("modele_ep")),
    Ligne("gouvernance:ep_modele_pdf", GESTION,
          objet=lambda m: {"pk": m.modele_ep.pk, "regime": m.ep_soumis.regime.code}),
    Ligne("gouvernance:ep_modele_ecrire", GESTION, objet=lambda _m: {"genre": "decision"}),
    Ligne("gouvernance:ep_modele_retirer", statuts(403, gestion=302), objet=de("modele_ep"), methode="POST"),
    Ligne("gouvernance:ep_inscrire", statuts(403, gestion=302, prestataire=403), methode="POST",
          donnees=lambda m: {"seance": m.seance_ep.pk, "dossier": [m.ep_soumis.pk]}),
    Ligne("gouvernance:ep_seance", statuts(200, prestataire=404), objet=de("seance_ep")),
    Ligne("gouvernance:ep_avis", statuts(404, gestion=422, encadrant=403, agent_orientation=403, referent=403,
                                         partenaire=403), objet=de("ep_inscrit"), methode="POST",
          donnees=lambda _m: {"sens": "reorienter"}),
]  # fmt: skip
