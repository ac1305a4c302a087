"""OARSA: the six tables agree with the indicators and with themselves; the screens; what is masked."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from parcours import anomalies_oarsa, oarsa
from parcours.indicateurs import FORMULES
from parcours.models import Consultation, Personne
from parcours.operations.indicateurs import compiler_indicateurs, geler_releve
from parcours.statistiques import moteur
from pdi.comptes.models import Role
from pdi.territoires.models import TerritoireAction
from tests.fabriques import HabilitationFactory, UtilisateurFactory

from .population import peupler, preparer_monde

pytestmark = pytest.mark.django_db
ANNEE = timezone.localdate().year - 1
MOMENT = moteur.Moment.de(ANNEE)


@pytest.fixture
def population() -> None:
    preparer_monde()
    peupler(200, 11, timezone.localdate())


def connecter(client: Any, role: str) -> Any:
    utilisateur = UtilisateurFactory.create(role=role)
    client.force_login(utilisateur, backend="django.contrib.auth.backends.ModelBackend")
    return client


def exporter(client: Any, code: str, ecran: str = "oarsa_corrections", **filtres: str) -> list[dict[str, str]]:
    """Return the rows of the workbook of people, by title of column."""
    reponse = client.get(reverse(f"parcours:{ecran}_export", args=[code]), {"annee": ANNEE, **filtres})
    feuille = openpyxl.load_workbook(io.BytesIO(b"".join(reponse.streaming_content))).active
    assert feuille is not None
    lignes = [[str(c or "") for c in ligne] for ligne in feuille.iter_rows(values_only=True)]
    titres = next(i for i, x in enumerate(lignes) if x[0] == "Nom de naissance")
    return [dict(zip(lignes[titres], x, strict=True)) for x in lignes[titres + 1 :]]


@pytest.mark.usefixtures("population")
def test_les_tableaux_concordent_avec_les_indicateurs_et_entre_eux() -> None:
    with CaptureQueriesContext(connection) as requetes:
        lus = {t.plan.code: t for t in oarsa.tableaux(MOMENT)}
    assert sum("WITH items" in r["sql"] for r in requetes) == 1
    assert len(requetes) == 6  # and the settings of the analysis, in their own savepoint
    valeurs = moteur.calculer(FORMULES, MOMENT)
    taux = valeurs["taux_orientation"]["total"][""]
    assert taux.numerateur > 20
    assert lus["T1"].effectif == taux.denominateur
    assert lus["T1"].effectif - lus["T1"].lignes[0].total.effectif == taux.numerateur
    for ligne, code in zip(lus["T5"].lignes, ("delai_orientation", "delai_orientation_contrat"), strict=True):
        attendu = valeurs[code]["total"][""]
        assert ligne.total.effectif == attendu.denominateur
        assert ligne.total.jours == attendu.numerateur
    passages = {x.code: x.total.effectif for x in lus["T6"].lignes}
    assert passages["vers_spe"] == valeurs["reorientations_vers_spe"]["total"][""].numerateur
    assert passages["hors_spe"] == valeurs["reorientations_hors_spe"]["total"][""].numerateur
    controles = oarsa.controler(list(lus.values()), int(taux.denominateur or 0))
    assert all(c.tenu for c in controles[:3]), [c.ecarts for c in controles]


@pytest.mark.usefixtures("population")
def test_un_ecart_est_dit() -> None:
    lus = oarsa.tableaux(MOMENT)
    population = lus[0].effectif
    assert [c.tenu for c in oarsa.controler(lus, population)[:2]] == [True, True]
    lus[0].lignes[1].total.effectif += 1
    assert [c.tenu for c in oarsa.controler(lus, population)[:2]] == [False, False]


@pytest.mark.usefixtures("population")
def test_le_masquage_ne_montre_aucun_petit_effectif() -> None:
    lus = oarsa.tableaux(MOMENT)
    oarsa.masquer(lus, 5)
    montrees = [c for t in lus for x in t.lignes for axe in oarsa.AXES for c in [x.total, *x.par(axe)] if not c.masquee]
    assert montrees
    assert not any(0 < c.effectif < 5 for c in montrees)


@pytest.mark.usefixtures("population")
def test_chaque_anomalie_ouvre_les_personnes_qu_elle_compte(client: Any) -> None:
    Personne.objects.filter(pk__in=moteur.personnes_de(FORMULES[0], MOMENT)).update(sexe="")
    encadrant = UtilisateurFactory.create()
    HabilitationFactory.create(
        utilisateur=encadrant, role=Role.ENCADRANT, territoire=TerritoireAction.objects.get(code="tad-sud")
    )
    for lecteur in (UtilisateurFactory.create(role=Role.ADMINISTRATEUR), encadrant):
        client.force_login(lecteur, backend="django.contrib.auth.backends.ModelBackend")
        comptes = {c.anomalie.code: c for c in anomalies_oarsa.compter(MOMENT, lecteur)}
        for anomalie in anomalies_oarsa.ANOMALIES:
            lues = anomalies_oarsa.personnes(anomalie, MOMENT)
            siennes = lues.visibles_par(lecteur).count()
            compte = comptes.get(anomalie.code, anomalies_oarsa.Compte(anomalie, 0, 0))
            assert (compte.visibles, compte.ailleurs) == (siennes, lues.count() - siennes), anomalie.code
        assert comptes["sexe"].visibles > 0
        page = client.get(reverse("parcours:oarsa_corrections", args=["sexe"]), {"annee": ANNEE}).content.decode()
        assert f"{comptes['sexe'].visibles}\u00a0personnes" in page
        assert ("hors de votre périmètre" in page) == (lecteur == encadrant)
        exportees = exporter(client, "sexe")
        assert len(exportees) == comptes["sexe"].visibles
        assert all(
            "Sexe non renseigné" in x["À corriger"] and "Complétez l’identité." in x["Que faire"] for x in exportees
        )
        tracees = Consultation.objects.filter(par=lecteur, ecran="Export OARSA : Sexe non renseigné")
        assert tracees.count() == len(exportees)
        fautives = {p.pk for a in anomalies_oarsa.ANOMALIES for p in anomalies_oarsa.personnes(a, MOMENT)}
        fautifs = Personne.objects.visibles_par(lecteur).filter(pk__in=fautives)
        assert len(exporter(client, "toutes")) == fautifs.count() > comptes["sexe"].visibles
        une = fautifs.filter(nom_usage="").first()
        assert une is not None
        seule = exporter(client, "toutes", mot=une.date_naissance.strftime("%d/%m/%Y") if une.date_naissance else "")
        assert une.nom_naissance in {x["Nom de naissance"] for x in seule}
    assert (
        "d’autres hors de votre périmètre" in client.get(reverse("parcours:oarsa"), {"annee": ANNEE}).content.decode()
    )


@pytest.mark.usefixtures("population")
@pytest.mark.parametrize("role", [Role.ADMINISTRATEUR, Role.DIRECTION])
def test_la_page_et_le_classeur(client: Any, role: str) -> None:
    connecter(client, role)
    page = client.get(reverse("parcours:oarsa"), {"annee": ANNEE, "axe": "famille"}).content.decode()
    assert "Tableaux par situation familiale" in page
    assert ("s. s." in page) == (role == Role.DIRECTION)
    assert ("À corriger avant l’envoi" in page) == (role == Role.ADMINISTRATEUR)
    reponse = client.get(reverse("parcours:oarsa_export"), {"annee": ANNEE})
    feuille = openpyxl.load_workbook(io.BytesIO(b"".join(reponse.streaming_content))).active
    assert feuille is not None
    lignes = [[c.value for c in ligne] for ligne in feuille.iter_rows()]
    assert f"Situation au 31/12/{ANNEE}" in [x[0] for x in lignes]
    assert any(x[1] == "Ensemble" for x in lignes) == (role == Role.ADMINISTRATEUR)
    premiere = next(x for x in lignes if x[1] == "France Travail")
    if role == Role.ADMINISTRATEUR:
        attendue = next(x for x in oarsa.tableaux(MOMENT)[0].lignes if x.libelle == "France Travail")
        assert premiere[2] == attendue.total.effectif
        ensemble = next(x for x in lignes if x[0] == premiere[0] and x[1] == "Ensemble")
        assert str(premiere[0]).startswith("T1 – ")
        assert ensemble[2] == oarsa.tableaux(MOMENT)[0].effectif == sum(int(str(n)) for n in ensemble[3:10])
        assert len(premiere) == 3 + sum(len(c) for _, c in oarsa.AXES.values())


@pytest.mark.usefixtures("population")
def test_l_observatoire_dit_ses_chiffres_et_leur_source(client: Any) -> None:
    connecter(client, Role.ADMINISTRATEUR)
    adresse = reverse("parcours:observatoire")
    page = client.get(adresse, {"annee": ANNEE}).content.decode()
    assert "comptés à l’instant" in page
    assert all(f.libelle in page for f in FORMULES)
    compiler_indicateurs(programme=None, annee=ANNEE, par=None)
    with CaptureQueriesContext(connection) as total:
        page = client.get(adresse, {"annee": ANNEE}).content.decode()
    assert "calculés le" in page
    with CaptureQueriesContext(connection) as restreint:
        page = client.get(adresse, {"annee": ANNEE, "territoire": "tad-sud"}).content.decode()
    assert "TAD sud" in page
    assert len(restreint) == len(total) <= 14


@pytest.mark.usefixtures("population")
def test_la_direction_ne_croise_pas_deux_criteres(client: Any) -> None:
    connecter(client, Role.DIRECTION)
    page = client.get(
        reverse("parcours:observatoire"), {"annee": ANNEE, "territoire": "tad-sud", "sexe": "F"}
    ).content.decode()  # fmt: skip
    assert "Un seul critère à la fois" in page
    assert "secret statistique" in page


@pytest.mark.usefixtures("population")
def test_la_page_d_un_indicateur(client: Any) -> None:
    connecter(client, Role.ADMINISTRATEUR)
    adresse = reverse("parcours:indicateur_parcours", args=["taux_orientation"])
    compiler_indicateurs(programme=None, annee=ANNEE, par=None)
    geler_releve(annee=ANNEE, par=UtilisateurFactory.create(role=Role.ADMINISTRATEUR))
    page = client.get(adresse, {"annee": ANNEE, "axe": "sexe"}).content.decode()
    for attendu in (
        "Femmes",
        "CASF L262-29",
        "Chiffre gelé et recompte",
        "Personnes du dénominateur, hors du numérateur",
    ):
        assert attendu in page
    liste = client.get(adresse + "personnes/", {"annee": ANNEE, "portion": "reste"}).content.decode()
    assert "fictive" in liste
    comptees = list(moteur.personnes_de(next(f for f in FORMULES if f.code == "taux_orientation"), MOMENT, "reste"))
    exportees = exporter(client, "taux_orientation", "indicateur_personnes", portion="reste", sexe="")
    assert sorted(x["Nom de naissance"] for x in exportees) == sorted(p.nom_naissance for p in comptees)
    assert Consultation.objects.filter(ecran__startswith="Export : ").count() == len(comptees) > 0
    une = comptees[0]
    trouvees = exporter(client, "taux_orientation", "indicateur_personnes", portion="reste", mot=une.nom_affiche)
    assert 0 < len(trouvees) <= len(comptees)
    for axe in ("territoire", "age", "type", "structure", "inconnu"):
        assert client.get(adresse, {"annee": ANNEE, "axe": axe}).status_code == 200
    assert client.get(reverse("parcours:indicateur_parcours", args=["inconnu"])).status_code == 404


@pytest.mark.usefixtures("population")
def test_chaque_indicateur_a_sa_page(client: Any) -> None:
    connecter(client, Role.DIRECTION)
    for formule in FORMULES:
        reponse = client.get(reverse("parcours:indicateur_parcours", args=[formule.code]), {"annee": ANNEE})
        assert reponse.status_code == 200
        assert "personnes/" not in reponse.content.decode()


@pytest.mark.usefixtures("population")
def test_l_encadrant_voit_les_petits_effectifs_de_son_territoire_seulement(client: Any) -> None:
    encadrant = UtilisateurFactory.create()
    HabilitationFactory.create(
        utilisateur=encadrant, role=Role.ENCADRANT, territoire=TerritoireAction.objects.get(code="tad-sud")
    )
    client.force_login(encadrant, backend="django.contrib.auth.backends.ModelBackend")
    adresse = reverse("parcours:observatoire")
    assert "secret statistique" in client.get(adresse, {"annee": ANNEE}).content.decode()
    assert "secret statistique" not in client.get(adresse, {"annee": ANNEE, "territoire": "tad-sud"}).content.decode()
    assert "secret statistique" in client.get(adresse, {"annee": ANNEE, "territoire": "tad-nord"}).content.decode()
