"""Prescriptions: which offers come first, what each sees, the screens."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from parcours.models import (
    Prescription,
)
from parcours.regles.delais import Duree
from parcours.regles.prescriptions import borne_sans_reponse
from pdi.comptes.models import Role
from tests.fabriques import FicheFactory, StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    AideFactory,
    ContratFactory,
    DiagnosticFactory,
    FreinFactory,
    OffreFactory,
    PrescriptionFactory,
    RegimeFactory,
    SituationThemeFactory,
    ThemeFactory,
    depuis,
    il_y_a,
    personne_suivie,
)
from tests.parcours.prescriptions import ATTENTE, envoyer, texte

pytestmark = pytest.mark.django_db


# -- eligibility -------------------------------------------------------------------------------


def test_les_offres_qui_levent_ses_freins_viennent_d_abord(client: Client, personne, referent):
    frein, sante = FreinFactory.create(libelle="Mobilité"), FreinFactory.create(libelle="Santé", restreint=True)
    diagnostic = DiagnosticFactory.create(personne=personne, termine_le=timezone.now())
    for un, theme in ((frein, ThemeFactory.create()), (sante, ThemeFactory.create(restreint=True))):
        situation = SituationThemeFactory.create(theme=theme, niveau=3, frein=un)
        diagnostic.reponses.create(theme=theme, situation=situation)
    OffreFactory.create(intitule="Autre offre", ordre=1)
    utile = OffreFactory.create(intitule="Permis solidaire", ordre=2)
    utile.freins.add(frein)
    client.force_login(referent)
    url = reverse("parcours:prescription_choisir", args=[personne.pk])
    page = texte(client.get(url))
    assert page.index("Permis solidaire") < page.index("Autre offre")
    assert "mobilité, santé" in page
    encadrant = UtilisateurFactory.create(role=Role.ENCADRANT)
    client.force_login(encadrant)
    entete = texte(client.get(url)).split("Filtres")[0]
    assert "mobilité" in entete
    assert "santé" not in entete  # a restricted theme stays with the référent


# -- what each sees ----------------------------------------------------------------------------


def test_l_operateur_voit_le_necessaire_et_rien_d_autre(client: Client, personne, offre, referent, prestataire):
    ContratFactory.create(personne=personne, etat="valide", observations_referent="Contrat secret")
    AideFactory.create(personne=personne, objet="Aide secrète")
    p = envoyer(personne, offre, referent)
    client.force_login(prestataire)
    page = texte(client.get(p.get_absolute_url()))
    for attendu in ("EXEMPLE", "12/03/1985", "0600000000", ATTENTE, "Envoyer la réponse"):
        assert attendu in page
    for tu in ("Contrat secret", "Aide secrète", "Frein"):
        assert tu not in page
    assert "Aide secrète" not in texte(client.get(personne.get_absolute_url()))
    assert client.get(reverse("parcours:prescriptions_export")).status_code == 403


def test_la_file_de_l_operateur_dit_depuis_combien_de_jours(client: Client, prestataire, operateur):
    RegimeFactory.create(
        validite=depuis(datetime.date(2020, 1, 1)),
        parametres={"delai_reponse_prescription": {"valeur": 10, "unite": "jours"}},
    )
    for jours in (10, 11):
        PrescriptionFactory.create(
            personne=personne_suivie(), operateur=operateur, etat="transmise", renseignee_le=il_y_a(jours)
        )
    PrescriptionFactory.create(personne=personne_suivie(), etat="transmise")
    client.force_login(prestataire)
    page = texte(client.get(reverse("parcours:prescriptions")))
    assert "Prescriptions reçues" in page
    assert page.index("11\u00a0jours") < page.index("10\u00a0jours")
    assert "À répondre : <strong>2</strong>" in page
    tardives = texte(client.get(reverse("parcours:prescriptions"), {"vue": "retard"}))
    assert "11\u00a0jours" in tardives
    assert "10\u00a0jours" not in tardives


@given(
    jour=st.dates(datetime.date(2019, 1, 1), datetime.date(2030, 12, 31)),
    delai=st.builds(Duree, st.integers(0, 60), st.sampled_from(["jours", "semaines", "mois"])),
)
def test_est_en_retard_ce_qui_est_parti_avant_la_borne(jour, delai):
    borne = borne_sans_reponse(delai, jour)
    veille = borne - datetime.timedelta(days=1)
    assert delai.depuis(veille) < jour <= delai.depuis(borne)


def test_hors_du_portefeuille_la_prescription_demande_le_motif_de_la_page(client: Client, referent):
    structure = referent.habilitations_actives[0].structure
    p = PrescriptionFactory.create(personne=personne_suivie(structure=structure))
    client.force_login(referent)
    acces = reverse("parcours:personne_acces", args=[p.personne_id])
    assert client.get(p.get_absolute_url()).headers["Location"] == acces
    client.post(acces, {"motif": "Remplacement d’une collègue absente"})
    assert client.get(p.get_absolute_url()).status_code == 200


# -- the screens -------------------------------------------------------------------------------


def test_prescrire_et_transmettre_en_un_geste(client: Client, personne, offre, referent, prestataire):
    client.force_login(referent)
    url = reverse("parcours:prescription_creer", args=[personne.pk, offre.pk])
    assert "Atelier du Cycle" in texte(client.get(url))
    vide = client.post(url, {"operateur": offre.operateurs.get().pk, "origine": "referent", "motivation": ""})
    assert vide.status_code == 422
    assert not Prescription.objects.exists()
    donnees = {
        "operateur": offre.operateurs.get().pk,
        "origine": "referent",
        "motivation": ATTENTE,
        "transmettre": "on",
    }
    client.post(url, donnees)
    p = Prescription.objects.get()
    assert (p.etat, p.operateur, p.prescripteur) == ("transmise", offre.operateurs.get(), referent)


def test_une_action_hors_catalogue(client: Client, personne, referent, operateur):
    client.force_login(referent)
    url = reverse("parcours:prescription_libre", args=[personne.pk])
    client.post(
        url, {"action_libre": "Jardin partagé", "operateur": operateur.pk, "origine": "referent", "motivation": ATTENTE}
    )
    p = Prescription.objects.get()
    assert (str(p), p.etat) == ("Jardin partagé", "renseignee")
    assert "Jardin partagé" in texte(client.get(personne.get_absolute_url()))
    client.post(
        reverse("parcours:prescription_modifier", args=[p.pk]), {"action_libre": "Jardin", "motivation": ATTENTE}
    )
    p.refresh_from_db()
    assert (str(p), p.operateur) == ("Jardin", None)


def test_un_refus_de_l_operation_rend_ce_qui_etait_saisi(client: Client, personne, offre, referent, prestataire):
    p = envoyer(personne, offre, referent)
    client.force_login(prestataire)
    url = reverse("parcours:prescription_geste", args=[p.pk, "repondre"])
    reponse = client.post(url, {"reponse": "refusee", "commentaire": "Plus tard peut-être"})
    assert reponse.status_code == 422
    assert "Plus tard peut-être" in texte(reponse)
    assert "choisissez un motif" in texte(reponse)


@pytest.mark.parametrize(
    ("role", "nom"),
    [(Role.REFERENT, "prescriptions"), (Role.PRESTATAIRE, "prescriptions"), (Role.REFERENT, "prescriptions_export")],
)
def test_la_liste_coute_autant_pour_une_ligne_que_pour_trente(
    client: Client, referent, prestataire, operateur, role, nom
):
    def peupler(n: int) -> None:
        for _ in range(n):
            personne = personne_suivie(referent=referent)
            PrescriptionFactory.create(personne=personne, operateur=operateur, etat="transmise")

    def requetes() -> int:
        with CaptureQueriesContext(connection) as lues:
            assert len(client.get(reverse(f"parcours:{nom}"), {"format": "csv"}).getvalue().splitlines()) > 1
        return len(lues)

    client.force_login(referent if role == Role.REFERENT else prestataire)
    peupler(1)
    requetes()  # what is remembered from one page to the next
    une = requetes()
    peupler(29)
    assert requetes() <= une <= 16


def test_la_page_d_une_prescription_tient_en_vingt_requetes(
    client: Client, personne, offre, referent, django_assert_max_num_queries
):
    offre.fiches.add(FicheFactory.create(numero="3.6"))
    p = envoyer(personne, offre, referent)
    client.force_login(referent)
    with django_assert_max_num_queries(20):
        page = texte(client.get(p.get_absolute_url()))
    chaine = page.split("De la fiche-action au résultat")[-1]
    assert chaine.index("3.6") < chaine.index("2.4") < chaine.index("Transmise") < chaine.index("À venir")


def test_mon_portefeuille_ne_garde_que_les_personnes_que_je_suis(client):
    structure = StructureFactory.create()
    moi = UtilisateurFactory.create(role=Role.REFERENT, structure=structure)
    collegue = UtilisateurFactory.create(role=Role.REFERENT, structure=structure)
    for qui, action in ((moi, "Action suivie"), (collegue, "Action voisine")):
        PrescriptionFactory.create(
            personne=personne_suivie(referent=qui, structure=structure), offre=None, action_libre=action
        )
    client.force_login(moi, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("parcours:prescriptions"), {"portefeuille": "on"}).content.decode()
    assert "Action suivie" in page
    assert "Action voisine" not in page
