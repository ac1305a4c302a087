"""Writes on programmes, trees, signatories, layouts; notes, attachments, answers to anomalies."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError

from actions.constats import constats_des_fiches, manques_des_fiches
from actions.models import (
    Anomalie,
    Axe,
    EtatAnomalie,
    EtatProgramme,
    NatureProgramme,
    PieceJointe,
    Programme,
    RubriqueFiche,
    SectionGabarit,
)
from actions.operations import axes, gabarits, programmes, suivi
from actions.operations.anomalies import actualiser_anomalies, relever_anomalies, repondre_anomalie, reprendre_anomalie
from actions.operations.commun import ConflitVersion, empreinte
from pdi.comptes.models import Role, Utilisateur
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import EntreeJournal
from tests.fabriques import (
    AnomalieFactory,
    AxeFactory,
    CibleFactory,
    DepartementFactory,
    EtapeFactory,
    FicheFactory,
    FinancementFactory,
    GabaritFactory,
    IndicateurFactory,
    MesureFactory,
    NiveauFactory,
    ProgrammeFactory,
    RoleFicheFactory,
    StructureFactory,
    UtilisateurFactory,
)

pytestmark = pytest.mark.django_db
JOUR = datetime.date(2026, 3, 1)
PDF = b"%PDF-1.7 essai"


@pytest.fixture
def programme() -> Programme:
    """A programme whose tree has two levels."""
    programme = ProgrammeFactory.create()
    NiveauFactory.create(programme=programme, rang=1, singulier="axe", pluriel="axes")
    NiveauFactory.create(programme=programme, rang=2, singulier="thématique", pluriel="thématiques")
    return programme


def identite(**changes: Any) -> dict[str, Any]:
    return {
        "intitule": "Programme départemental d’insertion",
        "intitule_court": "PDI Essonne",
        "nature": NatureProgramme.PDI,
        "annee_debut": 2027,
        "annee_fin": 2031,
        "gabarit": GabaritFactory.create(),
        "etat": EtatProgramme.PREPARATION,
    } | changes


# -- programme --------------------------------------------------------------------------------


def test_un_programme_se_cree_dans_le_departement_avec_son_adresse(chargee: Utilisateur):
    DepartementFactory.create()
    cree = programmes.creer_programme(par=chargee, niveaux=[("axe", "axes")], **identite())
    assert (cree.code, cree.departement_id) == ("pdi-essonne-2027-2031", "91")
    assert list(cree.niveaux.values_list("rang", "singulier")) == [(1, "axe")]
    homonyme = programmes.creer_programme(par=chargee, **identite())
    assert homonyme.code == "pdi-essonne-2027-2031-2"


@pytest.mark.parametrize(
    ("changes", "dit"),
    [
        ({"annee_fin": 2026}, "précède la première"),
        ({"annee_debut": 1900, "annee_fin": 1910}, "1988"),
        ({"nature": "XXX"}, "XXX"),
    ],
    ids=["annees", "rmi", "nature"],
)
def test_un_programme_impossible_est_refuse(chargee: Utilisateur, changes: dict[str, Any], dit: str):
    DepartementFactory.create()
    with pytest.raises(RegleMetier, match=dit):
        programmes.creer_programme(par=chargee, **identite(**changes))
    assert not Programme.objects.exists()


def test_un_pilote_ne_cree_pas_de_programme():
    with pytest.raises(DroitInsuffisant):
        programmes.creer_programme(par=UtilisateurFactory.create(role=Role.PILOTE), **identite())


def test_on_ne_retire_pas_un_niveau_qui_sert(programme: Programme, chargee: Utilisateur):
    AxeFactory.create(parent=AxeFactory.create(programme=programme))
    with pytest.raises(RegleMetier, match="déjà 2 niveaux"):
        programmes.modifier_programme(programme=programme, par=chargee, valeurs={}, niveaux=[("axe", "axes")])
    programmes.modifier_programme(
        programme=programme, par=chargee, valeurs={}, niveaux=[("volet", "volets"), ("objectif", "objectifs")]
    )
    assert list(programme.niveaux.values_list("singulier", flat=True)) == ["volet", "objectif"]


def test_un_programme_change_entre_temps_n_est_pas_ecrase(programme: Programme, chargee: Utilisateur):
    vue = empreinte(programmes.etat_programme(programme))
    programmes.modifier_programme(
        programme=programme, par=chargee, valeurs={"intitule_court": "Pacte A"}, empreinte=vue
    )
    with pytest.raises(ConflitVersion) as conflit:
        programmes.modifier_programme(
            programme=programme, par=chargee, valeurs={"intitule_court": "Pacte B"}, empreinte=vue
        )
    assert conflit.value.etat["Intitulé court"] == "Pacte A"
    programme.refresh_from_db()
    assert (programme.intitule_court, programme.version) == ("Pacte A", 2)


def test_les_signataires_s_ordonnent_et_ne_se_repetent_pas(programme: Programme, chargee: Utilisateur):
    caf, etat = (StructureFactory.create(nom=n) for n in ("CAF", "État"))
    lignes = [{"structure": etat, "qualite": "Le préfet"}, {"structure": caf, "signe_le": datetime.date(2022, 3, 1)}]
    programmes.definir_signataires(programme=programme, signataires=lignes, par=chargee)
    assert [s.structure for s in programme.signataires.all()] == [etat, caf]
    with pytest.raises(RegleMetier, match="CAF figure deux fois"):
        programmes.definir_signataires(programme=programme, signataires=[{"structure": caf}] * 2, par=chargee)


# -- tree -------------------------------------------------------------------------------------


def test_l_arbre_se_construit_jusqu_a_ses_niveaux(programme: Programme, chargee: Utilisateur):
    axe = axes.ajouter_axe(programme=programme, intitule="Accès aux droits", numero="1", par=chargee)
    theme = axes.ajouter_axe(programme=programme, intitule="Santé", parent=axe, par=chargee)
    assert (theme.rang, theme.parent) == (2, axe)
    with pytest.raises(RegleMetier, match="2\u00a0niveaux"):
        axes.ajouter_axe(programme=programme, intitule="Trop profond", parent=theme, par=chargee)
    with pytest.raises(RegleMetier, match="existe déjà au même endroit"):
        axes.ajouter_axe(programme=programme, intitule="Accès aux droits", par=chargee)
    with pytest.raises(RegleMetier, match="numéro 1 est déjà celui de « Accès aux droits »"):
        axes.ajouter_axe(programme=programme, intitule="Emploi", numero="1", par=chargee)


def test_un_programme_sans_niveau_demande_de_les_nommer(chargee: Utilisateur):
    with pytest.raises(RegleMetier, match="nommez d’abord"):
        axes.ajouter_axe(programme=ProgrammeFactory.create(), intitule="Axe", par=chargee)


def test_un_axe_se_deplace_avec_ce_qu_il_porte(programme: Programme, chargee: Utilisateur):
    a, b = (AxeFactory.create(programme=programme, intitule=n) for n in "AB")
    enfant = AxeFactory.create(parent=a, intitule="Enfant")
    with pytest.raises(RegleMetier, match="trop profonds"):
        axes.modifier_axe(axe=a, intitule="A", parent=b, par=chargee)
    with pytest.raises(RegleMetier, match="sous lui-même"):
        axes.modifier_axe(axe=a, intitule="A", parent=enfant, par=chargee)
    axes.modifier_axe(axe=enfant, intitule="Enfant", parent=None, par=chargee)
    enfant.refresh_from_db()
    assert (enfant.rang, enfant.parent) == (1, None)
    axes.modifier_axe(axe=a, intitule="A", parent=b, par=chargee)
    a.refresh_from_db()
    assert (a.rang, a.parent) == (2, b)


def test_un_axe_monte_et_descend_parmi_ses_freres(programme: Programme, chargee: Utilisateur):
    a, b, c = (AxeFactory.create(programme=programme, ordre=0) for _ in range(3))
    axes.deplacer_axe(axe=c, sens=-1, par=chargee)
    assert list(programme.axes.all()) == [a, c, b]
    axes.deplacer_axe(axe=a, sens=1, par=chargee)
    assert list(programme.axes.all()) == [c, a, b]


def test_un_axe_qui_porte_une_fiche_ne_se_supprime_pas(programme: Programme, chargee: Utilisateur):
    axe, vide = AxeFactory.create(programme=programme), AxeFactory.create(programme=programme)
    FicheFactory.create(axe=axe)
    with pytest.raises(RegleMetier, match="1\u00a0fiche y est rattachée"):
        axes.supprimer_axe(axe=axe, par=chargee)
    axes.supprimer_axe(axe=vide, par=chargee)
    assert list(Axe.objects.all()) == [axe]


@pytest.mark.parametrize(
    ("rang", "avec_parent"), [(1, True), (2, False), (4, True)], ids=["racine-avec-parent", "orphelin", "trop-profond"]
)
def test_la_base_tient_le_rang_et_le_parent(programme: Programme, rang: int, avec_parent: bool):
    parent = AxeFactory.create(programme=programme) if avec_parent else None
    with pytest.raises(IntegrityError, match="axe_rang_selon_parent"):
        AxeFactory.create(programme=programme, parent=parent, rang=rang)


# -- layouts ----------------------------------------------------------------------------------


def test_un_gabarit_suit_l_ordre_et_les_mots_donnes(chargee: Utilisateur):
    gabarit = gabarits.creer_gabarit(
        nom="Corrèze",
        par=chargee,
        sections=[
            {"rubrique": "publics", "libelle": "Pour quels publics", "obligatoire": True, "aide": ""},
            {"rubrique": "contexte", "libelle": " ", "obligatoire": False, "aide": ""},
        ],
    )
    assert list(gabarit.sections.values_list("rubrique", "libelle")) == [
        ("publics", "Pour quels publics"),
        ("contexte", "Constat"),
    ]
    gabarits.modifier_gabarit(
        gabarit=gabarit, nom="Corrèze", par=chargee,
        sections=[{"rubrique": "contexte", "libelle": "Constat", "obligatoire": True, "aide": "Avec sa source."}],
    )  # fmt: skip
    assert list(SectionGabarit.objects.filter(gabarit=gabarit).values_list("rubrique", "aide")) == [
        ("contexte", "Avec sa source.")
    ]


def test_un_gabarit_sans_section_ou_au_nom_pris_est_refuse(chargee: Utilisateur):
    GabaritFactory.create(nom="Essonne")
    section = [{"rubrique": "contexte", "libelle": "C", "obligatoire": False, "aide": ""}]
    with pytest.raises(RegleMetier, match="au moins une section"):
        gabarits.creer_gabarit(nom="Vide", par=chargee, sections=[])
    with pytest.raises(RegleMetier, match="déjà ce nom"):
        gabarits.creer_gabarit(nom="essonne", par=chargee, sections=section)


def test_un_cadre_ne_se_cree_pas_deux_fois(chargee: Utilisateur):
    gabarits.creer_cadre(libelle="Plan pauvreté", par=chargee)
    with pytest.raises(RegleMetier, match="existe déjà sous le nom « Plan pauvreté »"):
        gabarits.creer_cadre(libelle="plan pauvrete", par=chargee)


def test_un_cadre_se_corrige_et_se_supprime_tant_qu_il_ne_sert_pas(chargee: Utilisateur):
    cadre = gabarits.creer_cadre(libelle="FES+", par=chargee)
    assert gabarits.modifier_cadre(cadre=cadre, libelle="FSE+", par=chargee).libelle == "FSE+"
    FicheFactory.create().cadres.add(cadre)
    with pytest.raises(RegleMetier, match="1\u00a0fiche relève"):
        gabarits.supprimer_cadre(cadre=cadre, par=chargee)


# -- notes and attachments --------------------------------------------------------------------


def test_une_note_se_retire_par_son_auteur_et_le_journal_la_garde():
    service = StructureFactory.create()
    fiche = FicheFactory.create()
    RoleFicheFactory.create(fiche=fiche, structure=service)
    auteur, collegue = (UtilisateurFactory.create(role=Role.PILOTE, structure=service) for _ in range(2))
    note = suivi.ajouter_note(fiche=fiche, texte=" Réunion tenue. ", par=auteur)
    with pytest.raises(DroitInsuffisant, match="quelqu’un d’autre"):
        suivi.retirer_note(note=note, par=collegue)
    suivi.retirer_note(note=note, par=auteur)
    assert not fiche.notes.exists()
    assert EntreeJournal.objects.filter(verbe="retirer_note", avant={"Note": "Réunion tenue."}).exists()


@pytest.mark.parametrize(
    ("valeurs", "champ"),
    [({"texte": " "}, "texte"), ({"texte": "x", "date": datetime.date(2100, 1, 1)}, "date")],
    ids=["vide", "future"],
)
def test_une_note_impossible_est_refusee(chargee: Utilisateur, valeurs: dict[str, Any], champ: str):
    with pytest.raises(RegleMetier) as refus:
        suivi.ajouter_note(fiche=FicheFactory.create(), par=chargee, **valeurs)
    assert refus.value.champ == champ


def test_une_piece_se_garde_sous_un_chemin_qu_on_ne_devine_pas(chargee: Utilisateur, settings: Any, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path
    fiche = FicheFactory.create()
    piece = suivi.ajouter_piece(fiche=fiche, fichier=SimpleUploadedFile("../Note de cadrage.PDF", PDF), par=chargee)
    assert (piece.nom, piece.type, piece.taille) == ("Note de cadrage.PDF", "pdf", len(PDF))
    assert "Note" not in str(piece.fichier.name)
    assert piece.fichier.read() == PDF
    piece.fichier.close()


def test_un_executable_renomme_ne_laisse_rien_dans_le_depot(chargee: Utilisateur, settings: Any, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(RegleMetier, match=r"n’est pas celui d’un fichier \.pdf"):
        suivi.ajouter_piece(
            fiche=FicheFactory.create(), fichier=SimpleUploadedFile("facture.pdf", b"MZ\x90\x00"), par=chargee
        )
    assert not PieceJointe.objects.exists()
    assert not list(tmp_path.rglob("*.*"))


def test_le_fichier_part_avec_sa_piece(
    chargee: Utilisateur, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
):
    settings.MEDIA_ROOT = tmp_path
    piece = suivi.ajouter_piece(fiche=FicheFactory.create(), fichier=SimpleUploadedFile("a.csv", b"a;b\n"), par=chargee)
    chemin = str(piece.fichier.name)
    assert default_storage.exists(chemin)
    with django_capture_on_commit_callbacks(execute=True):
        suivi.retirer_piece(piece=piece, par=chargee)
    assert not default_storage.exists(chemin)


# -- anomalies --------------------------------------------------------------------------------


def test_repondre_garde_la_donnee_et_dit_pourquoi(chargee: Utilisateur):
    anomalie = AnomalieFactory.create()
    with pytest.raises(RegleMetier, match="Dites pourquoi"):
        repondre_anomalie(anomalie=anomalie, etat=EtatAnomalie.CONSERVEE, reponse=" ", par=chargee)
    repondre_anomalie(anomalie=anomalie, etat=EtatAnomalie.CONSERVEE, reponse="Imprimé ainsi.", par=chargee)
    anomalie.refresh_from_db()
    assert (anomalie.etat, anomalie.repondu_par) == (EtatAnomalie.CONSERVEE, chargee)
    reprendre_anomalie(anomalie=anomalie, par=chargee)
    anomalie.refresh_from_db()
    assert (anomalie.etat, anomalie.reponse, anomalie.repondu_par) == (EtatAnomalie.OUVERTE, "", None)


@pytest.mark.parametrize(
    "valeurs",
    [{"etat": "conservee", "reponse": "Sans auteur."}, {"etat": "traitee"}],
    ids=["sans-auteur", "sans-rien"],
)
def test_la_base_lie_la_reponse_a_son_auteur(valeurs: dict[str, Any]):
    with pytest.raises(IntegrityError, match="anomalie_reponse_selon_etat"):
        AnomalieFactory.create(**valeurs)


def test_une_reponse_tient_tant_que_les_chiffres_ne_bougent_pas(chargee: Utilisateur):
    fiche = FicheFactory.create(cout_total=100)
    financement = FinancementFactory.create(fiche=fiche, annee=None, prevu=60)
    actualiser_anomalies(fiches=[fiche.pk], jour=JOUR)
    anomalie = Anomalie.objects.get()
    repondre_anomalie(anomalie=anomalie, etat=EtatAnomalie.CONSERVEE, reponse="Reste à trouver.", par=chargee)
    actualiser_anomalies(fiches=[fiche.pk], jour=JOUR)
    anomalie.refresh_from_db()
    assert anomalie.etat == EtatAnomalie.CONSERVEE
    financement.prevu = 70
    financement.save()
    actualiser_anomalies(fiches=[fiche.pk], jour=JOUR)
    anomalie.refresh_from_db()
    assert (anomalie.etat, anomalie.titre) == (
        EtatAnomalie.OUVERTE,
        "30\u00a0€ du plan de financement n’ont pas de financeur",
    )
    assert EntreeJournal.objects.filter(verbe="rouvrir_anomalie", avant__réponse="Reste à trouver.").exists()


def test_un_controle_ne_touche_pas_les_anomalies_des_documents(chargee: Utilisateur):
    fiche = FicheFactory.create(cout_total=100)
    FinancementFactory.create(fiche=fiche, annee=None, prevu=60)
    imprimee = AnomalieFactory.create(fiche=fiche, code="somme-des-financeurs", titre="Relevée dans le document")
    assert relever_anomalies(programme=fiche.programme, par=chargee, jour=JOUR) == 1
    imprimee.refresh_from_db()
    assert imprimee.titre == "Relevée dans le document"


@pytest.mark.parametrize("lecture", ["manques", "constats"])
def test_les_faits_se_lisent_en_autant_de_requetes_pour_1_et_30_fiches(lecture: str, django_assert_num_queries: Any):
    def lire(nombre: int) -> None:
        fiches = []
        for _ in range(nombre):
            fiche = FicheFactory.create()
            EtapeFactory.create(fiche=fiche)
            MesureFactory.create(indicateur=IndicateurFactory.create(fiche=fiche, unite="%"))
            fiches.append(fiche.pk)
        attendu = 4 if lecture == "manques" else 5
        with django_assert_num_queries(attendu):
            resultat = manques_des_fiches(fiches, 2025) if lecture == "manques" else constats_des_fiches(fiches, JOUR)
        assert len(resultat) == nombre

    lire(1)
    lire(30)


def test_les_manques_d_une_fiche_suivent_son_gabarit():
    gabarit = GabaritFactory.create(
        rubriques=[RubriqueFiche.CONTEXTE, RubriqueFiche.CALENDRIER, RubriqueFiche.INDICATEURS]
    )
    SectionGabarit.objects.filter(gabarit=gabarit).update(obligatoire=True)
    fiche = FicheFactory.create(programme=ProgrammeFactory.create(gabarit=gabarit))
    avec_cible, _sans = (IndicateurFactory.create(fiche=fiche) for _ in range(2))
    CibleFactory.create(indicateur=avec_cible, annee=2025)
    IndicateurFactory.create(fiche=fiche, unite="texte", sens="neutre")
    assert [str(m) for m in manques_des_fiches([fiche.pk], 2025)[fiche.pk]] == [
        "un pilote",
        "un constat",
        "des dates",
        "une cible pour 1 indicateur",
        "une valeur 2025 pour 3 indicateurs",
    ]
