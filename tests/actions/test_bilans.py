"""Bilans: the whole circuit, conflicts, frozen figures, rights, screens."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from actions.chiffres import chiffres_du_bilan
from actions.models import Bilan, EtatBilan, EtatCampagne, TransitionBilan
from actions.operations.bilans import (
    BilanIncomplet,
    ConflitVersion,
    enregistrer_brouillon,
    soumettre_bilan,
)
from actions.operations.chiffres_bilan import reprendre_chiffre
from actions.operations.relecture import renvoyer_bilan, rouvrir_bilan, valider_bilan
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import Avis, EntreeJournal
from tests.actions.bilans import FAIT, bilan_de, ecrire, saisie
from tests.fabriques import (
    BilanFactory,
    CampagneFactory,
    CibleFactory,
    IndicateurFactory,
    MesureFactory,
    UtilisateurFactory,
)

pytestmark = pytest.mark.django_db


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
