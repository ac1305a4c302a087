"""Harmonised indicators of conventions, counted from prescriptions: whose, when, over what."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from offre import calculs
from offre.models import MontantConvention
from parcours.models import CategorieSortie, NatureSortie
from tests.fabriques_offre import ConventionFactory
from tests.fabriques_parcours import (
    MotifFactory,
    OffreFactory,
    PrescriptionFactory,
    ReferentielSortieFactory,
    SortieFactory,
    TypeSortieFactory,
)

pytestmark = pytest.mark.django_db
ANNEE = 2024


def jour(mois: int, j: int = 1) -> datetime.date:
    return datetime.date(ANNEE, mois, j)


@pytest.fixture
def convention():
    """Of 2024, on one offer, ten places and 1 000 € planned, 800 € mandated for one of the two funders."""
    convention = ConventionFactory.create(
        offres=[OffreFactory.create()], periode=DateRange(jour(1), datetime.date(ANNEE + 1, 1, 1)),
        signee_le=jour(1), regles=[{"type": "places", "quantite": "10", "libelle": ""}],
    )  # fmt: skip
    for rang, (prevu, mandate) in enumerate(((1000, 800), (200, None))):
        financeur = convention.operateur if rang else ConventionFactory.create().operateur
        MontantConvention.objects.create(
            convention=convention, annee=ANNEE, financeur=financeur, prevu=prevu, mandate=mandate
        )
    return convention


def prescrire(convention, etat: str, **champs):
    commun = {"offre": convention.offres.get(), "operateur": convention.operateur}
    return PrescriptionFactory.create(
        etat=etat, **(commun | {"renseignee_le": jour(2), "repondue_le": jour(2, 11)} | champs)
    )


def chiffres(convention, annee: int = ANNEE) -> dict[str, calculs.Chiffre]:
    codes = [c.code for c in calculs.declares()]
    return {code: par[convention.pk] for code, par in calculs.calculer(codes, [convention.pk], annee).items()}


def test_une_annee_se_compte_entiere(convention):
    prescrire(convention, "transmise", repondue_le=None)
    prescrire(convention, "refusee", motif_refus=MotifFactory.create())
    prescrire(convention, "retenue")
    prescrire(convention, "abandonnee", entree_le=jour(3), fin_le=jour(4))
    cdi = TypeSortieFactory.create(referentiel=ReferentielSortieFactory.create(duree_min_jours=0))
    autre = TypeSortieFactory.create(referentiel=cdi.referentiel, categorie=CategorieSortie.AUTRE)
    for type_sortie in (cdi, autre):
        p = prescrire(convention, "achevee", entree_le=jour(3), fin_le=jour(9))
        SortieFactory.create(
            personne=p.personne, prescription=p, nature=NatureSortie.ACTION, motif=None, type=type_sortie, date=jour(9)
        )
    lus = chiffres(convention)
    assert {code: lus[code].valeur for code in (
        "prescriptions-recues", "prescriptions-acceptees", "delai-reponse", "entrees", "occupation",
        "retour-emploi", "sorties-positives",
    )} == {
        "prescriptions-recues": 6, "prescriptions-acceptees": 80, "delai-reponse": 10, "entrees": 3, "occupation": 30,
        "retour-emploi": 50, "sorties-positives": 50,
    }  # fmt: skip
    assert (lus["achevees"].compte, lus["achevees"].base) == (Decimal(2), Decimal(3))
    assert [lus[c].valeur for c in ("cout-place", "cout-sortie-emploi")] == [100, 1000], "mandaté, à défaut prévu"
    assert lus["cout-entree"].base == 3


def test_ni_l_annulee_ni_une_autre_offre_ni_un_autre_operateur_ne_comptent(convention):
    prescrire(convention, "annulee", annulee_le=jour(3), motif_annulation="Erreur")
    prescrire(convention, "retenue", offre=OffreFactory.create())
    prescrire(convention, "retenue", operateur=ConventionFactory.create().operateur)
    assert chiffres(convention)["prescriptions-recues"].valeur == 0


def test_sans_offre_la_convention_couvre_tout_ce_que_recoit_l_operateur(convention):
    convention.offres.clear()
    PrescriptionFactory.create(operateur=convention.operateur, etat="transmise", renseignee_le=jour(5))
    assert chiffres(convention)["prescriptions-recues"].valeur == 1


def test_hors_de_ses_dates_rien_n_est_mesure(convention):
    prescrire(convention, "retenue", renseignee_le=datetime.date(ANNEE + 1, 2, 1),
              repondue_le=datetime.date(ANNEE + 1, 2, 1))  # fmt: skip
    assert chiffres(convention)["prescriptions-recues"].valeur == 0
    assert chiffres(convention, ANNEE + 1)["prescriptions-recues"].valeur is None


def test_sans_denominateur_pas_de_taux(convention):
    lus = chiffres(convention)
    assert lus["retour-emploi"].valeur is None
    assert lus["cout-entree"].valeur is None
    assert lus["cout-entree"].compte == Decimal(1000)


def test_toutes_les_conventions_en_une_requete_par_famille(convention, django_assert_num_queries):
    autres = [c.pk for c in ConventionFactory.create_batch(5)]
    with django_assert_num_queries(2):
        calculs.calculer([c.code for c in calculs.declares()], [convention.pk, *autres], ANNEE)


def test_un_code_ne_se_declare_pas_deux_fois():
    connu = calculs.declares()[0]
    autre = calculs.CalculConvention(connu.code, "X", "X", "nombre", connu.famille, "a", "a")
    with pytest.raises(ValueError, match="déjà déclaré"):
        calculs.declarer(autre)
