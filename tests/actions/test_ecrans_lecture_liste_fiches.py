"""What is read around a fiche: its history, its attachments, the list of fiches; queries."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse

from actions.models import EtatBilan, LienFiche, TypeRole
from pdi.comptes.models import Role
from pdi.socle.operations import journaliser
from tests.actions.lecture import classeur, client_de, principal
from tests.fabriques import (
    AnomalieFactory,
    AxeFactory,
    BilanFactory,
    CadreFactory,
    CampagneFactory,
    CibleFactory,
    EtapeFactory,
    FicheFactory,
    FinancementFactory,
    MesureFactory,
    NoteFactory,
    ObjectifFactory,
    PieceFactory,
    ProgrammeFactory,
    RoleFicheFactory,
    StructureFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return client_de()


def page(client, fiche, **parametres):
    return client.get(reverse("actions:fiche", args=[fiche.pk]), parametres)


# -- history -----------------------------------------------------------------------------------------


def test_l_historique_complet_se_pagine_et_dit_avant_et_apres(client, fiche):
    for rang in range(30):
        journaliser(
            par=None, verbe="modifier_fiche", objet=fiche, avant={"statut": f"a{rang}"}, apres={"statut": f"b{rang}"}
        )
    reponse = client.get(reverse("actions:fiche_historique", args=[fiche.pk]))
    lu = principal(reponse)
    assert "Statut : a29 b29" in lu
    assert "25 écritures sur 30" in lu
    suite = client.get(
        reverse("actions:fiche_historique", args=[fiche.pk]), {"curseur": reponse.context["page"].suivant}
    )
    assert "Statut : a0 b0" in principal(suite)
    export = client.get(reverse("actions:fiche_historique_export", args=[fiche.pk]), {"format": "csv"})
    lignes = b"".join(export.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lignes) == 31
    assert "Statut;a29;b29" in lignes[1]


def test_l_historique_tait_les_bilans_que_le_lecteur_ne_peut_pas_ouvrir(fiche):
    campagne = CampagneFactory.create(programme=fiche.programme)
    bilan = BilanFactory.create(campagne=campagne, fiche=fiche, etat=EtatBilan.A_CORRIGER)
    journaliser(par=None, verbe="renvoyer_bilan", objet=bilan, commentaire="Trop vague.")
    assert "Trop vague" in principal(page(client_de(), fiche))
    direction = client_de(Role.DIRECTION)
    assert "Trop vague" not in principal(page(direction, fiche))
    assert "Trop vague" not in principal(direction.get(reverse("actions:fiche_historique", args=[fiche.pk])))


# -- attachments -------------------------------------------------------------------------------------


def test_une_piece_se_telecharge_et_ne_s_affiche_jamais_dans_la_page(client, fiche):
    piece = PieceFactory.create(fiche=fiche, nom="Note de cadrage", taille=214_000)
    assert "Note de cadrage (PDF, 214 ko)" in principal(page(client, fiche))
    reponse = client.get(reverse("actions:piece", args=[piece.pk]))
    assert b"".join(reponse.streaming_content) == b"%PDF-1.7 essai"
    assert reponse["Content-Disposition"] == 'attachment; filename="Note de cadrage.pdf"'
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in reponse["Content-Security-Policy"]


def test_une_piece_disparue_du_magasin_repond_404(client, fiche):
    piece = PieceFactory.create(fiche=fiche)
    piece.fichier.storage.delete(str(piece.fichier.name))
    assert client.get(reverse("actions:piece", args=[piece.pk])).status_code == 404


def test_la_piece_d_une_fiche_restreinte_repond_404_comme_la_fiche(fiche):
    type(fiche).objects.filter(pk=fiche.pk).update(restreinte=True)
    piece, direction = PieceFactory.create(fiche=fiche), client_de(Role.DIRECTION)
    assert direction.get(reverse("actions:piece", args=[piece.pk])).status_code == 404
    assert page(direction, fiche).status_code == 404


# -- the list ------------------------------------------------------------------------------------------


def test_la_liste_trie_pagine_et_exporte_ce_qu_elle_montre(client):
    programme = ProgrammeFactory.create(intitule_court="Pacte", code="pacte")
    for rang in range(30):
        FicheFactory.create(
            programme=programme, numero=f"3.{rang}", intitule=f"Action {rang:02}", ordre=rang, recherche="action"
        )
    FicheFactory.create(numero="9", intitule="Ailleurs", recherche="ailleurs")
    url = reverse("actions:fiches")
    reponse = client.get(url, {"programme": "pacte", "q": "action", "tri": "-intitule"})
    lu = principal(reponse)
    assert "30 fiches Mot du titre ou du contenu : « action »" in lu
    assert "25 fiches sur 30" in lu
    assert lu.index("Action 29") < lu.index("Action 05")
    suite = principal(
        client.get(url, {"programme": "pacte", "tri": "-intitule", "curseur": reponse.context["page"].suivant})
    )
    assert "Action 04" in suite
    entetes, lignes = classeur(client.get(reverse("actions:fiches_export"), {"programme": "pacte", "tri": "-intitule"}))
    intitules = [ligne[entetes.index("Fiche-action")] for ligne in lignes]
    assert intitules == [f"Action {rang:02}" for rang in reversed(range(30))]


@pytest.mark.parametrize(
    ("filtre", "gardee"),
    [
        pytest.param({"retard": "on"}, "Échue", id="en-retard"),
        pytest.param({"anomalie": "on"}, "Douteuse", id="anomalie"),
        pytest.param({"priorite": "3"}, "Prioritaire", id="priorite"),
        pytest.param({"statut": "bloquee"}, "Bloquée", id="statut"),
    ],
)
def test_filtres_de_la_liste(client, filtre, gardee):
    programme = ProgrammeFactory.create()
    FicheFactory.create(programme=programme, intitule="Échue", fin=datetime.date(2024, 1, 1))
    AnomalieFactory.create(fiche=FicheFactory.create(programme=programme, intitule="Douteuse"))
    FicheFactory.create(programme=programme, intitule="Prioritaire", priorite=3)
    FicheFactory.create(programme=programme, intitule="Bloquée", statut="bloquee")
    fiches = [ligne.fiche.intitule for ligne in client.get(reverse("actions:fiches"), filtre).context["liste"].lignes]
    assert fiches == [gardee]


def test_etats_vides_de_la_liste(client):
    assert "Aucune fiche n’est ouverte à votre habilitation" in principal(client.get(reverse("actions:fiches")))
    assert "Aucune fiche ne correspond" in principal(client.get(reverse("actions:fiches"), {"q": "rien"}))


def test_un_prestataire_ne_liste_que_les_fiches_ou_il_agit(fiche):
    chantier = StructureFactory.create()
    RoleFicheFactory.create(fiche=fiche, structure=chantier, type=TypeRole.PARTENAIRE_EXTERNE)
    FicheFactory.create(intitule="Étrangère")
    prestataire = client_de(Role.PRESTATAIRE, structure=chantier)
    lu = principal(prestataire.get(reverse("actions:fiches")))
    assert "Accélérer les premières étapes" in lu
    assert "Étrangère" not in lu
    _, lignes = classeur(prestataire.get(reverse("actions:fiches_export")))
    assert len(lignes) == 1


# -- queries ---------------------------------------------------------------------------------------------


def garnir(fiche, rang):
    objectif = ObjectifFactory.create(fiche=fiche, numero=rang + 1)
    EtapeFactory.create(fiche=fiche, objectif=objectif)
    RoleFicheFactory.create(fiche=fiche, structure__parent=StructureFactory.create())
    FinancementFactory.create(fiche=fiche)
    MesureFactory.create(indicateur=CibleFactory.create(indicateur__fiche=fiche).indicateur)
    AnomalieFactory.create(fiche=fiche)
    NoteFactory.create(fiche=fiche)
    PieceFactory.create(fiche=fiche)
    fiche.cadres.add(CadreFactory.create(code=f"c{rang}"))
    LienFiche.objects.create(source=fiche, cible=FicheFactory.create(programme=fiche.programme))
    journaliser(par=None, verbe="modifier_fiche", objet=fiche)


@pytest.mark.parametrize("role", [Role.CHARGE_PROGRAMME, Role.PILOTE, Role.DIRECTION])
def test_une_fiche_pleine_coute_autant_de_requetes_qu_une_fiche_maigre(fiche, role, django_assert_max_num_queries):
    service = StructureFactory.create()
    RoleFicheFactory.create(fiche=fiche, structure=service)
    client = client_de(role, structure=service if role == Role.PILOTE else None)
    BilanFactory.create(campagne=CampagneFactory.create(programme=fiche.programme, annee=2025), fiche=fiche)
    garnir(fiche, 0)
    page(client, fiche)
    with django_assert_max_num_queries(12) as avant:
        page(client, fiche)
    for rang in range(1, 30):
        garnir(fiche, rang)
    for annee in (2022, 2023, 2024):
        campagne = CampagneFactory.create(programme=fiche.programme, annee=annee)
        BilanFactory.create(campagne=campagne, fiche=fiche, etat=EtatBilan.VALIDE)
    with django_assert_max_num_queries(12) as apres:
        page(client, fiche)
    assert len(apres) == len(avant)


@pytest.mark.parametrize("ecran", ["fiches", "fiches_export"])
def test_la_liste_coute_autant_pour_une_fiche_que_pour_trente(client, ecran, django_assert_max_num_queries):
    def une_fiche():
        fiche = FicheFactory.create(axe=AxeFactory.create())
        RoleFicheFactory.create(fiche=fiche)
        EtapeFactory.create(fiche=fiche)

    def lire():
        reponse = client.get(reverse(f"actions:{ecran}"))
        return b"".join(reponse.streaming_content) if reponse.streaming else reponse.content

    une_fiche()
    lire()
    with django_assert_max_num_queries(12) as avant:
        lire()
    for _ in range(23):
        une_fiche()
    with django_assert_max_num_queries(12) as apres:
        lire()
    assert len(apres) == len(avant)
