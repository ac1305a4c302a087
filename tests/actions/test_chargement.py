"""The four programmes load from their documents: exact counts, no duplicate, nothing overwritten."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings as reglages
from django.test import TestCase
from django.utils import timezone

from actions.models import (
    Anomalie,
    Axe,
    CadreAction,
    CibleIndicateur,
    Etape,
    EtatAnomalie,
    FicheAction,
    Financement,
    GabaritFiche,
    Indicateur,
    LienFiche,
    MesureIndicateur,
    NatureIndicateur,
    ObjectifOperationnel,
    Programme,
    ProvenanceMesure,
    RoleFiche,
    SectionGabarit,
    Signataire,
    StatutFiche,
    TypeRole,
)
from actions.operations.chargement import BilanChargement, charger_programmes
from actions.operations.chargement_fiches import sens_probable
from pdi.structures.models import NatureStructure, NomAlternatif, Structure
from pdi.structures.regles import cle_nom
from tests.fabriques import UtilisateurFactory, annee_pleine

pytestmark = pytest.mark.django_db

DONNEES = Path(reglages.DOSSIER_DONNEES)
SOURCES = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in sorted((DONNEES / "programmes").glob("*.json"))}
MODELES = (
    *(Programme, Axe, GabaritFiche, SectionGabarit, CadreAction, Signataire, FicheAction, ObjectifOperationnel),
    *(Etape, RoleFiche, Financement, Indicateur, CibleIndicateur, LienFiche, Anomalie, Structure, NomAlternatif),
)


def fiche(numero: str, code: str = "correze-2016-2018") -> FicheAction:
    return FicheAction.objects.get(programme__code=code, numero=numero)


def comptes() -> dict[str, int]:
    return {modele.__name__: modele._default_manager.count() for modele in MODELES}


class TestProgrammesCharges(TestCase):
    """What the base holds once the documents are loaded (loaded once for the class)."""

    charge: BilanChargement

    @classmethod
    def setUpTestData(cls) -> None:
        cls.charge = charger_programmes(dossier=DONNEES)

    def test_soixante_quinze_fiches_et_trois_cent_seize_indicateurs(self) -> None:
        assert (self.charge.programmes, self.charge.fiches, self.charge.indicateurs) == (4, 75, 316)
        attendu = {"correze-2016-2018": (29, 115), "essonne-2022-2026": (17, 102)}
        attendu |= {"saone-et-loire-2013-2018": (23, 79), "yvelines-2010-2015": (6, 20)}
        for code, (fiches, indicateurs) in attendu.items():
            assert FicheAction.objects.filter(programme__code=code).count() == fiches
            assert Indicateur.objects.filter(fiche__programme__code=code).count() == indicateurs

    def test_rien_de_ce_qu_imprime_le_document_n_est_perdu(self) -> None:
        for code, source in ((code, f) for code, d in SOURCES.items() for f in d["fiches"]):
            lue = fiche(source["numero"], code)
            assert cle_nom(lue.intitule) == cle_nom(source["intitule"])
            assert cle_nom(lue.contexte) == cle_nom(source["contexte"] or "")
            assert lue.objectifs.count() == len(source["objectifs_operationnels"])
            assert lue.etapes.count() == len(source["etapes"])
            assert lue.resultats_attendus.count() == len(source["resultats_attendus"])
            assert lue.cadres.count() == len(source["contractualisations"])
            assert lue.liens_sortants.count() == len(source["renvois"])
            assert lue.calendrier_texte.replace("\u00a0", " ") == (source["calendrier"]["texte"] or "").replace(
                "'", "’"
            )
            imprimes = " ".join(lue.roles.values_list("libelle", flat=True))
            for cle in ("pilotes", "copilotes", "partenaires_internes", "partenaires_externes"):
                for libelle in source[cle]:
                    assert cle_nom(libelle) in cle_nom(imprimes), libelle

    def test_recharger_n_ajoute_rien(self) -> None:
        avant = comptes()
        encore = charger_programmes(dossier=DONNEES)
        assert comptes() == avant
        assert encore.fiches_ajoutees == 0

    def test_recharger_n_ecrase_pas_le_travail_des_utilisateurs(self) -> None:
        suivie = fiche("2.1", "essonne-2022-2026")
        FicheAction.objects.filter(pk=suivie.pk).update(statut=StatutFiche.BLOQUEE, intitule="Titre revu par avenant")
        etape = suivie.etapes.all()[0]
        Etape.objects.filter(pk=etape.pk).update(avancement=40, etat="en_cours")
        indicateur = suivie.indicateurs.all()[0]
        MesureIndicateur.objects.create(
            indicateur=indicateur,
            annee=2025,
            periode=annee_pleine(2025),
            valeur=Decimal("12.5"),
            provenance=ProvenanceMesure.SAISIE,
        )
        anomalie = suivie.anomalies.all()[0]
        Anomalie.objects.filter(pk=anomalie.pk).update(
            etat=EtatAnomalie.CONSERVEE,
            reponse="Vu.",
            repondu_par=UtilisateurFactory.create(),
            repondu_le="2026-01-05T10:00Z",
        )
        charger_programmes(dossier=DONNEES)
        suivie.refresh_from_db()
        etape.refresh_from_db()
        anomalie.refresh_from_db()
        assert (suivie.statut, suivie.intitule) == (StatutFiche.BLOQUEE, "Titre revu par avenant")
        assert etape.avancement == 40
        assert indicateur.mesures.get().valeur == Decimal("12.5")
        assert anomalie.etat == EtatAnomalie.CONSERVEE

    def test_une_fiche_retiree_revient_sans_toucher_aux_autres(self) -> None:
        autre = fiche("1-1")
        fiche("2-8").delete()
        encore = charger_programmes(dossier=DONNEES)
        assert encore.fiches_ajoutees == 1
        assert fiche("2-8").financements.count() == 2
        assert fiche("1-1").pk == autre.pk
        assert [f.numero for f in FicheAction.objects.filter(programme__code="correze-2016-2018")][10] == "2-8"

    def test_tout_libelle_imprime_est_dans_la_table(self) -> None:
        table = json.loads((DONNEES / "structures.json").read_text(encoding="utf-8"))["structures"]
        assert Structure.objects.count() == len(table)

    def test_pole_emploi_est_une_seule_structure(self) -> None:
        pole = Structure.objects.get(cle="pole emploi")
        assert pole.nature == NatureStructure.EMPLOI
        assert {"Pôle Emploi", "Pole emploi"} <= set(pole.noms_alternatifs.values_list("nom", flat=True))
        programmes = set(pole.roles_fiches.values_list("fiche__programme__code", flat=True))
        assert programmes == set(SOURCES)
        assert pole.signatures.filter(libelle="Pôle emploi – la Directrice départementale").exists()

    def test_le_pilote_est_un_service_sous_sa_direction(self) -> None:
        role = fiche("2.1", "essonne-2022-2026").roles.get(type=TypeRole.PILOTE)
        sigles = Structure.objects.filter(pk=role.structure_id).values_list(
            "sigle", "parent__sigle", "parent__parent__nature"
        )
        assert sigles.get() == ("SAARSA", "DIE", NatureStructure.DEPARTEMENT)
        assert role.libelle.startswith("Direction de l’insertion et de l’emploi (DIE) – Service")

    def test_une_fonction_n_est_pas_une_structure(self) -> None:
        role = fiche("4-2").roles.get(type=TypeRole.PILOTE)
        assert role.structure.nom == "Service Emploi Insertion"
        assert role.precision == "Animateur PTI"
        assert role.libelle == "Conseil départemental de la Corrèze – DASFI – Service Emploi Insertion – Animateur PTI"
        for mot in ("animateur", "charge", "responsable", "directrice", "facilitatrice"):
            assert not Structure.objects.filter(cle__startswith=f"{mot} ").exists(), mot

    def test_deux_personnes_d_un_service_font_un_role_qui_les_nomme(self) -> None:
        role = fiche("1-1").roles.get(type=TypeRole.PILOTE)
        assert "Chargée de mission insertion" in role.precision
        assert "Responsable de l’équipe" in role.precision

    def test_deux_organismes_cites_ensemble_ont_chacun_leur_role(self) -> None:
        for type_, imprime in ((TypeRole.COPILOTE, "CPAM/CRESLI"), (TypeRole.MISE_EN_OEUVRE_EXTERNE, "CPAM-CRESLI")):
            roles = fiche("2-1").roles.filter(type=type_, libelle=imprime)
            assert {r.structure.sigle for r in roles.select_related("structure")} == {"CPAM", "CRESLI"}

    def test_une_region_a_plusieurs_noms_mais_une_structure(self) -> None:
        for libelle in ("Région", "Région Nouvelle-Aquitaine"):
            role = RoleFiche.objects.filter(libelle=libelle, fiche__programme__departement="19")[0]
            assert role.structure.nom == "Conseil régional Nouvelle-Aquitaine"
        essonne = RoleFiche.objects.filter(libelle="Conseil régional", fiche__programme__departement="91")[0]
        assert essonne.structure.nom == "Conseil régional d’Île-de-France"

    def test_les_signataires_gardent_leur_qualite_et_n_ont_pas_de_date_inventee(self) -> None:
        signataires = Signataire.objects.filter(programme__code="essonne-2022-2026")
        assert [s.qualite for s in signataires][:3] == ["Le Président", "La Présidente", "Le Préfet"]
        assert not Signataire.objects.exclude(signe_le=None).exists()
        assert Signataire.objects.filter(programme__code="correze-2016-2018").count() == 24

    def test_le_montant_global_de_2_8_n_est_pas_un_financeur(self) -> None:
        lue = fiche("2-8")
        assert lue.cout_total == Decimal("115210.66")
        prevus = [f.prevu or Decimal(0) for f in lue.financements.all()]
        assert sorted(prevus) == [Decimal("35100.74"), Decimal("52651.10")]
        assert lue.cout_total - sum(prevus) == Decimal("27458.82")
        anomalie = lue.anomalies.get(code="somme-des-financeurs")
        assert anomalie.titre == "27\u00a0458,82\u00a0€ du plan de financement n’ont pas de financeur"
        assert anomalie.pese[-1] == {"libelle": "Sans financeur", "valeur": "27\u00a0458,82\u00a0€"}
        assert not Structure.objects.filter(cle__contains="montant global").exists()

    def test_bi_annuelle_reste_imprimee_et_ambigue(self) -> None:
        for numero, imprime in (("2-8", "bi-annuelle"), ("3-1", "bi-annuelle"), ("3-3", "bi-annuel")):
            lue = fiche(numero)
            assert (lue.periodicite_texte, lue.periodicite_evaluation) == (imprime, "bisannuelle")
            assert "deux sens" in lue.anomalies.get(code="bi-annuelle").titre

    def test_200_personnes_ou_160(self) -> None:
        lue = fiche("3-13")
        assert [r.valeur for r in lue.resultats_attendus.all()] == [200, 40]
        assert "160" in lue.anomalies.get(code="duree-et-total").titre

    def test_un_taux_reste_classe_qualitatif_avec_son_anomalie(self) -> None:
        taux = Indicateur.objects.get(libelle__startswith="Taux de satisfaction", fiche__numero="2.1")
        assert (taux.nature, taux.unite) == (NatureIndicateur.QUALITATIF, "%")
        assert taux.fiche.anomalies.filter(code=f"nature-indicateur-{taux.pk}").exists()

    def test_chaque_anomalie_de_la_table_trouve_sa_fiche(self) -> None:
        table = json.loads((DONNEES / "anomalies.json").read_text(encoding="utf-8"))
        assert Anomalie.objects.count() == len(table) == self.charge.anomalies
        assert not Anomalie.objects.filter(calculee=True).exists()
        assert all(a["constat"].endswith(".") and a["source"] for a in table)

    def test_en_essonne_la_mise_en_oeuvre_repond_aux_objectifs(self) -> None:
        etapes = fiche("2.1", "essonne-2022-2026").etapes
        assert list(etapes.values_list("objectif__numero", flat=True)) == [1, 2, 3]
        assert not fiche("1.1", "essonne-2022-2026").etapes.exclude(objectif=None).exists()
        assert not Etape.objects.exclude(fiche__programme__departement="91").exclude(objectif=None).exists()

    def test_une_cible_imprimee_vaut_pour_les_annees_que_dit_la_fiche(self) -> None:
        delai = Indicateur.objects.get(libelle="Délai moyen d’orientation")
        assert [(c.annee, int(c.valeur)) for c in delai.cibles.all()] == [(a, 1) for a in range(2022, 2027)]
        parrains = Indicateur.objects.get(libelle="Nombre de parrains")
        assert [(c.annee, int(c.valeur)) for c in parrains.cibles.all()] == [(2018, 10)]

    def test_chaque_indicateur_d_essonne_a_une_definition(self) -> None:
        essonne = Indicateur.objects.filter(fiche__programme__code="essonne-2022-2026")
        assert not essonne.filter(definition="").exists()
        assert not essonne.filter(unite="%", libelle__startswith="Taux", denominateur_libelle="").exists()

    def test_chaque_taux_dit_son_numerateur_et_son_denominateur(self) -> None:
        taux = Indicateur.objects.filter(unite__in=("%", "ratio"))
        assert taux.count() > 20
        assert not taux.filter(numerateur_libelle="").exists()
        assert not taux.filter(denominateur_libelle="").exists()
        assert not taux.filter(definition="").exists()

    def test_recharger_complete_une_definition_vide_sans_toucher_a_ce_qui_est_ecrit(self) -> None:
        taux = Indicateur.objects.get(
            fiche__programme__code="correze-2016-2018", libelle="Pourcentage de sorties positives"
        )
        Indicateur.objects.filter(pk=taux.pk).update(
            definition="Notre définition.", numerateur_libelle="", denominateur_libelle="", version=7
        )
        charger_programmes(dossier=DONNEES)
        relu = Indicateur.objects.get(pk=taux.pk)
        assert relu.definition == "Notre définition."
        assert relu.numerateur_libelle == taux.numerateur_libelle != ""
        assert relu.denominateur_libelle == taux.denominateur_libelle != ""
        assert relu.version == 8  # a form opened before is told of the change
        charger_programmes(dossier=DONNEES)
        assert Indicateur.objects.get(pk=taux.pk).version == 8

    def test_l_anomalie_des_yvelines_dit_ce_que_la_fiche_affiche(self) -> None:
        anomalie = Anomalie.objects.get(code="coordinations-copie")
        affiche = [d for e in anomalie.fiche.etapes.all() for d in e.details]
        assert anomalie.pese[0]["valeur"] in affiche
        assert "Le mot «\u00a0coordinations\u00a0» est gardé" in anomalie.constat

    def test_recharger_redit_une_anomalie_ouverte_et_garde_celle_qui_a_une_reponse(self) -> None:
        ouverte, repondue = Anomalie.objects.filter(code="actions-imprimees-deux-fois").order_by("pk")
        Anomalie.objects.filter(pk__in=[ouverte.pk, repondue.pk]).update(constat="Ancien texte.")
        Anomalie.objects.filter(pk=repondue.pk).update(
            etat=EtatAnomalie.CONSERVEE, reponse="Oui.", repondu_par=UtilisateurFactory(), repondu_le=timezone.now()
        )
        charger_programmes(dossier=DONNEES)
        textes = dict(Anomalie.objects.filter(pk__in=[ouverte.pk, repondue.pk]).values_list("pk", "constat"))
        assert textes == {ouverte.pk: ouverte.constat, repondue.pk: "Ancien texte."}

    def test_les_gabarits_parlent_comme_leur_document(self) -> None:
        titres = dict(SectionGabarit.objects.filter(rubrique="contexte").values_list("gabarit__nom", "libelle"))
        assert titres["Schéma des Yvelines 2010-2015"] == "Rappel de la problématique"
        assert titres["Pacte Solidarité Essonne 2022-2026"] == "Constat"
        assert "PDI de Saône-et-Loire 2013-2018" not in titres
        niveaux = [n.singulier for n in Programme.objects.get(code="saone-et-loire-2013-2018").niveaux.all()]
        assert niveaux == ["axe", "thématique"]

    def test_la_recherche_ignore_les_accents_et_trouve_les_acteurs(self) -> None:
        assert FicheAction.objects.chercher("accelerer premieres etapes").get().numero == "2.1"
        assert FicheAction.objects.chercher("ADDICTLIM").get().numero == "2-2"

    def test_les_textes_ont_la_typographie_francaise(self) -> None:
        for modele, champ in ((FicheAction, "intitule"), (Indicateur, "libelle"), (Structure, "nom")):
            assert not modele._default_manager.filter(**{f"{champ}__contains": "'"}).exists()


def test_le_nombre_de_requetes_est_borne(django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(165):
        charger_programmes(dossier=DONNEES)
    with django_assert_max_num_queries(75):
        charger_programmes(dossier=DONNEES)


@pytest.mark.parametrize(
    ("libelle", "unite", "sens"),
    [
        ("Délai moyen d’orientation", "mois", "baisse"),
        ("Évolution du nombre des indus par an", "nombre", "baisse"),
        ("Nombre d’actions visant à prévenir des ruptures de parcours", "nombre", "hausse"),
        ("Taux d’orientation", "%", "hausse"),
        ("Nouveau règlement intérieur", "texte", "neutre"),
    ],
    ids=["delai", "indus", "prevention", "taux", "texte"],
)
def test_le_sens_d_un_indicateur_se_lit_dans_son_libelle(libelle, unite, sens) -> None:
    assert sens_probable(libelle, unite) == sens
