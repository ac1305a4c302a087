"""Aids: the screens."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from parcours.models import AttributionAide, PieceAide
from parcours.operations import aides as ops
from pdi.comptes.models import Role
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    AideFactory,
    EnveloppeFactory,
    ReglementAideFactory,
    il_y_a,
    personne_suivie,
)
from tests.parcours.aides import demander, jour

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 facture"


def texte(reponse) -> str:
    return str(reponse.content.decode())


# -- the screens -------------------------------------------------------------------------------


def donnees(montant="100", **plus: Any) -> dict[str, Any]:
    return {"objet": "Pass Navigo", "montant": montant, "demandee_le": jour().isoformat(), **plus}


def test_verifier_dit_tout_et_n_ecrit_rien(client: Client, personne, reglement, referent):
    client.force_login(referent)
    url = reverse("parcours:aide_demander", args=[personne.pk, reglement.pk])
    assert "600" in texte(client.get(url))
    verifiee = client.post(url, donnees("650,50", geste="verifier"))
    assert verifiee.status_code == 200
    assert "la demande est de 650,50\u00a0€" in texte(verifiee)
    assert not AttributionAide.objects.exists()


def test_refusee_a_l_ecran_avec_sa_raison_puis_demandee_quand_meme(client: Client, personne, reglement, referent):
    client.force_login(referent)
    url = reverse("parcours:aide_demander", args=[personne.pk, reglement.pk])
    refusee = client.post(url, donnees("700"))
    assert refusee.status_code == 422
    assert "Délibération de 2022" in texte(refusee)
    assert "il reste 600\u00a0€" in texte(refusee)
    assert 'value="700"' in texte(refusee)
    assert not AttributionAide.objects.exists()
    assert client.post(url, donnees("700", malgre="on")).status_code == 302
    assert AttributionAide.objects.get().montant == 700


def test_l_encadrant_lit_pourquoi_il_ne_peut_pas_accorder(client: Client, personne, reglement, referent, encadrant):
    aide = demander(personne, reglement, referent, 700, malgre=True)
    client.force_login(encadrant)
    url = reverse("parcours:aide_geste", args=[aide.pk, "accorder"])
    assert "ne permet pas d’y déroger" in texte(client.get(url))
    reponse = client.post(url, {})
    assert reponse.status_code == 422
    assert "Plafond annuel" in texte(reponse)
    refus = texte(client.get(reverse("parcours:aide_geste", args=[aide.pk, "refuser"])))
    assert "il reste 600" in refus.split("<textarea")[1]  # the reason is proposed


def test_un_justificatif_se_joint_se_controle_et_se_telecharge(client: Client, personne, reglement, referent):
    aide = demander(personne, reglement, referent)
    client.force_login(referent)
    url = reverse("parcours:aide_geste", args=[aide.pk, "joindre"])
    faux = client.post(url, {"fichier": SimpleUploadedFile("facture.pdf", b"MZ pas un pdf")})
    assert faux.status_code == 422
    assert "n’est pas celui d’un fichier .pdf" in texte(faux)
    client.post(url, {"fichier": SimpleUploadedFile("facture.pdf", PDF)})
    piece = PieceAide.objects.get()
    assert "facture.pdf" in texte(client.get(aide.get_absolute_url()))
    fichier = client.get(reverse("parcours:aide_piece", args=[piece.pk]))
    assert fichier.getvalue() == PDF
    assert "attachment" in fichier.headers["Content-Disposition"]
    client.force_login(UtilisateurFactory.create(role=Role.REFERENT, structure=StructureFactory.create()))
    assert client.get(reverse("parcours:aide_piece", args=[piece.pk])).status_code == 404


def test_la_page_de_la_personne_dit_ce_qui_reste(client: Client, personne, reglement, referent, encadrant):
    ops.accorder_aide(aide=demander(personne, reglement, referent, 150), par=encadrant)
    client.force_login(referent)
    page = texte(client.get(personne.get_absolute_url())).split("Aides\u00a0: ce qui reste")
    page = page if len(page) > 1 else texte(client.get(personne.get_absolute_url())).split("Aides : ce qui reste")
    assert "450\u00a0€" in page[1]
    assert "sur 600\u00a0€" in page[1]


def requetes(client: Client, url: str, **parametres: Any) -> int:
    """Return how many queries a reading takes, the file read to its end."""
    with CaptureQueriesContext(connection) as lues:
        reponse = client.get(url, parametres)
        assert (reponse.status_code, bool(reponse.getvalue())) == (200, True)
    return len(lues)


@pytest.mark.parametrize("nom", ["aides", "aides_export", "enveloppes_export", "enveloppes", "aide_reglements"])
def test_une_liste_coute_autant_pour_une_ligne_que_pour_trente(client: Client, encadrant, structure, referent, nom):
    def peupler(n: int) -> None:
        for _ in range(n):
            reglement = ReglementAideFactory.create()
            EnveloppeFactory.create(reglement=reglement)
            AideFactory.create(personne=personne_suivie(referent=referent, structure=structure), reglement=reglement)

    client.force_login(encadrant)
    url = reverse(f"parcours:{nom}")
    peupler(1)
    requetes(client, url)  # what is remembered from one page to the next
    une = requetes(client, url, format="csv")
    peupler(29)
    assert requetes(client, url, format="csv") <= une <= 16


def test_la_page_d_une_aide_tient_en_vingt_cinq_requetes(
    client: Client, personne, reglement, referent, django_assert_max_num_queries
):
    EnveloppeFactory.create(reglement=reglement)
    for _ in range(5):
        AideFactory.create(
            personne=personne, reglement=reglement, etat="versee", decidee_le=il_y_a(3), versee_le=jour()
        )
    aide = demander(personne, reglement, referent)
    client.force_login(referent)
    with django_assert_max_num_queries(25):
        client.get(aide.get_absolute_url())


def test_un_charge_de_programme_ouvre_une_enveloppe(client: Client, reglement):
    client.force_login(UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME))
    url = reverse("parcours:enveloppe_ouvrir")
    envoi = {"reglement": reglement.pk, "annee": jour().year, "territoire": "", "montant": "38 000,50"}
    assert client.post(url, envoi).status_code == 302
    page = texte(client.get(reverse("parcours:enveloppes"), {"annee": jour().year}))
    assert "Tout le Département" in page
    assert client.post(url, envoi | {"montant": "rien"}).status_code == 422


def test_le_choix_d_une_aide_dit_d_emblee_ce_qui_la_refuse(client: Client):
    referent = UtilisateurFactory.create(role=Role.REFERENT, structure=StructureFactory.create())
    client.force_login(referent)
    personne = personne_suivie(referent=referent, date_naissance=il_y_a(40 * 365))
    regles = [
        {"nature": "age", "code": "age", "libelle": "Âge", "min": 18, "max": 25},
        {"nature": "plafond", "code": "an", "libelle": "Aides", "montant": 2300, "par": "an"},
    ]
    ReglementAideFactory.create(intitule="Fonds des jeunes", regles=regles)
    contenu = client.get(reverse("parcours:aide_choisir", args=[personne.pk])).content.decode()
    assert "Pas ouverte à cette personne aujourd’hui" in contenu
    assert "de 18 à 25 ans" in contenu
    assert "2\u202f300" not in contenu
