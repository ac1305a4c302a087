"""Accounts and habilitations: opening, closing, roles over periods, the last administrator."""

from __future__ import annotations

import datetime
import threading

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone

from pdi.comptes import operations, tasks
from pdi.comptes.models import Habilitation, Role, Utilisateur
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import EntreeJournal
from pdi.socle.querysets import ROLES_GESTION
from tests.fabriques import HabilitationFactory, StructureFactory, UtilisateurFactory

pytestmark = pytest.mark.django_db
AUJOURD_HUI = timezone.localdate()
JOUR = datetime.timedelta(days=1)


@pytest.fixture
def admin():
    return UtilisateurFactory.create(role=Role.ADMINISTRATEUR)


@pytest.fixture
def agent():
    return UtilisateurFactory.create()


def donner(agent, admin, **champs):
    return operations.ajouter_habilitation(
        **({"utilisateur": agent, "role": Role.ENCADRANT, "par": admin, "debut": AUJOURD_HUI} | champs)
    )


def roles(utilisateur) -> set[str]:
    return set(Utilisateur.objects.get(pk=utilisateur.pk).roles())


def test_le_socle_nomme_les_memes_roles_de_gestion():
    assert ROLES_GESTION == (Role.ADMINISTRATEUR, Role.CHARGE_PROGRAMME)


# -- accounts --------------------------------------------------------------------------------------


def test_ouvrir_un_compte_envoie_un_lien_et_mene_au_role(client, admin, django_capture_on_commit_callbacks):
    client.force_login(admin)
    with django_capture_on_commit_callbacks() as messages:
        reponse = client.post(
            reverse("comptes:utilisateur_creer"), {"courriel": "Nadia.Exemple@Exemple.fr", "nom": "Exemple"}
        )
    assert len(messages) == 1
    cree = Utilisateur.objects.get(courriel="nadia.exemple@exemple.fr")
    assert reponse.headers["Location"] == reverse("comptes:habilitation_ajouter", args=[cree.pk])
    assert not cree.has_usable_password()
    assert not roles(cree)
    assert EntreeJournal.objects.de(cree).get().verbe == "création"
    tasks.envoyer_lien_activation(utilisateur_id=cree.pk, racine="http://testserver/")
    assert mail.outbox[0].to == ["nadia.exemple@exemple.fr"]
    assert "http://testserver/comptes/mot-de-passe/choisir/" in mail.outbox[0].body


def test_une_adresse_deja_prise_est_signalee_sur_le_champ(client, admin, agent):
    client.force_login(admin)
    reponse = client.post(reverse("comptes:utilisateur_creer"), {"courriel": agent.courriel.upper(), "nom": "Autre"})
    assert reponse.status_code == 200
    assert "courriel" in reponse.context["form"].errors
    assert Utilisateur.objects.filter(courriel=agent.courriel).count() == 1


def test_une_modification_est_journalisee_avec_l_avant_et_l_apres(admin, agent):
    operations.modifier_utilisateur(utilisateur=agent, valeurs={"fonction": "Cheffe de service"}, par=admin)
    entree = EntreeJournal.objects.de(agent).get()
    assert entree.changements == [("fonction", "", "Cheffe de service")]
    assert entree.par == admin


def test_un_compte_desactive_ne_se_connecte_plus_mais_reste(client, admin, agent):
    client.force_login(agent)
    operations.desactiver_utilisateur(utilisateur=agent, par=admin)
    assert client.get(reverse("comptes:compte")).status_code == 302
    assert Utilisateur.objects.filter(pk=agent.pk).exists()
    operations.reactiver_utilisateur(utilisateur=agent, par=admin)
    client.force_login(agent)
    assert client.get(reverse("comptes:compte")).status_code == 200


def test_on_ne_desactive_pas_son_propre_compte(admin):
    UtilisateurFactory.create(role=Role.ADMINISTRATEUR)
    with pytest.raises(DroitInsuffisant, match="votre propre compte"):
        operations.desactiver_utilisateur(utilisateur=admin, par=admin)


@pytest.mark.parametrize("role", [r for r in Role if r != Role.ADMINISTRATEUR])
def test_seul_un_administrateur_gere_les_comptes(role, agent):
    par = UtilisateurFactory.create(role=role)
    for geste in (
        lambda: operations.creer_utilisateur(courriel="x@exemple.fr", nom="X", par=par, racine="/"),
        lambda: operations.modifier_utilisateur(utilisateur=agent, valeurs={}, par=par),
        lambda: operations.desactiver_utilisateur(utilisateur=agent, par=par),
        lambda: donner(agent, par),
    ):
        with pytest.raises(DroitInsuffisant):
            geste()
    assert not Utilisateur.objects.filter(courriel="x@exemple.fr").exists()


def test_la_recherche_ignore_les_accents(client, admin):
    UtilisateurFactory.create(nom="Élodie-Béranger")
    client.force_login(admin)
    page = client.get(reverse("comptes:utilisateurs"), {"mot": "elodie beranger"}).content.decode()
    assert "Élodie-Béranger" in page
    assert "1\xa0compte" in page


def test_la_liste_se_filtre_par_role_structure_et_etat(client, admin):
    mission = StructureFactory.create(nom="Mission locale")
    pilote = UtilisateurFactory.create(role=Role.PILOTE, structure=mission)
    parti = UtilisateurFactory.create(is_active=False)
    client.force_login(admin)

    def trouves(**filtres):
        return set(client.get(reverse("comptes:utilisateurs"), filtres).context["page"].objets)

    assert trouves(role=Role.PILOTE) == {pilote}
    assert trouves(structure=mission.pk) == {pilote}
    assert trouves(actif="non") == {parti}
    assert trouves(sans_role="on") == {parti}


def test_la_liste_coute_autant_pour_un_compte_que_pour_trente(client, admin, django_assert_num_queries):
    from django.test.utils import CaptureQueriesContext

    client.force_login(admin)

    def requetes() -> int:
        with CaptureQueriesContext(connection) as captees:
            client.get(reverse("comptes:utilisateurs"))
        return len(captees)

    requetes()
    peu = requetes()
    for _ in range(20):
        HabilitationFactory.create(structure=StructureFactory.create())
    assert requetes() == peu


# -- habilitations ---------------------------------------------------------------------------------


def test_un_role_vaut_jusqu_a_son_dernier_jour_compris(admin, agent):
    donner(agent, admin, debut=AUJOURD_HUI - 10 * JOUR, fin=AUJOURD_HUI)
    assert roles(agent) == {Role.ENCADRANT}


def test_un_role_fini_hier_n_ouvre_plus_rien(admin, agent, client):
    donner(agent, admin, role=Role.CHARGE_PROGRAMME, debut=AUJOURD_HUI - 10 * JOUR, fin=AUJOURD_HUI - JOUR)
    assert not roles(agent)
    client.force_login(agent)
    assert client.get(reverse("socle:journal")).status_code == 403


def test_un_role_a_venir_n_ouvre_rien_avant_son_jour(admin, agent):
    donner(agent, admin, debut=AUJOURD_HUI + JOUR)
    assert not roles(agent)


def test_le_meme_role_ne_se_chevauche_pas(admin, agent):
    donner(agent, admin)
    with pytest.raises(RegleMetier, match="déjà ce rôle"):
        donner(agent, admin, debut=AUJOURD_HUI + 30 * JOUR)
    assert agent.habilitations.count() == 1


def test_le_meme_role_pour_une_autre_structure_est_permis(admin, agent):
    for structure in (StructureFactory.create(), StructureFactory.create()):
        donner(agent, admin, role=Role.PILOTE, structure=structure)
    assert agent.habilitations.count() == 2


def test_deux_periodes_qui_se_suivent_sont_permises(admin, agent):
    donner(agent, admin, debut=AUJOURD_HUI - 10 * JOUR, fin=AUJOURD_HUI - JOUR)
    donner(agent, admin, debut=AUJOURD_HUI)
    assert agent.habilitations.count() == 2


def test_la_base_refuse_le_chevauchement_meme_sans_l_operation(agent):
    HabilitationFactory.create(utilisateur=agent)
    with pytest.raises(IntegrityError, match="habilitation_sans_chevauchement"), transaction.atomic():
        Habilitation.objects.create(utilisateur=agent, role=Role.CHARGE_PROGRAMME, periode=DateRange(AUJOURD_HUI, None))


@pytest.mark.parametrize("role", [Role.PILOTE, Role.PRESTATAIRE, Role.PARTENAIRE])
def test_ces_roles_demandent_une_structure(admin, agent, role):
    with pytest.raises(RegleMetier, match="indiquez laquelle") as refus:
        donner(agent, admin, role=role)
    assert refus.value.champ == "structure"


def test_une_periode_a_l_envers_est_refusee(admin, agent):
    with pytest.raises(RegleMetier, match="précède"):
        donner(agent, admin, fin=AUJOURD_HUI - JOUR)


def test_retirer_un_role_met_fin_a_sa_periode_sans_l_effacer(admin, agent):
    tenu = donner(agent, admin, debut=AUJOURD_HUI - 10 * JOUR)
    operations.retirer_habilitation(habilitation=tenu, par=admin)
    assert not roles(agent)
    tenu.refresh_from_db()
    assert tenu.periode == DateRange(AUJOURD_HUI - 10 * JOUR, AUJOURD_HUI)
    entree = EntreeJournal.objects.de(agent)[0]
    assert entree.verbe == "retrait d’habilitation"
    assert "du " in str(entree.apres)


def test_retirer_un_role_donne_par_erreur_aujourd_hui_l_efface(admin, agent):
    assert operations.retirer_habilitation(habilitation=donner(agent, admin), par=admin) is None
    assert not agent.habilitations.exists()
    assert EntreeJournal.objects.de(agent).count() == 2


def test_le_dernier_administrateur_garde_son_role(admin):
    (sien,) = admin.habilitations.all()
    with pytest.raises(DroitInsuffisant, match="dernier administrateur"):
        operations.retirer_habilitation(habilitation=sien, par=admin)
    second = UtilisateurFactory.create(role=Role.ADMINISTRATEUR)
    operations.retirer_habilitation(habilitation=sien, par=second)
    assert not roles(admin)


def test_un_administrateur_desactive_ou_expire_ne_compte_pas(admin):
    UtilisateurFactory.create(role=Role.ADMINISTRATEUR, is_active=False)
    HabilitationFactory.create(role=Role.ADMINISTRATEUR, periode=DateRange(None, AUJOURD_HUI))
    with pytest.raises(DroitInsuffisant, match="dernier administrateur"):
        operations.retirer_habilitation(habilitation=admin.habilitations.get(), par=admin)


@pytest.mark.django_db(transaction=True)
def test_deux_administrateurs_qui_se_retirent_l_un_l_autre_n_y_arrivent_pas_tous_les_deux():
    premier, second = (UtilisateurFactory.create(role=Role.ADMINISTRATEUR) for _ in range(2))
    depart, issues = threading.Barrier(2), []

    def retirer(cible, par):
        habilitation = Habilitation.objects.select_related("utilisateur").get(utilisateur=cible)
        depart.wait()
        try:
            operations.retirer_habilitation(habilitation=habilitation, par=Utilisateur.objects.get(pk=par.pk))
            issues.append("retiré")
        except DroitInsuffisant:
            issues.append("refusé")
        connection.close()

    fils = [threading.Thread(target=retirer, args=paire) for paire in ((premier, second), (second, premier))]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert sorted(issues) == ["refusé", "retiré"]
    assert len(roles(premier) | roles(second)) == 1
