"""Indicators about people: ties to the fiches, compilation, freezing, recount, people behind a figure."""

from __future__ import annotations

import datetime
import itertools
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions import registre
from actions.models import MesureIndicateur, SourceIndicateur
from actions.registre import Termes
from parcours.indicateurs import FORMULES, PAR_CODE
from parcours.models import Orientation, Personne, ReleveIndicateurs, ValeurIndicateur
from parcours.operations.indicateurs import compiler_indicateurs, geler_releve, lier_indicateurs
from parcours.statistiques import lecture, moteur, recompte
from parcours.statistiques.formule import PORTIONS, Restriction, Valeur
from parcours.statistiques.variantes import Variante, liaisons
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import EtatTraitement, Traitement
from tests.fabriques import FicheFactory, IndicateurFactory, MesureFactory, ProgrammeFactory, UtilisateurFactory
from tests.fabriques_parcours import PrescriptionFactory

from .population import peupler, preparer_monde

pytestmark = pytest.mark.django_db
ANNEE = timezone.localdate().year - 1


@pytest.fixture
def population() -> None:
    preparer_monde()
    peupler(120, 3, timezone.localdate())


@pytest.fixture
def gestion() -> Any:
    return UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)


@pytest.fixture
def fiche() -> Any:
    programme = ProgrammeFactory.create(code="essonne-2022-2026", annee_debut=2022, annee_fin=ANNEE + 1)
    return FicheFactory.create(programme=programme, numero="2.1")


# -- the people behind a figure ----------------------------------------------------------------------


@pytest.mark.usefixtures("population")
def test_chaque_chiffre_ouvre_les_personnes_qu_il_compte() -> None:
    moment = moteur.Moment.de(ANNEE)
    totaux = moteur.calculer(FORMULES, moment)
    for formule in (f for f in FORMULES if f.famille != "occupations"):
        total = totaux[formule.code]["total"][""]
        comptes = {p: moteur.personnes_de(formule, moment, p).count() for p in PORTIONS}
        assert (comptes["numerateur"] > 0) == (total.numerateur > 0), formule.code
        if formule.famille in {"stock", "file_active", "retours_suivis"}:  # one row a person
            assert comptes["numerateur"] == total.numerateur, formule.code
            assert comptes["manquants"] == total.manquants, formule.code
        if formule.famille == "stock":
            assert comptes["denominateur"] == total.denominateur, formule.code
            assert comptes["reste"] == (total.denominateur or 0) - total.numerateur, formule.code


@pytest.mark.usefixtures("population")
def test_les_personnes_derriere_un_chiffre_passent_par_ce_que_l_on_peut_voir() -> None:
    moment, formule = moteur.Moment.de(ANNEE), PAR_CODE["taux_orientation"]
    tous = moteur.personnes_de(formule, moment, "denominateur")
    assert tous.visibles_par(UtilisateurFactory.create(role=Role.DIRECTION)).count() == 0
    assert tous.visibles_par(UtilisateurFactory.create(role=Role.ADMINISTRATEUR)).count() == tous.count() > 0


@pytest.mark.usefixtures("population")
def test_une_restriction_donne_le_groupe_de_la_ventilation() -> None:
    moment, formules = moteur.Moment.de(ANNEE), [f for f in FORMULES if "territoire" in f.axes]
    par_territoire = moteur.calculer(formules, moment, ("territoire",))
    restreint = moteur.calculer(formules, moment, (), Restriction(territoire="tad-sud"))
    for f in formules:
        attendu = par_territoire[f.code]["territoire"].get("tad-sud")
        trouve = restreint[f.code]["total"][""]
        assert trouve == attendu or (attendu is None and trouve.vide), f.code


@pytest.mark.usefixtures("population")
def test_autant_de_requetes_que_de_familles_quel_que_soit_le_nombre_d_axes() -> None:
    familles = {f.famille for f in FORMULES}
    for axes in ((), ("territoire", "sexe", "age", "type", "structure", "mois", "offre")):
        with CaptureQueriesContext(connection) as requetes:
            moteur.calculer(FORMULES, moteur.Moment.de(ANNEE), axes)
        assert sum("WITH items" in r["sql"] for r in requetes) == len(familles)
        assert len(requetes) == len(familles) + 5  # and the settings of the analysis, in their own savepoint


def test_une_base_vide_compte_zero_sans_erreur() -> None:
    resultats = moteur.calculer(FORMULES, moteur.Moment.de(ANNEE), ("territoire", "sexe"))
    assert {f.code for f in FORMULES} == set(resultats)
    assert all(r["total"][""].vide for r in resultats.values())
    assert PAR_CODE["taux_orientation"].valeur(Valeur(Decimal(0), Decimal(0))) is None


# -- ties to the fiches -------------------------------------------------------------------------------


def test_chaque_liaison_nomme_un_calcul_connu() -> None:
    for lignes in liaisons().values():
        for ligne in lignes:
            assert registre.trouver(ligne.calcul) is not None, ligne


@pytest.mark.parametrize(
    "code", ["inconnu", "taux_orientation?offre=1.1", "prescriptions?terme=tout", "file_active?x=1"]
)
def test_une_variante_impossible_est_refusee(code: str) -> None:
    with pytest.raises(ValueError, match="«"):
        Variante.lire(code, PAR_CODE)


def test_lier_est_idempotent_et_laisse_les_valeurs_saisies(fiche: Any, gestion: Any) -> None:
    libre = IndicateurFactory.create(fiche=fiche, libelle="Taux d'orientation", unite="%")
    demo = IndicateurFactory.create(fiche=fiche, libelle="Délai moyen d'orientation", unite="mois")
    tenu = IndicateurFactory.create(fiche=fiche, libelle="Taux de référencement", unite="%")
    MesureFactory.create(indicateur=demo, annee=ANNEE, demonstration=True)
    MesureFactory.create(indicateur=tenu, annee=ANNEE, demonstration=False)
    bilan = lier_indicateurs(par=gestion)
    assert (bilan.lies, bilan.deja, bilan.saisis) == (2, 0, ["2.1 Taux de référencement"])
    libre.refresh_from_db()
    assert (libre.source, libre.calcul) == (SourceIndicateur.CALCULE, "taux_orientation")
    assert libre.definition
    assert not MesureIndicateur.objects.courantes().filter(indicateur=demo).exists()
    assert MesureIndicateur.objects.filter(indicateur=demo).count() == 1, "l’historique reste"
    encore = lier_indicateurs(par=gestion)
    assert (encore.lies, encore.deja) == (0, 2)


def test_lier_demande_le_droit() -> None:
    with pytest.raises(DroitInsuffisant):
        lier_indicateurs(par=UtilisateurFactory.create(role=Role.ENCADRANT))


def test_une_fiche_ne_dit_pas_un_effectif_trop_petit(fiche: Any, gestion: Any) -> None:
    """Fiches are read by partners and elected members: what the observatoire hides from them is hidden there too."""
    taux = registre.trouver("taux_orientation")
    compte = registre.trouver("prescriptions_auto?terme=numerateur")
    delai = registre.trouver("delai_orientation?unite=mois")
    assert taux and compte and delai and taux.secrete and compte.secrete and delai.secrete  # noqa: PT018
    assert [taux.secrete(Termes(Decimal(n), Decimal(100))) for n in (3, 50, 97, 100, 0)] == [
        True, False, True, False, False,
    ]  # fmt: skip
    assert [compte.secrete(Termes(Decimal(n), None)) for n in (0, 4, 5)] == [False, True, False]
    assert [delai.secrete(Termes(Decimal(90), Decimal(n))) for n in (4, 5)] == [True, False]
    IndicateurFactory.create(fiche=fiche, libelle="Nombre", source=SourceIndicateur.CALCULE, calcul="prescriptions")
    for _ in range(3):
        PrescriptionFactory.create(renseignee_le=datetime.date(ANNEE, 5, 2))
    compiler_indicateurs(programme=fiche.programme, annee=ANNEE, par=gestion)
    mesure = MesureIndicateur.objects.courantes().get()
    assert (mesure.valeur, mesure.numerateur, mesure.manquants) == (None, None, None)
    assert mesure.texte == "Secret statistique : moins de 5 personnes."


# -- compilation, freezing, recount -------------------------------------------------------------------


@pytest.mark.usefixtures("population")
def test_compiler_ecrit_le_releve_et_les_valeurs_des_fiches(fiche: Any, gestion: Any) -> None:
    taux = IndicateurFactory.create(fiche=fiche, libelle="Taux d'orientation", unite="%")
    delai = IndicateurFactory.create(fiche=fiche, libelle="Délai moyen d'orientation", unite="mois")
    lier_indicateurs(par=gestion)
    etapes: list[str] = []
    fait = compiler_indicateurs(programme=fiche.programme, annee=ANNEE, par=gestion, avancer=etapes.append)
    assert (fait.fiches, fait.changes) == (2, 2)
    assert len(etapes) == 7
    attendu = moteur.calculer(FORMULES, moteur.Moment.de(ANNEE))
    mesure = MesureIndicateur.objects.courantes().get(indicateur=taux)
    termes = attendu["taux_orientation"]["total"][""]
    assert (mesure.numerateur, mesure.denominateur, mesure.manquants) == (
        termes.numerateur, termes.denominateur, termes.manquants,
    )  # fmt: skip
    assert (mesure.provenance, mesure.formule_version) == ("calcul", "1")
    d = attendu["delai_orientation"]["total"][""]
    assert d.denominateur
    en_mois = MesureIndicateur.objects.courantes().get(indicateur=delai)
    assert en_mois.valeur == (d.numerateur / d.denominateur / Decimal("30.4375")).quantize(Decimal("0.0001"))
    relue = lecture.Source.de(ANNEE).groupes(FORMULES, "territoire")
    assert relue == moteur.calculer(FORMULES, moteur.Moment.de(ANNEE), ("territoire",))
    compiler_indicateurs(programme=fiche.programme, annee=ANNEE, par=gestion)
    assert ReleveIndicateurs.objects.count() == 1
    assert MesureIndicateur.objects.filter(indicateur=taux).count() == 1, "une valeur égale n’est pas réécrite"


def test_une_annee_a_venir_ne_se_compile_pas(gestion: Any) -> None:
    with pytest.raises(RegleMetier, match="n’a pas commencé"):
        compiler_indicateurs(programme=None, annee=ANNEE + 2, par=gestion)


def test_geler_demande_une_annee_finie_et_calculee(gestion: Any) -> None:
    with pytest.raises(RegleMetier, match="n’est pas finie"):
        geler_releve(annee=ANNEE + 1, par=gestion)
    with pytest.raises(RegleMetier, match="n’ont pas été calculés"):
        geler_releve(annee=ANNEE, par=gestion)
    compiler_indicateurs(programme=None, annee=ANNEE, par=gestion)
    geler_releve(annee=ANNEE, par=gestion)
    with pytest.raises(RegleMetier, match="déjà gelés"):
        geler_releve(annee=ANNEE, par=gestion)


@pytest.mark.usefixtures("population")
def test_l_ecart_au_chiffre_gele_est_explique(gestion: Any) -> None:
    """A late entry, then a correction: each is measured, and they add up to the gap."""
    formule = PAR_CODE["taux_orientation"]
    fin = datetime.date(ANNEE, 12, 31)
    # The rows of this test are all written in one transaction: they are said to be a month old.
    il_y_a_un_mois = timezone.now() - datetime.timedelta(days=30)
    sans = moteur.personnes_de(formule, moteur.Moment.de(ANNEE), "reste").filter(orientations=None).first()
    assert sans is not None
    for table in moteur.SOURCES.values():
        with connection.cursor() as curseur:
            curseur.execute(f"UPDATE {table} SET saisi_le = %s", [il_y_a_un_mois])  # noqa: S608
    compiler_indicateurs(programme=None, annee=ANNEE, par=gestion)
    releve = geler_releve(annee=ANNEE, par=gestion)
    ReleveIndicateurs.objects.filter(pk=releve.pk).update(gele_le=timezone.now() - datetime.timedelta(days=7))
    releve.refresh_from_db()
    rien = recompte.comparer(formule, releve)
    assert rien is not None
    assert rien.ecart == 0
    assert not rien.explications

    modele = Orientation.objects.filter(periode__contains=fin).first()
    assert modele is not None
    Orientation.objects.create(
        personne=sans, periode=(datetime.date(ANNEE, 12, 1), None), decidee_le=datetime.date(ANNEE, 12, 1),
        type_decide=modele.type_decide, organisme=modele.organisme, structure=modele.structure, mode=modele.mode,
    )  # fmt: skip
    tardif = recompte.comparer(formule, releve)
    assert tardif is not None
    assert [e.cause for e in tardif.explications] == ["Saisie tardive"]
    assert tardif.explications[0].phrase == "1 ligne saisie après le gel"
    assert tardif.recompte.numerateur == tardif.fige.numerateur + 1

    oriente = moteur.personnes_de(formule, moteur.Moment.de(ANNEE), "numerateur").exclude(pk=sans.pk).first()
    assert oriente is not None
    Orientation.objects.filter(personne=oriente, periode__contains=fin).update(
        periode=(datetime.date(1999, 1, 1), datetime.date(1999, 1, 2))
    )
    deux = recompte.comparer(formule, releve)
    assert deux is not None
    assert [e.cause for e in deux.explications] == ["Saisie tardive", "Correction"]
    assert sum(e.part for e in deux.explications) == deux.ecart

    ValeurIndicateur.objects.filter(releve=releve).update(formule_version="0")
    regle = recompte.comparer(formule, releve)
    assert regle is not None
    assert regle.explications[-1].cause == "Changement de règle"


@pytest.mark.celery
@pytest.mark.django_db(transaction=True)
def test_la_compilation_passe_par_le_travailleur(worker_celery: Any, attendre: Any, client: Any) -> None:
    gestion = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)
    client.force_login(gestion, backend="django.contrib.auth.backends.ModelBackend")
    reponse = client.post("/parcours/observatoire/calculer/", {"annee": ANNEE})
    assert reponse.status_code == 302
    relu = Traitement.objects.get
    attendre(lambda: not relu().actif, motif="la compilation finit")
    assert (relu().etat, relu().erreur) == (EtatTraitement.TERMINE, "")
    assert relu().fait == relu().total == 5
    assert ReleveIndicateurs.objects.get(annee=ANNEE).calcule_par == gestion


# -- masking ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("population")
def test_qui_n_a_pas_de_droit_nominatif_ne_retrouve_aucun_petit_effectif() -> None:
    compiler_indicateurs(programme=None, annee=ANNEE, par=None)
    source = lecture.Source.de(ANNEE)
    for formule, axe in itertools.product(FORMULES, ("territoire", "sexe", "age", "type")):
        if axe not in formule.axes:
            continue
        groupes = lecture.ventilation(source, formule, axe, Restriction(), masquer=True)
        total = lecture.chiffres(source, [formule], Restriction(), masquer=True)[formule.code]
        montres = [g.chiffre for g in groupes if not g.chiffre.masque]
        caches = [g.chiffre for g in groupes if g.chiffre.masque]
        assert not any(lecture.petit_chiffre(formule, c.termes) for c in montres), formule.code
        if caches and not total.masque and formule.disjoint and not formule.somme:
            assert len(caches) > 1, f"{formule.code} par {axe} : le groupe caché se retrouve par différence"
        # Choosing the group by a filter hides what the breakdown hides.
        for g in groupes:
            if g.cle and g.cle != lecture.INCONNU:
                seul: Any = {axe: g.cle}
                par_filtre = lecture.chiffres(source, [formule], Restriction(**seul), masquer=True)
                assert par_filtre[formule.code].masque == g.chiffre.masque


@pytest.mark.usefixtures("population")
def test_l_observatoire_se_lit_a_une_date(client: Any) -> None:
    """A day of the year: the figure is that of the engine on that day; those who must not know get a month's end."""
    jour = datetime.date(ANNEE, 3, 15)
    formule = PAR_CODE["taux_orientation"]
    lire = lambda le: moteur.calculer([formule], moteur.Moment.de(ANNEE, le))[formule.code]["total"][""]  # noqa: E731
    for role, le in ((Role.ADMINISTRATEUR, jour), (Role.DIRECTION, datetime.date(ANNEE, 3, 31))):
        client.force_login(UtilisateurFactory.create(role=role))
        page = client.get(reverse("parcours:indicateur_parcours", args=[formule.code]), {"au": jour.isoformat()})
        assert page.context["page"].chiffre.termes == lire(le)
        assert f"{le:%d/%m/%Y}" in page.content.decode()
    assert "pas les personnes" in page.content.decode(), "la direction lit pourquoi la liste ne s’ouvre pas"
    demain = timezone.localdate() + datetime.timedelta(days=1)
    assert client.get(reverse("parcours:observatoire"), {"au": demain.isoformat()}).context["page"].au is None


def test_les_portions_sont_dites_en_francais() -> None:
    assert set(PORTIONS) == {"numerateur", "denominateur", "reste", "manquants"}
    assert Personne.objects.count() == 0
