"""Screens of diagnosis and orientation: what is shown to whom, the second step, errors, cost in queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from parcours.models import CapaciteAccueil, Diagnostic, NatureMotif, Orientation
from pdi.comptes.models import Role
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    DemandeReorientationFactory,
    DiagnosticFactory,
    GrilleFactory,
    MotifFactory,
    RegimeFactory,
    SituationThemeFactory,
    ThemeFactory,
    depuis,
    il_y_a,
    personne_suivie,
)

pytestmark = pytest.mark.django_db
JOUR = timezone.localdate()


@pytest.fixture
def agent(client):
    utilisateur = UtilisateurFactory.create(role=Role.AGENT_ORIENTATION)
    client.force_login(utilisateur)
    return utilisateur


@pytest.fixture
def grille():
    grille = GrilleFactory.create()
    emploi = ThemeFactory.create(grille=grille, code="emploi", libelle="Emploi", entree=True, ordre=1)
    sante = ThemeFactory.create(grille=grille, code="sante", libelle="Santé", restreint=True, ordre=2)
    SituationThemeFactory.create(theme=emploi, code="appui", libelle="A besoin d’un appui", niveau=2)
    SituationThemeFactory.create(theme=sante, code="prioritaire", libelle="Soins d’abord", niveau=3)
    return grille


def remplir(personne, grille, **plus) -> Diagnostic:
    fait = DiagnosticFactory.create(
        personne=personne, grille=grille, synthese="Confidence", **{"termine_le": timezone.now(), **plus}
    )  # fmt: skip
    for theme in grille.themes.all():
        fait.reponses.create(theme=theme, situation=theme.situations.get())
    return fait


def decision(**plus):
    structure = plus.pop("structure", None) or StructureFactory.create(nature="service")
    base = {"type_decide": "social", "organisme": "departement", "structure": structure.pk, "mode": "social"}
    return base | {"le": JOUR.isoformat()} | plus


def test_la_sante_et_la_synthese_restent_a_qui_les_suit(client, grille):
    referent = UtilisateurFactory.create(role=Role.REFERENT)
    personne = personne_suivie(referent=referent)
    fait = remplir(personne, grille)
    adresses = [
        fait.get_absolute_url(), personne.get_absolute_url(),
        reverse("parcours:diagnostics_comparer", args=[personne.pk]),
    ]  # fmt: skip
    client.force_login(referent)
    lu = client.get(adresses[0]).content.decode()
    assert "Soins d’abord" in lu
    assert "Confidence" in lu
    client.force_login(UtilisateurFactory.create(role=Role.ENCADRANT))
    for adresse in adresses:
        contenu = client.get(adresse).content.decode()
        assert "Soins d’abord" not in contenu
        assert "Confidence" not in contenu
    assert "A besoin d’un appui" in client.get(adresses[0]).content.decode()
    brouillon = remplir(personne, grille, termine_le=None)
    ecrire = client.get(reverse("parcours:diagnostic_ecrire", args=[brouillon.pk])).content.decode()
    assert "Soins d’abord" not in ecrire
    assert "Confidence" not in ecrire


def test_le_brouillon_automatique_garde_puis_signale_le_conflit(client, agent, grille):
    brouillon = DiagnosticFactory.create(personne=personne_suivie(), grille=grille)
    emploi = grille.themes.get(code="emploi")
    donnees = {"version": 1, f"theme-{emploi.pk}": emploi.situations.get().pk}
    url = reverse("parcours:diagnostic_brouillon", args=[brouillon.pk])
    assert client.post(url, donnees).json()["version"] == 2
    assert client.post(url, {"version": 1}).status_code == 409
    page = client.post(reverse("parcours:diagnostic_ecrire", args=[brouillon.pk]), {"version": 1})
    assert page.status_code == 409
    assert "A besoin d’un appui" in page.content.decode()
    assert brouillon.reponses.count() == 1
    fini = client.post(
        reverse("parcours:diagnostic_ecrire", args=[brouillon.pk]), donnees | {"version": 2, "geste": "terminer"}
    )
    assert fini.headers["Location"] == brouillon.get_absolute_url()


def test_terminer_sans_reponse_rend_la_page_et_dit_pourquoi(client, agent, grille):
    brouillon = DiagnosticFactory.create(personne=personne_suivie(), grille=grille)
    page = client.post(
        reverse("parcours:diagnostic_ecrire", args=[brouillon.pk]), {"version": 1, "geste": "terminer"}
    )  # fmt: skip
    assert page.status_code == 422
    assert "un diagnostic vide ne dit rien" in page.content.decode()


def test_raccourcir_demande_une_seconde_etape_qui_montre_tout(client, agent):
    personne = personne_suivie()
    url, saisie = reverse("parcours:orienter", args=[personne.pk]), decision(motif_texte="Rapprochement")
    page = client.post(url, saisie)
    contenu = page.content.decode()
    assert "Rien n’est encore écrit" in contenu
    assert "sera raccourcie" in contenu
    assert 'value="Rapprochement"' in contenu
    assert personne.orientations.count() == 1
    reprise = client.post(url, saisie | {"confirmee": personne.orientations.get().pk, "reprendre": "1"})
    assert 'value="Rapprochement"' in reprise.content.decode()
    assert personne.orientations.count() == 1
    faite = client.post(url, saisie | {"confirmee": personne.orientations.get().pk})
    nouvelle = personne.orientations.get(rang=2)
    assert faite.headers["Location"] == nouvelle.get_absolute_url()
    assert "Rapprochement" in client.get(nouvelle.get_absolute_url()).content.decode()
    assert "Rapprochement" in client.get(personne.get_absolute_url()).content.decode()


def test_une_saisie_refusee_ne_perd_rien(client, agent):
    personne = personne_suivie()
    page = client.post(
        reverse("parcours:orienter", args=[personne.pk]), decision(le="31/02/2026", motif_texte="À garder")
    )
    assert page.status_code == 422
    assert "31/02/2026" in page.content.decode()
    assert "À garder" in page.content.decode()


def test_les_places_et_le_delai_legal_se_lisent_avant_de_decider(client, agent):
    RegimeFactory.create(
        parametres={
            "delai_orientation": {"valeur": 6, "unite": "semaines"},
            "references": {"delai_orientation": "D262-65-2"},
        },
        validite=depuis(il_y_a(1000)),
    )
    personne, structure = personne_suivie(), StructureFactory.create(nature="service", nom="Espace insertion")
    CapaciteAccueil.objects.create(structure=structure, places=0, periode=DateRange(il_y_a(30), None))
    url = reverse("parcours:orienter", args=[personne.pk])
    assert "0\u00a0place prise sur 0" in client.get(url).content.decode()
    Orientation.objects.all().delete()
    assert "en retard" in client.get(url).content.decode()
    assert "D262-65-2" in client.get(url).content.decode()
    refusee = client.post(url, decision(structure=structure))
    assert refusee.status_code == 422
    assert "n’a plus de place" in refusee.content.decode()


def test_accepter_une_demande_ouvre_la_decision_et_le_motif_revient(client, agent):
    referent = UtilisateurFactory.create(role=Role.REFERENT)
    personne = personne_suivie(referent=referent)
    demande = DemandeReorientationFactory.create(
        orientation=personne.orientations.get(), demandee_par=referent, demandee_le=il_y_a(45)
    )  # fmt: skip
    liste = client.get(reverse("parcours:reorientations"), {"stagne": "on"}).content.decode()
    assert "45\u00a0jours" in liste
    url = reverse("parcours:orienter", args=[personne.pk])
    assert "Cette décision accepte une demande" in client.get(url).content.decode()
    motif = MotifFactory.create(nature=NatureMotif.ORIENTATION, libelle="Projet mûr")
    ancienne = personne.orientations.get().pk
    client.post(url, decision(type_decide="emploi", motif=motif.pk, reponse="D’accord", confirmee=ancienne))
    client.force_login(referent)
    lue = client.get(demande.get_absolute_url()).content.decode()
    assert "Acceptée" in lue
    assert "projet mûr" in lue
    assert "D’accord" in lue


def test_un_refus_sans_motif_rend_la_page(client, agent):
    demande = DemandeReorientationFactory.create(orientation=personne_suivie().orientations.get())
    page = client.post(reverse("parcours:reorientation_refuser", args=[demande.pk]), {"reponse": ""})
    assert page.status_code == 422
    assert "Un refus se motive" in page.content.decode()


def test_une_capacite_se_fixe_se_change_et_se_leve(client):
    service = StructureFactory.create(nature="service")
    client.force_login(UtilisateurFactory.create(role=Role.ENCADRANT, structure=service))
    ailleurs = StructureFactory.create(nature="service")
    url = reverse("parcours:capacite_nouvelle")
    assert client.post(url, {"structure": ailleurs.pk, "places": 3, "le": JOUR.isoformat()}).status_code == 422
    client.post(url, {"structure": service.pk, "mode": "", "places": "3", "le": il_y_a(9).isoformat()})
    premiere = CapaciteAccueil.objects.get()
    modifier = reverse("parcours:capacite_modifier", args=[premiere.pk])
    client.post(modifier, {"places": "5", "le": JOUR.isoformat()})
    assert set(CapaciteAccueil.objects.values_list("places", "periode")) == {
        (3, DateRange(il_y_a(9), JOUR)), (5, DateRange(JOUR, None)),
    }  # fmt: skip
    client.post(modifier, {"places": "", "le": JOUR.isoformat()})
    assert [c.places for c in CapaciteAccueil.objects.all()] == [3]


def requetes(client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captees:
        reponse = client.get(url)
        if reponse.streaming:
            b"".join(reponse.streaming_content)
    return len(captees)


@pytest.mark.parametrize(
    "nom", ["reorientations", "reorientations_export", "capacites", "capacites_export"], ids=str
)  # fmt: skip
def test_autant_de_requetes_pour_une_ligne_que_pour_trente(client, agent, nom):
    def une() -> None:
        orientation = personne_suivie().orientations.get()
        DemandeReorientationFactory.create(orientation=orientation)
        CapaciteAccueil.objects.create(structure=orientation.structure, places=4, periode=DateRange(il_y_a(9), None))

    une()
    adresse = f"{reverse(f'parcours:{nom}')}?format=csv"
    premiere = requetes(client, adresse)
    for _ in range(29):
        une()
    assert requetes(client, adresse) == premiere


def test_l_ecran_d_orientation_ne_coute_pas_plus_avec_trente_orientations_et_diagnostics(client, agent, grille):
    personne = personne_suivie()
    remplir(personne, grille)
    adresses = [
        reverse("parcours:orienter", args=[personne.pk]), reverse("parcours:diagnostics_comparer", args=[personne.pk]),
        personne.get_absolute_url(), personne.diagnostics.get().get_absolute_url(),
    ]  # fmt: skip
    remplir(personne, grille, date=il_y_a(50))
    premieres = [requetes(client, a) for a in adresses]
    for n in range(29):
        remplir(personne, grille, date=il_y_a(100 + n))
    assert [requetes(client, a) for a in adresses] == premieres
    assert premieres[0] <= 24
