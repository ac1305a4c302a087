"""A team, its meeting, somebody before it, and those who act: what the tests of EP files start from."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from gouvernance.models import DecisionEP, DossierEP, EtatSeance, Instance, Membre, Presence, Seance
from gouvernance.operations import ep, ep_decision, ep_procedure
from gouvernance.operations.ep_modeles import charger_modeles_lettres
from parcours.models import RegimeJuridique
from pdi.comptes.models import Role
from tests.fabriques import DepartementFactory, UtilisateurFactory
from tests.fabriques_parcours import AdresseFactory, PersonneFactory, depuis, il_y_a

REGIME_A: dict[str, Any] = {
    "contradictoire_jours": {"valeur": 1, "unite": "mois"},
    "sanctions": [
        {"palier": 1, "libelle": "Réduction", "taux_max": 80, "mois_min": 1, "mois_max": 3},
        {"palier": 2, "libelle": "Suspension ou réduction", "mois_min": 1, "mois_max": 4},
        {"palier": 3, "libelle": "Radiation"},
    ],
    "plafond_sanction_foyer": 50, "avis_ep": "avant toute sanction",
    "references": {"sanctions": "CASF L262-37 et R262-68", "plafond_sanction_foyer": "CASF R262-68"},
}  # fmt: skip
REGIME_B: dict[str, Any] = {
    "contradictoire_jours": 10,
    "sanctions": [
        {"palier": 1, "libelle": "Suspension", "taux_min": 30, "mois_min": 1, "mois_max": 2},
        {"palier": 2, "libelle": "Suspension", "mois_min": 1, "mois_max": 4},
        {"palier": 3, "libelle": "Suppression"},
    ],
    "plafond_sanction_foyer": 50, "plafond_sanction_majoration": True, "avis_ep": "avant une suppression",
    "references": {"sanctions": "CASF L262-37", "plafond_sanction_foyer": "CASF L262-37"},
}  # fmt: skip
BASCULE = datetime.date(2025, 1, 1)
SANCTION: dict[str, Any] = {"sens": "sanction", "palier": 1, "taux": 50, "mois": 2}
FAITS_A, FAITS_B = datetime.date(2024, 11, 20), datetime.date(2025, 3, 3)


def regimes() -> None:
    """Load both regimes, as the referentials do."""
    RegimeJuridique.objects.get_or_create(
        code="regime-a",
        defaults={"intitule": "RSA avant 2025", "validite": DateRange(None, BASCULE), "parametres": REGIME_A},
    )
    RegimeJuridique.objects.get_or_create(
        code="regime-b",
        defaults={"intitule": "RSA depuis 2025", "validite": DateRange(BASCULE, None), "parametres": REGIME_B},
    )


def scene() -> Any:
    """Return a team of two voices, its open meeting, a person with an address, a manager and an encadrant."""
    regimes()
    charger_modeles_lettres()
    s = SimpleNamespace()
    s.service = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME, nom="Service")
    s.encadrant = UtilisateurFactory.create(role=Role.ENCADRANT, nom="Encadrant")
    s.equipe = Instance.objects.create(
        departement=DepartementFactory.create(code="91"), nature="ep", nom="Équipe pluridisciplinaire", quorum=2
    )
    s.membres = [
        Membre.objects.create(instance=s.equipe, nom=nom, mandat=DateRange(il_y_a(400), None)) for nom in ("Ada", "Léo")
    ]
    s.personne = PersonneFactory.create(nom_naissance="Exemple", prenoms="Jeanne")
    AdresseFactory.create(personne=s.personne, periode=depuis(datetime.date(2020, 1, 1)))
    s.seance = seance(s)
    return s


def seance(s: Any, etat: str = EtatSeance.OUVERTE, jours: int = 0) -> Seance:
    """Return a meeting of the team, both members present when it is open."""
    debut = timezone.now() + datetime.timedelta(days=jours)
    ouverte = {"ouverte_le": debut} if etat == EtatSeance.OUVERTE else {}
    lue = Seance.objects.create(instance=s.equipe, debut=debut, etat=etat, quorum=2, lieu="Salle 12", **ouverte)
    if ouverte:
        Presence.objects.bulk_create([Presence(seance=lue, membre=m, etat="present") for m in s.membres])
    return lue


def soumis(s: Any, faits_le: datetime.date = FAITS_B, theme: str = "non_respect", **plus: Any) -> DossierEP:
    """Return a file submitted by the encadrant."""
    return ep.ouvrir_dossier_ep(
        personne=s.personne, par=s.encadrant, soumettre=True, instance=s.equipe, theme=theme, faits_le=faits_le,
        expose="Trois rendez-vous manqués.", **plus,
    )  # fmt: skip


def entendu(s: Any, **plus: Any) -> DossierEP:
    """Return a file whose contradictory delay is over."""
    dossier = soumis(s, **plus)
    return ep_procedure.notifier_intention(dossier=dossier, le=il_y_a(60), par=s.service)


def inscrit(s: Any, **plus: Any) -> DossierEP:
    """Return a file on the open meeting."""
    dossier = entendu(s, **plus) if plus.get("theme", "non_respect") != "reorientation" else soumis(s, **plus)
    (lu,) = ep.inscrire_dossiers(seance=s.seance, dossiers=[dossier.pk], par=s.service)
    return lu


def decider(s: Any, dossier: DossierEP, **champs: Any) -> DecisionEP:
    """Return the decision of the encadrant, for somebody alone."""
    dossier.refresh_from_db()
    return ep_decision.decider_dossier_ep(
        dossier=dossier, version=dossier.version, par=s.encadrant, motifs="Aucune réponse.",
        **({"personnes_foyer": 1} | champs),
    )  # fmt: skip
