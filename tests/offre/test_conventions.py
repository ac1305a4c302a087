"""Conventions: what is agreed, signed, changed by avenant, paid; scales without hole; the warning before the end."""

from __future__ import annotations

import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from actions.operations.commun import ConflitVersion
from offre.models import Convention, EtatConvention, MontantConvention
from offre.operations.conventions import alerter_conventions, noter_paiements, resilier_convention, signer_convention
from offre.regles.baremes import Tranche, fautes, lire_tranches, tranche_de
from offre.regles.conventions import annees_de, fautes_regles, lignes_changees, situation
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, PasMaintenant, RegleMetier
from pdi.socle.models import Avis, EntreeJournal
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_offre import ConventionFactory, ObjectifFactory, annee


@pytest.fixture
def service(db):
    return UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)


@pytest.fixture
def financeur(db):
    return StructureFactory.create(nom="Département d’essai")


def formulaire(structure, **plus) -> dict[str, str]:
    """Return a whole convention as the form sends it: an amount, an objective, a scale, a quota."""
    donnees = {
        "numero": "2026-01", "intitule": "Retour vers l’emploi", "operateur": structure.nom,
        "debut": f"{annee()}-01-01", "fin": f"{annee() + 1}-12-31", "alerte_jours": "60",
        "montants-TOTAL_FORMS": "1", "montants-0-annee": f"{annee()}", "montants-0-financeur": "Département d’essai",
        "montants-0-prevu": "12 500,50",
        "objectifs-TOTAL_FORMS": "1", "objectifs-0-annee": f"{annee()}", "objectifs-0-calcul": "retour-emploi",
        "objectifs-0-cible": "50",
        "baremes-TOTAL_FORMS": "1", "baremes-0-intitule": "Part du coût", "baremes-0-calcul": "retour-emploi",
        "baremes-0-unite_valeur": "%", "baremes-0-tranches": "0 à 60 : 70\n60 à 80 : 75\n80 et plus : 80",
        "regles-TOTAL_FORMS": "1", "regles-0-type": "places", "regles-0-quantite": "30",
    }  # fmt: skip
    for liste in ("montants", "objectifs", "baremes", "regles"):
        donnees[f"{liste}-INITIAL_FORMS"] = "0"
    return donnees | plus


# -- scales ---------------------------------------------------------------------------------------


def test_le_bareme_de_rueil_se_lit_et_donne_sa_tranche():
    tranches = lire_tranches(["de 60 à 80 % : 75 %", "0 à 60 : 70", "80 et plus : 80"])
    assert [str(t) for t in tranches] == ["0 à 60 : 70", "60 à 80 : 75", "80 et plus : 80"]
    obtenues = [t.valeur for m in ("0", "59.9", "60", "80", "100") if (t := tranche_de(tranches, Decimal(m)))]
    assert obtenues == [70, 70, 75, 80, 80]
    assert tranche_de(tranches, None) is None


@pytest.mark.parametrize(
    ("lignes", "dit"),
    [
        (["0 à 60 : 70", "65 et plus : 80"], "Aucune tranche ne couvre de 60 à 65"),
        (["0 à 60 : 70", "50 à 80 : 80"], "se chevauchent de 50 à 60"),
        (["0 et plus : 70", "50 à 80 : 80"], "se chevauchent"),
        (["60 à 0 : 70"], "finit avant de commencer"),
        (["0 à 60 : 70", "environ 80"], "Ligne 2, « environ 80 »"),
        ([], "au moins une"),
    ],
    ids=["trou", "chevauchement", "milieu sans fin", "à l’envers", "illisible", "vide"],
)
def test_un_bareme_faux_est_refuse_en_disant_ou(lignes, dit):
    with pytest.raises(ValueError, match=dit):
        lire_tranches(lignes)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.integers(0, 300))
def test_un_bareme_sans_faute_couvre_tout_une_seule_fois(largeurs, mesure):
    bornes = [Decimal(sum(largeurs[:i])) for i in range(len(largeurs) + 1)]
    tranches = [Tranche(a, b, a) for a, b in zip(bornes, [*bornes[1:-1], None], strict=False)]
    assert fautes(tranches) == []
    assert sum(t.de <= mesure and (t.a is None or mesure < t.a) for t in tranches) == 1
    assert tranche_de(tranches, Decimal(mesure)) is not None


def test_les_quotas_se_contredisent_en_francais():
    regles: list[dict[str, Any]] = [
        {"type": "part", "libelle": "BRSA", "quantite": Decimal(70)},
        {"type": "part", "libelle": "jeunes", "quantite": Decimal(40)},
        {"type": "places", "quantite": None}, {"type": "places", "quantite": Decimal(3)}, {"type": "autre"},
    ]  # fmt: skip
    dites = " ".join(fautes_regles(regles))
    assert "Les parts réservées font 110 %" in dites
    assert "Règle 3" in dites
    assert "Une seule règle donne les places" in dites
    assert "Règle 5 : dites-la" in dites


@pytest.mark.parametrize(
    ("jours", "code"),
    [(-400, "a_venir"), (0, "en_vigueur"), (275, "finit"), (364, "finit"), (365, "echue")],
    ids=["avant", "premier jour", "90 jours avant", "dernier jour", "lendemain"],
)
def test_une_convention_se_dit_a_ses_dates(jours, code):
    debut = datetime.date(2025, 1, 1)
    fin = datetime.date(2025, 12, 31)
    jour = debut + datetime.timedelta(jours)
    assert situation("signee", debut, fin, 90, jour).code == code


# -- the life of a convention ---------------------------------------------------------------------


def test_une_convention_sans_fin_se_lit_aussi_un_29_fevrier():
    bissextile = datetime.date(2028, 2, 29)
    assert annees_de(bissextile, None, bissextile) == [2028, 2029]


def test_une_convention_se_prepare_se_signe_et_se_lit(client, service, financeur):
    operateur = StructureFactory.create(nom="Horizons d’essai")
    client.force_login(service)
    reponse = client.post(reverse("offre:convention_nouvelle"), formulaire(operateur))
    convention = Convention.objects.get(numero="2026-01")
    assert reponse.url == convention.get_absolute_url()
    assert convention.montants.get().prevu == Decimal("12500.50")
    objectif = convention.objectifs.get()
    assert (objectif.libelle, objectif.unite) == ("Taux de retour à l’emploi", "%"), "l’indicateur donne ses mots"
    signer_convention(convention=convention, signee_le=timezone.localdate(), par=service)
    page = client.get(convention.get_absolute_url()).content.decode()
    for dit in ("En vigueur", "12\u00a0500,50\u00a0€", "Taux de retour à l’emploi", "de 60 à 80\u00a0%", "30"):
        assert dit in page


def test_une_saisie_fausse_garde_tout_et_dit_ou(client, service, financeur):
    operateur = StructureFactory.create(nom="Horizons d’essai")
    client.force_login(service)
    donnees = formulaire(operateur, **{"baremes-0-tranches": "0 à 60 : 70\n65 et plus : 80", "operateur": "Horizon"})
    page = client.post(reverse("offre:convention_nouvelle"), donnees).content.decode()
    assert "Aucune tranche ne couvre de 60 à 65" in page
    assert "Vouliez-vous dire « Horizons d’essai »" in page
    assert "12 500,50" in page
    assert not Convention.objects.exists()


def test_on_ne_signe_pas_une_convention_vide_ni_d_avance(service):
    projet = ConventionFactory.create(etat=EtatConvention.PROJET, signee_le=None)
    with pytest.raises(RegleMetier, match="montant prévu"):
        signer_convention(convention=projet, signee_le=timezone.localdate(), par=service)
    MontantConvention.objects.create(convention=projet, annee=annee(), financeur=projet.operateur, prevu=1)
    ObjectifFactory.create(convention=projet)
    with pytest.raises(RegleMetier, match="d’avance"):
        signer_convention(convention=projet, signee_le=timezone.localdate() + datetime.timedelta(1), par=service)


def test_un_avenant_garde_ce_qui_etait_dit(client, service, financeur):
    operateur = StructureFactory.create(nom="Horizons d’essai")
    client.force_login(service)
    client.post(reverse("offre:convention_nouvelle"), formulaire(operateur))
    convention = Convention.objects.get()
    signer_convention(convention=convention, signee_le=timezone.localdate(), par=service)
    montant = convention.montants.get()
    noter_paiements(convention=convention, montants=[{"pk": montant.pk, "mandate": Decimal(100), "paye": Decimal(40)}],
                    par=service)  # fmt: skip
    avenant = {"objet": "Un an de plus", "signe_le": f"{timezone.localdate()}", "effet_le": f"{timezone.localdate()}"}
    url = reverse("offre:convention_avenant", args=[convention.pk])
    lignes = {
        "montants-0-pk": f"{montant.pk}", "objectifs-0-pk": f"{convention.objectifs.get().pk}",
        "baremes-0-pk": f"{convention.baremes.get().pk}",
    }  # fmt: skip
    rien = client.post(url, formulaire(operateur, **avenant, **lignes))
    assert "Rien ne change" in rien.content.decode()
    change = {"fin": f"{annee() + 1}-06-30", "montants-0-prevu": "15000"}
    client.post(url, formulaire(operateur, **avenant, **lignes) | change)
    ecrit = convention.avenants.get()
    assert set(ecrit.apres) == {"Période", "Montants prévus"}
    assert "12\u00a0500,50" in ecrit.avant["Montants prévus"]
    montant.refresh_from_db()
    assert (montant.prevu, montant.mandate, montant.paye) == (Decimal(15000), Decimal(100), Decimal(40)), (
        "le mandaté reste"
    )
    page = client.get(convention.get_absolute_url()).content.decode()
    assert "Un an de plus" in page
    assert "Avenant 1" in page
    assert lignes_changees("6 places\n2 ans", "6 places\n3 ans") == ("2 ans", "3 ans")


def test_une_convention_signee_ne_se_modifie_pas(client, service):
    convention = ConventionFactory.create()
    client.force_login(service)
    reponse = client.get(reverse("offre:convention_modifier", args=[convention.pk]))
    assert reponse.status_code == 403
    assert "avenant" in reponse.content.decode()


def test_deux_personnes_n_ecrasent_pas_les_paiements(service):
    convention = ConventionFactory.create()
    ligne = MontantConvention.objects.create(
        convention=convention, annee=annee(), financeur=convention.operateur, prevu=100
    )
    montants = [{"pk": ligne.pk, "mandate": Decimal(50), "paye": None}]
    with pytest.raises(ConflitVersion):
        noter_paiements(convention=convention, montants=montants, par=service, vue="une autre page")
    with pytest.raises(RegleMetier, match="le payé dépasse le mandaté"):
        noter_paiements(
            convention=convention, montants=[{"pk": ligne.pk, "mandate": None, "paye": Decimal(5)}], par=service
        )


def test_une_resiliation_se_motive_et_finit_la_convention(service):
    convention = ConventionFactory.create()
    jour = timezone.localdate()
    with pytest.raises(RegleMetier, match="dites pourquoi"):
        resilier_convention(convention=convention, le=jour, motif=" ", par=service)
    finie = resilier_convention(convention=convention, le=jour, motif="L’opérateur cesse.", par=service)
    assert finie.periode.upper == jour + datetime.timedelta(1)
    assert EntreeJournal.objects.filter(verbe="resilier_convention").exists()
    with pytest.raises(PasMaintenant):
        resilier_convention(convention=convention, le=jour, motif="Encore.", par=service)


def test_un_operateur_ne_tient_pas_sa_convention(db):
    convention = ConventionFactory.create(etat=EtatConvention.PROJET, signee_le=None)
    operateur = UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=convention.operateur)
    with pytest.raises(DroitInsuffisant):
        signer_convention(convention=convention, signee_le=timezone.localdate(), par=operateur)


# -- the list -------------------------------------------------------------------------------------


def test_la_liste_filtre_totalise_et_l_operateur_ne_voit_que_les_siennes(client, service):
    sienne = ConventionFactory.create(intitule="La sienne")
    autre = ConventionFactory.create(intitule="Une autre")
    for convention, prevu in ((sienne, 1000), (autre, 200)):
        MontantConvention.objects.create(
            convention=convention, annee=annee(), financeur=convention.operateur, prevu=prevu, mandate=prevu / 2
        )
    client.force_login(service)
    page = client.get(reverse("offre:conventions"), {"annee": annee()})
    assert page.context["liste"].totaux == {"prevu": 1200, "mandate": 600, "paye": None, "reste": 600}
    filtree = client.get(reverse("offre:conventions"), {"mot": "sienne", "situation": "en_vigueur"}).content.decode()
    en_vigueur = (datetime.date(annee(), 12, 31) - timezone.localdate()).days > 90
    assert ("La sienne" in filtree) is en_vigueur
    assert "Une autre" not in filtree
    client.force_login(UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=sienne.operateur))
    siennes = client.get(reverse("offre:conventions")).content.decode()
    assert "La sienne" in siennes
    assert "Une autre" not in siennes
    assert client.get(autre.get_absolute_url()).status_code == 404


def test_liste_et_export_coutent_autant_pour_un_que_pour_trente(
    client, service, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(service)
    adresses = [reverse("offre:conventions"), reverse("offre:conventions_export")]
    ConventionFactory.create()
    couts = []
    for adresse in adresses:
        with django_assert_max_num_queries(30) as compte:
            b"".join(client.get(adresse))
        couts.append(len(compte))
    ConventionFactory.create_batch(29)
    for adresse, cout in zip(adresses, couts, strict=True):
        with django_assert_num_queries(cout):
            contenu = b"".join(client.get(adresse))
    assert openpyxl.load_workbook(BytesIO(contenu))["Conventions"].max_row > 30


def test_l_alerte_previent_le_service_une_fois(service):
    jour = timezone.localdate()
    fin = jour + datetime.timedelta(30)
    convention = ConventionFactory.create(alerte_jours=45)
    Convention.objects.update(periode=(datetime.date(annee() - 1, 1, 1), fin + datetime.timedelta(1)))
    ConventionFactory.create(alerte_jours=1)
    assert alerter_conventions(jour=jour) == 1
    assert alerter_conventions(jour=jour) == 0
    assert Avis.objects.get(destinataire=service).titre == f"La convention {convention.numero} finit bientôt"
