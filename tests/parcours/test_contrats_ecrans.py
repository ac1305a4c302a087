"""Contracts: screens, rights, list, PDF and Word."""

from __future__ import annotations

import io
from decimal import Decimal

import docx
import pikepdf
import pypdf
import pytest
from django.test import Client
from django.urls import reverse

from parcours.documents.contrat import DocumentContrat
from parcours.documents.word import contrat_en_word
from parcours.models import Contrat, EtatContrat
from tests.fabriques_parcours import (
    ActionContratFactory,
    ContratFactory,
    il_y_a,
    personne_suivie,
)
from tests.parcours.contrats import creer_monde, formulaire, prepare, signe, soumis

# -- operations -------------------------------------------------------------------------------------


@pytest.fixture
def monde(db):
    return creer_monde()


# -- screens ----------------------------------------------------------------------------------------


def test_le_formulaire_enregistre_et_dit_ce_qui_ne_va_pas(client: Client, monde):
    client.force_login(monde.referent)
    adresse = reverse("parcours:contrat_nouveau", args=[monde.personne.pk])
    refus = client.post(adresse, formulaire(**{"actions-0-intitule": "", "fin": "31/02/2026"}))
    assert refus.status_code == 422
    page = refus.content.decode()
    assert "Dites l’action, ou choisissez une offre" in page
    assert "31/02/2026" in page
    assert "Retrouver un emploi" in page
    reponse = client.post(adresse, formulaire())
    contrat = Contrat.objects.get()
    assert reponse.headers["Location"] == contrat.get_absolute_url()
    assert contrat.engagements_personne == ["Venir", "Prévenir"]
    assert contrat.actions.get().heures_hebdo == Decimal("3.5")
    assert contrat.referent == monde.referent
    modifier = reverse("parcours:contrat_modifier", args=[contrat.pk])
    assert client.post(modifier, formulaire(heures_hebdo="20", empreinte="perimee")).status_code == 409
    assert client.post(modifier, formulaire(heures_hebdo="20")).status_code == 302
    assert "20 h par semaine" in client.get(contrat.get_absolute_url()).content.decode().replace("\u00a0", " ")


def test_l_encadrant_traite_sa_file_l_un_apres_l_autre(client: Client, monde):
    premier = soumis(monde)
    autre = personne_suivie(referent=monde.referent, structure=monde.structure)
    second = ContratFactory.create(personne=autre, etat=EtatContrat.SOUMIS, referent=monde.referent)
    client.force_login(monde.encadrant)
    assert "2 contrats attendent" in client.get(reverse("parcours:contrats_a_valider")).content.decode().replace(
        "\u00a0", " "
    )
    decider = reverse("parcours:contrat_decider", args=[premier.pk])
    refus = client.post(decider, {"geste": "renvoyer", "version": premier.version})
    assert refus.status_code == 422
    assert "demande un commentaire" in refus.content.decode()
    perime = client.post(decider, {"geste": "valider", "version": premier.version - 1})
    assert "a changé depuis" in perime.content.decode()
    suite = client.post(decider, {"geste": "valider", "version": premier.version})
    assert suite.headers["Location"] == reverse("parcours:contrat_decider", args=[second.pk])
    apercu = client.post(reverse("parcours:contrats_valider_lot"), {"contrat": [second.pk]}).content.decode()
    assert "Rien n’est encore écrit" in apercu
    second.refresh_from_db()
    assert second.etat == "soumis"
    client.post(reverse("parcours:contrats_valider_lot"), {"contrat": [second.pk], "confirme": "1"})
    second.refresh_from_db()
    assert second.etat == "valide"


def test_hors_de_son_portefeuille_le_contrat_demande_un_motif(client: Client, monde):
    contrat = ContratFactory.create(personne=personne_suivie(structure=monde.structure))
    client.force_login(monde.referent)
    acces = reverse("parcours:personne_acces", args=[contrat.personne_id])
    for nom in ("contrat", "contrat_pdf", "contrat_word"):
        assert client.get(reverse(f"parcours:{nom}", args=[contrat.pk])).headers["Location"] == acces
    assert client.get(reverse("parcours:contrat_modifier", args=[contrat.pk])).status_code == 403


@pytest.mark.parametrize(
    ("filtre", "trouves"),
    [
        ("situation=a_renouveler", {"proche"}), ("situation=en_cours", {"loin"}), ("situation=echu", {"echu"}),
        ("echeance=30", set()), ("echeance=60", {"proche"}), ("retard=echu", {"echu"}), ("situation=brouillon", {"b"}),
        ("retard=validation", set()), ("", {"proche", "loin", "echu", "b"}),
    ],
)  # fmt: skip
def test_les_filtres_lisent_les_dates(client: Client, monde, filtre, trouves):
    def contrat(debut, fin, etat="valide"):
        return ContratFactory.create(personne=monde.personne, debut=il_y_a(debut), fin=il_y_a(-fin), etat=etat)

    noms = {
        "proche": contrat(140, 45),
        "loin": contrat(10, 170),
        "echu": contrat(300, -20),
        "b": contrat(0, 90, "brouillon"),
    }
    client.force_login(monde.referent)
    page = client.get(f"{reverse('parcours:contrats')}?{filtre}").content.decode()
    assert {nom for nom, c in noms.items() if f'href="{c.get_absolute_url()}"' in page} == trouves


def test_liste_page_et_export_coutent_autant_pour_un_que_pour_trente(
    client: Client, monde, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(monde.encadrant)
    adresses = [reverse(f"parcours:{n}") for n in ("contrats", "contrats_export", "contrats_a_valider")]
    contrat = ContratFactory.create(personne=monde.personne, etat=EtatContrat.SOUMIS, referent=monde.referent)
    ActionContratFactory.create(contrat=contrat)
    adresses.append(contrat.get_absolute_url())
    couts = []
    for adresse in adresses:
        with django_assert_max_num_queries(30) as compte:
            b"".join(client.get(adresse))
        couts.append(len(compte))
    for _ in range(29):
        ContratFactory.create(personne=monde.personne, etat=EtatContrat.SOUMIS, referent=monde.referent)
        ActionContratFactory.create(contrat=contrat)
    for adresse, cout in zip(adresses, couts, strict=True):
        with django_assert_num_queries(cout):
            b"".join(client.get(adresse))


# -- documents --------------------------------------------------------------------------------------


def test_le_pdf_tient_sur_une_page_accessible_et_dit_tout(client: Client, monde):
    contrat = signe(monde)
    client.force_login(monde.referent)
    reponse = client.get(reverse("parcours:contrat_pdf", args=[contrat.pk]))
    assert "Exemple" not in reponse.headers["Content-Disposition"]
    octets = reponse.content
    lu = pypdf.PdfReader(io.BytesIO(octets))
    texte = " ".join(lu.pages[0].extract_text().split())
    assert len(lu.pages) == 1
    for dit in ("Contrat d’engagement n° 1", "EXEMPLE Jeanne", "Retrouver un emploi d’accueil", "L. 262-34",
                "Venir aux rendez-vous", "Pour le Département", "15 h"):  # fmt: skip
        assert dit in texte.replace("\u00a0", " "), dit
    assert "n’est pas encore signé" not in texte
    with pikepdf.open(io.BytesIO(octets)) as pdf:
        assert str(pdf.Root.Lang) == "fr"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in pdf.Root
        with pdf.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"


def test_le_brouillon_imprime_se_dit_projet(monde):
    assert "Projet" in DocumentContrat.lire(prepare(monde), 1).html()


def test_le_word_se_modifie_et_porte_les_memes_mots(monde):
    document = docx.Document(io.BytesIO(contrat_en_word(DocumentContrat.lire(signe(monde), 2))))
    texte = "\n".join(p.text for p in document.paragraphs)
    assert "Contrat d’engagement n°\u00a02" in texte
    assert "Retrouver un emploi d’accueil" in texte
    assert document.tables[0].rows[1].cells[0].text == "Atelier de recherche d’emploi"
    assert document.core_properties.language == "fr-FR"


def test_les_heures_qu_aucune_action_ne_dit_se_voient_avant_la_decision(client: Client, monde):
    contrat = soumis(monde)  # 15 hours a week, an action of 6
    client.force_login(monde.encadrant)
    dites = "Aucune action ne dit comment se font 9 h"
    assert dites in client.get(reverse("parcours:contrat_decider", args=[contrat.pk])).content.decode()
    contrat.actions.update(heures_hebdo=15)
    assert dites not in client.get(contrat.get_absolute_url()).content.decode()


def test_la_page_de_la_personne_montre_son_contrat(client: Client, monde):
    contrat = ContratFactory.create(personne=monde.personne, etat=EtatContrat.VALIDE)
    contrat.objectifs.create(libelle="Faire garder l’enfant", atteint=True)
    client.force_login(monde.referent)
    page = client.get(monde.personne.get_absolute_url()).content.decode()
    assert "Faire garder l’enfant" in page
    assert contrat.get_absolute_url() in page
    assert reverse("parcours:contrat_nouveau", args=[monde.personne.pk]) in page
