"""Two files of one person: found, compared, made one with a trace, or told apart."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from parcours.models import Adresse, Consultation, Fusion, Orientation, Personne, PersonnesDistinctes
from parcours.operations.fusion import ecarter_doublon, fusionner, obstacles
from parcours.rapprochements import paires
from parcours.regles.fusion import morceaux_libres
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import EntreeJournal
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    AideFactory,
    ContratFactory,
    DiagnosticFactory,
    EntretienFactory,
    PersonneFactory,
    depuis,
    il_y_a,
    personne_suivie,
)

pytestmark = pytest.mark.django_db
NAISSANCE = datetime.date(1985, 3, 12)


@pytest.fixture
def agent() -> Any:
    return UtilisateurFactory.create(role=Role.AGENT_ORIENTATION)


def deux_fiches(**plus: Any) -> tuple[Personne, Personne]:
    """Return one person's two files: the first lived a path, the second was opened again in a hurry."""
    une = personne_suivie(
        nom_naissance="Lefèvre", prenoms="Marie", date_naissance=NAISSANCE, telephone="", entree=il_y_a(300)
    )
    autre = PersonneFactory.create(
        **{"nom_naissance": "LEFEVRE", "prenoms": "Marie Anne", "date_naissance": NAISSANCE, "telephone": "0600000001"}
        | plus
    )
    return une, autre


def url(une: Personne, autre: Personne) -> str:
    return reverse("parcours:doublon", args=[une.pk, autre.pk])


# -- who is found ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plus", "trouvee"),
    [
        ({}, True),
        ({"date_naissance": datetime.date(1985, 12, 3)}, True),
        ({"date_naissance": None}, True),
        ({"nom_naissance": "Lefebvre"}, True),
        ({"prenoms": "Georges"}, False),
        ({"date_naissance": datetime.date(1971, 8, 30)}, False),
    ],
    ids=["memes", "jour-et-mois-inverses", "sans-naissance", "nom-voisin", "autre-prenom", "autre-naissance"],
)
def test_une_paire_se_trouve_par_ce_qui_se_ressemble(agent: Any, plus: dict[str, Any], trouvee: bool) -> None:
    une, autre = deux_fiches(**({"prenoms": "Marie", "nom_naissance": "Lefèvre"} | plus))
    assert [{p.une.pk, p.autre.pk} for p in paires(agent)] == ([{une.pk, autre.pk}] if trouvee else [])


def test_deux_numeros_de_securite_sociale_differents_sont_deux_personnes(agent: Any) -> None:
    une, autre = deux_fiches()
    Personne.objects.filter(pk=une.pk).update(nir_empreinte="a" * 64, nir_chiffre=b"x")
    Personne.objects.filter(pk=autre.pk).update(nir_empreinte="b" * 64, nir_chiffre=b"x")
    assert paires(agent) == []
    assert "numéros de sécurité sociale différents" in obstacles(*Personne.objects.order_by("pk"))[0]


def test_une_paire_distinguee_quitte_la_file(client: Client, agent: Any) -> None:
    une, autre = deux_fiches()
    client.force_login(agent)
    assert "Lefèvre".upper() in client.get(reverse("parcours:doublons")).content.decode()
    client.post(url(une, autre), {"geste": "distinguer"})
    assert PersonnesDistinctes.objects.filter(premiere=une, seconde=autre).exists()
    assert "Aucun doublon probable" in client.get(reverse("parcours:doublons")).content.decode()


def test_hors_de_son_territoire_une_fiche_ne_se_compare_pas(client: Client) -> None:
    structure = StructureFactory.create()
    client.force_login(UtilisateurFactory.create(role=Role.AGENT_ORIENTATION, structure=structure))
    une, autre = deux_fiches()
    assert "Aucun doublon probable" in client.get(reverse("parcours:doublons")).content.decode()
    assert client.get(url(une, autre)).status_code == 404


# -- the comparison ----------------------------------------------------------------------------------


def test_comparer_montre_les_differences_et_laisse_une_trace(client: Client) -> None:
    admin = UtilisateurFactory.create(role=Role.ADMINISTRATEUR)
    client.force_login(admin)
    une, autre = deux_fiches()
    contenu = client.get(url(une, autre)).content.decode()
    assert "Marie Anne" in contenu
    assert contenu.count("diffère") == 1  # the first names: accents and case aside, the name is the same
    assert f'value="{une.pk}" checked' in contenu
    vues = Consultation.objects.filter(par=admin, exceptionnelle=True).values_list("personne", flat=True)
    assert set(vues) == {une.pk, autre.pk}


# -- one file ----------------------------------------------------------------------------------------


def test_tout_passe_dans_la_fiche_qui_reste(agent: Any) -> None:
    une, autre = deux_fiches()
    entretien = EntretienFactory.create(personne=autre)
    contrat = ContratFactory.create(personne=autre, etat="clos", debut=il_y_a(900))
    aide = AideFactory.create(personne=autre)
    fusion = fusionner(garde=une.pk, absorbee=autre.pk, par=agent, motif="Pièce d’identité présentée")
    for ligne in (entretien, contrat, aide):
        ligne.refresh_from_db()
        assert ligne.personne_id == une.pk
    assert not Personne.objects.filter(pk=autre.pk).exists()
    une.refresh_from_db()
    assert une.telephone == "0600000001"
    assert une.nom_naissance == "Lefèvre"
    assert fusion.absorbee["prenoms"] == "Marie Anne"
    assert fusion.deplaces["parcours.entretien"] == [entretien.pk]
    assert "nir_chiffre" not in fusion.absorbee


def test_le_journal_des_deux_fiches_demeure(agent: Any) -> None:
    une, autre = deux_fiches()
    EntreeJournal.objects.create(
        par=agent, verbe="modifier_contacts", objet_type="parcours.personne", objet_id=str(autre.pk), objet_libelle="X"
    )
    fusionner(garde=une.pk, absorbee=autre.pk, par=agent)
    assert EntreeJournal.objects.filter(objet_id=str(autre.pk), verbe="modifier_contacts").exists()
    ligne = EntreeJournal.objects.get(verbe="fusionner_personnes")
    assert ligne.objet_id == str(une.pk)
    assert ligne.apres["fiche absorbée"] == autre.pk


def test_a_une_date_la_fiche_qui_reste_l_emporte(agent: Any) -> None:
    une, _ = deux_fiches()
    autre = personne_suivie(nom_naissance="Lefevre", prenoms="Marie", date_naissance=NAISSANCE, entree=il_y_a(500))
    orientee = une.orientations.get()
    ancienne = autre.orientations.get()
    fusionner(garde=une.pk, absorbee=autre.pk, par=agent)
    siennes = list(Orientation.objects.filter(personne=une).order_by("periode"))
    assert [o.pk for o in siennes] == [ancienne.pk, orientee.pk]
    assert siennes[0].periode.upper == orientee.periode.lower
    assert [o.rang for o in siennes] == [1, 2]
    assert Adresse.objects.filter(personne=une).count() >= 1


def test_ce_qui_est_tout_couvert_est_recopie_dans_la_trace(agent: Any) -> None:
    une = PersonneFactory.create(nom_naissance="Lefèvre", prenoms="Marie", date_naissance=NAISSANCE)
    autre = PersonneFactory.create(nom_naissance="Lefevre", prenoms="Marie", date_naissance=NAISSANCE)
    Adresse.objects.create(personne=une, code_postal="91000", periode=depuis(il_y_a(900)))
    Adresse.objects.create(
        personne=autre, lignes="3 rue des Essais", code_postal="91100", periode=DateRange(il_y_a(80), None)
    )
    fusion = fusionner(garde=une.pk, absorbee=autre.pk, par=agent)
    assert Adresse.objects.filter(personne=une).count() == 1
    assert fusion.ecartes["parcours.adresse"][0]["lignes"] == "3 rue des Essais"


@pytest.mark.parametrize("cas", ["diagnostics", "contrats", "deces"])
def test_ce_qui_empeche_se_dit_et_rien_n_est_ecrit(client: Client, agent: Any, cas: str) -> None:
    une, autre = deux_fiches()
    mots = {
        "diagnostics": "Un diagnostic est commencé dans chaque fiche",
        "contrats": "Deux contrats validés se chevauchent",
        "deces": "Deux dates de décès",
    }
    for rang, fiche in enumerate((une, autre)):
        if cas == "diagnostics":
            DiagnosticFactory.create(personne=fiche, termine_le=None)
        elif cas == "contrats":
            ContratFactory.create(personne=fiche, etat="valide", debut=il_y_a(30 + rang), fin=il_y_a(-100))
        else:
            Personne.objects.filter(pk=fiche.pk).update(deces_le=il_y_a(3 + rang))
    client.force_login(agent)
    contenu = client.get(url(une, autre)).content.decode()
    assert mots[cas] in contenu
    assert "C’est la même personne" not in contenu
    reponse = client.post(url(une, autre), {"geste": "fusionner", "garde": une.pk})
    assert reponse.status_code == 422
    assert "Rien n’a été écrit" in reponse.content.decode()
    assert Personne.objects.filter(pk=autre.pk).exists()
    assert not Fusion.objects.exists()


def test_un_encadrant_ne_reunit_pas(agent: Any) -> None:
    une, autre = deux_fiches()
    encadrant = UtilisateurFactory.create(role=Role.ENCADRANT)
    for operation in (
        lambda: fusionner(garde=une.pk, absorbee=autre.pk, par=encadrant),
        lambda: ecarter_doublon(une=une.pk, autre=autre.pk, par=encadrant),
    ):
        with pytest.raises(DroitInsuffisant):
            operation()
    with pytest.raises(RegleMetier):
        fusionner(garde=une.pk, absorbee=une.pk, par=agent)


BORNES = st.integers(0, 60)
PERIODES = st.lists(st.tuples(BORNES, BORNES).map(sorted).filter(lambda p: p[0] < p[1]), max_size=5)


@given(st.tuples(BORNES, BORNES).map(sorted).filter(lambda p: p[0] < p[1]), PERIODES)
def test_les_morceaux_libres_sont_les_jours_que_rien_ne_prend(une: list[int], prises: list[list[int]]) -> None:
    origine = datetime.date(2024, 1, 1)

    def jour(n: int) -> datetime.date:
        return origine + datetime.timedelta(days=n)

    libres = morceaux_libres((jour(une[0]), jour(une[1])), [(jour(a), jour(b)) for a, b in prises])
    attendus = {n for n in range(*une) if not any(a <= n < b for a, b in prises)}
    assert {n for n in range(*une) if any(d <= jour(n) < f for d, f in libres if d and f)} == attendus
    assert all(d < f for d, f in libres if d and f)


def test_la_file_se_filtre_se_tourne_et_s_exporte(agent: Any) -> None:
    for rang in range(27):
        for _ in range(2):
            PersonneFactory.create(
                nom_naissance=f"Nom{chr(65 + rang)}", prenoms="Ada", date_naissance=NAISSANCE + datetime.timedelta(rang)
            )
    client = Client()
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    adresse = reverse("parcours:doublons")
    page = client.get(adresse)
    assert len(page.context["page"]) == 25
    assert "25 paires sur 27" in page.content.decode().replace("\u00a0", " ").replace("\u202f", " ")
    suite = client.get(adresse, {"curseur": page.context["page"].suivant})
    assert len(suite.context["page"]) == 2
    assert [str(p.une) for p in client.get(adresse, {"nom": "nomc ada"}).context["page"]] == ["NOMC Ada"]
    assert "Aucune paire ne correspond" in client.get(adresse, {"nom": "Inconnue"}).content.decode()
    reponse: Any = client.get(reverse("parcours:doublons_export"), {"nom": "nomc", "format": "csv"})
    lignes = b"".join(reponse.streaming_content)
    assert lignes.decode("utf-8-sig").count("NOMC") == 2
