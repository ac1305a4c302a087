"""The screens that write: errors in French, gestures without script, conflicts with nothing lost, escaping."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from actions.models import FicheAction, Programme, TypeRole
from actions.operations.fiches import modifier_fiche
from pdi.comptes.models import Role, Utilisateur
from pdi.structures.models import NomAlternatif
from tests.actions.edition import champs_du_formset, empreinte_de, formset, section, texte
from tests.actions.lecture import connecter
from tests.fabriques import (
    EtapeFactory,
    FicheFactory,
    GabaritFactory,
    IndicateurFactory,
    MesureFactory,
    NoteFactory,
    ProgrammeFactory,
    RoleFicheFactory,
    StructureFactory,
    UtilisateurFactory,
)

pytestmark = pytest.mark.django_db
MALIN = "<script>alert(1)</script>"


@pytest.fixture
def client(chargee: Utilisateur) -> Client:
    return connecter(chargee)


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


def test_un_programme_cree_par_erreur_se_supprime_tant_que_rien_n_y_est_ecrit(client: Client):
    vide = ProgrammeFactory.create(intitule_court="Essai", etat="preparation")
    suppression = reverse("actions:programme_supprimer", args=[vide.code])
    assert suppression in client.get(reverse("actions:programme_modifier", args=[vide.code])).content.decode()
    fiche = FicheFactory.create(programme=vide)
    client.post(suppression)
    assert "fiches-actions" in texte(client.get(suppression))
    assert Programme.objects.filter(pk=vide.pk).exists()
    fiche.delete()
    reponse = client.post(suppression, follow=True)
    assert f"Le programme « {vide} » est supprimé." in texte(reponse)
    assert not Programme.objects.filter(pk=vide.pk).exists()
