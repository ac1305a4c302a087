"""Bilans: the whole circuit, conflicts, frozen figures, rights, screens."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions.chiffres import chiffres_du_bilan
from actions.models import Bilan, EtatBilan, EtatCampagne, ExplicationEcart, TransitionBilan
from actions.operations.bilans import (
    BilanIncomplet,
    ConflitVersion,
    SaisieBilan,
    SaisieExplication,
    enregistrer_brouillon,
    soumettre_bilan,
)
from actions.operations.chiffres_bilan import geler_chiffres, reprendre_chiffre
from actions.operations.relecture import renvoyer_bilan, rouvrir_bilan, valider_bilan
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import Avis, EntreeJournal
from tests.fabriques import (
    BilanFactory,
    CampagneFactory,
    CibleFactory,
    FicheFactory,
    IndicateurFactory,
    MesureFactory,
    RoleFicheFactory,
    StructureFactory,
    UtilisateurFactory,
)

pytestmark = pytest.mark.django_db
FAIT = "La plateforme a conduit 4 108 premières orientations cette année."
PREVU = "Lancer l’étude d’automatisation avec la DSI au deuxième trimestre."
POURQUOI = "Deux postes de référent sont restés vacants de mars à septembre."


@pytest.fixture
def chargee():
    return UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME, prenom="Hélène", nom="Modèle")


@pytest.fixture
def pilote():
    return UtilisateurFactory.create(
        role=Role.PILOTE, structure=StructureFactory.create(), prenom="Claire", nom="Exemple"
    )


def bilan_de(pilote, *, indicateurs=0, **champs):
    """A bilan of a fiche that `pilote` pilots, with indicators off target, frozen."""
    fiche = FicheFactory.create()
    RoleFicheFactory.create(fiche=fiche, structure=pilote.habilitations.get().structure)
    for indicateur in IndicateurFactory.create_batch(indicateurs, fiche=fiche):
        MesureFactory.create(indicateur=indicateur, valeur=Decimal("86.0"))
        CibleFactory.create(indicateur=indicateur, valeur=Decimal(90))
    bilan = BilanFactory.create(fiche=fiche, **champs)
    geler_chiffres(bilans=[bilan], annee=bilan.campagne.annee)
    return bilan


def saisie(bilan, texte=FAIT, **plus):
    explications = {i.pk: SaisieExplication(POURQUOI, ("moyens",)) for i in bilan.fiche.indicateurs.all()}
    return SaisieBilan(realisations=texte, perspectives=PREVU, explications=explications, **plus)


def ecrire(bilan, par):
    return enregistrer_brouillon(bilan=bilan, version=bilan.version, saisie=saisie(bilan), par=par)


def formulaire(bilan, **plus):
    donnees = {"version": bilan.version, "realisations": FAIT, "perspectives": PREVU, "evolution_proposee": "non"}
    donnees |= {f"explication-{i.pk}": POURQUOI for i in bilan.fiche.indicateurs.all()}
    return donnees | plus


# -- the circuit ----------------------------------------------------------------------------------


def test_tout_le_circuit(pilote, chargee):
    bilan = ecrire(bilan_de(pilote, indicateurs=2), pilote)
    bilan = soumettre_bilan(bilan=bilan, par=pilote)
    assert (bilan.etat, bilan.soumis_par) == (EtatBilan.SOUMIS, pilote)
    assert Avis.objects.filter(destinataire=chargee, titre__contains="soumis").exists()
    with pytest.raises(RegleMetier) as refus:
        renvoyer_bilan(bilan=bilan, commentaire="  ", par=chargee)
    assert refus.value.champ == "commentaire"
    bilan = renvoyer_bilan(bilan=bilan, commentaire="L’écart n’est pas expliqué.", par=chargee)
    assert bilan.motif_renvoi == "L’écart n’est pas expliqué."
    assert Avis.objects.get(destinataire=pilote).texte == "L’écart n’est pas expliqué."
    bilan = soumettre_bilan(bilan=bilan, par=pilote)
    bilan = valider_bilan(bilan=bilan, par=chargee)
    assert (bilan.etat, bilan.valide_par) == (EtatBilan.VALIDE, chargee)
    bilan = rouvrir_bilan(bilan=bilan, commentaire="Un chiffre a changé.", par=chargee)
    assert (bilan.etat, bilan.valide_par) == (EtatBilan.A_CORRIGER, None)
    etapes = list(TransitionBilan.objects.filter(bilan=bilan).order_by("pk").values_list("de", "vers", "par"))
    assert etapes == [
        ("a_renseigner", "soumis", pilote.pk),
        ("soumis", "a_corriger", chargee.pk),
        ("a_corriger", "soumis", pilote.pk),
        ("soumis", "valide", chargee.pk),
        ("valide", "a_corriger", chargee.pk),
    ]
    verbes = set(EntreeJournal.objects.values_list("verbe", flat=True))
    assert {"enregistrer_bilan", "soumettre_bilan", "renvoyer_bilan", "valider_bilan", "rouvrir_bilan"} <= verbes


def test_un_bilan_incomplet_ne_se_soumet_pas_et_dit_ce_qui_manque(pilote):
    bilan = bilan_de(pilote, indicateurs=1)
    with pytest.raises(BilanIncomplet) as refus:
        soumettre_bilan(bilan=bilan, par=pilote)
    indicateur = bilan.fiche.indicateurs.get()
    assert [m.champ for m in refus.value.manques] == ["realisations", f"explication-{indicateur.pk}", "perspectives"]
    bilan.refresh_from_db()
    assert bilan.etat == EtatBilan.A_RENSEIGNER


def test_qui_soumet_ne_valide_pas_seul(chargee):
    bilan = BilanFactory.create()
    bilan = ecrire(bilan, chargee)
    bilan = soumettre_bilan(bilan=bilan, par=chargee)
    with pytest.raises(DroitInsuffisant, match="une autre personne le valide"):
        valider_bilan(bilan=bilan, par=chargee)
    assert valider_bilan(bilan=bilan, par=UtilisateurFactory.create(role=Role.ADMINISTRATEUR)).etat == EtatBilan.VALIDE


def test_un_bilan_change_depuis_la_lecture_ne_se_valide_pas(pilote, chargee):
    bilan = soumettre_bilan(bilan=ecrire(bilan_de(pilote), pilote), par=pilote)
    with pytest.raises(RegleMetier, match="a changé depuis"):
        valider_bilan(bilan=bilan, par=chargee, version=bilan.version - 1)


@pytest.mark.parametrize(
    ("champs", "contrainte"),
    [
        ({"etat": EtatBilan.SOUMIS, "realisations": FAIT}, "bilan_soumis_date_et_auteur"),
        ({"etat": EtatBilan.SOUMIS, "realisations": ""}, "bilan_soumis"),
        ({"valide_le": timezone.now}, "bilan_valide_date_et_auteur"),
    ],
    ids=["soumis-sans-auteur", "soumis-vide", "valide-sans-etat"],
)
def test_la_base_lie_l_etat_a_ses_dates(champs, contrainte):
    bilan = BilanFactory.create()
    valeurs = {k: v() if callable(v) and not isinstance(v, type) and k == "valide_le" else v for k, v in champs.items()}
    with pytest.raises(IntegrityError, match=contrainte), transaction.atomic():
        Bilan.objects.filter(pk=bilan.pk).update(**valeurs)


def test_la_base_refuse_un_renvoi_sans_motif():
    bilan = BilanFactory.create(etat=EtatBilan.A_CORRIGER)
    with pytest.raises(IntegrityError, match="bilan_renvoi_motive"), transaction.atomic():
        Bilan.objects.filter(pk=bilan.pk).update(motif_renvoi="")


def test_la_base_refuse_deux_bilans_pour_une_fiche():
    bilan = BilanFactory.create()
    with pytest.raises(IntegrityError, match="bilan_unique"), transaction.atomic():
        BilanFactory.create(fiche=bilan.fiche, campagne=bilan.campagne)


# -- drafts ---------------------------------------------------------------------------------------


def test_deux_personnes_ne_s_ecrasent_pas(pilote, chargee):
    bilan = bilan_de(pilote)
    ancienne = bilan.version
    enregistrer_brouillon(bilan=bilan, version=ancienne, saisie=saisie(bilan, "Premier texte."), par=pilote)
    with pytest.raises(ConflitVersion) as conflit:
        enregistrer_brouillon(bilan=bilan, version=ancienne, saisie=saisie(bilan, "Second texte."), par=chargee)
    difference = conflit.value.differences[0]
    assert (difference.enregistre, difference.saisi) == ("Premier texte.", "Second texte.")
    bilan.refresh_from_db()
    assert bilan.realisations == "Premier texte."


def test_le_meme_texte_n_est_pas_un_conflit_et_ne_change_rien(pilote):
    bilan = bilan_de(pilote)
    premier = ecrire(bilan, pilote)
    assert ecrire(bilan, pilote).version == premier.version


def test_l_enregistrement_automatique_n_encombre_pas_le_journal(pilote):
    bilan = bilan_de(pilote)
    for texte in ("Un.", "Deux.", "Trois."):
        bilan = enregistrer_brouillon(
            bilan=bilan, version=bilan.version, saisie=saisie(bilan, texte), par=pilote, automatique=True
        )
    assert EntreeJournal.objects.filter(verbe="enregistrer_bilan").count() == 1
    soumettre_bilan(bilan=ecrire(bilan, pilote), par=pilote)
    assert EntreeJournal.objects.get(verbe="soumettre_bilan").apres["Ce qui a été fait"] == FAIT


# -- figures --------------------------------------------------------------------------------------


def test_le_chiffre_gele_reste_et_le_recompte_est_montre(client, pilote):
    bilan = bilan_de(pilote, indicateurs=1)
    mesure = bilan.fiche.indicateurs.get().mesures.get()
    mesure.remplacee_le = timezone.now()
    mesure.save()
    MesureFactory.create(indicateur=mesure.indicateur, valeur=Decimal("85.7"), commentaire="94 saisies tardives")
    (chiffre,) = chiffres_du_bilan(bilan)
    assert (chiffre.valeur, chiffre.courant.valeur, chiffre.recompte) == (Decimal(86), Decimal("85.7"), True)
    client.force_login(pilote)
    texte = client.get(bilan.get_absolute_url()).content.decode()
    assert "86 gelé le" in texte
    assert "85,7 aujourd’hui" in texte
    assert "94 saisies tardives" in texte
    reprendre_chiffre(bilan=bilan, indicateur=mesure.indicateur, par=pilote)
    assert not chiffres_du_bilan(bilan)[0].recompte
    assert EntreeJournal.objects.get(verbe="reprendre_chiffre").avant == {mesure.indicateur.libelle: "86"}


def test_une_valeur_saisie_apres_l_ouverture_entre_dans_le_bilan_a_l_enregistrement(pilote):
    bilan = bilan_de(pilote)
    indicateur = IndicateurFactory.create(fiche=bilan.fiche)
    CibleFactory.create(indicateur=indicateur, valeur=Decimal(90))
    assert chiffres_du_bilan(bilan)[0].a_saisir
    MesureFactory.create(indicateur=indicateur, valeur=Decimal(80))
    assert chiffres_du_bilan(bilan)[0].provisoire
    ecrire(bilan, pilote)
    (chiffre,) = chiffres_du_bilan(bilan)
    assert (chiffre.valeur, chiffre.provisoire, chiffre.a_expliquer) == (Decimal(80), False, True)


# -- rights ---------------------------------------------------------------------------------------


def test_le_pilote_d_une_autre_fiche_est_refuse_avec_son_motif(pilote):
    with pytest.raises(DroitInsuffisant, match="Seuls les pilotes de la fiche"):
        ecrire(BilanFactory.create(), pilote)


@pytest.mark.parametrize("etat", [EtatBilan.SOUMIS, EtatBilan.VALIDE])
def test_un_bilan_rendu_ne_se_modifie_plus(pilote, etat):
    with pytest.raises(DroitInsuffisant):
        ecrire(bilan_de(pilote, etat=etat), pilote)


def test_une_campagne_close_fige_ses_bilans(pilote, chargee):
    bilan = bilan_de(pilote)
    fige = BilanFactory.create(campagne=CampagneFactory.create(annee=2024, etat=EtatCampagne.CLOSE), fiche=bilan.fiche)
    for geste in (
        lambda: ecrire(fige, pilote),
        lambda: renvoyer_bilan(bilan=fige, commentaire="Trop tard.", par=chargee),
        lambda: rouvrir_bilan(bilan=fige, commentaire="Trop tard.", par=chargee),
    ):
        with pytest.raises(DroitInsuffisant):
            geste()


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.ADMINISTRATEUR, Role.CHARGE_PROGRAMME}])
def test_seule_la_gestion_relit(role, pilote):
    bilan = soumettre_bilan(bilan=ecrire(bilan_de(pilote), pilote), par=pilote)
    lecteur = UtilisateurFactory.create(role=role)
    for geste in (
        lambda: valider_bilan(bilan=bilan, par=lecteur),
        lambda: renvoyer_bilan(bilan=bilan, commentaire="Non.", par=lecteur),
    ):
        with pytest.raises(DroitInsuffisant, match="chargés de programme"):
            geste()


# -- screens --------------------------------------------------------------------------------------


def test_soumettre_depuis_la_page_montre_les_manques_pres_du_champ(client, pilote):
    bilan = bilan_de(pilote, indicateurs=1)
    client.force_login(pilote)
    url = reverse("actions:bilan_ecrire", args=[bilan.pk])
    champ = f"explication-{bilan.fiche.indicateurs.get().pk}"
    reponse = client.post(url, formulaire(bilan, geste="soumettre", **{champ: "Voir 2024."}))
    texte = reponse.content.decode()
    assert "Il reste 1\u00a0champ à reprendre avant de soumettre" in texte
    assert f'href="#id_{champ}"' in texte
    assert "Dites ce qui explique l’écart" in texte
    assert ExplicationEcart.objects.get(bilan=bilan).texte == "Voir 2024."
    bilan.refresh_from_db()
    reponse = client.post(url, formulaire(bilan, geste="soumettre"), follow=True)
    assert "Soumettre ce bilan" in reponse.content.decode()
    bilan.refresh_from_db()
    assert bilan.etat == EtatBilan.A_RENSEIGNER
    client.post(reverse("actions:bilan_soumettre", args=[bilan.pk]), {"version": bilan.version})
    bilan.refresh_from_db()
    assert bilan.etat == EtatBilan.SOUMIS


def test_un_conflit_rend_la_saisie_avec_les_differences(client, pilote):
    bilan = bilan_de(pilote)
    ancienne = formulaire(bilan, realisations="Ma saisie dans le second onglet.")
    ecrire(bilan, pilote)
    client.force_login(pilote)
    url = reverse("actions:bilan_ecrire", args=[bilan.pk])
    reponse = client.post(url, ancienne)
    texte = reponse.content.decode()
    assert reponse.status_code == 409
    assert "Rien n’est écrasé" in texte
    assert texte.count("Ma saisie dans le second onglet.") == 2  # in the field and in the comparison
    assert FAIT in texte
    bilan.refresh_from_db()
    reponse = client.post(url, ancienne | {"version": bilan.version})
    bilan.refresh_from_db()
    assert bilan.realisations == "Ma saisie dans le second onglet."


def test_l_enregistrement_automatique_repond_la_version_et_l_heure(client, pilote):
    bilan = bilan_de(pilote)
    client.force_login(pilote)
    url = reverse("actions:bilan_brouillon", args=[bilan.pk])
    reponse = client.post(url, formulaire(bilan))
    bilan.refresh_from_db()
    assert reponse.json()["version"] == bilan.version == 2
    assert "\u00a0h\u00a0" in reponse.json()["heure"]
    reponse = client.post(url, formulaire(bilan, version=1, realisations="Autre."))
    assert reponse.status_code == 409
    assert "rien n’est écrasé" in reponse.json()["message"]


def test_reprendre_le_texte_de_l_annee_precedente(client, pilote):
    bilan = bilan_de(pilote)
    ancienne = CampagneFactory.create(programme=bilan.campagne.programme, annee=2024)
    BilanFactory.create(fiche=bilan.fiche, campagne=ancienne, etat=EtatBilan.VALIDE, realisations="Texte de 2024.")
    client.force_login(pilote)
    url = reverse("actions:bilan_ecrire", args=[bilan.pk])
    assert "Reprendre le texte de 2024" in client.get(url).content.decode()
    client.post(url, formulaire(bilan, realisations="Début.", geste="texte-realisations"))
    bilan.refresh_from_db()
    assert bilan.realisations == "Début.\n\nTexte de 2024."


def test_la_relecture_enchaine_les_bilans(client, chargee, pilote):
    premier = soumettre_bilan(bilan=ecrire(bilan_de(pilote), pilote), par=pilote)
    fiche = FicheFactory.create(programme=premier.campagne.programme, ordre=premier.fiche.ordre + 1)
    second = BilanFactory.create(fiche=fiche, campagne=premier.campagne, etat=EtatBilan.SOUMIS)
    client.force_login(chargee)
    url = reverse("actions:campagne_relire", args=[premier.campagne.programme.code, premier.campagne.annee])
    reponse = client.get(url, follow=True)
    assert "Bilan 1 sur 2 à relire" in reponse.content.decode()
    reponse = client.post(reverse("actions:bilan_renvoyer", args=[premier.pk]), {"commentaire": "", "suite": "1"})
    assert "demande un commentaire" in reponse.content.decode()
    reponse = client.post(
        reverse("actions:bilan_valider", args=[premier.pk]), {"version": premier.version, "suite": "1"}, follow=True
    )
    assert reponse.redirect_chain[-1][0] == reverse("actions:bilan_relire", args=[second.pk])
    reponse = client.post(
        reverse("actions:bilan_renvoyer", args=[second.pk]), {"commentaire": "À compléter.", "suite": "1"}, follow=True
    )
    assert "Tous les bilans soumis sont relus" in reponse.content.decode()


@pytest.mark.parametrize("nom", ["bilan", "bilan_ecrire"])
def test_la_page_demande_autant_de_requetes_pour_un_indicateur_que_pour_trente(client, pilote, nom):
    client.force_login(pilote)
    mesures = []
    for indicateurs in (1, 30):
        url = reverse(f"actions:{nom}", args=[bilan_de(pilote, indicateurs=indicateurs).pk])
        client.get(url)
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(url).status_code == 200
        mesures.append(len(requetes))
    assert mesures[0] == mesures[1]


def test_la_liste_demande_autant_de_requetes_pour_un_bilan_que_pour_trente(client, pilote):
    client.force_login(pilote)
    mesures = []
    for nombre in (1, 20):
        for _ in range(nombre):
            bilan_de(pilote)
        client.get(reverse("actions:bilans"))
        with CaptureQueriesContext(connection) as requetes:
            client.get(reverse("actions:bilans"))
        mesures.append(len(requetes))
    assert mesures[0] == mesures[1]


def test_mes_bilans_commencent_par_le_bilan_renvoye(client, pilote):
    bilan_de(pilote)
    renvoye = bilan_de(pilote, etat=EtatBilan.A_CORRIGER)
    BilanFactory.create()
    client.force_login(pilote)
    reponse = client.get(reverse("actions:bilans"))
    assert reponse.context["a_ecrire"][0] == renvoye
    assert "2\u00a0bilans vous attendent" in reponse.content.decode()
    assert len(reponse.context["rangs"]) == 2


def test_un_bilan_non_valide_d_une_autre_fiche_est_introuvable(client, pilote):
    client.force_login(pilote)
    assert client.get(BilanFactory.create().get_absolute_url()).status_code == 404
    valide = BilanFactory.create(etat=EtatBilan.VALIDE)
    assert client.get(valide.get_absolute_url()).status_code == 200
    assert client.get(reverse("actions:bilan_ecrire", args=[valide.pk])).status_code == 403
