"""Steering of the offer: needs without an answer, offers never prescribed, origins, costs; small cells hidden."""

from __future__ import annotations

import csv
import datetime
import io

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone

from offre.models import LieuOffre, MontantConvention, Session
from parcours.models import (
    Adresse,
    AffectationReferent,
    Consultation,
    Diagnostic,
    OriginePrescription,
    ReponseDiagnostic,
)
from pdi.comptes.models import Role
from tests.fabriques import HabilitationFactory, UtilisateurFactory
from tests.fabriques_offre import ConventionFactory, annee
from tests.fabriques_parcours import (
    CommuneFactory,
    DiagnosticFactory,
    FreinFactory,
    OffreFactory,
    PrescriptionFactory,
    SituationThemeFactory,
    TerritoireFactory,
    personne_suivie,
)

pytestmark = pytest.mark.django_db
PAGE, EXPORT = "parcours:gestion_offre", "parcours:gestion_offre_export"


@pytest.fixture
def lieu():
    return CommuneFactory.create(territoire=TerritoireFactory.create(nom="TAD d’essai"))


@pytest.fixture
def mobilite():
    return FreinFactory.create(libelle="Mobilité")


@pytest.fixture
def administrateur():
    return UtilisateurFactory.create(role=Role.ADMINISTRATEUR)


def freinee(lieu, frein, niveau: int = 3):
    """Return a person followed here whose last diagnosis holds `frein`."""
    personne = personne_suivie(commune=lieu)
    situation = SituationThemeFactory.create(frein=frein, niveau=niveau)
    diagnostic = DiagnosticFactory.create(personne=personne, termine_le=timezone.now())
    ReponseDiagnostic.objects.create(diagnostic=diagnostic, theme=situation.theme, situation=situation)
    return personne


def ligne_de(page, frein):
    return next((x for x in page.context["page"].besoins if x.frein == frein), None)


def prescrire(offre, personne=None, **champs):
    jour = timezone.localdate()
    commun = {"offre": offre, "etat": "transmise", "renseignee_le": jour, "transmise_le": jour}
    return PrescriptionFactory.create(**(commun | ({"personne": personne} if personne else {}) | champs))


def test_un_besoin_sans_prescription_se_voit_par_territoire(client, administrateur, lieu, mobilite):
    offre = OffreFactory.create()
    offre.freins.add(mobilite)
    servie, _attend = freinee(lieu, mobilite), freinee(lieu, mobilite)
    freinee(lieu, mobilite, niveau=1)
    prescrire(offre, servie)
    client.force_login(administrateur)
    page = client.get(reverse(PAGE))
    ligne = ligne_de(page, mobilite)
    assert ligne.offres == 1
    assert {b.colonne: (b.avec, b.sans) for b in ligne.cellules} == {"TAD d’essai": (2, 1), "Ensemble": (2, 1)}
    assert "sur 2" in page.content.decode()


def test_le_chiffre_d_un_besoin_ouvre_la_liste_des_personnes(client, administrateur, lieu, mobilite):
    offre = OffreFactory.create()
    offre.freins.add(mobilite)
    servie, attend, ailleurs = freinee(lieu, mobilite), freinee(lieu, mobilite), freinee(CommuneFactory(), mobilite)
    prescrire(offre, servie)
    client.force_login(administrateur)
    ligne = ligne_de(client.get(reverse(PAGE)), mobilite)
    ici, total = ligne.cellules
    assert [p.pk for p in client.get(ici.url).context["page"].objets] == [attend.pk]
    assert {p.pk for p in client.get(total.url).context["page"].objets} == {attend.pk, ailleurs.pk}
    assert total.sans == 2
    vues = Consultation.objects.filter(par=administrateur, ecran="Liste : frein sans réponse")
    assert sorted(vues.values_list("personne", flat=True)) == sorted([attend.pk, attend.pk, ailleurs.pk])
    assert not ligne_de(client.get(reverse(PAGE), {"annee": annee() - 1}), mobilite)


def test_la_liste_d_un_besoin_suit_l_annee_de_l_ecran(client, administrateur, lieu, mobilite):
    offre = OffreFactory.create()
    offre.freins.add(mobilite)
    servie = freinee(lieu, mobilite)
    fin = datetime.date(annee() - 1, 12, 31)
    Diagnostic.objects.update(date=fin - datetime.timedelta(days=30))
    AffectationReferent.objects.update(periode=DateRange(datetime.date(annee() - 2, 1, 1), None))
    Adresse.objects.update(periode=DateRange(datetime.date(annee() - 2, 1, 1), None))
    prescrire(offre, servie)
    client.force_login(administrateur)
    assert ligne_de(client.get(reverse(PAGE)), mobilite).total.sans == 0
    ici = ligne_de(client.get(reverse(PAGE), {"annee": annee() - 1}), mobilite).cellules[0]
    assert [p.pk for p in client.get(ici.url).context["page"].objets] == [servie.pk]
    assert f"Sans réponse en\u00a0: {annee() - 1}" in client.get(ici.url).content.decode()


def test_qui_n_ouvre_pas_les_personnes_n_a_ni_lien_ni_filtre(client, lieu, mobilite):
    sienne = freinee(lieu, mobilite)
    client.force_login(UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME))
    assert ligne_de(client.get(reverse(PAGE)), mobilite).total.url == ""
    for _ in range(5):
        freinee(lieu, mobilite)
    encadrant = UtilisateurFactory.create()
    HabilitationFactory.create(utilisateur=encadrant, role=Role.ENCADRANT, territoire=TerritoireFactory.create())
    client.force_login(encadrant)
    cellules = ligne_de(client.get(reverse(PAGE)), mobilite).cellules
    assert [bool(c.url) for c in cellules if c.sans] == [False, True]  # not elsewhere; the whole holds one's own
    client.force_login(UtilisateurFactory.create(role=Role.REFERENT))
    liste = client.get(reverse("parcours:personnes"), {"attend": mobilite.code})
    assert "Frein sans réponse" not in liste.content.decode()
    assert sienne.nom_naissance not in liste.content.decode()


def test_l_occupation_croise_l_operateur_et_le_territoire(client, administrateur, lieu):
    offre = OffreFactory.create()
    operateur = ConventionFactory.create(offres=[offre]).operateur
    ici = LieuOffre.objects.create(offre=offre, commune=lieu)
    debut = timezone.localdate().replace(month=1, day=1)
    commun = {"offre": offre, "operateur": operateur, "debut": debut, "etat": "ouverte"}
    Session.objects.create(lieu=ici, capacite=10, prises=8, **commun)
    Session.objects.create(capacite=10, prises=2, **commun)
    Session.objects.create(lieu=ici, capacite=900, unite="heures", **commun)
    Session.objects.create(
        lieu=ici, capacite=50, **commun | {"etat": "annulee", "motif_annulation": "Faute d’inscrits"}
    )
    client.force_login(administrateur)
    (ligne,) = client.get(reverse(PAGE)).context["page"].occupations
    assert ligne.operateur == str(operateur)
    lues = {c.colonne: (c.prises, c.capacite, c.part) for c in ligne.cellules}
    assert lues == {"TAD d’essai": (8, 10, 80), "Lieu non fixé": (2, 10, 20), "Ensemble": (10, 20, 50)}
    assert client.get(ligne.cellules[-1].url).context["page"].total == 4
    client.force_login(UtilisateurFactory.create(role=Role.DIRECTION))
    (cachee,) = client.get(reverse(PAGE)).context["page"].occupations
    assert [c.prises for c in cachee.cellules] == [None, None, 10]
    export = client.get(reverse(EXPORT), {"tableau": "occupation", "format": "csv"})
    assert "s. s." in b"".join(export.streaming_content).decode()


def test_la_direction_ne_voit_pas_les_petits_nombres(client, lieu, mobilite):
    for _ in range(2):
        freinee(lieu, mobilite)
    client.force_login(UtilisateurFactory.create(role=Role.DIRECTION))
    page = client.get(reverse(PAGE))
    assert all((b.avec, b.sans) == (None, None) for b in ligne_de(page, mobilite).cellules)
    assert "secret statistique" in page.content.decode()
    lignes = client.get(reverse(EXPORT), {"tableau": "besoins", "format": "csv"})
    assert "s. s." in b"".join(lignes.streaming_content).decode()


def test_la_sante_se_masque_pour_tous(client, administrateur, lieu):
    sante = FreinFactory.create(libelle="Santé", restreint=True)
    freinee(lieu, sante)
    client.force_login(administrateur)
    page = client.get(reverse(PAGE))
    assert ligne_de(page, sante).total.avec is None
    assert "Les freins de santé le sont pour tous les lecteurs" in page.content.decode()


def test_une_offre_jamais_prescrite_et_les_origines_de_l_annee(client, administrateur):
    prescrite, oubliee = OffreFactory.create(), OffreFactory.create()
    prescrire(prescrite, origine=OriginePrescription.AUTO)
    prescrire(oubliee, etat="annulee", annulee_le=timezone.localdate(), motif_annulation="Erreur", transmise_le=None)
    client.force_login(administrateur)
    page = client.get(reverse(PAGE)).context["page"]
    assert page.jamais == [oubliee]
    assert {x.titre: x.prescriptions for x in page.par_origine}["Auto-prescription"] == 1
    assert sum(x.prescriptions for x in page.par_origine) == 1
    vide = client.get(reverse(PAGE), {"annee": annee() - 1}).context["page"]
    assert set(vide.jamais) == {prescrite, oubliee}


def test_les_couts_disent_leur_denominateur(client, administrateur):
    offre = OffreFactory.create()
    convention = ConventionFactory.create(offres=[offre], regles=[{"type": "places", "quantite": "4"}])
    MontantConvention.objects.create(convention=convention, annee=annee(), financeur=convention.operateur, prevu=2000)
    jour = timezone.localdate()
    prescrire(offre, operateur=convention.operateur, etat="en_action", repondue_le=jour, entree_le=jour)
    client.force_login(administrateur)
    export = client.get(reverse(EXPORT), {"tableau": "conventions", "format": "csv"})
    texte = b"".join(export.streaming_content).decode("utf-8-sig")
    (ligne,) = csv.DictReader(io.StringIO(texte), delimiter=";")
    assert float(ligne["Coût par place"].replace(",", ".")) == 500
    assert float(ligne["Coût par entrée"].replace(",", ".")) == 2000
    assert float(ligne["Coût par entrée, dénominateur"].replace(",", ".")) == 1
    assert float(ligne["Taux d’occupation"].replace(",", ".")) == 25
    assert ligne["Coût par sortie vers un emploi"] == ""


def test_le_cout_de_la_page_ne_depend_pas_du_nombre(
    client, administrateur, lieu, mobilite, django_assert_num_queries, django_assert_max_num_queries
):
    def ajouter(combien: int) -> None:
        for _ in range(combien):
            offre = OffreFactory.create(operateurs=[ConventionFactory.create().operateur])
            offre.freins.add(mobilite)
            prescrire(offre, freinee(lieu, mobilite))

    client.force_login(administrateur)
    ajouter(1)
    with django_assert_max_num_queries(30) as compte:
        client.get(reverse(PAGE))
    ajouter(4)
    with django_assert_num_queries(len(compte)):
        client.get(reverse(PAGE))
