"""Addresses, households and files that follow one another; communes and their former names."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from parcours.communes import resoudre
from parcours.models import (
    Adresse,
    MembreFoyer,
    NatureMotif,
    Personne,
    SituationDroitsDevoirs,
    SituationFoyer,
)
from parcours.operations.adresses import SaisieAdresse, demenager
from parcours.operations.dossiers import CHAMPS, declarer_droits_devoirs, modifier_dossier
from parcours.operations.personnes import declarer_deces
from parcours.regles.droits_devoirs import soumis
from pdi.comptes.models import Role
from pdi.socle.droits import RegleMetier
from pdi.socle.models import EntreeJournal
from pdi.structures.models import NatureStructure
from tests.fabriques import HabilitationFactory, StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    CommuneFactory,
    MembreFoyerFactory,
    MotifFactory,
    PersonneFactory,
    TerritoireFactory,
    il_y_a,
    personne_suivie,
)
from tests.parcours.creation import creer

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client: Client) -> Any:
    utilisateur = UtilisateurFactory.create(role=Role.AGENT_ORIENTATION)
    client.force_login(utilisateur)
    return utilisateur


# -- addresses -------------------------------------------------------------------------------------


@pytest.mark.parametrize("saisie", ["evry courcouronnes", "ÉVRY-COURCOURONNES", "Évry-Courcouronnes (91228)"])
def test_une_commune_se_trouve_sans_accents(saisie: str):
    commune = CommuneFactory.create(code="91228", nom="Évry-Courcouronnes")
    assert resoudre(saisie)[0] == commune


def test_une_commune_mal_ecrite_propose_la_plus_proche(client: Client, agent):
    CommuneFactory.create(code="91570", nom="Saint-Michel-sur-Orge")
    personne = personne_suivie()
    adresse = reverse("parcours:adresse_ajouter", args=[personne.pk])
    contenu = client.post(adresse, {"commune": "St Michel sur Orje", "debut": "2026-01-02"}).content.decode()
    assert "Saint-Michel-sur-Orge (91570)" in contenu


def test_un_demenagement_finit_l_adresse_precedente_la_veille(agent):
    personne, arrivee = personne_suivie(), CommuneFactory.create()
    le = il_y_a(10)
    demenager(personne=personne, saisie=SaisieAdresse(debut=le, commune=arrivee), par=agent)
    ancienne, nouvelle = personne.adresses.order_by("periode")
    assert ancienne.periode.upper == le
    assert (nouvelle.commune, nouvelle.periode.upper) == (arrivee, None)
    with pytest.raises(RegleMetier, match="postérieure"):
        demenager(personne=personne, saisie=SaisieAdresse(debut=il_y_a(30), commune=arrivee), par=agent)


@settings(max_examples=20, deadline=None)
@given(jours=st.lists(st.integers(1, 300), min_size=1, max_size=6))
def test_une_seule_adresse_a_une_date_quels_que_soient_les_demenagements(jours):
    agent, personne, commune = UtilisateurFactory.create(role=Role.ENCADRANT), PersonneFactory.create(), None
    for n in jours:
        try:
            demenager(personne=personne, saisie=SaisieAdresse(debut=il_y_a(n), commune=commune), par=agent)
        except RegleMetier:
            continue
    periodes = list(Adresse.objects.filter(personne=personne).values_list("periode", flat=True))
    assert all(sum(il_y_a(n) in p for p in periodes) <= 1 for n in range(302))
    assert sum(il_y_a(0) in p for p in periodes) == 1


def test_l_adresse_se_lit_avec_son_territoire(client: Client, agent):
    commune = CommuneFactory.create(nom="Valmarche-Essai", territoire=TerritoireFactory.create(nom="TAD Essai"))
    personne = personne_suivie(commune=commune)
    contenu = client.get(personne.get_absolute_url()).content.decode()
    assert "Valmarche-Essai" in contenu.split("Foyer et droits</h2>")[1]
    assert "TAD Essai" in contenu.split("Foyer et droits</h2>")[1]
    proposees = client.get(reverse("parcours:communes"), {"commune": "valmarche essai"}).content.decode()
    assert "TAD Essai" in proposees


# -- household, file, rights -----------------------------------------------------------------------


def test_un_enfant_entre_dans_le_foyer_avec_son_dossier(client: Client, agent):
    personne = personne_suivie()
    enfant = {
        "nom_naissance": "Spécimen", "prenoms": "Lou", "date_naissance": "2020-05-01", "sexe": "F", "role": "ENF",
        "debut": "2026-01-02",
    }  # fmt: skip
    reponse = client.post(reverse("parcours:membre_ajouter", args=[personne.pk]), enfant)
    assert reponse.headers["Location"] == personne.get_absolute_url()
    foyer = personne.places.get().foyer
    assert set(foyer.membres.values_list("role", flat=True)) == {"DEM", "ENF"}
    assert "Lou" in client.get(personne.get_absolute_url()).content.decode()


def test_un_conjoint_connu_quitte_son_foyer_une_fois_confirme(client: Client, agent):
    personne = personne_suivie()
    conjoint = personne_suivie(nom_naissance="Connu", prenoms="Alix")
    adresse = reverse("parcours:membre_ajouter", args=[personne.pk])
    donnees = {
        "nom_naissance": "Connu", "prenoms": "Alix", "date_naissance": "1985-03-12", "role": "CJT",
        "debut": il_y_a(5).isoformat(),
    }  # fmt: skip
    assert "peut-être déjà connue" in client.post(adresse, donnees).content.decode()
    donnees["rattacher"] = str(conjoint.pk)
    assert "appartient déjà à un autre foyer" in client.post(adresse, donnees).content.decode()
    ancienne = conjoint.places.get()
    assert client.post(adresse, {**donnees, "confirmee": str(ancienne.pk)}).status_code == 302
    ancienne.refresh_from_db()
    assert ancienne.periode.upper == il_y_a(5)
    place = MembreFoyer.objects.get(personne=conjoint, periode__contains=timezone.localdate())
    assert place.foyer == personne.places.get().foyer


def test_qui_est_parti_ne_finit_plus_la_place_des_autres(client: Client, agent):
    partie, restee = personne_suivie(), personne_suivie()
    place, commun = restee.places.get(), restee.places.get().foyer
    partie.places.all().delete()
    MembreFoyerFactory.create(
        foyer=commun, personne=partie, role="CJT", periode=DateRange(il_y_a(900), il_y_a(400))
    )  # fmt: skip
    adresse = reverse("parcours:membre_terminer", args=[partie.pk, place.pk])
    assert client.get(adresse).status_code == 404
    assert client.post(adresse, {"dernier_jour": il_y_a(1).isoformat()}).status_code == 404
    place.refresh_from_db()
    assert place.periode.upper is None


def test_un_foyer_n_a_qu_un_demandeur(client: Client, agent):
    personne = personne_suivie()
    second = {
        "nom_naissance": "Second", "prenoms": "Noé", "date_naissance": "1990-05-01", "role": "DEM",
        "debut": "2026-01-02",
    }  # fmt: skip
    reponse = client.post(reverse("parcours:membre_ajouter", args=[personne.pk]), second)
    assert "a déjà un demandeur" in reponse.content.decode()
    assert not Personne.objects.filter(nom_naissance="Second").exists()


def test_la_situation_familiale_suit_la_precedente(client: Client, agent):
    personne = personne_suivie()
    adresse = reverse("parcours:foyer_situation", args=[personne.pk])
    for situation, debut in (("CEL", il_y_a(100)), ("VIM", il_y_a(5))):
        client.post(adresse, {"situation": situation, "enfants": "1", "debut": debut.isoformat()})
    assert SituationFoyer.objects.get(situation="CEL").periode.upper == il_y_a(5)
    assert "Vie maritale" in client.get(personne.get_absolute_url()).content.decode()


def test_clore_un_dossier_finit_ses_droits_et_devoirs(client: Client, agent):
    personne = personne_suivie()
    dossier = personne.places.get().foyer.dossiers.get()
    donnees = {
        "numero": dossier.numero, "matricule": "123", "organisme_payeur": dossier.organisme_payeur_id,
        "demande_le": dossier.demande_le.isoformat(), "ouvert_le": str(dossier.ouvert_le),
        "clos_le": il_y_a(3).isoformat(),
    }  # fmt: skip
    adresse = reverse("parcours:dossier_modifier", args=[personne.pk, dossier.pk])
    assert client.post(adresse, donnees).status_code == 302
    dossier.refresh_from_db()
    assert dossier.matricule == "000000000000123"
    assert personne.droits_devoirs.get().periode.upper == il_y_a(3)


def test_clore_plus_tot_retire_les_droits_qui_commencent_apres(agent):
    personne = personne_suivie()
    dossier = personne.places.get().foyer.dossiers.get()
    for debut in (il_y_a(10), il_y_a(4)):
        declarer_droits_devoirs(
            personne=personne, dossier=dossier, debut=debut, recu=True, sans_activite=True, par=agent
        )  # fmt: skip
    valeurs = {champ: getattr(dossier, champ) for champ in CHAMPS} | {"clos_le": il_y_a(10)}
    modifier_dossier(personne=personne, dossier=dossier, valeurs=valeurs, par=agent)
    (restante,) = personne.droits_devoirs.all()
    assert restante.periode.upper == il_y_a(10)
    assert EntreeJournal.objects.filter(verbe="retirer_droits_devoirs").count() == 2


def test_un_numero_de_dossier_deja_connu_est_refuse(client: Client, agent):
    personne, autre = personne_suivie(), personne_suivie()
    caf = StructureFactory.create(nature=NatureStructure.PROTECTION_SOCIALE)
    donnees = {
        "numero": autre.places.get().foyer.dossiers.get().numero, "organisme_payeur": caf.pk,
        "demande_le": "2026-01-02",
    }  # fmt: skip
    reponse = client.post(reverse("parcours:dossier_ajouter", args=[personne.pk]), donnees)
    assert reponse.status_code == 422
    assert "déjà celui d’un autre dossier" in reponse.content.decode()


@pytest.mark.parametrize(
    ("role", "ouvert", "sans_activite", "attendu"),
    [
        ("DEM", True, True, True), ("CJT", True, True, True), ("DEM", True, False, False), ("DEM", True, None, None),
        ("DEM", False, True, False), ("ENF", True, True, False),
    ],
    ids=["demandeur", "conjoint", "en activité", "activité inconnue", "droit fermé", "enfant"],
)  # fmt: skip
def test_qui_est_soumis_aux_droits_et_devoirs(role: str, ouvert: bool, sans_activite: Any, attendu: Any):
    assert soumis(role=role, droit_ouvert=ouvert, sans_activite=sans_activite) is attendu


def test_un_recu_contredit_reste_et_se_signale(client: Client, agent):
    personne = personne_suivie()
    dossier = personne.places.get().foyer.dossiers.get()
    adresse = reverse("parcours:droits_devoirs_ajouter", args=[personne.pk])
    donnees = {"dossier": dossier.pk, "debut": il_y_a(3).isoformat(), "recu": "oui", "sans_activite": "non"}
    assert client.post(adresse, donnees).status_code == 302
    derniere = SituationDroitsDevoirs.objects.get(personne=personne, periode__contains=timezone.localdate())
    assert (derniere.recu, derniere.recalcule) == (True, False)
    assert "Le reçu contredit le recalculé" in client.get(personne.get_absolute_url()).content.decode()


def test_un_deces_finit_le_suivi_par_le_referent(agent):
    MotifFactory.create(nature=NatureMotif.FIN_REFERENT, code="deces", libelle="Décès")
    personne = personne_suivie()
    declarer_deces(personne=personne, le=il_y_a(2), par=agent)
    suivi = personne.affectations.get()
    assert (suivi.dernier_jour, suivi.motif_fin and suivi.motif_fin.code) == (il_y_a(2), "deces")


def test_un_encadrant_de_structure_ne_cree_pas_et_sait_pourquoi(client: Client):
    encadrant = UtilisateurFactory.create(role=Role.ENCADRANT, structure=StructureFactory.create())
    client.force_login(encadrant)
    reponse = client.get(reverse("parcours:personne_creer"))
    assert reponse.status_code == 403
    assert "agent d’orientation" in reponse.content.decode()
    HabilitationFactory.create(utilisateur=encadrant, role=Role.AGENT_ORIENTATION)
    assert client.get(reverse("parcours:personne_creer")).status_code == 200


def test_un_enfant_du_foyer_n_a_pas_de_dossier_rsa_a_ouvrir(client: Client, agent: Any):
    creer(client)
    personne = Personne.objects.get(nom_naissance="Lefèvre-Tampon")
    enfant = {"nom_naissance": "Lefèvre", "prenoms": "Léo", "date_naissance": "2019-05-02", "role": "ENF",
              "debut": "2026-01-02"}  # fmt: skip
    client.post(reverse("parcours:membre_ajouter", args=[personne.pk]), enfant)
    leo = Personne.objects.get(prenoms="Léo")
    assert "Enregistrer le dossier RSA" not in client.get(reverse("parcours:personne", args=[leo.pk])).content.decode()
    client.force_login(
        UtilisateurFactory.create(role=Role.ADMINISTRATEUR), backend="django.contrib.auth.backends.ModelBackend"
    )
    liste = reverse("parcours:personnes")
    a_orienter = client.get(liste, {"etat": "a_orienter"}).content.decode()
    assert personne.prenoms in a_orienter
    assert "Léo" not in a_orienter  # nobody orients a child, but the name leads to the household
    assert "enfant d’un foyer" in client.get(liste, {"mot": "léo"}).content.decode()


def test_l_ancien_nom_d_une_commune_se_reconnait_a_son_code_postal():
    fusionnee = CommuneFactory.create(nom="Fableville-Courbonne", codes_postaux=["91990"])
    assert resoudre("fableville", "91990") == (fusionnee, [])
    assert resoudre("fableville", "91991")[0] is None
    assert resoudre("fable", "91990")[0] is None
