"""Writes on fiches: rights, sections, conflicts, lists, search, journal, contradictions told at once."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from actions.models import Anomalie, Etape, FicheAction, RoleFiche, RubriqueFiche, StatutFiche, TypeRole
from actions.operations import fiches, lignes_fiche
from actions.operations.commun import ConflitVersion, empreinte
from actions.operations.sections import IDENTITE, LIENS, SUIVI, etat_section
from actions.operations.suivi import suivre_fiche
from pdi.comptes.models import Role, Utilisateur
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import EntreeJournal
from tests.fabriques import (
    AxeFactory,
    BilanFactory,
    CadreFactory,
    EtapeFactory,
    FicheFactory,
    FinancementFactory,
    IndicateurFactory,
    MesureFactory,
    ObjectifFactory,
    ProgrammeFactory,
    RoleFicheFactory,
    StructureFactory,
    UtilisateurFactory,
)

pytestmark = pytest.mark.django_db
D = Decimal
R = RubriqueFiche


def modifier(fiche: FicheAction, par: Utilisateur, section: str = R.CONTEXTE, **valeurs: Any) -> FicheAction:
    vue = valeurs.pop("empreinte", None)
    return fiches.modifier_fiche(fiche=fiche, par=par, section=section, valeurs=valeurs, empreinte=vue)


# -- creation ---------------------------------------------------------------------------------


def test_une_fiche_neuve_prend_sa_place_dans_l_ordre_des_numeros(chargee: Utilisateur):
    programme = ProgrammeFactory.create()
    for ordre, numero in enumerate(["2-1", "2-9", "2-11", "3-1"], 1):
        FicheFactory.create(programme=programme, numero=numero, ordre=ordre)
    fiches.creer_fiche(programme=programme, par=chargee, numero="2-10", intitule="Le numérique")
    assert list(programme.fiches.order_by("ordre").values_list("numero", flat=True)) == [
        "2-1", "2-9", "2-10", "2-11", "3-1",
    ]  # fmt: skip


def test_un_numero_pris_nomme_la_fiche_qui_le_porte(fiche: FicheAction, chargee: Utilisateur):
    with pytest.raises(RegleMetier, match=fiche.intitule) as refus:
        fiches.creer_fiche(programme=fiche.programme, par=chargee, numero=" 2.1 ", intitule="Autre")
    assert refus.value.champ == "numero"


def test_un_axe_d_un_autre_programme_est_refuse(fiche: FicheAction, chargee: Utilisateur):
    with pytest.raises(RegleMetier, match="autre programme"):
        fiches.creer_fiche(programme=fiche.programme, par=chargee, numero="9", intitule="X", axe=AxeFactory.create())


@pytest.mark.parametrize("role", [Role.PILOTE, Role.DIRECTION, Role.PARTENAIRE, Role.REFERENT], ids=str)
def test_les_autres_roles_ne_modifient_pas_une_fiche(fiche: FicheAction, role: str):
    par = UtilisateurFactory.create(role=role)
    with pytest.raises(DroitInsuffisant, match="chargés de programme"):
        modifier(fiche, par, contexte="Écrasé")
    fiche.refresh_from_db()
    assert fiche.contexte == ""
    assert not EntreeJournal.objects.exists()


def test_un_programme_de_reference_ne_se_modifie_pas(chargee: Utilisateur):
    fiche = FicheFactory.create(programme=ProgrammeFactory.create(reference=True))
    with pytest.raises(DroitInsuffisant, match="autre département"):
        modifier(fiche, chargee, contexte="Écrasé")


# -- sections ---------------------------------------------------------------------------------


def test_une_section_modifiee_va_au_journal_avec_l_avant_et_l_apres(fiche: FicheAction, chargee: Utilisateur):
    modifier(fiche, chargee, contexte="La plateforme existe depuis 2017.")
    apres = modifier(fiche, chargee, contexte="La plateforme existe depuis 2018.")
    entree = EntreeJournal.objects.first()
    assert entree is not None
    assert (entree.verbe, entree.par) == ("modifier_fiche", chargee)
    assert entree.avant == {"Contexte": "La plateforme existe depuis 2017."}
    assert entree.apres == {"Contexte": "La plateforme existe depuis 2018."}
    assert apres.version == 3


def test_enregistrer_sans_rien_changer_ne_laisse_pas_de_trace(fiche: FicheAction, chargee: Utilisateur):
    modifier(fiche, chargee, contexte="")
    assert not EntreeJournal.objects.exists()
    assert FicheAction.objects.get(pk=fiche.pk).version == 1


def test_une_fiche_modifiee_se_trouve_par_ses_nouveaux_mots(fiche: FicheAction, chargee: Utilisateur):
    modifier(fiche, chargee, R.PUBLICS, publics=["Bénéficiaires  du RSA", "", "Mères isolées"])
    assert FicheAction.objects.chercher("meres isolees").get() == fiche
    fiche.refresh_from_db()
    assert fiche.publics == ["Bénéficiaires du RSA", "Mères isolées"]


@pytest.mark.parametrize(
    ("section", "valeurs", "dit"),
    [
        (R.CALENDRIER, {"debut": datetime.date(2025, 1, 1), "fin": datetime.date(2024, 1, 1)}, "précède"),
        (R.CALENDRIER, {"permanente": True, "fin": datetime.date(2024, 1, 1)}, "permanente"),
        (R.FINANCEMENT, {"cout_total": D(-1)}, "négatif"),
        (IDENTITE, {"intitule": "  "}, "obligatoire"),
        (IDENTITE, {"intitule": "x" * 301}, "300"),
    ],
    ids=["dates", "permanente", "cout", "vide", "long"],
)
def test_une_contrainte_se_dit_en_francais(
    fiche: FicheAction, chargee: Utilisateur, section: str, valeurs: dict[str, Any], dit: str
):
    with pytest.raises(RegleMetier, match=dit):
        modifier(fiche, chargee, section, **valeurs)
    assert not EntreeJournal.objects.exists()


def test_un_nom_de_champ_d_une_autre_section_est_une_erreur_de_programme(fiche: FicheAction, chargee: Utilisateur):
    with pytest.raises(TypeError, match="version"):
        modifier(fiche, chargee, version=12)


# -- conflicts --------------------------------------------------------------------------------


def test_deux_personnes_sur_la_meme_section_la_seconde_est_prevenue(fiche: FicheAction, chargee: Utilisateur):
    vue = empreinte(etat_section(fiche, R.CONTEXTE))
    premiere = UtilisateurFactory.create(role=Role.ADMINISTRATEUR, prenom="Hélène", nom="Modèle")
    modifier(fiche, premiere, contexte="Écrit par Hélène.", empreinte=vue)
    with pytest.raises(ConflitVersion) as conflit:
        modifier(fiche, chargee, contexte="Écrit par Claire.", empreinte=vue)
    assert conflit.value.etat == {"Contexte": "Écrit par Hélène."}
    assert conflit.value.qui == "Hélène Modèle"
    fiche.refresh_from_db()
    assert fiche.contexte == "Écrit par Hélène."
    modifier(fiche, chargee, contexte="Les deux.", empreinte=conflit.value.empreinte)
    fiche.refresh_from_db()
    assert fiche.contexte == "Les deux."


def test_deux_personnes_sur_deux_sections_ne_se_genent_pas(fiche: FicheAction, chargee: Utilisateur):
    vues = {s: empreinte(etat_section(fiche, s)) for s in (R.CONTEXTE, R.PUBLICS)}
    modifier(fiche, chargee, contexte="Constat.", empreinte=vues[R.CONTEXTE])
    modifier(fiche, chargee, R.PUBLICS, publics=["Jeunes"], empreinte=vues[R.PUBLICS])
    fiche.refresh_from_db()
    assert (fiche.contexte, fiche.publics) == ("Constat.", ["Jeunes"])


@pytest.mark.parametrize(
    "section", [IDENTITE, LIENS, SUIVI, *(r for r in R if r not in {R.INDICATEURS, R.BILAN})], ids=str
)
def test_chaque_section_a_un_etat_en_mots(fiche: FicheAction, section: str):
    assert etat_section(fiche, section)


# -- objectives and steps ---------------------------------------------------------------------


def test_objectifs_et_etapes_se_reordonnent_en_gardant_leurs_liens(fiche: FicheAction, chargee: Utilisateur):
    un, deux = (ObjectifFactory.create(fiche=fiche, numero=n, intitule=f"Objectif {n}") for n in (1, 2))
    etape = EtapeFactory.create(fiche=fiche, objectif=un, intitule="Étudier", etat="en_cours", avancement=40)
    lignes_fiche.definir_objectifs(
        fiche=fiche,
        par=chargee,
        objectifs=[{"pk": deux.pk, "intitule": "Objectif 2"}, {"pk": un.pk, "intitule": "Objectif 1"}],
        etapes=[{"pk": etape.pk, "intitule": "Étudier", "objectif": 2}, {"intitule": "Faire", "objectif": None}],
    )
    assert list(fiche.objectifs.values_list("numero", "pk")) == [(1, deux.pk), (2, un.pk)]
    etape.refresh_from_db()
    assert (etape.objectif_id, etape.avancement, etape.etat) == (un.pk, 40, "en_cours")
    assert list(fiche.etapes.values_list("ordre", "intitule")) == [(1, "Étudier"), (2, "Faire")]


def test_une_etape_vers_un_objectif_absent_dit_combien_il_y_en_a(fiche: FicheAction, chargee: Utilisateur):
    with pytest.raises(RegleMetier, match="objectif 3, qui n’existe pas : la fiche en compte 1"):
        lignes_fiche.definir_objectifs(
            fiche=fiche, par=chargee, objectifs=[{"intitule": "Un"}], etapes=[{"intitule": "E", "objectif": 3}]
        )
    assert not fiche.objectifs.exists()


def test_une_ligne_retiree_par_un_autre_ne_revient_pas(fiche: FicheAction, chargee: Utilisateur):
    partie = EtapeFactory.create(fiche=fiche)
    pk = partie.pk
    partie.delete()
    with pytest.raises(RegleMetier, match="retirée par quelqu’un d’autre"):
        lignes_fiche.definir_objectifs(
            fiche=fiche, par=chargee, objectifs=[], etapes=[{"pk": pk, "intitule": "Revenue"}]
        )


def test_l_echeance_d_une_etape_suit_son_debut(fiche: FicheAction, chargee: Utilisateur):
    etape = {"intitule": "E", "debut": datetime.date(2025, 2, 1), "echeance": datetime.date(2025, 1, 1)}
    with pytest.raises(RegleMetier, match="L’échéance de l’étape précède son début"):
        lignes_fiche.definir_objectifs(fiche=fiche, par=chargee, objectifs=[], etapes=[etape])


# -- actors, funders, links -------------------------------------------------------------------


def test_les_acteurs_d_une_section_ne_touchent_pas_les_autres(fiche: FicheAction, chargee: Utilisateur):
    externe = RoleFicheFactory.create(fiche=fiche, type=TypeRole.PARTENAIRE_EXTERNE)
    service = StructureFactory.create(nom="Service accompagnement")
    lignes_fiche.definir_roles(
        fiche=fiche, section=R.PILOTAGE, par=chargee, roles=[{"type": TypeRole.PILOTE, "structure": service}]
    )
    assert set(fiche.roles.values_list("type", "structure_id")) == {
        (TypeRole.PILOTE, service.pk),
        (TypeRole.PARTENAIRE_EXTERNE, externe.structure_id),
    }
    assert FicheAction.objects.chercher("accompagnement").get() == fiche


def test_deux_roles_peuvent_echanger_leurs_structures(fiche: FicheAction, chargee: Utilisateur):
    a = RoleFicheFactory.create(fiche=fiche, type=TypeRole.PARTENAIRE_INTERNE)
    b = RoleFicheFactory.create(fiche=fiche, type=TypeRole.PARTENAIRE_INTERNE)
    lignes_fiche.definir_roles(
        fiche=fiche,
        section=R.PARTENAIRES_INTERNES,
        par=chargee,
        roles=[
            {"pk": a.pk, "type": a.type, "structure": b.structure},
            {"pk": b.pk, "type": b.type, "structure": a.structure},
        ],
    )
    assert dict(RoleFiche.objects.values_list("pk", "structure_id")) == {a.pk: b.structure_id, b.pk: a.structure_id}


def test_une_structure_deux_fois_au_meme_role_est_nommee(fiche: FicheAction, chargee: Utilisateur):
    structure = StructureFactory.create(nom="Mission locale")
    double = {"type": TypeRole.PILOTE, "structure": structure}
    with pytest.raises(RegleMetier, match="Mission locale a deux fois le même rôle"):
        lignes_fiche.definir_roles(fiche=fiche, section=R.PILOTAGE, par=chargee, roles=[double, dict(double)])


def test_un_plan_incomplet_ouvre_une_anomalie_que_le_complement_ferme(fiche: FicheAction, chargee: Utilisateur):
    conseil, etat = (StructureFactory.create(nom=n) for n in ("Conseil départemental", "État"))
    plan = [{"financeur": conseil, "prevu": D("35100.74")}]
    lignes_fiche.definir_financements(fiche=fiche, cout_total=D("87751.84"), financements=plan, par=chargee)
    anomalie = Anomalie.objects.get(fiche=fiche)
    assert anomalie.calculee
    assert "52\u00a0651,10\u00a0€ du plan de financement n’ont pas de financeur" in anomalie.titre
    plan.append({"financeur": etat, "prevu": D("52651.10")})
    lignes_fiche.definir_financements(
        fiche=fiche,
        cout_total=D("87751.84"),
        financements=[{**p, "pk": pk} for p, pk in zip(plan, [fiche.financements.get().pk, None], strict=True)],
        par=chargee,
    )
    assert not Anomalie.objects.filter(fiche=fiche).exists()


@pytest.mark.parametrize(
    ("lignes", "dit"),
    [
        ([{"prevu": D(-1)}], "négatif"),
        ([{"annee": 2025}, {"annee": 2025}], "figure deux fois pour 2025"),
        ([{}, {}], "figure deux fois pour l’ensemble"),
    ],
    ids=["negatif", "deux-fois", "deux-fois-sans-annee"],
)
def test_un_plan_impossible_est_refuse(
    fiche: FicheAction, chargee: Utilisateur, lignes: list[dict[str, Any]], dit: str
):
    financeur = StructureFactory.create()
    with pytest.raises(RegleMetier, match=dit):
        lignes_fiche.definir_financements(
            fiche=fiche, cout_total=None, financements=[{"financeur": financeur, **x} for x in lignes], par=chargee
        )
    assert not fiche.financements.exists()


def test_les_liens_restent_dans_le_programme_et_ne_bouclent_pas(fiche: FicheAction, chargee: Utilisateur):
    voisine = FicheFactory.create(programme=fiche.programme)
    lignes_fiche.definir_liens(fiche=fiche, liens=[{"cible": voisine, "commentaire": "Suite"}], par=chargee)
    assert list(fiche.liens_sortants.values_list("cible", "commentaire")) == [(voisine.pk, "Suite")]
    for cible, dit in ((FicheFactory.create(), "autre programme"), (fiche, "elle-même")):
        with pytest.raises(RegleMetier, match=dit):
            lignes_fiche.definir_liens(fiche=fiche, liens=[{"cible": cible}], par=chargee)


def test_les_cadres_et_les_resultats_s_ecrivent(fiche: FicheAction, chargee: Utilisateur):
    lignes_fiche.definir_cadres(fiche=fiche, cadres=[CadreFactory.create()], par=chargee)
    lignes_fiche.definir_resultats(
        fiche=fiche, resultats=[{"libelle": "200 personnes", "valeur": D(200), "unite": "personnes"}], par=chargee
    )
    assert etat_section(fiche, R.CONTRACTUALISATION) == {"Cadres": "SPIE"}
    assert fiche.resultats_attendus.get().valeur == 200


# -- follow-up --------------------------------------------------------------------------------


def test_le_pilote_tient_le_suivi_de_sa_fiche_et_d_elle_seule(fiche: FicheAction):
    service = StructureFactory.create()
    RoleFicheFactory.create(fiche=fiche, structure=service)
    pilote = UtilisateurFactory.create(role=Role.PILOTE, structure=service)
    etape = EtapeFactory.create(fiche=fiche)
    depense = FinancementFactory.create(fiche=fiche)
    suivre_fiche(
        fiche=fiche,
        statut=StatutFiche.EN_COURS,
        etapes=[{"pk": etape.pk, "etat": "realisee", "avancement": None, "realisee_le": None, "commentaire": "Fait"}],
        depenses=[{"pk": depense.pk, "realise": D("950.50")}],
        par=pilote,
    )
    etape.refresh_from_db()
    depense.refresh_from_db()
    assert (etape.avancement, etape.realisee_le is not None, depense.realise) == (100, True, D("950.50"))
    autre = FicheFactory.create(programme=fiche.programme)
    with pytest.raises(DroitInsuffisant, match="pilotes de la fiche"):
        suivre_fiche(fiche=autre, statut=StatutFiche.EN_COURS, par=pilote)


@pytest.mark.parametrize("statut", [StatutFiche.BLOQUEE, StatutFiche.EN_PAUSE, StatutFiche.ABANDONNEE], ids=str)
def test_une_action_arretee_dit_pourquoi(fiche: FicheAction, chargee: Utilisateur, statut: str):
    with pytest.raises(RegleMetier, match="Dites pourquoi") as refus:
        suivre_fiche(fiche=fiche, statut=statut, statut_motif="  ", par=chargee)
    assert refus.value.champ == "statut_motif"


def test_une_etape_d_une_autre_fiche_ne_se_change_pas(fiche: FicheAction, chargee: Utilisateur):
    etrangere = EtapeFactory.create()
    with pytest.raises(RegleMetier, match="retirée"):
        suivre_fiche(
            fiche=fiche, statut=StatutFiche.EN_COURS, etapes=[{"pk": etrangere.pk, "etat": "en_cours"}], par=chargee
        )
    assert Etape.objects.get(pk=etrangere.pk).etat == "a_venir"


# -- deletion ---------------------------------------------------------------------------------


def test_une_fiche_vide_se_supprime_et_le_journal_le_dit(fiche: FicheAction, chargee: Utilisateur):
    EtapeFactory.create(fiche=fiche)
    fiches.supprimer_fiche(fiche=fiche, par=chargee)
    assert not FicheAction.objects.filter(pk=fiche.pk).exists()
    assert EntreeJournal.objects.filter(verbe="supprimer_fiche", objet_libelle__startswith="2.1").exists()


def test_une_fiche_qui_a_servi_se_garde(fiche: FicheAction, chargee: Utilisateur):
    avec_bilan, avec_valeur = FicheFactory.create(), FicheFactory.create()
    BilanFactory.create(fiche=avec_bilan)
    MesureFactory.create(indicateur=IndicateurFactory.create(fiche=avec_valeur))
    for objet, dit in ((avec_bilan, "bilans"), (avec_valeur, "valeurs")):
        with pytest.raises(RegleMetier, match=dit):
            fiches.supprimer_fiche(fiche=objet, par=chargee)
