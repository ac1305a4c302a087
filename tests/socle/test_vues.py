"""Screens of jobs, notices and journal."""

from __future__ import annotations

import datetime
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.mail.backends.locmem import EmailBackend
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from pdi.comptes.models import Role
from pdi.socle.contexte import depuis
from pdi.socle.models import Avis, EntreeJournal, EtatTraitement, Traitement
from pdi.socle.operations import journaliser, prevenir
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import PersonneFactory

pytestmark = pytest.mark.django_db
FIN = timezone.now()


@pytest.fixture
def agent(client):
    utilisateur = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)
    client.force_login(utilisateur)
    return utilisateur


def travail(agent, etat=EtatTraitement.EN_COURS, **champs):
    dates = {"fin": FIN} if etat not in {"en_attente", "en_cours"} else {"debut": FIN, "battement": FIN}
    numero = Traitement.objects.count()
    return Traitement.objects.create(
        **({"nature": "essai", "cle": str(numero), "intitule": f"Compiler le rapport {numero}", "etat": etat,
            "demandeur": agent, "tache": "tests.inconnue"} | dates | champs)
    )  # fmt: skip


def requetes(client, url) -> int:
    with CaptureQueriesContext(connection) as captees:
        assert client.get(url).status_code == 200
    return len(captees)


# -- jobs ------------------------------------------------------------------------------------------


def test_l_avancement_se_lit_et_s_actualise_tant_que_le_travail_dure(client, agent):
    t = travail(agent, total=9, fait=4, etape="Mise en page des 17 fiches")
    page = client.get(reverse("socle:traitement", args=[t.pk])).content.decode()
    fragment = client.get(reverse("socle:traitement_fragment", args=[t.pk])).content.decode()
    for contenu in (page, fragment):
        assert 'role="progressbar"' in contenu
        assert 'aria-valuenow="4"' in contenu
        assert "Mise en page des 17 fiches" in contenu
        assert 'hx-trigger="every 2s"' in contenu
        assert reverse("socle:traitement_annuler", args=[t.pk]) in contenu
    assert "<html" not in fragment
    assert "Actualiser</a>" in page


@pytest.mark.parametrize("etat", [EtatTraitement.TERMINE, EtatTraitement.ECHEC, EtatTraitement.ANNULE])
def test_un_travail_fini_ne_s_actualise_plus(client, agent, etat):
    t = travail(agent, etat, total=9, fait=9)
    fragment = client.get(reverse("socle:traitement_fragment", args=[t.pk])).content.decode()
    assert "hx-trigger" not in fragment
    assert (reverse("socle:traitement_relancer", args=[t.pk]) in fragment) == (etat != EtatTraitement.TERMINE)


@pytest.mark.parametrize("etat", [EtatTraitement.TERMINE, EtatTraitement.ECHEC, EtatTraitement.ANNULE])
def test_la_page_que_le_travail_concerne_se_recharge_a_sa_fin(client, agent, etat):
    t = travail(agent, etat, url_retour="/rapports/essai/2025")
    url = reverse("socle:traitement_fragment", args=[t.pk])
    reponse = client.get(url, headers={"HX-Current-URL": "http://testserver/rapports/essai/2025?de=avis"})
    assert reponse["HX-Refresh"] == "true"
    ailleurs = client.get(url, headers={"HX-Current-URL": f"http://testserver/traitements/{t.pk}/"})
    assert "HX-Refresh" not in ailleurs
    en_cours = travail(agent, url_retour="/rapports/essai/2025")
    url = reverse("socle:traitement_fragment", args=[en_cours.pk])
    assert "HX-Refresh" not in client.get(url, headers={"HX-Current-URL": "http://testserver/rapports/essai/2025"})


def test_un_echec_dit_pourquoi_et_se_relance(client, agent):
    t = travail(agent, EtatTraitement.ECHEC, erreur="Trois bilans ne sont pas validés.")
    assert "Trois bilans ne sont pas validés." in client.get(reverse("socle:traitement", args=[t.pk])).content.decode()
    reponse = client.post(reverse("socle:traitement_relancer", args=[t.pk]))
    nouveau = Traitement.objects.exclude(pk=t.pk).get()
    assert reponse.headers["Location"] == reverse("socle:traitement", args=[nouveau.pk])


def test_le_fichier_produit_se_telecharge_sous_son_nom(client, agent):
    t = travail(agent, EtatTraitement.TERMINE, url_retour="/structures/")
    t.fichier.save("rapport-2025.pdf", ContentFile(b"%PDF"))
    page = client.get(reverse("socle:traitement", args=[t.pk])).content.decode()
    assert reverse("socle:traitement_fichier", args=[t.pk]) in page
    assert 'href="/structures/"' in page
    reponse = client.get(reverse("socle:traitement_fichier", args=[t.pk]))
    assert "rapport-2025" in reponse.headers["Content-Disposition"]
    assert b"".join(reponse.streaming_content) == b"%PDF"


def test_une_page_d_origine_etrangere_n_est_pas_proposee(client, agent):
    t = travail(agent, EtatTraitement.TERMINE, url_retour="https://ailleurs.exemple/")
    assert "ailleurs.exemple" not in client.get(reverse("socle:traitement", args=[t.pk])).content.decode()


def test_chacun_voit_ses_travaux_et_les_gestionnaires_tous(client, agent):
    pilote = UtilisateurFactory.create(role=Role.PILOTE)
    travail(agent, intitule="Celui du chargé")
    travail(pilote, intitule="Celui du pilote")
    assert len(client.get(reverse("socle:traitements")).context["page"].objets) == 2
    client.force_login(pilote)
    (sien,) = client.get(reverse("socle:traitements")).context["page"].objets
    assert sien.intitule == "Celui du pilote"


# -- notices ---------------------------------------------------------------------------------------


def test_lire_un_avis_mene_a_son_objet(client, agent):
    prevenir(destinataires=[agent], titre="Le bilan vous revient", url="/structures/")
    avis = Avis.objects.get()
    assert "1\xa0non lu" in client.get(reverse("socle:avis")).content.decode()
    assert avis.lu_le is None, "regarder la liste ne marque rien"
    reponse = client.post(reverse("socle:avis_lire", args=[avis.pk]))
    assert reponse.headers["Location"] == "/structures/"
    avis.refresh_from_db()
    assert avis.lu_le is not None


def test_tout_marquer_comme_lu_ne_touche_pas_les_avis_des_autres(client, agent):
    autre = UtilisateurFactory.create()
    prevenir(destinataires=[agent, autre], titre="Campagne ouverte")
    client.post(reverse("socle:avis_tout_lire"))
    assert list(Avis.objects.non_lus().values_list("destinataire", flat=True)) == [autre.pk]


class BoiteQuiRefuse(EmailBackend):
    """A mail server that refuses one address."""

    def send_messages(self, messages):
        if any("refusee@exemple.fr" in m.to for m in messages):
            raise SMTPRecipientsRefused({})
        return super().send_messages(messages)


def test_une_adresse_refusee_ne_prive_personne_d_autre_de_son_courriel(settings, django_capture_on_commit_callbacks):
    settings.EMAIL_BACKEND = "tests.socle.test_vues.BoiteQuiRefuse"
    agents = [UtilisateurFactory.create(courriel=f"{nom}@exemple.fr") for nom in ("refusee", "suivante")]
    with django_capture_on_commit_callbacks(execute=True):
        assert prevenir(destinataires=agents, titre="Campagne ouverte") == 2
    assert [m.to for m in mail.outbox] == [["suivante@exemple.fr"]]


# -- journal ---------------------------------------------------------------------------------------


def ecrire(par, objet, verbe="modification", **champs):
    with depuis("structures:structure_modifier"):
        return journaliser(par=par, verbe=verbe, objet=objet, **champs)


def test_le_journal_montre_l_avant_et_l_apres_en_francais(client, agent):
    ecrire(
        agent,
        StructureFactory.create(),
        avant={"début": "2025-01-01", "actif": True},
        apres={"début": None, "actif": False},
    )
    page = client.get(reverse("socle:journal")).content.decode()
    assert "<del>01/01/2025</del>" in page
    assert "<ins>vide</ins>" in page
    assert "<del>oui</del>" in page
    assert "2\xa0valeurs changées" in page


def test_le_journal_se_filtre(client, agent):
    autre = UtilisateurFactory.create(nom="Autre")
    mission, atelier = StructureFactory.create(nom="Mission locale"), StructureFactory.create(nom="Atelier d’été")
    recente = ecrire(autre, atelier, verbe="création")
    ancienne = EntreeJournal.objects.create(
        le=FIN - datetime.timedelta(days=40), par=agent, verbe="modification", objet_type="structures.structure",
        objet_id=str(mission.pk), objet_libelle=str(mission),
    )  # fmt: skip

    def trouvees(**filtres):
        return set(client.get(reverse("socle:journal"), filtres).context["page"].objets)

    hier = (FIN - datetime.timedelta(days=1)).date().isoformat()
    assert trouvees(mot="ATELIER d’ete") == {recente}
    assert trouvees(verbe="modification") == {ancienne}
    assert trouvees(auteur=autre.pk) == {recente}
    assert trouvees(depuis=hier) == {recente}
    assert trouvees(jusqu_au=hier) == {ancienne}
    assert trouvees(objet="structures.structure", numero=mission.pk) == {ancienne}


def test_le_journal_ne_dit_rien_des_personnes_a_qui_ne_lit_que_des_chiffres(client, agent):
    ecrire(agent, PersonneFactory.create(nom_naissance="Durand"), apres={"téléphone": "06 12 34 56 78"})
    vue = ecrire(agent, StructureFactory.create())
    for adresse in (reverse("socle:journal"), reverse("socle:journal_export") + "?format=csv"):
        lu = b"".join(client.get(adresse)).decode()
        assert "DURAND" not in lu
        assert "06 12 34 56 78" not in lu
        assert vue.objet_libelle in lu
    client.force_login(UtilisateurFactory.create(role=Role.ADMINISTRATEUR))
    assert "DURAND" in client.get(reverse("socle:journal")).content.decode()


def test_le_journal_ne_se_modifie_ni_ne_s_efface(agent):
    entree = ecrire(agent, StructureFactory.create())
    for geste in (entree.delete, lambda: EntreeJournal.objects.update(verbe="autre")):
        with pytest.raises(DatabaseError, match="ajout seul"), transaction.atomic():
            geste()
    assert EntreeJournal.objects.get().verbe == "modification"


def test_l_export_du_journal_suit_les_filtres(client, agent):
    ecrire(agent, StructureFactory.create(nom="Mission locale"), apres={"nom": "=1+1"})
    ecrire(agent, StructureFactory.create(nom="Atelier"))
    reponse = client.get(reverse("socle:journal_export"), {"format": "csv", "mot": "mission"})
    texte = b"".join(reponse.streaming_content).decode()
    assert "Mission locale" in texte
    assert "Atelier" not in texte


@pytest.mark.parametrize("liste", ["traitements", "avis", "journal"])
def test_une_liste_coute_autant_pour_une_ligne_que_pour_trente(client, agent, liste):
    def remplir(combien):
        for _ in range(combien):
            auteur = UtilisateurFactory.create()
            travail(auteur)
            prevenir(destinataires=[agent], titre="Avis")
            ecrire(auteur, StructureFactory.create())

    url = reverse(f"socle:{liste}")
    remplir(1)
    requetes(client, url)
    peu = requetes(client, url)
    remplir(20)
    assert requetes(client, url) == peu


def test_la_pagination_du_journal_donne_chaque_ecriture_une_fois(client, agent):
    structure = StructureFactory.create()
    for _ in range(60):
        ecrire(agent, structure)
    vues, url = [], reverse("socle:journal")
    while url:
        page = client.get(url).context["page"]
        vues += [e.pk for e in page.objets]
        url = f"{reverse('socle:journal')}?curseur={page.suivant}" if page.suivant else ""
    assert len(vues) == len(set(vues)) == 60
