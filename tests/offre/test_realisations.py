"""Typed realisations: one form for every kind, measures judged by the kind, indicators of the fiches filled."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from actions import registre
from offre.models import Realisation, TypeRealisation
from offre.operations.realisations import charger_types
from offre.regles.realisations import evaluer, fautes, lire_indicateurs, lire_mesures
from offre.types_realisation import types_livres
from pdi.comptes.models import Role
from tests.fabriques import FicheFactory, StructureFactory, UtilisateurFactory
from tests.fabriques_offre import ConventionFactory, annee


@pytest.fixture
def types(db):
    charger_types()
    return {t.code: t for t in TypeRealisation.objects.all()}


@pytest.fixture
def service(db):
    return UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)


def poster(client, code: str, structure, **mesures):
    donnees = {"intitule": "Essai", "structure": structure.nom, "debut": f"{timezone.localdate()}"}
    donnees |= {f"mesure_{m}": v for m, v in mesures.items()}
    return client.post(reverse("offre:realisation_nouvelle", args=[code]), donnees)


@pytest.mark.parametrize("genre", types_livres(), ids=lambda g: g["code"])
def test_chaque_type_livre_a_des_mesures_et_des_indicateurs_qui_se_tiennent(genre):
    mesures = lire_mesures(genre["mesures"])
    codes = {m.code for m in mesures}
    assert {m.au_plus for m in mesures} - {""} <= codes
    for indicateur in lire_indicateurs(genre["indicateurs"]):
        assert {indicateur.numerateur, indicateur.denominateur} - {"", "*"} <= codes
        assert registre.trouver(f"{genre['code']}-{indicateur.code}") is not None


@pytest.mark.parametrize(
    ("valeurs", "champ", "dit"),
    [
        ({"personnes": "2", "duree": "5"}, "duree", "de 1 à 4 semaines"),
        ({"personnes": "2", "duree": "0"}, "duree", "de 1 à 4 semaines"),
        ({"personnes": "2", "duree": "1,5"}, "duree", "nombre entier"),
        ({"duree": "2"}, "personnes", "obligatoire"),
        ({"personnes": "2", "duree": "2", "brsa": "3"}, "brsa", "Au plus 2"),
    ],
    ids=["cinq semaines", "zéro", "demi-semaine", "manque", "partie plus grande"],
)
def test_une_immersion_impossible_est_refusee_a_cote_du_champ(client, service, types, valeurs, champ, dit):
    client.force_login(service)
    reponse = poster(client, "pmsmp", StructureFactory.create(nom="Maison d’essai"), **valeurs)
    erreurs = reponse.context["form"].errors
    assert list(erreurs) == [f"mesure_{champ}"]
    assert dit in erreurs[f"mesure_{champ}"][0]
    assert not Realisation.objects.exists()


def test_un_choix_hors_de_la_liste_est_dit():
    mesures = lire_mesures([{"code": "n", "libelle": "Nature", "nature": "choix", "choix": ["Forum", "Débat"]}])
    assert fautes(mesures, {"n": "Bal"}) == {"n": "Attendu : Forum, Débat."}


def test_un_taux_sans_denominateur_n_a_pas_de_valeur():
    indicateurs = lire_indicateurs(
        [{"code": "t", "libelle": "T", "numerateur": "a", "denominateur": "b", "unite": "%"}]
    )
    assert evaluer(indicateurs, {"a": Decimal(1), "b": Decimal(0)}, 1)[0].valeur is None
    assert evaluer(indicateurs, {"a": Decimal(1), "b": Decimal(4)}, 1)[0].valeur == 25


def test_une_realisation_se_saisit_se_corrige_et_se_supprime(client, service, types):
    structure = StructureFactory.create(nom="Maison d’essai")
    client.force_login(service)
    poster(client, "clauses", structure, heures_reservees="1 200,5", heures_realisees="600", personnes="4")
    realisation = Realisation.objects.get()
    assert realisation.valeurs == {"heures_reservees": "1200.5", "heures_realisees": "600", "personnes": "4"}
    page = client.get(realisation.get_absolute_url()).content.decode()
    assert "1\u00a0200,5" in page
    donnees = {"intitule": "Corrigée", "structure": structure.nom, "debut": f"{realisation.debut}",
               "mesure_heures_reservees": "1000"}  # fmt: skip
    adresse = reverse("offre:realisation_modifier", args=[realisation.pk])
    refusee = client.post(adresse, donnees | {"fin": "2001-01-01", "mesure_heures_reservees": "mille"})
    assert set(refusee.context["form"].errors) == {"fin", "mesure_heures_reservees"}  # both said at once
    client.post(adresse, donnees)
    realisation.refresh_from_db()
    assert (realisation.intitule, realisation.valeurs) == ("Corrigée", {"heures_reservees": "1000"})
    client.post(reverse("offre:realisation_supprimer", args=[realisation.pk]))
    assert not Realisation.objects.exists()


def test_un_operateur_ne_saisit_que_pour_lui_et_sur_sa_convention(client, types):
    convention, autre = ConventionFactory.create(), ConventionFactory.create()
    client.force_login(UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=convention.operateur))
    url = reverse("offre:realisation_nouvelle", args=["pmsmp"])
    donnees = {"intitule": "Essai", "debut": f"{timezone.localdate()}", "mesure_personnes": "1", "mesure_duree": "1"}
    refus = client.post(url, donnees | {"structure": autre.operateur_id})
    assert "structure" in refus.context["form"].errors
    refus = client.post(url, donnees | {"structure": convention.operateur_id, "convention": autre.pk})
    assert "convention" in refus.context["form"].errors
    client.post(url, donnees | {"structure": convention.operateur_id, "convention": convention.pk})
    assert Realisation.objects.get().structure == convention.operateur


def requete(code: str):
    declaration = registre.trouver(code)
    assert declaration is not None
    return declaration.requete


def test_les_indicateurs_des_fiches_se_remplissent_seuls(types):
    fiche, structure = FicheFactory.create(), StructureFactory.create()
    for personnes, de_la_fiche in ((3, True), (4, False)):
        Realisation.objects.create(
            type=types["forum"], intitule="Forum", structure=structure, fiche=fiche if de_la_fiche else None,
            debut=datetime.date(annee(), 1, 3), valeurs={"nature": "Conférence", "presents": str(personnes)},
        )  # fmt: skip
    tout = requete("forum-participants")(fiche.programme, annee())
    siens = requete("forum-participants@fiche")(fiche.programme, annee())
    assert (tout[None].numerateur, siens[fiche.pk].numerateur) == (7, 3)
    assert requete("forum-participants")(fiche.programme, annee() - 1)[None].numerateur == 0


def test_la_liste_resume_chaque_type_et_coute_autant_pour_trente(
    client, service, types, django_assert_num_queries, django_assert_max_num_queries
):
    structure = StructureFactory.create()

    def immersions(combien: int) -> None:
        Realisation.objects.bulk_create(
            [
                Realisation(type=types["pmsmp"], intitule="Immersion", structure=structure,
                            debut=timezone.localdate(), valeurs={"personnes": "2", "duree": "3", "suites": "1"})
                for _ in range(combien)
            ]
        )  # fmt: skip

    client.force_login(service)
    immersions(1)
    adresses = [reverse("offre:realisations"), reverse("offre:realisations_export")]
    couts = []
    for adresse in adresses:
        with django_assert_max_num_queries(30) as compte:
            b"".join(client.get(adresse))
        couts.append(len(compte))
    immersions(29)
    for adresse, cout in zip(adresses, couts, strict=True):
        with django_assert_num_queries(cout):
            b"".join(client.get(adresse))
    _type, combien, valeurs = client.get(adresses[0]).context["liste"].bilan[0]
    assert (combien, [v.valeur for v in valeurs]) == (30, [30, 60, 3, 50])


@pytest.mark.parametrize(
    ("code", "termes", "secrete"),
    [
        pytest.param("pmsmp-personnes", (3, None), True, id="trois-personnes"),
        pytest.param("pmsmp-personnes", (5, None), False, id="cinq-personnes"),
        pytest.param("pmsmp-personnes", (0, None), False, id="aucune"),
        pytest.param("pmsmp-terrains", (3, None), False, id="trois-entreprises"),
        pytest.param("pmsmp-suites@fiche", (48, 50), True, id="deux-sans-suite"),
        pytest.param("creche-utilisation", (3, 400), False, id="des-heures"),
    ],
)
def test_un_chiffre_sur_peu_de_personnes_ne_se_dit_pas_sur_la_fiche(code, termes, secrete):
    declaration = registre.trouver(code)
    assert declaration is not None
    assert declaration.secrete is not None
    compte, base = termes
    lus = registre.Termes(Decimal(compte), None if base is None else Decimal(base))
    assert declaration.secrete(lus) is secrete


def lues_par(client, role, **filtres):
    """Return what a role reads of the register: {title: people of the row}, the total of people, the exported file."""
    client.force_login(UtilisateurFactory.create(role=role))
    page = client.get(reverse("offre:realisations"), filtres)
    lignes = {r.intitule: dict(r.dites)["Personnes accueillies"] for r in page.context["page"].objets}
    vues = [v for _, _, valeurs in page.context["liste"].bilan for v in valeurs if v.indicateur.code == "personnes"]
    export = b"".join(client.get(reverse("offre:realisations_export"), {"format": "csv"} | filtres)).decode()
    assert [x in export for x in lignes.values()] == [True] * len(lignes)
    return lignes, ["s. s." if v.masque else v.compte for v in vues], export


def test_qui_lit_les_seuls_chiffres_ne_retrouve_pas_un_petit_effectif(client, types):
    fiche, seule = FicheFactory.create(), FicheFactory.create()
    structure = StructureFactory.create()
    for intitule, personnes, pour in (("Trois", 3, fiche), ("Dix", 10, fiche), ("Vingt", 20, fiche), ("Deux", 2, seule),
                                      ("Un", 1, None), ("Cent", 100, None)):  # fmt: skip
        Realisation.objects.create(
            type=types["pmsmp"], intitule=intitule, structure=structure, debut=datetime.date(annee(), 1, 3), fiche=pour,
            valeurs={"personnes": str(personnes), "duree": "2"},
        )  # fmt: skip
    lignes, total, export = lues_par(client, Role.DIRECTION)
    # « Dix » hides « Trois » from the total of its fiche; « Cent » hides « Un » from that of the year.
    secret = dict.fromkeys(("Trois", "Dix", "Deux", "Un", "Cent"), "s. s.")
    assert (lignes, total) == (secret | {"Vingt": "20 personnes".replace(" ", "\u00a0")}, [136])
    assert "Personnes accueillies\u00a0: 3" not in export
    page = client.get(Realisation.objects.get(intitule="Trois").get_absolute_url()).content.decode()
    assert "s. s. (secret statistique)" in page
    # A total of rows picked out would give one of them back by difference.
    assert lues_par(client, Role.DIRECTION, mot="Trois")[1] == ["s. s."]
    assert lues_par(client, Role.DIRECTION, mot="Vingt")[1] == [20]
    assert lues_par(client, Role.DIRECTION, fiche=str(fiche.pk))[1] == [33]
    assert lues_par(client, Role.DIRECTION, fiche=str(seule.pk))[1] == ["s. s."]
    assert lues_par(client, Role.CHARGE_PROGRAMME, mot="Trois")[0] == {"Trois": "3\u00a0personnes"}
