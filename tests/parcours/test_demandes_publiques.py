"""Requests of the public: left, confirmed, handed to the right people, handled, erased; strangers are told nothing."""

from __future__ import annotations

import datetime

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from parcours.models import Adresse, DemandePublique, MotifDeclin, Personne, Prescription
from parcours.operations import traitement_demandes as traitement
from parcours.operations.demandes_publiques import confirmer_demande, jeton, purger_demandes
from parcours.tasks import purger_demandes as tache_purger
from parcours.views import demande_en_ligne as vues
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, PasMaintenant, RegleMetier
from pdi.socle.models import Avis, EntreeJournal
from pdi.socle.robots import jeton_de_page
from tests.fabriques import HabilitationFactory, StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    AdresseFactory,
    CommuneFactory,
    DemandePubliqueFactory,
    OffreFactory,
    PersonneFactory,
    TerritoireFactory,
    il_y_a,
    personne_suivie,
)

pytestmark = pytest.mark.django_db
NAISSANCE = datetime.date(1990, 5, 17)


def agent_de(territoire):
    return HabilitationFactory.create(role=Role.AGENT_ORIENTATION, territoire=territoire).utilisateur


@pytest.fixture(autouse=True)
def _sans_compteur():
    cache.clear()


@pytest.fixture
def territoire():
    return TerritoireFactory.create()


@pytest.fixture
def commune(territoire):
    return CommuneFactory.create(nom="Valmarche", territoire=territoire)


@pytest.fixture
def offre():
    operateur = StructureFactory.create(nom="Mobilité Sud")
    return OffreFactory.create(intitule="Permis solidaire", auto_prescription=True, operateurs=[operateur])


@pytest.fixture
def agent(territoire):
    return agent_de(territoire)


@pytest.fixture
def connue(referent, commune):
    personne = personne_suivie(
        referent=referent, nom_naissance="Exemplaire", prenoms="Ana Lucia", date_naissance=NAISSANCE
    )
    Adresse.objects.filter(personne=personne).update(commune=commune)
    return personne


def saisie(commune=None, **plus):
    donnees = {
        "page": jeton_de_page(timezone.now() - datetime.timedelta(seconds=40)), "nom": "Exemplaire", "prenom": "Ana",
        "date_naissance": NAISSANCE.isoformat(), "courriel": "ana@exemple.fr", "telephone": "0612345678",
        "commune": commune.pk if commune else "", "message": "Passer le permis.", "consentement": "on",
    }  # fmt: skip
    return donnees | plus


def page_de(offre):
    return reverse("parcours:demande_creer", args=[offre.pk])


def deposer(offre, **plus):
    return Client().post(page_de(offre), saisie(**plus))


# -- the visitor -------------------------------------------------------------------------------


def test_le_visiteur_demande_confirme_et_un_agent_est_prevenu(
    offre, commune, agent, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        reponse = deposer(offre, commune=commune)
    assert "confirmez votre demande" in reponse.content.decode()
    demande = DemandePublique.objects.get()
    assert (demande.etat, demande.telephone, demande.commune) == ("a_confirmer", "06 12 34 56 78", commune)
    (courriel,) = mailoutbox
    assert courriel.to == ["ana@exemple.fr"]
    lien = reverse("parcours:demande_confirmer", args=[jeton(demande)])
    assert f"http://testserver{lien}" in courriel.body
    assert "Exemplaire" not in courriel.body + courriel.subject + lien
    assert not DemandePublique.objects.visibles_par(agent).exists()
    assert "Confirmer ma demande" in Client().get(lien).content.decode()
    assert DemandePublique.objects.get().etat == "a_confirmer"  # opening the link confirms nothing
    assert "est transmise" in Client().post(lien).content.decode()
    assert DemandePublique.objects.visibles_par(agent).get().etat == "a_traiter"
    assert Avis.objects.filter(destinataire=agent, titre="Une demande du public est à traiter").exists()
    encore = Client().post(lien)
    assert encore.status_code == 410
    assert "déjà confirmée" in encore.content.decode()


def test_un_serveur_de_courriel_en_panne_ne_perd_pas_la_demande(offre, settings, django_capture_on_commit_callbacks):
    settings.EMAIL_BACKEND = "tests.socle.test_vues.BoiteQuiRefuse"
    with django_capture_on_commit_callbacks(execute=True):
        assert deposer(offre, courriel="refusee@exemple.fr").status_code == 200
    assert DemandePublique.objects.get().etat == "a_confirmer"


def test_le_visiteur_ne_sait_jamais_si_la_personne_est_connue(offre, connue, mailoutbox):
    vus = []
    for prenom in ("Ana", "Zoé"):
        reponse = deposer(offre, prenom=prenom, courriel=f"{prenom[0]}@exemple.fr".lower())
        demande = DemandePublique.objects.latest("pk")
        lien = reverse("parcours:demande_confirmer", args=[jeton(demande)])
        pages = [reponse, Client().get(lien), Client().post(lien), Client().get(lien)]
        sans_csrf = [p.content.decode().split("csrfmiddlewaretoken")[0].partition("<main")[2] for p in pages]
        vus.append([(p.status_code, t.replace("z@", "a@")) for p, t in zip(pages, sans_csrf, strict=True)])
    assert DemandePublique.objects.filter(personne=connue).count() == 1
    assert vus[0] == vus[1]


@pytest.mark.parametrize(
    ("faute", "dit"),
    [
        ({"page": ""}, "restée ouverte longtemps"),
        ({"consentement": ""}, "Sans votre accord"),
        ({"date_naissance": "2020-01-01"}, "16 ans"),
        ({"courriel": "ana@exemple,fr"}, "prenom.nom@exemple.fr."),
        ({"nom": "http://spam.exemple"}, "avec des lettres"),
        ({"telephone": "12"}, "n’est pas un numéro"),
    ],
    ids=["page forgée", "sans accord", "trop jeune", "courriel", "nom", "téléphone"],
)  # fmt: skip
def test_une_saisie_fautive_ne_perd_rien(offre, faute, dit):
    reponse = deposer(offre, **faute)
    assert reponse.status_code == 422
    assert dit in reponse.content.decode()
    assert "Passer le permis." in reponse.content.decode()
    assert not DemandePublique.objects.exists()


def test_un_robot_est_arrete_sans_le_savoir(offre, mailoutbox):
    trop_vite = deposer(offre, page=jeton_de_page())
    assert trop_vite.status_code == 422
    assert "parti très vite" in trop_vite.content.decode()
    piege = deposer(offre, piege="http://spam.exemple")
    assert "confirmez votre demande" in piege.content.decode()
    assert not DemandePublique.objects.exists()
    assert mailoutbox == []


def test_une_adresse_ne_recoit_pas_dix_courriels(offre, django_capture_on_commit_callbacks, mailoutbox):
    with django_capture_on_commit_callbacks(execute=True):
        for rang in range(5):
            reponse = deposer(offre, date_naissance=f"1990-01-0{rang + 1}")
            assert "confirmez votre demande" in reponse.content.decode()
    assert len(mailoutbox) == DemandePublique.objects.count() == 3


def test_refaire_la_demande_remplace_celle_qui_attend(offre):
    deposer(offre)
    ancienne = DemandePublique.objects.get()
    deposer(offre, message="Autre raison.")
    assert DemandePublique.objects.get().message == "Autre raison."
    assert Client().get(reverse("parcours:demande_confirmer", args=[jeton(ancienne)])).status_code == 404


def test_trop_d_envois_font_attendre(offre, monkeypatch):
    monkeypatch.setattr(vues, "ENVOIS", 2)
    statuts = [deposer(offre, courriel="").status_code for _ in range(3)]
    assert statuts == [422, 422, 429]


@pytest.mark.parametrize(
    "valeurs", [{"auto_prescription": False}, {"etat": "suspendue"}], ids=["fermée au public", "suspendue"]
)
def test_seules_les_offres_ouvertes_se_demandent(offre, valeurs):
    type(offre).objects.update(**valeurs)
    assert Client().get(page_de(offre)).status_code == 404
    assert deposer(offre).status_code == 404


def test_un_lien_expire_ou_faux_ne_confirme_rien(offre):
    demande = DemandePubliqueFactory.create(
        offre=offre, cree_le=timezone.now() - datetime.timedelta(days=5),
        expire_le=timezone.now() - datetime.timedelta(days=2),
    )  # fmt: skip
    expire = Client().post(reverse("parcours:demande_confirmer", args=[jeton(demande)]))
    assert expire.status_code == 410
    assert "Refaites la demande" in expire.content.decode()
    assert Client().post(reverse("parcours:demande_confirmer", args=["x.y"])).status_code == 404
    with pytest.raises(RegleMetier, match="ne permet plus"):
        confirmer_demande(jeton_recu=jeton(demande))


# -- who handles it ----------------------------------------------------------------------------


def confirmee(offre, **plus):
    demande = DemandePubliqueFactory.create(
        offre=offre, **{"nom": "EXEMPLAIRE", "prenom": "ana", "date_naissance": NAISSANCE} | plus
    )
    confirmer_demande(jeton_recu=jeton(demande))
    return DemandePublique.objects.get(pk=demande.pk)


def test_la_demande_d_une_personne_suivie_va_a_son_referent(offre, connue, referent, agent):
    autre = UtilisateurFactory.create(role=Role.REFERENT, structure=StructureFactory.create())
    demande = confirmee(offre)
    assert demande.personne == connue
    assert Avis.objects.filter(destinataire=referent).count() == 1
    assert not Avis.objects.filter(destinataire=agent).exists()
    assert list(DemandePublique.objects.visibles_par(referent)) == [demande]
    assert not DemandePublique.objects.visibles_par(autre).exists()


def test_deux_homonymes_nes_le_meme_jour_ne_designent_personne(offre, connue, agent):
    PersonneFactory.create(nom_naissance="Exemplaire", prenoms="Ana", date_naissance=NAISSANCE)
    assert confirmee(offre).personne is None
    assert Avis.objects.filter(destinataire=agent).count() == 0  # no commune: whoever covers the département, or admins


def test_un_inconnu_va_a_l_equipe_d_orientation_de_son_territoire(offre, commune, agent, referent):
    ailleurs = agent_de(TerritoireFactory.create())
    demande = confirmee(offre, commune=commune)
    assert Avis.objects.filter(destinataire=agent).exists()
    for qui, nombre in ((agent, 1), (ailleurs, 0), (referent, 0)):
        assert DemandePublique.objects.visibles_par(qui).filter(pk=demande.pk).count() == nombre


def test_sans_agent_l_administrateur_est_prevenu(offre):
    admin = UtilisateurFactory.create(role=Role.ADMINISTRATEUR)
    demande = confirmee(offre)
    assert Avis.objects.filter(destinataire=admin).exists()
    with pytest.raises(DroitInsuffisant):
        traitement.decliner_demande(demande=demande, motif=MotifDeclin.RENONCE, par=admin)


# -- handled -----------------------------------------------------------------------------------


def entrer(client, qui):
    client.force_login(qui, backend="django.contrib.auth.backends.ModelBackend")


def test_le_referent_accepte_et_la_prescription_dit_son_origine(
    client, offre, connue, referent, mailoutbox, django_capture_on_commit_callbacks
):
    demande = confirmee(offre, message="Passer le permis.")
    entrer(client, referent)
    ecran = reverse("parcours:demande_accepter", args=[demande.pk])
    page = client.get(ecran).content.decode()
    assert "Passer le permis." in page
    assert "n’a pas encore de dossier" not in page  # a référent opens no file
    with django_capture_on_commit_callbacks(execute=True):
        client.post(ecran, {"personne": connue.pk, "motivation": "Passer le permis.", "prevenir": "on"})
    prescription = Prescription.objects.get()
    assert (prescription.personne, prescription.origine, prescription.etat) == (connue, "auto", "renseignee")
    demande.refresh_from_db()
    assert (demande.etat, demande.prescription, demande.traitee_par) == ("acceptee", prescription, referent)
    (suite,) = mailoutbox
    assert "prise en charge" in suite.body
    for mot in ("Exemplaire", referent.nom):
        assert mot not in suite.body
    assert EntreeJournal.objects.filter(verbe="accepter_demande", par=referent).exists()
    with pytest.raises(PasMaintenant):
        traitement.decliner_demande(demande=demande, motif=MotifDeclin.RENONCE, par=referent)


def test_l_agent_ouvre_un_dossier_pour_une_personne_nouvelle(client, offre, commune, agent):
    demande = confirmee(offre, commune=commune, telephone="06 12 34 56 78")
    entrer(client, agent)
    ecran = reverse("parcours:demande_accepter", args=[demande.pk])
    reponse = client.post(ecran, {"personne": "nouvelle", "motivation": "Passer le permis."})
    assert reponse.status_code == 302
    personne = Personne.objects.get()
    assert (personne.nom_naissance, personne.date_naissance, personne.canal) == ("EXEMPLAIRE", NAISSANCE, "telephone")
    assert Adresse.objects.get(personne=personne).commune == commune
    assert Prescription.objects.get().personne == personne


def test_une_personne_qui_ressemble_est_regardee_avant_d_ouvrir_un_dossier(client, offre, commune, agent):
    voisine = PersonneFactory.create(nom_naissance="Exemplaire", prenoms="Anna", date_naissance=NAISSANCE)
    AdresseFactory.create(personne=voisine, commune=commune)
    demande = confirmee(offre, commune=commune)
    entrer(client, agent)
    ecran = reverse("parcours:demande_accepter", args=[demande.pk])
    assert "Anna" in client.get(ecran).content.decode()
    refus = client.post(ecran, {"personne": "nouvelle", "motivation": "Le permis."})
    assert refus.status_code == 422
    assert "regardez la liste" in refus.content.decode()
    client.post(ecran, {"personne": "nouvelle", "motivation": "Le permis.", "distinctes": voisine.pk})
    assert Prescription.objects.get().personne != voisine


def test_rappeler_decliner_rouvrir(client, offre, commune, agent, mailoutbox, django_capture_on_commit_callbacks):
    demande = confirmee(offre, commune=commune)
    entrer(client, agent)

    def geste(nom, **donnees):
        return client.post(reverse("parcours:demande_geste", args=[demande.pk, nom]), donnees)

    assert geste("rappeler", le=il_y_a(1).isoformat()).status_code == 422
    geste("rappeler", le=il_y_a(-2).isoformat(), commentaire="Répondeur.")
    demande.refresh_from_db()
    assert (demande.etat, demande.rappeler_le) == ("a_rappeler", il_y_a(-2))
    with django_capture_on_commit_callbacks(execute=True):
        geste("decliner", motif="complete", prevenir_demandeur="on", commentaire="Pas avant mars.")
    demande.refresh_from_db()
    assert (demande.etat, demande.motif, demande.rappeler_le) == ("declinee", "complete", None)
    assert "n’a plus de place" in mailoutbox[0].body
    assert "Pas avant mars" not in mailoutbox[0].body
    assert geste("rouvrir", commentaire="").status_code == 422
    geste("rouvrir", commentaire="Une place s’est libérée.")
    demande.refresh_from_db()
    assert (demande.etat, demande.motif) == ("a_traiter", "")
    page = client.get(demande.get_absolute_url()).content.decode()
    assert "Une place s’est libérée." in page
    assert "Pas avant mars." in page


def test_la_file_montre_les_plus_anciennes_d_abord(client, offre, commune, agent):
    for rang, jours in enumerate((2, 12, 0)):
        nom, le = f"Spécimen{rang}", timezone.now() - datetime.timedelta(days=jours)
        DemandePubliqueFactory.create(offre=offre, nom=nom, commune=commune, etat="a_traiter", confirmee_le=le)
    entrer(client, agent)
    page = client.get(reverse("parcours:demandes_publiques")).content.decode()
    assert page.index("SPÉCIMEN1") < page.index("SPÉCIMEN0") < page.index("SPÉCIMEN2")
    assert "attend depuis 12" in page
    tardives = client.get(reverse("parcours:demandes_publiques"), {"vue": "retard"}).content.decode()
    assert "SPÉCIMEN1" in tardives
    assert "SPÉCIMEN0" not in tardives
    trouvee = client.get(reverse("parcours:demandes_publiques"), {"mot": "specimen2"}).content.decode()
    assert "SPÉCIMEN0" not in trouvee
    export = client.get(reverse("parcours:demandes_publiques_export"), {"format": "csv"})
    assert "Spécimen1" in b"".join(export.streaming_content).decode()


def test_la_file_fait_autant_de_requetes_pour_trente_lignes(client, offre, commune, agent):
    entrer(client, agent)

    def compter():
        with CaptureQueriesContext(connection) as lues:
            client.get(reverse("parcours:demandes_publiques"))
        return len(lues)

    DemandePubliqueFactory.create(offre=offre, commune=commune, etat="a_traiter")
    compter()
    une = compter()
    for _ in range(29):
        DemandePubliqueFactory.create(offre=offre, commune=commune, etat="a_traiter")
    assert compter() == une


def test_les_demandes_jamais_confirmees_et_les_anciennes_s_effacent(offre, agent):
    maintenant, jour = timezone.now(), datetime.timedelta(days=1)
    DemandePubliqueFactory.create(offre=offre, cree_le=maintenant - 5 * jour, expire_le=maintenant - 2 * jour)
    DemandePubliqueFactory.create(
        offre=offre, etat="declinee", motif="renonce", traitee_le=maintenant - 200 * jour, traitee_par=agent
    )
    garde = [
        DemandePubliqueFactory.create(offre=offre),
        DemandePubliqueFactory.create(offre=offre, etat="a_traiter", confirmee_le=maintenant - 300 * jour),
    ]
    tache_purger()
    assert set(DemandePublique.objects.all()) == set(garde)
    assert purger_demandes(maintenant=maintenant) == 0


def test_l_accueil_de_l_agent_annonce_les_demandes(client, offre, commune, agent):
    entrer(client, agent)
    assert "demandes du public à traiter" not in client.get(reverse("accueil:accueil")).content.decode()
    for jours in (1, 9):
        le = timezone.now() - datetime.timedelta(days=jours)
        DemandePubliqueFactory.create(offre=offre, commune=commune, etat="a_traiter", confirmee_le=le)
    page = client.get(reverse("accueil:accueil")).content.decode()
    assert "demandes du public à traiter" in page
    assert "Attend depuis 9 jours" in page
