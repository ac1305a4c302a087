"""Communes, EPCI and action territories."""

from __future__ import annotations

import datetime
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count

from pdi.socle.droits import RegleMetier
from pdi.territoires.models import Commune, CommuneTerritoire, Departement, Epci, TerritoireAction
from pdi.territoires.operations import charger_decoupage, charger_fichiers_territoires, charger_territoires_action

pytestmark = pytest.mark.django_db
JOUR = datetime.date(2026, 6, 1)


@pytest.fixture
def essonne(settings) -> None:
    charger_decoupage(departements=["91"])
    charger_fichiers_territoires(dossier=Path(settings.DOSSIER_DONNEES) / "territoires")


def test_les_communes_de_l_essonne_sont_rattachees_a_leur_epci(essonne) -> None:
    assert Commune.objects.count() == 194
    evry = Commune.objects.select_related("epci").get(code="91228")
    assert evry.nom == "Évry-Courcouronnes"
    assert evry.epci is not None
    assert "Grand Paris Sud" in evry.epci.nom
    assert evry.codes_postaux
    assert evry.population
    assert not Commune.objects.filter(epci=None).exists()


def test_recharger_n_ajoute_rien_et_rafraichit_les_noms(essonne) -> None:
    Commune.objects.filter(code="91228").update(nom="Évry")
    avant = (Departement.objects.count(), Epci.objects.count(), Commune.objects.count())
    charger_decoupage(departements=["91"])
    assert (Departement.objects.count(), Epci.objects.count(), Commune.objects.count()) == avant
    assert Commune.objects.get(code="91228").nom == "Évry-Courcouronnes"


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_communes(django_assert_num_queries) -> None:
    with django_assert_num_queries(5):  # savepoint included
        charger_decoupage(departements=["91"])
    with django_assert_num_queries(5):
        charger_decoupage(departements=["91", "71"])


def test_chaque_commune_a_un_seul_territoire_a_une_date(essonne) -> None:
    doubles = (
        CommuneTerritoire.objects.filter(validite__contains=JOUR)
        .values("commune")
        .annotate(nombre=Count("pk"))
        .filter(nombre__gt=1)
    )
    assert not doubles.exists()
    assert CommuneTerritoire.objects.filter(validite__contains=JOUR).count() == 194
    assert TerritoireAction.objects.filter(departement="91", nature="TAD").count() == 5


def test_la_repartition_communale_dit_qu_elle_est_fictive(essonne) -> None:
    assert not TerritoireAction.objects.filter(demonstration=False).exists()
    assert all("fictif" in t.source.lower() for t in TerritoireAction.objects.all())


def test_la_base_refuse_un_second_territoire_a_la_meme_date(essonne) -> None:
    rattachement = CommuneTerritoire.objects.all()[0]
    autre = TerritoireAction.objects.exclude(pk=rattachement.territoire_id)[0]
    with pytest.raises(IntegrityError, match="commune_un_territoire_a_une_date"), transaction.atomic():
        CommuneTerritoire.objects.create(
            commune=rattachement.commune, territoire=autre, validite=DateRange(JOUR, datetime.date(2027, 1, 1))
        )


def test_un_redecoupage_fait_a_la_main_n_est_pas_ecrase(essonne, settings) -> None:
    commune = Commune.objects.get(code="91228")
    autre = TerritoireAction.objects.get(code="tad-sud-ouest")
    CommuneTerritoire.objects.filter(commune=commune).update(territoire=autre)
    charger_fichiers_territoires(dossier=Path(settings.DOSSIER_DONNEES) / "territoires")
    assert CommuneTerritoire.objects.get(commune=commune).territoire == autre


def test_une_commune_nommee_l_emporte_sur_son_epci(essonne) -> None:
    CommuneTerritoire.objects.all().delete()
    TerritoireAction.objects.all().delete()
    evry = Commune.objects.get(code="91228")
    donnees = {
        "departement": "91",
        "nature": "TAD",
        "debut": "2022-01-01",
        "demonstration": True,
        "source": "Essai fictif",
        "territoires": [
            {"code": "a", "nom": "A", "epci": [evry.epci_id]},
            {"code": "b", "nom": "B", "communes": ["91228"]},
        ],
    }
    charger_territoires_action(donnees=donnees)
    assert evry.territoires.get().code == "b"
    assert not Commune.objects.exclude(epci=evry.epci_id).filter(territoires__isnull=False).exists()


def test_la_commande_dit_ce_qui_est_charge() -> None:
    sortie = StringIO()
    call_command("charger_territoires", departements="91, 19", stdout=sortie)
    assert "2 départements" in sortie.getvalue()
    assert set(TerritoireAction.objects.values_list("nature", flat=True)) == {"TAD", "MSD"}


def test_un_referentiel_absent_se_dit_avec_le_remede(settings, tmp_path) -> None:
    settings.DECOUPAGE_ADMINISTRATIF = tmp_path / "absent"
    with pytest.raises(CommandError, match="npm ci"):
        call_command("charger_territoires", departements="91", stdout=StringIO())
    assert not Departement.objects.exists()


def test_un_departement_inconnu_est_nomme() -> None:
    with pytest.raises(RegleMetier, match="99Z"):
        charger_decoupage(departements=["91", "99Z"])


def test_les_fichiers_de_territoires_ne_citent_que_des_epci_du_departement(settings) -> None:
    charger_decoupage(departements=["91", "71", "19"])
    for chemin in (Path(settings.DOSSIER_DONNEES) / "territoires").glob("*.json"):
        donnees = json.loads(chemin.read_text(encoding="utf-8"))
        cites = [e for t in donnees["territoires"] for e in t["epci"]]
        assert len(cites) == len(set(cites)), chemin.name
        connus = set(Epci.objects.filter(communes__departement=donnees["departement"]).values_list("code", flat=True))
        assert set(cites) == connus, chemin.name
