"""The screens that write: errors in French, gestures without script, conflicts with nothing lost, escaping."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actions.models import FicheAction, Indicateur, Programme, TypeRole
from actions.operations.fiches import modifier_fiche
from pdi.comptes.models import Role, Utilisateur
from pdi.socle.models import Traitement
from pdi.structures.models import NomAlternatif
from tests.fabriques import (
    AxeFactory,
    CibleFactory,
    EtapeFactory,
    FicheFactory,
    FinancementFactory,
    GabaritFactory,
    IndicateurFactory,
    MesureFactory,
    NiveauFactory,
    NoteFactory,
    ObjectifFactory,
    ProgrammeFactory,
    RoleFicheFactory,
    StructureFactory,
    UtilisateurFactory,
)

pytestmark = pytest.mark.django_db
MALIN = "<script>alert(1)</script>"


@pytest.fixture
def chargee() -> Utilisateur:
    return UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)


@pytest.fixture
def client(chargee: Utilisateur) -> Client:
    client = Client()
    client.force_login(chargee, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def fiche() -> FicheAction:
    return FicheFactory.create(numero="2.1")


def texte(reponse: Any) -> str:
    """Return the page as read: no tag, ordinary spaces."""
    sans_balise = re.sub(r"<[^>]+>", " ", reponse.content.decode())
    return " ".join(html.unescape(sans_balise).replace("\u00a0", " ").split())


def section(fiche: FicheAction, nom: str) -> str:
    return reverse("actions:fiche_section", args=[fiche.pk, nom])


def formset(prefixe: str, *lignes: dict[str, Any]) -> dict[str, Any]:
    donnees: dict[str, Any] = {f"{prefixe}-TOTAL_FORMS": str(len(lignes)), f"{prefixe}-INITIAL_FORMS": "0"}
    for rang, ligne in enumerate(lignes):
        donnees |= {f"{prefixe}-{rang}-{nom}": valeur for nom, valeur in ligne.items()}
    return donnees


def empreinte_de(reponse: Any) -> str:
    trouvee = re.search(r'name="empreinte" value="([^"]+)"', reponse.content.decode())
    assert trouvee is not None
    return trouvee[1]


def champs_du_formset(reponse: Any, prefixe: str) -> list[dict[str, Any]]:
    """Return the rows shown by the page, as the template received them."""
    formset_lu = next(f for f in reponse.context["lignes"] if f.prefix == prefixe)
    return [{nom: f[nom].value() for nom in f.fields} for f in formset_lu.forms]


# -- sections ---------------------------------------------------------------------------------


def test_une_section_porte_les_mots_et_l_aide_de_son_gabarit(client: Client):
    gabarit = GabaritFactory.create()
    gabarit.sections.filter(rubrique="contexte").update(libelle="Rappel de la problématique", aide="Avec sa source.")
    fiche = FicheFactory.create(programme=ProgrammeFactory.create(gabarit=gabarit))
    lu = texte(client.get(section(fiche, "contexte")))
    assert "Rappel de la problématique" in lu
    assert "Avec sa source." in lu
    assert "Constat" not in lu


def test_enregistrer_une_section_puis_passer_a_la_suivante(client: Client, fiche: FicheAction):
    reponse = client.post(section(fiche, "contexte"), {"contexte": "Neuf", "suivante": "1"})
    assert reponse.headers["Location"] == section(fiche, "objectifs_generaux")
    suite = client.get(reponse.headers["Location"])
    assert "« Constat » est enregistré." in texte(suite)
    assert f'href="{fiche.get_absolute_url()}"' in suite.content.decode()


def test_une_liste_se_lit_ligne_a_ligne(client: Client, fiche: FicheAction):
    client.post(section(fiche, "publics"), {"publics": "- Jeunes\r\n\r\n• Bénéficiaires du RSA"})
    fiche.refresh_from_db()
    assert fiche.publics == ["Jeunes", "Bénéficiaires du RSA"]


def test_la_page_des_sections_dit_ce_qui_manque(client: Client):
    gabarit = GabaritFactory.create()
    gabarit.sections.filter(rubrique="contexte").update(obligatoire=True)
    fiche = FicheFactory.create(programme=ProgrammeFactory.create(gabarit=gabarit))
    lu = texte(client.get(reverse("actions:fiche_modifier", args=[fiche.pk])))
    assert "Il manque à cette fiche un pilote un constat" in lu


def test_ce_que_tape_un_malin_reste_du_texte(client: Client, fiche: FicheAction, chargee: Utilisateur):
    modifier_fiche(fiche=fiche, par=chargee, section="contexte", valeurs={"contexte": MALIN})
    NoteFactory.create(fiche=fiche, texte=MALIN)
    structure = StructureFactory.create(nom=MALIN)
    RoleFicheFactory.create(fiche=fiche, structure=structure, libelle=MALIN)
    EtapeFactory.create(fiche=fiche, intitule=MALIN)
    IndicateurFactory.create(fiche=fiche, libelle=MALIN)
    adresses = [
        reverse("actions:fiche_modifier", args=[fiche.pk]),
        reverse("actions:fiche_suivre", args=[fiche.pk]),
        reverse("actions:mesures_saisir", args=[fiche.pk, 2025]),
        reverse("actions:cibles_modifier", args=[fiche.pk]),
        *(section(fiche, nom) for nom in ("contexte", "objectifs", "pilotage")),
    ]
    for adresse in adresses:
        assert MALIN not in client.get(adresse).content.decode(), adresse
    refus = client.post(section(fiche, "pilotage"), formset("acteurs", {"type": "pilote", "structure": f"{MALIN}x"}))
    assert MALIN not in refus.content.decode()


# -- errors -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nom", "donnees", "dit"),
    [
        (
            "financement",
            {"cout_total": "douze mille"},
            "« douze mille » n’est pas un nombre. Écrivez par exemple 1 234,56.",
        ),
        ("financement", {"cout_total": "12,345"}, "2 chiffres après la virgule au plus."),
        ("financement", {"cout_total": "-5"}, "ne peut pas être négatif"),
        ("financement", {"cout_total": "9999999999999"}, "trop grand"),
        ("calendrier", {"debut": "31/02/2025"}, "« 31/02/2025 » n’est pas une date. Écrivez-la jj/mm/aaaa"),
        ("calendrier", {"debut": "2025-05-01", "fin": "01/04/2025"}, "La date de fin précède la date de début."),
        ("identite", {"intitule": "X", "priorite": "2"}, "Ce champ est obligatoire"),
    ],
    ids=["lettres", "centimes", "negatif", "grand", "date", "ordre", "vide"],
)
def test_une_faute_dit_ou_quoi_et_ce_qui_est_attendu(
    client: Client, fiche: FicheAction, nom: str, donnees: dict[str, Any], dit: str
):
    envoi = donnees | (formset("financements") if nom == "financement" else {})
    reponse = client.post(section(fiche, nom), envoi)
    assert reponse.status_code == 200
    assert dit in texte(reponse)
    assert "Rien n’est enregistré." in texte(reponse)
    for valeur in donnees.values():
        assert html.escape(valeur) in reponse.content.decode()


def test_un_montant_a_la_francaise_est_lu(client: Client, fiche: FicheAction):
    StructureFactory.create(nom="Conseil départemental", sigle="CD91")
    ligne = {"financeur": "cd91", "annee": "2025", "prevu": "1 234,56 €", "realise": "1.000"}
    client.post(section(fiche, "financement"), {"cout_total": "1\u00a0234,56"} | formset("financements", ligne))
    financement = fiche.financements.get()
    assert (str(financement.prevu), str(financement.realise)) == ("1234.56", "1.00")
    page = client.get(section(fiche, "financement")).content.decode()
    assert 'value="1\u00a0234,56"' in page


def test_une_faute_dans_une_ligne_dit_laquelle(client: Client, fiche: FicheAction):
    StructureFactory.create(nom="État")
    lignes = ({"financeur": "État", "prevu": "10"}, {"financeur": "État", "annee": "2025", "prevu": "abc"})
    lu = texte(client.post(section(fiche, "financement"), formset("financements", *lignes)))
    assert "Financeur 2, prévu, en euros : « abc » n’est pas un nombre" in lu
    assert not fiche.financements.exists()


@pytest.mark.parametrize(
    ("ecrit", "dit"),
    [
        ("Mission local", "Vouliez-vous dire « Mission locale »"),
        ("Misions locale", "Vouliez-vous dire « Mission locale »"),
        ("Martiens", "Aucune structure ne s’appelle « Martiens ». Sinon, créez-la d’abord"),
        ("Service insertion", "Plusieurs structures s’appellent ainsi"),
    ],
    ids=["presque", "faute", "inconnue", "ambigue"],
)
def test_une_structure_inconnue_propose_la_plus_proche(client: Client, fiche: FicheAction, ecrit: str, dit: str):
    StructureFactory.create(nom="Mission locale")
    for direction in ("DIE", "DDS"):
        StructureFactory.create(nom="Service insertion", parent=StructureFactory.create(nom=direction))
    lu = texte(client.post(section(fiche, "pilotage"), formset("acteurs", {"type": "pilote", "structure": ecrit})))
    assert dit in lu
    assert not fiche.roles.exists()


@pytest.mark.parametrize("ecrit", ["Pôle emploi", "pole  EMPLOI", "PE", "ANPE", "France Travail"], ids=str)
def test_une_structure_se_nomme_de_plusieurs_facons(client: Client, fiche: FicheAction, ecrit: str):
    structure = StructureFactory.create(nom="Pôle emploi", sigle="PE")
    for autre in ("ANPE", "France Travail"):
        NomAlternatif.objects.create(structure=structure, nom=autre)
    client.post(section(fiche, "pilotage"), formset("acteurs", {"type": "pilote", "structure": ecrit}))
    assert fiche.roles.get().structure == structure


def test_une_ligne_vide_est_ignoree(client: Client, fiche: FicheAction):
    StructureFactory.create(nom="CAF")
    lignes = ({"type": "pilote", "structure": ""}, {"type": "copilote", "structure": "CAF"}, {"type": "pilote"})
    client.post(section(fiche, "pilotage"), formset("acteurs", *lignes))
    assert fiche.roles.get().type == TypeRole.COPILOTE


# -- gestures without script ------------------------------------------------------------------


def test_ajouter_une_ligne_reaffiche_ce_qui_est_ecrit_sans_rien_enregistrer(client: Client, fiche: FicheAction):
    donnees = formset("objectifs", {"intitule": "Écrit"}) | formset(
        "etapes", {"intitule": "Étape", "debut": "pas une date"}
    )
    reponse = client.post(section(fiche, "objectifs"), donnees | {"geste": "etapes:ajouter"})
    assert reponse.status_code == 200
    assert [ligne["intitule"] for ligne in champs_du_formset(reponse, "objectifs")] == ["Écrit"]
    etapes = champs_du_formset(reponse, "etapes")
    assert [(e["intitule"], e["debut"]) for e in etapes] == [("Étape", "pas une date"), (None, None)]
    assert "n’est pas une date" not in texte(reponse)
    assert not fiche.objectifs.exists()


def test_monter_descendre_retirer(client: Client, fiche: FicheAction):
    trois = formset("resultats", *({"libelle": nom} for nom in "ABC"))

    def apres(geste: str) -> list[str]:
        reponse = client.post(section(fiche, "resultats"), trois | {"geste": f"resultats:{geste}"})
        return [ligne["libelle"] for ligne in champs_du_formset(reponse, "resultats")]

    assert apres("monter:2") == ["A", "C", "B"]
    assert apres("descendre:0") == ["B", "A", "C"]
    assert apres("retirer:1") == ["A", "C"]
    for sans_effet in ("monter:0", "descendre:2", "retirer:9", "retirer:x", "detruire:0", ""):
        assert apres(sans_effet) == ["A", "B", "C"], sans_effet


def test_les_etapes_suivent_l_objectif_qui_monte(client: Client, fiche: FicheAction):
    donnees = formset("objectifs", {"intitule": "Un"}, {"intitule": "Deux"}) | formset(
        "etapes", {"intitule": "De un", "objectif": "1"}, {"intitule": "De deux", "objectif": "2"}
    )
    reponse = client.post(section(fiche, "objectifs"), donnees | {"geste": "objectifs:monter:1"})
    assert [e["objectif"] for e in champs_du_formset(reponse, "etapes")] == ["2", "1"]
    reponse = client.post(section(fiche, "objectifs"), donnees | {"geste": "objectifs:retirer:0"})
    assert [e["objectif"] for e in champs_du_formset(reponse, "etapes")] == ["", "1"]


def test_un_geste_garde_l_empreinte_de_la_page(client: Client, fiche: FicheAction, chargee: Utilisateur):
    vue = empreinte_de(client.get(section(fiche, "resultats")))
    reponse = client.post(
        section(fiche, "resultats"), formset("resultats") | {"geste": "resultats:ajouter", "empreinte": vue}
    )
    assert empreinte_de(reponse) == vue


# -- conflicts --------------------------------------------------------------------------------


def test_un_conflit_montre_les_deux_textes_et_se_confirme(client: Client, fiche: FicheAction):
    page = client.get(section(fiche, "contexte"))
    helene = UtilisateurFactory.create(role=Role.ADMINISTRATEUR, prenom="Hélène", nom="Modèle")
    modifier_fiche(fiche=fiche, par=helene, section="contexte", valeurs={"contexte": "Écrit par Hélène."})
    conflit = client.post(section(fiche, "contexte"), {"contexte": "Écrit par moi.", "empreinte": empreinte_de(page)})
    assert conflit.status_code == 409
    lu = texte(conflit)
    assert "Hélène Modèle a enregistré le" in lu
    assert "Écrit par Hélène." in lu
    assert "Écrit par moi." in lu
    fiche.refresh_from_db()
    assert fiche.contexte == "Écrit par Hélène."
    client.post(section(fiche, "contexte"), {"contexte": "Écrit par moi.", "empreinte": empreinte_de(conflit)})
    fiche.refresh_from_db()
    assert fiche.contexte == "Écrit par moi."


def test_une_valeur_saisie_entre_temps_n_est_pas_ecrasee(client: Client, fiche: FicheAction):
    indicateur = IndicateurFactory.create(fiche=fiche)
    adresse = reverse("actions:mesures_saisir", args=[fiche.pk, 2025])
    ligne = {"indicateur": indicateur.pk, "periode": "2025-01-12", "vue": "", "valeur": "12"}
    MesureFactory.create(indicateur=indicateur, valeur=80)
    conflit = client.post(adresse, formset("mesures", ligne))
    assert conflit.status_code == 409
    assert "80" in texte(conflit)
    assert indicateur.mesures.get().valeur == 80


# -- values -----------------------------------------------------------------------------------


def test_la_saisie_d_une_annee_calcule_le_taux_et_dit_le_nombre_de_valeurs(client: Client, fiche: FicheAction):
    taux = IndicateurFactory.create(fiche=fiche, unite="%")
    appreciation = IndicateurFactory.create(fiche=fiche, unite="texte")
    adresse = reverse("actions:mesures_saisir", args=[fiche.pk, 2025])
    lignes = (
        {"indicateur": taux.pk, "periode": "2025-01-12", "numerateur": "27 073", "denominateur": "31 480"},
        {"indicateur": appreciation.pk, "periode": "2025-01-12", "texte": "Bonne dynamique."},
    )
    reponse = client.post(adresse, formset("mesures", *lignes), follow=True)
    assert "2 valeurs enregistrées." in texte(reponse)
    assert round(taux.mesures.get().valeur or 0, 1) == round(27073 / 31480 * 100, 1)
    assert appreciation.mesures.get().texte == "Bonne dynamique."


def test_un_taux_contraire_a_ses_termes_montre_le_calcul(client: Client, fiche: FicheAction):
    taux = IndicateurFactory.create(fiche=fiche, unite="%", libelle="Taux d’orientation")
    ligne = {
        "indicateur": taux.pk, "periode": "2025-01-12", "valeur": "58", "numerateur": "27073", "denominateur": "31480",
    }  # fmt: skip
    lu = texte(client.post(reverse("actions:mesures_saisir", args=[fiche.pk, 2025]), formset("mesures", ligne)))
    assert "58 % ne correspond pas à 27 073 / 31 480, qui fait 86,0 %" in lu
    assert "Taux d’orientation, année 2025, valeur" in lu
    assert not taux.mesures.exists()


def test_les_valeurs_cachees_d_une_ligne_ne_se_perdent_pas(client: Client, fiche: FicheAction):
    """A count has no box for words; what an import wrote there survives an ordinary save."""
    nombre = IndicateurFactory.create(fiche=fiche)
    MesureFactory.create(indicateur=nombre, valeur=80, texte="Hors Sud-Essonne", source="Import")
    page = client.get(reverse("actions:mesures_saisir", args=[fiche.pk, 2025]))
    ligne = champs_du_formset(page, "mesures")[0] | {"valeur": "81"}
    propre = {nom: "" if valeur is None else valeur for nom, valeur in ligne.items()}
    client.post(page.request["PATH_INFO"], formset("mesures", propre))
    courante = nombre.mesures.get(remplacee_le=None)
    assert (courante.valeur, courante.texte, courante.source) == (Decimal(81), "Hors Sud-Essonne", "Import")


def test_un_indicateur_mensuel_propose_ses_douze_mois(client: Client, fiche: FicheAction):
    IndicateurFactory.create(fiche=fiche, periodicite="mensuelle")
    lu = texte(client.get(reverse("actions:mesures_saisir", args=[fiche.pk, 2024])))
    assert "Janvier 2024" in lu
    assert "Décembre 2024" in lu


def test_une_valeur_remplacee_se_retablit_depuis_son_ecran(client: Client, fiche: FicheAction, chargee: Utilisateur):
    indicateur = IndicateurFactory.create(fiche=fiche)
    adresse = reverse("actions:mesure_saisir", args=[indicateur.pk]) + "?annee=2025"
    for valeur in ("80", "8"):
        courante = indicateur.mesures.filter(remplacee_le=None).first()
        vue = courante.pk if courante else ""
        ligne = {"indicateur": indicateur.pk, "periode": "2025-01-12", "valeur": valeur, "vue": vue}
        client.post(adresse, formset("mesures", ligne))
    assert "Valeurs remplacées" in texte(client.get(adresse))
    ancienne = indicateur.mesures.exclude(remplacee_le=None).get()
    reponse = client.post(reverse("actions:mesure_retablir", args=[ancienne.pk]), follow=True)
    assert "est rétablie" in texte(reponse)
    assert indicateur.mesures.get(remplacee_le=None).valeur == 80


@pytest.mark.parametrize("ailleurs", ["https://ailleurs.example/", "//ailleurs.example/", "javascript:alert(1)", "ici"])
def test_le_retour_ne_mene_jamais_ailleurs(client: Client, fiche: FicheAction, ailleurs: str):
    adresse = reverse("actions:fiche_suivre", args=[fiche.pk])
    page = client.get(adresse, {"retour": ailleurs})
    assert page.context["retour"] == fiche.get_absolute_url()
    voulue = client.get(adresse, {"retour": "/bilans/3/ecrire/"})
    assert voulue.context["retour"] == "/bilans/3/ecrire/"


def test_les_cibles_d_une_fiche_se_saisissent_en_grille(client: Client, fiche: FicheAction):
    a, b = (IndicateurFactory.create(fiche=fiche) for _ in range(2))
    CibleFactory.create(indicateur=b, annee=2025, valeur=5)
    adresse = reverse("actions:cibles_modifier", args=[fiche.pk])
    vue = empreinte_de(client.get(adresse)) if b.cibles.exists() else ""
    reponse = client.post(adresse, {f"c{a.pk}_2025": "1 000", f"c{b.pk}_2026": "7,5", "empreinte": vue}, follow=True)
    assert "3 cibles changées." in texte(reponse)
    assert list(a.cibles.values_list("annee", "valeur")) == [(2025, Decimal(1000))]
    assert [str(v) for v in b.cibles.values_list("valeur", flat=True)] == ["7.5000"]


# -- indicators, follow-up, attachments, programmes -------------------------------------------


def test_une_unite_ecrite_autrement_est_reconnue(client: Client, fiche: FicheAction):
    donnees = {
        "libelle": "Taux de présence", "nature": "quantitatif", "unite": "Pourcentage", "sens": "hausse",
        "periodicite": "annuelle", "source": "saisi", "actif": "on",
    }  # fmt: skip
    client.post(reverse("actions:indicateur_creer", args=[fiche.pk]), donnees)
    cree = Indicateur.objects.get()
    assert (cree.unite, cree.agregation) == ("%", "derniere")


def test_le_suivi_garde_la_saisie_fautive_et_nomme_l_etape(client: Client, fiche: FicheAction):
    etape = EtapeFactory.create(fiche=fiche, intitule="Étudier l’automatisation")
    donnees = {"statut": "en_cours", "statut_motif": ""} | formset("depenses")
    donnees |= formset("etapes", {"pk": etape.pk, "etat": "en_cours", "avancement": "100"})
    lu = texte(client.post(reverse("actions:fiche_suivre", args=[fiche.pk]), donnees))
    assert "Étudier l’automatisation, état : Une étape à 100 % est réalisée : choisissez l’état « Réalisée »." in lu


def test_un_executable_renomme_est_refuse_a_l_ecran(client: Client, fiche: FicheAction):
    fichier = SimpleUploadedFile("facture.pdf", b"MZ\x90\x00")
    lu = texte(client.post(reverse("actions:piece_ajouter", args=[fiche.pk]), {"fichier": fichier}))
    assert "Le contenu de « facture.pdf » n’est pas celui d’un fichier .pdf" in lu
    assert not fiche.pieces.exists()


def test_un_niveau_nomme_sans_celui_du_dessus_est_refuse(client: Client):
    programme = ProgrammeFactory.create()
    champs = ("intitule", "intitule_court", "nature", "annee_debut", "annee_fin", "etat")
    donnees = {nom: getattr(programme, nom) for nom in champs}
    donnees |= {"gabarit": programme.gabarit_id, "niveau_2_singulier": "thématique"}
    lu = texte(client.post(reverse("actions:programme_modifier", args=[programme.code]), donnees))
    assert "Nommez d’abord le niveau au-dessus." in lu


def test_supprimer_un_axe_demande_confirmation_puis_le_retire(client: Client):
    programme = ProgrammeFactory.create()
    NiveauFactory.create(programme=programme)
    axe = AxeFactory.create(programme=programme)
    adresse = reverse("actions:axe_supprimer", args=[axe.pk])
    assert "Supprimer «" in texte(client.get(adresse))
    assert programme.axes.exists()
    client.post(adresse)
    assert not programme.axes.exists()


def test_un_axe_occupe_dit_pourquoi_il_reste(client: Client):
    fiche = FicheFactory.create(axe=AxeFactory.create())
    reponse = client.post(reverse("actions:axe_supprimer", args=[fiche.axe_id]), follow=True)
    assert "1 fiche y est rattachée" in texte(reponse)


def test_creer_un_programme_mene_a_son_arbre(client: Client, fiche: FicheAction):
    donnees = {
        "intitule": "PDI 2027-2031", "intitule_court": "PDI", "nature": "PDI", "annee_debut": "2027",
        "annee_fin": "2031", "etat": "preparation", "gabarit": fiche.programme.gabarit_id,
        "niveau_1_singulier": "Axe",
    }  # fmt: skip
    reponse = client.post(reverse("actions:programme_creer"), donnees)
    assert reponse.headers["Location"] == reverse("actions:axes", args=["pdi-2027-2031"])
    assert Programme.objects.get(code="pdi-2027-2031").niveaux.get().pluriel == "axes"


@pytest.mark.parametrize("nom", ["fiche_modifier", "fiche_suivre", "mesures_saisir_annee_courante", "cibles_modifier"])
def test_autant_de_requetes_pour_1_et_30_lignes(client: Client, nom: str, django_assert_max_num_queries: Any):
    def compter(nombre: int) -> int:
        fiche = FicheFactory.create()
        for rang in range(nombre):
            ObjectifFactory.create(fiche=fiche, numero=rang + 1)
            EtapeFactory.create(fiche=fiche)
            FinancementFactory.create(fiche=fiche)
            RoleFicheFactory.create(fiche=fiche)
            MesureFactory.create(indicateur=IndicateurFactory.create(fiche=fiche), annee=timezone.localdate().year)
        with django_assert_max_num_queries(60) as requetes:
            assert client.get(reverse(f"actions:{nom}", args=[fiche.pk])).status_code == 200
        return len(requetes)

    assert compter(1) == compter(30)


@pytest.mark.parametrize("nom", ["objectifs", "pilotage", "financement", "liens", "resultats"])
def test_une_section_de_30_lignes_demande_autant_de_requetes_que_d_une(
    client: Client, nom: str, django_assert_max_num_queries: Any
):
    def compter(nombre: int) -> int:
        fiche = FicheFactory.create()
        for rang in range(nombre):
            ObjectifFactory.create(fiche=fiche, numero=rang + 1)
            EtapeFactory.create(fiche=fiche)
            FinancementFactory.create(fiche=fiche)
            RoleFicheFactory.create(fiche=fiche)
            FicheFactory.create(programme=fiche.programme)
        with django_assert_max_num_queries(60) as requetes:
            client.get(section(fiche, nom))
        return len(requetes)

    assert compter(1) == compter(30)


@pytest.mark.celery
def test_le_calcul_demande_a_l_ecran_est_fait_par_un_vrai_travailleur(worker_celery: Any, attendre: Any):
    agent = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)
    fiche = FicheFactory.create()
    indicateur = IndicateurFactory.create(fiche=fiche, source="calcule", calcul="etapes_realisees", unite="%")
    EtapeFactory.create(fiche=fiche, etat="realisee")
    client = Client()
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    reponse = client.post(reverse("actions:indicateurs_calculer", args=[fiche.programme.code]), {"annee": "2025"})
    traitement = Traitement.objects.get(nature="calcul_indicateurs")
    assert reponse.headers["Location"] == reverse("socle:traitement", args=[traitement.pk])
    attendre(indicateur.mesures.exists, motif="l’indicateur est calculé")
    mesure = indicateur.mesures.get()
    assert (mesure.valeur, mesure.auteur, mesure.traitement) == (Decimal(100), agent, traitement)
    attendre(lambda: not Traitement.objects.actifs().exists(), motif="le traitement est terminé")
    traitement.refresh_from_db()
    assert traitement.resultat == {"calcules": 1, "changes": 1, "inconnus": []}
