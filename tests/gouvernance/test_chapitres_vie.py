"""The chapters of the report on the life of the programme: avenants of the year, participation of beneficiaries."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from gouvernance.contenu import chapitre, rassembler, serialiser
from gouvernance.models import Avenant, FormationMembres, ModificationFiche, Proposition
from gouvernance.operations import ep_procedure
from pdi.comptes.models import Role
from pdi.socle.masquage import MASQUE
from tests.fabriques import UtilisateurFactory

from .fabrique_ep import inscrit, scene
from .test_chapitres import ANNEE, instance_de, le, lignes, tenir

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)


def test_les_avenants_votes_dans_l_annee_disent_ce_qu_ils_changent(peupler, agent):
    programme = peupler(2)
    publique, reservee = programme.fiches.order_by("ordre")
    reservee.restreinte = True
    reservee.save()
    vote = {"etat": "vote", "deliberation": "2025-06-0012", "vote_le": datetime.date(2025, 6, 20), "vote_par": agent}
    commun = {"programme": programme, "expose": "Les délais.", "effet": datetime.date(2025, 7, 1)}
    avenant = Avenant.objects.create(**commun, numero=1, intitule="Quinze jours", **vote)
    Avenant.objects.create(programme=programme, numero=2, intitule="Encore secret")
    for fiche in (publique, reservee):
        ModificationFiche.objects.create(
            fiche=fiche, champ="contexte", avant="Un mois.", apres=f"Quinze jours, {fiche.numero}.", motif="Le COPIL.",
            etat="retenue", avenant=avenant, par=agent,
        )  # fmt: skip
    contenu = rassembler(programme, ANNEE)
    assert [ligne[1:4] for ligne in lignes(contenu, "avenants", "avenants")] == [
        ["Quinze jours", "Voté", "2025-06-0012"],
    ]  # fmt: skip
    (change,) = lignes(contenu, "avenants", "avenants-fiches")
    assert (change[1], change[3], change[4]) == (publique.numero, "Un mois.", f"Quinze jours, {publique.numero}.")
    texte = serialiser(contenu).decode()
    assert "Encore secret" not in texte
    assert f"Quinze jours, {reservee.numero}." not in texte
    assert chapitre(rassembler(programme, 2023), "avenants") == {}


def test_la_participation_dit_les_reunions_et_les_suites_sans_compter_peu_de_personnes(peupler, settings):
    programme = peupler(1)
    settings.DEPARTEMENT_CODE = programme.departement.code
    groupe = instance_de(programme, "Groupe ressources", nature="groupe_ressources", seances_par_an=4)
    tenir(groupe, le(3, 4))
    Proposition.objects.create(
        instance=groupe, titre="Un guichet", texte="Un seul guichet.", deposee_le=datetime.date(2025, 3, 4), numero=1,
    )  # fmt: skip
    formation = FormationMembres.objects.create(
        instance=groupe, jour=datetime.date(2025, 5, 6), intitule="Prendre la parole", heures=3
    )
    formation.participants.set(groupe.membres.all())
    contenu = rassembler(programme, ANNEE)
    (ligne,) = lignes(contenu, "participation", "participation-groupes")
    assert ligne[0] == "Groupe ressources"
    assert ligne[2:] == [1, 4, "66.7", 1, 1]
    formees = chapitre(contenu, "participation")["chiffres"][-1]
    assert (formees["valeur"], formees["libelle"]) == (MASQUE, "personnes formées")
    assert any("secret statistique" in p for p in chapitre(contenu, "participation")["chapeau"])
    assert "Ada Modèle" not in serialiser(contenu).decode()
    settings.DEPARTEMENT_CODE = "00"
    assert chapitre(rassembler(programme, ANNEE), "participation") == {}


def test_les_equipes_pluridisciplinaires_se_lisent_sans_personne_ni_petit_effectif(peupler, settings):
    programme = peupler(1)
    settings.DEPARTEMENT_CODE = programme.departement.code
    s = scene()
    dossier = inscrit(s)
    ep_procedure.rendre_avis(dossier=dossier, par=s.service, sens="aucune")
    s.seance.etat, s.seance.close_le = "tenue", timezone.now()
    s.seance.save()
    contenu = rassembler(programme, timezone.localdate().year)
    (ligne,) = lignes(contenu, "ep", "ep")
    assert ligne[0] == "Contrat non respecté"
    assert set(ligne[1:]) == {0, MASQUE}
    chiffres = {c["libelle"]: c["valeur"] for c in chapitre(contenu, "ep")["chiffres"]}
    assert (chiffres["séances tenues"], chiffres["avis rendus"]) == (1, MASQUE)
    assert lignes(contenu, "instances", "seances")[0][-2:] == [None, None]
    texte = serialiser(contenu).decode()
    assert "Jeanne" not in texte
    assert "Trois rendez-vous manqués" not in texte
