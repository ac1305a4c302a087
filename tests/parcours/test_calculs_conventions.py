"""Harmonised indicators of conventions, counted from prescriptions: whose, when, over what."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from offre import calculs
from offre.models import BilanOperateur, CampagneOperateurs, MontantConvention
from parcours import chiffres_conventions
from parcours.calculs_conventions import prescriptions
from parcours.models import CategorieSortie, NatureSortie, Prescription
from pdi.comptes.models import Role
from tests.fabriques import UtilisateurFactory
from tests.fabriques_offre import ConventionFactory, ObjectifFactory
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


def une_annee(convention) -> None:
    """One of each: waiting, refused, kept, given up, achieved with an exit that counts, one too short, one left out."""
    prescrire(convention, "transmise", repondue_le=None)
    prescrire(convention, "refusee", motif_refus=MotifFactory.create())
    prescrire(convention, "retenue")
    prescrire(convention, "annulee", annulee_le=jour(3), motif_annulation="Erreur")
    prescrire(convention, "retenue", renseignee_le=datetime.date(ANNEE - 1, 5, 1),
              repondue_le=datetime.date(ANNEE - 1, 5, 2))  # fmt: skip
    prescrire(convention, "retenue", offre=OffreFactory.create())
    prescrire(convention, "abandonnee", entree_le=jour(3), fin_le=jour(4))
    referentiel = ReferentielSortieFactory.create(duree_min_jours=30)
    for categorie, emploi, entree in (
        (CategorieSortie.DURABLE, True, 3), (CategorieSortie.POSITIVE, False, 3), (CategorieSortie.AUTRE, False, 3),
        (CategorieSortie.NEUTRALISEE, False, 3), (CategorieSortie.DURABLE, True, 9),
    ):  # fmt: skip
        p = prescrire(convention, "achevee", entree_le=jour(entree), fin_le=jour(9, 20))
        SortieFactory.create(
            personne=p.personne, prescription=p, nature=NatureSortie.ACTION, motif=None, date=jour(9, 20),
            type=TypeSortieFactory.create(referentiel=referentiel, categorie=categorie, emploi=emploi),
        )  # fmt: skip


def objectif(convention, calcul: str, cible: int):
    return ObjectifFactory.create(convention=convention, annee=ANNEE, calcul=calcul, cible=cible)


@pytest.mark.parametrize("ciblee", [True, False], ids=["ses-offres", "tout-l-operateur"])
def test_chaque_terme_ouvre_autant_de_prescriptions_qu_il_en_compte(convention, ciblee):
    une_annee(convention)
    if not ciblee:
        convention.offres.clear()
    comptes = prescriptions([convention.pk], ANNEE)[convention.pk]
    for terme in chiffres_conventions.TERMES:
        chiffre = chiffres_conventions.ChiffreConvention(convention, ANNEE, terme)
        trouvees = Prescription.objects.filter(chiffres_conventions.condition(chiffre)).count()
        assert trouvees == comptes[terme], terme
    assert comptes["emplois"] == 1, "trop brève, l’autre sortie ne compte pas"


def test_le_chiffre_d_une_convention_mene_a_ses_prescriptions(client, convention):
    une_annee(convention)
    objectif(convention, "entrees", 10)
    client.force_login(UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=convention.operateur))
    page = client.get(convention.get_absolute_url(), {"annee": ANNEE})
    (lu,) = page.context["lue"].objectifs
    liste = client.get(lu.url)
    assert liste.context["page"].total == lu.ligne.valeur == 6
    assert f"entrées en action {ANNEE}, convention {convention.numero}" in liste.content.decode()


def test_une_vue_de_la_liste_garde_le_chiffre_demande(client, convention):
    prescrire(convention, "en_action", entree_le=jour(3))
    PrescriptionFactory.create(
        operateur=convention.operateur, etat="en_action", entree_le=datetime.date(ANNEE + 1, 3, 1)
    )
    client.force_login(UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=convention.operateur))
    adresse = f"{reverse('parcours:prescriptions')}?chiffre={convention.pk}-{ANNEE}-entrees"
    page = client.get(adresse)
    (vue,) = (v for v in page.context["liste"].vues if v.code == "en_action")
    assert f"?chiffre={convention.pk}-{ANNEE}-entrees&amp;vue=en_action" in page.content.decode()
    assert client.get(f"{adresse}&vue=en_action").context["page"].total == vue.compte == 1


def test_le_chiffre_d_une_autre_convention_ne_filtre_rien(client, convention):
    une_annee(convention)
    autre = ConventionFactory.create()
    client.force_login(UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=autre.operateur))
    page = client.get(reverse("parcours:prescriptions"), {"chiffre": f"{convention.pk}-{ANNEE}-entrees"})
    assert page.context["liste"].chiffre is None
    assert "Chiffre de convention" not in page.content.decode()


@pytest.mark.parametrize(
    ("role", "lu"), [(Role.DIRECTION, False), (Role.PILOTE, False), (Role.CHARGE_PROGRAMME, True)],
    ids=["direction", "pilote", "service"],
)  # fmt: skip
def test_un_chiffre_sur_peu_de_personnes_n_est_pas_pour_tous(client, convention, role, lu):
    prescrire(convention, "en_action", entree_le=jour(3))
    objectif(convention, "entrees", 10)
    objectif(convention, "cout-entree", 500)
    campagne = CampagneOperateurs.objects.create(
        annee=ANNEE, ouverte_le=jour(9), limite_saisie=jour(10), limite_validation=jour(11)
    )
    bilan = BilanOperateur.objects.create(campagne=campagne, convention=convention)
    client.force_login(UtilisateurFactory.create(role=role))
    page = client.get(convention.get_absolute_url(), {"annee": ANNEE})
    assert [o.masque for o in page.context["lue"].objectifs] == [not lu, not lu]
    assert ("secret statistique" in page.content.decode()) is not lu
    lignes = client.get(bilan.get_absolute_url()).context["lignes"]
    assert [x.valeur is not None for x in lignes] == [lu, lu]
    export = client.get(reverse("offre:bilans_operateurs_export"), {"format": "csv"})
    assert ("s. s." in b"".join(export.streaming_content).decode()) is not lu


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
