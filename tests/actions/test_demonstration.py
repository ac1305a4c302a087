"""The demonstration: complete enough to compile, true to its own rules, the same on every run."""

from __future__ import annotations

import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as reglages
from django.core.management import CommandError, call_command
from django.db.models import Min
from django.test import TestCase
from django.urls import reverse

from actions.chiffres import chiffres_du_bilan, contenu_du_bilan
from actions.figures import points_annuels
from actions.models import (
    Bilan,
    Campagne,
    ChiffreBilan,
    CibleIndicateur,
    EtatBilan,
    EtatCampagne,
    FicheAction,
    Financement,
    Indicateur,
    MesureIndicateur,
    Programme,
    StatutFiche,
    TransitionBilan,
)
from actions.operations.demonstration.charger import charger_demonstration
from actions.regles.bilans import AUTOMATE_BILAN, manques_pour_soumettre
from actions.regles.indicateurs import est_un_taux, quotient_coherent
from pdi.comptes.demo import comptes_de_demonstration
from pdi.comptes.models import Role, Utilisateur
from pdi.socle.models import EntreeJournal

pytestmark = pytest.mark.django_db
DONNEES = Path(reglages.DOSSIER_DONNEES)
JOUR = datetime.date(2026, 11, 22)
FIN_PROVISOIRE = datetime.date(2026, 10, 1)  # excluded: values entered before the opening, on 29 October
ESSONNE = "essonne-2022-2026"


def charger(jour: datetime.date = JOUR) -> list[str]:
    messages: list[str] = []
    charger_demonstration(dossier=DONNEES, jour=jour, dire=messages.append)
    return messages


class TestDemonstrationChargee(TestCase):
    """What the base holds once the demonstration is loaded (loaded once for the class)."""

    messages: list[str]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.messages = charger()

    def test_chaque_etape_dit_ce_qu_elle_fait(self) -> None:
        assert [m.split(" :")[0] for m in self.messages] == [
            "Territoires",
            "Programmes",
            "Comptes",
            "Valeurs",
            "Suivi",
            "Campagnes",
        ]
        assert "75 fiches, 316 indicateurs" in self.messages[1]

    def test_un_compte_par_role_se_connecte(self) -> None:
        comptes = comptes_de_demonstration()
        assert [c.role for c in comptes] == [*(role.label for role in Role), "Membre, bénéficiaire"]
        for compte in comptes:
            saisie = {"username": compte.courriel, "password": compte.mot_de_passe}
            reponse = self.client.post(reverse("comptes:connexion"), saisie)
            assert reponse.status_code == 302, compte.courriel
            self.client.logout()
        assert not Utilisateur.objects.filter(demonstration=False).exists()
        assert all(u.courriel.endswith(".example") for u in Utilisateur.objects.all())

    def test_chaque_fiche_d_essonne_a_un_pilote_qui_peut_ecrire(self) -> None:
        pilotes = Utilisateur.objects.filter(habilitations__role=Role.PILOTE)
        pilotees = {f.pk for u in pilotes for f in FicheAction.objects.pilotees_par(u)}
        assert pilotees == set(FicheAction.objects.filter(programme__code=ESSONNE).values_list("pk", flat=True))

    def test_recharger_n_ajoute_rien(self) -> None:
        def comptes() -> list[int]:
            modeles = (Bilan, Campagne, ChiffreBilan, CibleIndicateur, Financement, MesureIndicateur, TransitionBilan)
            return [m._default_manager.count() for m in (*modeles, Utilisateur, EntreeJournal, FicheAction)]

        avant = comptes()
        charger()
        assert comptes() == avant

    def test_deux_chargements_donnent_les_memes_valeurs(self) -> None:
        def empreinte() -> list[str]:
            mesures = MesureIndicateur.objects.values_list(
                "indicateur__fiche__numero", "indicateur__libelle", "annee", "valeur", "texte"
            )
            return sorted(map(str, mesures)) + sorted(Bilan.objects.values_list("realisations", flat=True))

        avant = empreinte()
        Campagne.objects.all().delete()
        MesureIndicateur.objects.all().delete()
        charger()
        assert empreinte() == avant

    def test_recharger_respecte_ce_qui_a_ete_saisi(self) -> None:
        fiche = FicheAction.objects.get(programme__code=ESSONNE, numero="2.1")
        FicheAction.objects.filter(pk=fiche.pk).update(statut=StatutFiche.EN_PAUSE, version=2)
        mesure = MesureIndicateur.objects.filter(indicateur__fiche=fiche, annee=2025)[0]
        MesureIndicateur.objects.filter(pk=mesure.pk).update(valeur=1, demonstration=False)
        Bilan.objects.filter(fiche=fiche, campagne__annee=2026).update(realisations="Réécrit par le pilote.")
        charger()
        fiche.refresh_from_db()
        mesure.refresh_from_db()
        assert fiche.statut == StatutFiche.EN_PAUSE
        assert mesure.valeur == 1
        assert Bilan.objects.get(fiche=fiche, campagne__annee=2026).realisations == "Réécrit par le pilote."

    def test_tout_ce_qui_est_fictif_est_marque(self) -> None:
        for modele in (MesureIndicateur, Campagne, Bilan):
            assert not modele._default_manager.filter(demonstration=False).exists()
        assert not CibleIndicateur.objects.filter(demonstration=False, imprimee=False).exists()
        assert not Financement.objects.filter(demonstration=False, fiche__programme__code=ESSONNE).exists()
        assert not Financement.objects.filter(demonstration=True).exclude(fiche__programme__code=ESSONNE).exists()

    def test_les_taux_s_accordent_avec_leurs_termes(self) -> None:
        mesures = MesureIndicateur.objects.exclude(denominateur=None).select_related("indicateur")
        assert mesures.count() > 20
        for m in mesures:
            assert est_un_taux(m.indicateur.unite)
            assert m.valeur is not None
            assert m.numerateur is not None
            assert m.denominateur is not None
            assert quotient_coherent(m.valeur, m.numerateur, m.denominateur, m.indicateur.unite), m
            assert m.numerateur <= m.denominateur

    def test_les_references_de_2_1_se_suivent(self) -> None:
        """Those oriented are the denominator of the two following rates."""
        par_libelle = {
            i.libelle: i.mesures.get(annee=2025) for i in Indicateur.objects.filter(fiche__numero="2.1", unite="%")
        }
        orientees = par_libelle["Taux d’orientation"].numerateur
        assert par_libelle["Taux de référencement"].denominateur == orientees
        assert par_libelle["Taux de contractualisation"].denominateur == orientees

    def test_quelques_valeurs_manquent_et_la_plupart_des_chiffrables_ont_une_cible(self) -> None:
        indicateurs = list(Indicateur.objects.filter(fiche__programme__code=ESSONNE))
        points = points_annuels([i.pk for i in indicateurs], [2025])
        manquants = [i for i in indicateurs if not points[i.pk][2025].renseigne]
        assert 3 <= len(manquants) <= 10
        chiffrables = [i for i in indicateurs if i.chiffrable]
        avec_cible = [i for i in chiffrables if points[i.pk][2025].cible is not None]
        assert len(avec_cible) > len(chiffrables) * 0.8
        atteintes = [i for i in avec_cible if points[i.pk][2025].atteint]
        assert 0.3 < len(atteintes) / len(avec_cible) < 0.9

    def test_aucune_valeur_ne_vient_du_futur(self) -> None:
        assert not MesureIndicateur.objects.filter(periode__endswith__gt=JOUR).exists()
        assert not MesureIndicateur.objects.filter(annee__gt=2026).exists()
        courantes = MesureIndicateur.objects.filter(annee=2026)
        assert courantes.exists()
        assert set(courantes.values_list("periode__endswith", flat=True)) == {FIN_PROVISOIRE}

    def test_les_valeurs_de_l_annee_en_cours_precedent_le_gel_et_se_disent_provisoires(self) -> None:
        gel = ChiffreBilan.objects.filter(bilan__campagne__annee=2026).aggregate(n=Min("gele_le"))["n"]
        courantes = MesureIndicateur.objects.filter(annee=2026)
        assert courantes.exists()
        assert not courantes.filter(saisie_le__gt=gel).exists()
        assert not courantes.filter(saisie_le__date__lt=FIN_PROVISOIRE).exists()
        assert not courantes.filter(source__contains="31 décembre").exists()
        assert not courantes.exclude(source__contains="situation provisoire au ").exists()
        assert MesureIndicateur.objects.filter(annee=2025, source__contains="31 décembre").exists()

    def test_les_relectures_vouvoient(self) -> None:
        motifs = " ".join(Bilan.objects.exclude(motif_renvoi="").values_list("motif_renvoi", flat=True)).lower()
        assert "pouvez-vous" in motifs
        assert "peux-tu" not in motifs

    def test_la_campagne_passee_est_close_et_presque_complete(self) -> None:
        campagne = Campagne.objects.get(annee=2025)
        assert campagne.etat == EtatCampagne.CLOSE
        etats = list(campagne.bilans.values_list("etat", flat=True))
        assert (len(etats), etats.count(EtatBilan.VALIDE)) == (17, 16)
        assert campagne.transitions.get(vers=EtatCampagne.CLOSE).commentaire
        textes = list(campagne.bilans.values_list("realisations", flat=True))
        assert len(set(textes)) == 17

    def test_la_campagne_courante_montre_tous_les_etats(self) -> None:
        campagne = Campagne.objects.get(annee=2026)
        assert campagne.etat == EtatCampagne.OUVERTE
        assert campagne.ouverture <= JOUR <= campagne.soumission_avant
        assert set(campagne.bilans.values_list("etat", flat=True)) == set(EtatBilan.values)
        assert campagne.bilans.filter(etat=EtatBilan.A_RENSEIGNER, modifie_le=None).exists()
        assert campagne.bilans.filter(etat=EtatBilan.A_RENSEIGNER).exclude(modifie_le=None).exists()
        assert not campagne.bilans.filter(etat=EtatBilan.A_CORRIGER, motif_renvoi="").exists()

    def test_un_bilan_soumis_passerait_les_regles_de_soumission(self) -> None:
        soumis = Bilan.objects.exclude(etat=EtatBilan.A_RENSEIGNER).select_related("campagne", "fiche")
        for bilan in soumis:
            manques = manques_pour_soumettre(contenu_du_bilan(bilan, chiffres_du_bilan(bilan)))
            assert not manques, (bilan, [m.message for m in manques])

    def test_les_transitions_suivent_l_automate_dans_l_ordre(self) -> None:
        permises = {(t.de, t.vers) for t in AUTOMATE_BILAN.transitions}
        for bilan in Bilan.objects.prefetch_related("transitions"):
            lignes = sorted(bilan.transitions.all(), key=lambda t: (t.le, t.pk))
            assert [t.pk for t in lignes] == sorted(t.pk for t in lignes)
            etat = ""
            for ligne in lignes:
                assert (ligne.de, ligne.vers) in permises
                assert ligne.de == etat
                etat = ligne.vers
            assert etat == bilan.etat
            if bilan.etat == EtatBilan.VALIDE:
                assert lignes[-1].par != bilan.soumis_par

    def test_un_chiffre_gele_vaut_la_mesure_et_le_texte_le_cite(self) -> None:
        taux = Indicateur.objects.get(libelle="Taux d’orientation", fiche__programme__code=ESSONNE)
        chiffre = ChiffreBilan.objects.select_related("bilan").get(indicateur=taux, bilan__campagne__annee=2025)
        assert chiffre.valeur == taux.mesures.get(annee=2025).valeur == 86
        assert "27\u00a0073 sur 31\u00a0480" in chiffre.bilan.realisations

    def test_la_correze_garde_son_financement_et_les_autres_servent_de_reference(self) -> None:
        assert set(Programme.objects.filter(reference=True).values_list("departement_id", flat=True)) == {"71", "78"}
        correze = FicheAction.objects.get(programme__departement="19", numero="2-8")
        assert correze.cout_total is not None
        assert not FicheAction.objects.filter(statut=StatutFiche.A_VENIR).exists()
        assert not MesureIndicateur.objects.exclude(indicateur__fiche__programme__code=ESSONNE).exists()


@pytest.mark.parametrize(
    ("jour", "courante"),
    [
        (datetime.date(2026, 1, 5), 2026),
        (datetime.date(2026, 3, 31), 2026),
        (datetime.date(2025, 7, 14), 2025),
        (datetime.date(2028, 2, 29), 2026),
    ],
    ids=["debut d annee", "limite legale", "annee d avant", "programme echu"],
)
def test_la_demonstration_se_charge_n_importe_quel_jour(jour, courante) -> None:
    charger(jour)
    assert Campagne.objects.filter(etat=EtatCampagne.OUVERTE).get().annee == courante
    assert Campagne.objects.filter(etat=EtatCampagne.CLOSE).count() == courante - 2022
    assert not MesureIndicateur.objects.filter(periode__endswith__gt=jour).exists()
    assert not Campagne.objects.filter(ouverture__gt=jour).exists()


def test_la_commande_est_refusee_en_production(settings) -> None:
    settings.DEMONSTRATION_PERMISE = False
    with pytest.raises(CommandError, match="PDI_DEMONSTRATION=1"):
        call_command("charger_demo", stdout=StringIO())
    assert not Utilisateur.objects.exists()


def test_la_commande_annonce_sa_fin() -> None:
    sortie = StringIO()
    call_command("charger_demo", stdout=sortie)
    assert "Démonstration prête" in sortie.getvalue()
