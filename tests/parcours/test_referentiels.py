"""Reference data: complete, coherent, loaded once, never over what users changed."""

from __future__ import annotations

import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as reglages
from django.core.management import call_command
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import TestCase

from offre.models import Frein, OffreInsertion
from parcours.models import (
    CategorieSortie,
    EnveloppeAide,
    GrilleDiagnostic,
    JeuRegles,
    Motif,
    NatureMotif,
    ObjectifReferentiel,
    ReferentielSortie,
    RegimeJuridique,
    ReglementAide,
    RegleOrientation,
    SituationTheme,
    ThemeDiagnostic,
    TypeActionContrat,
    TypeOrientation,
    TypeSortie,
)
from parcours.operations.referentiels import charger_referentiels
from parcours.regles.aides import EXIGENCES
from parcours.regles.delais import Regime, regime_au
from pdi.socle.models import EntreeJournal
from pdi.territoires.models import NatureTerritoire, TerritoireAction
from tests.fabriques import DepartementFactory

pytestmark = pytest.mark.django_db

DOSSIER = Path(reglages.DOSSIER_DONNEES) / "parcours"
MODELES = (
    *(Frein, RegimeJuridique, Motif, GrilleDiagnostic, ThemeDiagnostic, SituationTheme, ObjectifReferentiel, JeuRegles),
    *(RegleOrientation, ReglementAide, EnveloppeAide, ReferentielSortie, TypeSortie),
)
# The ten themes of the diagnosis, then what the entry questionnaire asks besides.
DIX_THEMES = {
    "logement", "emploi", "formation", "difficultes_administratives", "difficultes_financieres", "mobilite", "sante",
    "contraintes_familiales", "langue", "numerique",
}  # fmt: skip
A_L_ENTREE = {"formation", "experience", "mobilite", "logement", "garde", "langue", "numerique", "france_travail"}


def comptes() -> dict[str, int]:
    return {modele.__name__: modele._default_manager.count() for modele in MODELES}


class TestReferentielsCharges(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        charger_referentiels(dossier=DOSSIER)

    def test_les_deux_regimes_se_suivent_sans_trou(self) -> None:
        regimes = [Regime.lire(r) for r in RegimeJuridique.objects.order_by("validite")]
        assert [r.code for r in regimes] == ["regime-a", "regime-b"]
        assert regimes[0].fin == regimes[1].debut == datetime.date(2025, 1, 1)
        assert regime_au(regimes, datetime.date(2026, 1, 1)).parametres["heures_hebdo_min"] == 15

    def test_chaque_nature_a_ses_motifs(self) -> None:
        assert set(Motif.objects.values_list("nature", flat=True)) == set(NatureMotif.values)
        dispenses = Motif.objects.filter(nature=NatureMotif.DISPENSE)
        assert {m.code for m in dispenses} == {"sante", "handicap", "invalidite", "parent_isole_sans_garde"}
        assert all(m.validite.lower == datetime.date(2025, 1, 1) for m in dispenses)  # the weekly hours came with B

    def test_quinze_types_d_actions(self) -> None:
        assert len(TypeActionContrat.values) == 15

    def test_la_grille_a_ses_dix_themes_et_le_questionnaire_d_entree(self) -> None:
        themes = {t.code: t for t in ThemeDiagnostic.objects.all()}
        assert set(themes) >= DIX_THEMES | A_L_ENTREE
        assert {code for code, t in themes.items() if t.entree} >= A_L_ENTREE
        assert [code for code, t in themes.items() if t.restreint] == ["sante"]
        for theme in ThemeDiagnostic.objects.prefetch_related("situations"):
            niveaux = [s.niveau for s in theme.situations.all()]
            assert 0 in niveaux or theme.code == "france_travail"
            assert niveaux == sorted(niveaux), theme.code

    def test_un_obstacle_vise_un_frein_et_un_theme_restreint_des_freins_restreints(self) -> None:
        for s in SituationTheme.objects.select_related("theme", "frein"):
            assert (s.frein is not None) == (s.niveau >= 2), s.code
            if s.frein is not None:
                assert s.frein.restreint == s.theme.restreint, s.code

    def test_chaque_frein_a_des_objectifs(self) -> None:
        assert Frein.objects.filter(objectifs__isnull=True).count() == 0
        assert ObjectifReferentiel.objects.filter(freins__isnull=True).count() == 0

    def test_le_jeu_de_rueil_couvre_les_trois_cas(self) -> None:
        regles = list(RegleOrientation.objects.filter(jeu__code="rueil"))
        assert {r.type for r in regles} == set(TypeOrientation.values)
        assert [r.par_defaut for r in regles] == [False] * (len(regles) - 1) + [True]

    def test_les_reglements_n_exigent_que_des_faits_connus(self) -> None:
        assert set(ReglementAide.objects.values_list("code", flat=True)) == {"pack-sortie-rsa", "fdaj", "apre"}
        for reglement in ReglementAide.objects.all():
            codes = {c["code"] for c in reglement.composantes}
            for regle in reglement.regles:
                assert set(regle.get("composantes", [])) <= codes
                assert regle.get("exige", "residence") in EXIGENCES

    def test_les_sorties_couvrent_les_cinq_familles(self) -> None:
        types = {t.code: t for t in TypeSortie.objects.all()}
        assert {t.categorie for t in types.values()} == set(CategorieSortie.values)
        assert types["cdd_6_mois_ou_plus"].categorie == CategorieSortie.DURABLE
        assert {t.categorie for t in types.values() if t.emploi} == {
            CategorieSortie.DURABLE,
            CategorieSortie.TRANSITION,
        }

    def test_charger_deux_fois_n_ajoute_rien_et_n_ecrase_rien(self) -> None:
        Motif.objects.filter(code="capacite").update(libelle="Libellé du Département")
        ReglementAide.objects.filter(code="fdaj").update(regles=[])
        avant, journal = comptes(), EntreeJournal.objects.count()
        assert charger_referentiels(dossier=DOSSIER).ajouts == 0
        assert (comptes(), EntreeJournal.objects.count()) == (avant, journal)
        assert Motif.objects.get(code="capacite").libelle == "Libellé du Département"
        assert ReglementAide.objects.get(code="fdaj").regles == []

    def test_les_versions_chargees_sont_journalisees(self) -> None:
        charges = EntreeJournal.objects.filter(verbe="chargement").values_list("objet_type", flat=True)
        assert {"parcours.regimejuridique", "parcours.jeuregles", "parcours.reglementaide"} <= set(charges)


def test_les_enveloppes_sont_fictives_et_du_seul_departement() -> None:
    essonne, correze = DepartementFactory.create(), DepartementFactory.create(code="19", nom="Corrèze")
    toujours = DateRange(datetime.date(2000, 1, 1), None)
    territoires = [
        TerritoireAction.objects.create(departement=d, nature=NatureTerritoire.TAD, code=c, nom=c, validite=toujours)
        for d, c in ((essonne, "nord"), (essonne, "sud"), (correze, "tulle"))
    ]
    for _ in range(2):
        charger_referentiels(dossier=DOSSIER, enveloppes=2026, departement="91")
    enveloppes = EnveloppeAide.objects.all()
    assert all(e.demonstration and e.annee == 2026 for e in enveloppes)
    apre = {e.territoire_id for e in enveloppes.filter(reglement__code="apre")}
    assert apre == {territoires[0].pk, territoires[1].pk}
    assert [e.territoire_id for e in enveloppes.filter(reglement__code="fdaj")] == [None]


def test_le_nombre_de_requetes_ne_depend_pas_des_lignes(django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(45):
        charger_referentiels(dossier=DOSSIER)


def test_la_commande_se_rejoue() -> None:
    sorties = []
    for _ in range(2):
        sortie = StringIO()
        call_command("charger_referentiels_parcours", enveloppes=2026, stdout=sortie)
        sorties.append(sortie.getvalue())
    assert "25 offres ajoutées" in sorties[0]
    assert "0 ajouts, 0 offres ajoutées" in sorties[1]
    assert OffreInsertion.objects.count() == 25
