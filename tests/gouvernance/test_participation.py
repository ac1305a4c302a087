"""Participation: proposals that go up and come back, trainings, dialogues of the year and their sheet."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone

from actions.models import MesureIndicateur
from gouvernance.models import (
    DialogueTerritorial,
    FormationMembres,
    Instance,
    Membre,
    NatureInstance,
    PointOrdreDuJour,
    Proposition,
    Seance,
)
from gouvernance.operations import propositions as ops
from gouvernance.operations import seances
from gouvernance.operations.convocations import jeton
from gouvernance.operations.decisions import noter_decision
from gouvernance.operations.demonstration_indicateurs import calculer_participation
from gouvernance.operations.dialogues import creer_dialogues, dater_dialogue, preparer_dialogue
from gouvernance.ordre_propose import proposer
from gouvernance.regles.participation import a_renouveler, taux
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import Avis
from tests.fabriques import (
    DepartementFactory,
    FicheFactory,
    IndicateurFactory,
    MesureFactory,
    ProgrammeFactory,
    UtilisateurFactory,
)
from tests.fabriques_parcours import OffreFactory, TerritoireFactory, il_y_a

TECHNIQUE, PILOTAGE = NatureInstance.COMITE_TECHNIQUE, NatureInstance.COMITE_PILOTAGE


# -- rules ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fin", "du"),
    [
        pytest.param(None, False, id="sans-fin"),
        pytest.param(datetime.date(2026, 3, 1), True, id="dans-deux-mois"),
        pytest.param(datetime.date(2026, 1, 1), False, id="deja-fini"),
        pytest.param(datetime.date(2027, 1, 1), False, id="dans-un-an"),
    ],
)
def test_un_mandat_est_a_renouveler_six_mois_avant_sa_fin(fin, du):
    assert a_renouveler(fin, datetime.date(2026, 1, 1)) is du
    assert taux(1, 0) is None


# -- proposals --------------------------------------------------------------------------------


@pytest.fixture
def service(db):
    return UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME, nom="Service")


def instance(nature, nom, **plus):
    return Instance.objects.create(departement=DepartementFactory.create(code="91"), nature=nature, nom=nom, **plus)


@pytest.fixture
def groupe(db):
    return instance("groupe_ressources", "Groupe Ressources RSA")


@pytest.fixture
def proposition(groupe, service):
    return ops.deposer_proposition(
        instance=groupe, par=service, deposee_le=il_y_a(40), titre="Un accueil sans rendez-vous le mercredi"
    )


@pytest.mark.parametrize(
    ("passages", "nature", "attend"),
    [
        pytest.param([], TECHNIQUE, True, id="technique-d-abord"),
        pytest.param([], PILOTAGE, False, id="pas-directement-au-pilotage"),
        pytest.param([(TECHNIQUE, "convoquee")], TECHNIQUE, False, id="deja-a-l-ordre-du-jour"),
        pytest.param([(TECHNIQUE, "annulee")], TECHNIQUE, True, id="seance-annulee-ne-compte-pas"),
        pytest.param([(TECHNIQUE, "tenue", "reporte")], TECHNIQUE, True, id="point-reporte-revient"),
        pytest.param([(TECHNIQUE, "tenue", "reporte")], PILOTAGE, False, id="point-reporte-ne-monte-pas"),
        pytest.param([(TECHNIQUE, "convoquee")], PILOTAGE, False, id="technique-a-venir"),
        pytest.param([(TECHNIQUE, "tenue")], PILOTAGE, True, id="puis-au-pilotage"),
        pytest.param([(TECHNIQUE, "tenue"), (PILOTAGE, "tenue")], PILOTAGE, False, id="au-bout"),
        pytest.param([(TECHNIQUE, "tenue")], NatureInstance.ASSEMBLEE, False, id="ailleurs-jamais"),
    ],
)
def test_une_proposition_passe_au_technique_puis_au_pilotage(proposition, passages, nature, attend):
    for n, (la_nature, etat, *point) in enumerate(passages):
        champs = {"motif": "Reportée", "debut": timezone.now(), "close_le": timezone.now()}
        seance = Seance.objects.create(instance=instance(la_nature, f"Comité {n}"), etat=etat, **champs)
        PointOrdreDuJour.objects.create(
            seance=seance, ordre=1, titre="Un point", proposition=proposition, etat=(point or ["a_venir"])[0]
        )
    assert Proposition.objects.attendant(nature).exists() is attend


def _seance(nature, par, dans=20):
    lue = Instance.objects.filter(nature=nature).first() or instance(nature, f"Instance {nature}")
    Membre.objects.get_or_create(instance=lue, nom="Ada Modèle", mandat=DateRange(il_y_a(100), None))
    return seances.preparer_seance(instance=lue, par=par, debut=timezone.now() + datetime.timedelta(days=dans))


def _mettre_au_programme(seance, par):
    lus = proposer(seance, par, timezone.localdate()).get("Propositions à examiner", [])
    seances.ajouter_points(seance=seance, points=[p.point for p in lus], par=par)
    return [p.titre for p in lus]


def _tenir(seance, par, texte):
    seances.convoquer_seance(seance=seance, par=par)
    seances.ouvrir_seance(seance=seance, par=par)
    decision = noter_decision(seance=seance, par=par, texte=texte, type="avis", point=seance.points.get())
    seances.clore_seance(seance=seance, par=par)
    return decision


def test_une_proposition_monte_au_comite_technique_puis_au_pilotage_et_sa_suite_revient(proposition, service):
    pilotage = _seance("comite_pilotage", service)
    assert _mettre_au_programme(pilotage, service) == []
    technique = _seance("comite_technique", service)
    assert _mettre_au_programme(technique, service) == [f"Proposition : {proposition}"]
    assert proposer(technique, service, timezone.localdate()).get("Propositions à examiner") is None
    _tenir(technique, service, "Avis favorable, à présenter au comité de pilotage.")
    proposition.refresh_from_db()
    assert proposition.etat == "examinee"

    assert _mettre_au_programme(pilotage, service) == [f"Proposition : {proposition}"]
    assert "Examinée au comité technique" in pilotage.points.get().raison
    decision = _tenir(pilotage, service, "Ouvrir l’accueil le mercredi dans deux territoires.")
    ops.suivre_proposition(
        proposition=proposition, verbe="retenir_proposition", par=service, commentaire="Dès septembre."
    )
    proposition.refresh_from_db()
    assert (proposition.etat, proposition.decision, proposition.suite) == ("retenue", decision, "Dès septembre.")
    ops.suivre_proposition(proposition=proposition, verbe="realiser_proposition", par=service, commentaire="Ouvert.")
    proposition.refresh_from_db()
    assert proposition.etat == "realisee"
    assert [t.vers for t in proposition.transitions.all()] == ["realisee", "retenue", "examinee", "deposee"]


def test_une_seance_reportee_garde_la_proposition_a_son_ordre_du_jour(proposition, service):
    technique = _seance("comite_technique", service)
    _mettre_au_programme(technique, service)
    nouvelle = seances.reporter_seance(
        seance=technique, par=service, motif="Salle prise", debut=timezone.now() + datetime.timedelta(days=40)
    )
    assert nouvelle.points.get().proposition == proposition


def test_les_memes_mots_de_deux_groupes_font_un_seul_point_et_recoivent_la_meme_suite(proposition, service):
    autre = Instance.objects.create(departement=proposition.instance.departement, nature="dialogue", nom="Dialogues")
    seconde = Proposition.objects.create(
        instance=autre, numero=1, deposee_le=il_y_a(1), titre=f"  {proposition.titre.upper()}"
    )
    premiere_date = _seance("comite_technique", service)
    assert len(_mettre_au_programme(premiere_date, service)) == 1
    assert "Déposée 2 fois depuis" in premiere_date.points.get().raison
    technique = seances.reporter_seance(
        seance=premiere_date, par=service, motif="Salle prise", debut=timezone.now() + datetime.timedelta(days=9)
    )
    assert proposer(technique, service, timezone.localdate()).get("Propositions à examiner") is None
    decision = _tenir(technique, service, "Avis favorable.")
    for lue in (proposition, seconde):
        lue.refresh_from_db()
        assert (lue.etat, lue.decision) == ("examinee", decision)
    assert len(_mettre_au_programme(_seance("comite_pilotage", service), service)) == 1


def test_un_point_reporte_en_seance_se_propose_de_nouveau(proposition, service):
    technique = _seance("comite_technique", service)
    _mettre_au_programme(technique, service)
    seances.convoquer_seance(seance=technique, par=service)
    seances.ouvrir_seance(seance=technique, par=service)
    seances.clore_seance(seance=technique, par=service)
    assert technique.points.get().etat == "reporte"
    assert _mettre_au_programme(_seance("comite_pilotage", service), service) == []
    assert _mettre_au_programme(_seance("comite_technique", service), service) == [f"Proposition : {proposition}"]


def test_un_membre_du_groupe_lit_la_suite_de_ses_propositions_sans_compte(client, proposition, service):
    seance = _seance("groupe_ressources", service)
    client.force_login(service, "django.contrib.auth.backends.ModelBackend")
    page = client.get(seance.get_absolute_url()).content.decode()
    adresse = f"{reverse('gouvernance:proposition_deposer', args=[seance.instance_id])}?seance={seance.pk}"
    assert adresse in page
    client.post(adresse, {"titre": "Un guichet unique", "deposee_le": il_y_a(0).isoformat(), "version": "1"})
    assert seance.propositions.get().titre == "Un guichet unique"
    ops.suivre_proposition(
        proposition=proposition, verbe="ecarter_proposition", par=service, commentaire="Aucun agent le mercredi."
    )
    seances.ajouter_points(seance=seance, points=[{"titre": "Suite des propositions"}], par=service)
    seances.convoquer_seance(seance=seance, par=service)
    client.logout()
    lien = reverse("gouvernance:convocation_reponse", args=[jeton(seance.presences.get())])
    assert "Écartée : Aucun agent le mercredi." in client.get(lien).content.decode()


def test_ecarter_demande_un_motif_et_retenir_ce_qui_la_reprend(proposition, service):
    with pytest.raises(RegleMetier, match="demande un commentaire"):
        ops.suivre_proposition(proposition=proposition, verbe="ecarter_proposition", par=service)
    with pytest.raises(RegleMetier, match="quelle décision ou quelle fiche-action"):
        ops.suivre_proposition(proposition=proposition, verbe="retenir_proposition", par=service)
    fiche = FicheFactory.create(programme=ProgrammeFactory.create(), numero="1.4")
    ops.suivre_proposition(proposition=proposition, verbe="retenir_proposition", par=service, fiche=fiche)
    with pytest.raises(RegleMetier, match="réexaminez-la"):
        ops.modifier_proposition(proposition=proposition, version=2, par=service, titre="Autre")
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposition.objects.update(etat="ecartee", suite="")


def test_une_proposition_ne_se_depose_ni_demain_ni_par_qui_ne_tient_pas_l_instance(groupe, service):
    demain = timezone.localdate() + datetime.timedelta(days=1)
    with pytest.raises(RegleMetier, match="date à venir"):
        ops.deposer_proposition(instance=groupe, par=service, deposee_le=demain, titre="Trop tôt")
    referent = UtilisateurFactory.create(role=Role.REFERENT)
    with pytest.raises(DroitInsuffisant):
        ops.deposer_proposition(instance=groupe, par=referent, deposee_le=il_y_a(1), titre="Non")
    assert not Proposition.objects.exists()


def test_un_membre_qui_a_un_compte_est_prevenu_de_la_suite(groupe, proposition, service):
    membre = UtilisateurFactory.create(role=Role.REFERENT)
    Membre.objects.create(instance=groupe, compte=membre, mandat=DateRange(il_y_a(100), None))
    ops.suivre_proposition(
        proposition=proposition, verbe="ecarter_proposition", par=service, commentaire="Aucun agent le mercredi."
    )
    (avis,) = Avis.objects.filter(destinataire=membre)
    assert (avis.titre, avis.url) == ("Proposition écartée", proposition.get_absolute_url())
    assert "Aucun agent le mercredi." in avis.texte


def test_deux_corrections_d_une_proposition_ne_s_ecrasent_pas(proposition, service):
    ops.modifier_proposition(proposition=proposition, version=1, par=service, titre="Premier")
    with pytest.raises(RegleMetier, match="modifiée entre-temps"):
        ops.modifier_proposition(proposition=proposition, version=1, par=service, titre="Second")
    proposition.refresh_from_db()
    assert proposition.titre == "Premier"


# -- trainings --------------------------------------------------------------------------------


def test_une_formation_ne_compte_que_des_membres_en_fonction(groupe, service):
    siege = {"instance": groupe, "college": "beneficiaire"}
    ancien = Membre.objects.create(**siege, nom="Léo Témoin", mandat=DateRange(il_y_a(900), il_y_a(300)))
    actuel = Membre.objects.create(**siege, nom="Zoé Spécimen", mandat=DateRange(il_y_a(200), None))
    champs = {"intitule": "Prendre la parole", "theme": "expression", "jour": il_y_a(10)}
    with pytest.raises(RegleMetier, match="n’était pas en fonction"):
        ops.enregistrer_formation(instance=groupe, par=service, participants=[ancien, actuel], **champs)
    assert not FormationMembres.objects.exists()
    formation = ops.enregistrer_formation(instance=groupe, par=service, participants=[actuel], **champs)
    ops.modifier_formation(
        formation=formation, version=1, par=service, participants=[], jour=il_y_a(9), intitule="Parler"
    )
    assert formation.participants.count() == 0


# -- dialogues --------------------------------------------------------------------------------


@pytest.fixture
def territoires(db):
    DepartementFactory.create(code="91")
    return [TerritoireFactory.create(code=code, nom=nom) for code, nom in (("ne", "Nord-Est"), ("so", "Sud-Ouest"))]


def test_les_dialogues_de_l_annee_se_creent_en_une_fois_et_une_seule(territoires, service):
    annee = timezone.localdate().year
    with pytest.raises(RegleMetier, match="Aucune instance de nature"):
        creer_dialogues(annee=annee, par=service)
    commune = instance("dialogue", "Dialogues territoriaux")
    propre = instance("dialogue", "Dialogue du Sud-Ouest", territoire=territoires[1])
    crees = creer_dialogues(annee=annee, par=service)
    assert [(d.territoire.nom, d.instance) for d in crees] == [("Nord-Est", commune), ("Sud-Ouest", propre)]
    with pytest.raises(RegleMetier, match="existent déjà"):
        creer_dialogues(annee=annee, par=service)
    with pytest.raises(IntegrityError), transaction.atomic():
        DialogueTerritorial.objects.create(territoire=territoires[0], annee=annee, instance=commune)


@pytest.fixture
def dialogue(territoires, service):
    instance("dialogue", "Dialogues territoriaux")
    return creer_dialogues(annee=timezone.localdate().year, par=service)[0]


def test_la_fiche_de_preparation_dit_les_offres_du_territoire_et_ce_qui_manque(dialogue, service):
    FicheFactory.create(programme=ProgrammeFactory.create(), numero="1.4", territoires=["Nord-Est"])
    offre = OffreFactory.create(intitule="Permis solidaire")
    offre.capacites.create(annee=dialogue.annee, territoire=dialogue.territoire, quantite=12)
    OffreFactory.create(intitule="Ailleurs")
    lue = preparer_dialogue(dialogue=dialogue, par=service).contenu or {}
    assert [o["intitule"] for o in lue["offres"]] == ["Permis solidaire"]
    assert [(f["numero"], f["pourquoi"]) for f in lue["fiches"]] == [("1.4", "territoire cité")]
    assert {c["code"] for c in lue["chiffres"]} >= {"taux_orientation", "taux_retour_emploi"}
    assert all(c["ici"]["masque"] or c["ici"]["numerateur"] == "0.0" for c in lue["chiffres"])


def test_la_seance_d_un_dialogue_se_tient_dans_son_annee_et_le_suit_quand_elle_est_reportee(dialogue, service):
    with pytest.raises(RegleMetier, match="dans l’année"):
        dater_dialogue(dialogue=dialogue, par=service, debut=timezone.now() + datetime.timedelta(days=500))
    fin = datetime.datetime(dialogue.annee, 12, 31, 9, tzinfo=datetime.UTC)
    seance = dater_dialogue(dialogue=dialogue, par=service, debut=fin)
    assert PointOrdreDuJour.objects.filter(seance=seance).count() == 5
    with pytest.raises(RegleMetier, match="déjà sa séance"):
        dater_dialogue(dialogue=dialogue, par=service, debut=fin)
    nouvelle = seances.reporter_seance(
        seance=seance, par=service, motif="Grève", debut=timezone.now() + datetime.timedelta(days=60)
    )
    dialogue.refresh_from_db()
    assert dialogue.seance == nouvelle


def test_la_fiche_d_un_dialogue_tenu_ne_change_plus(dialogue, service):
    dialogue.seance = _seance("dialogue", service)
    dialogue.save()
    seances.ajouter_points(seance=dialogue.seance, points=[{"titre": "Un point"}], par=service)
    preparer_dialogue(dialogue=dialogue, par=service)
    seances.convoquer_seance(seance=dialogue.seance, par=service)
    seances.ouvrir_seance(seance=dialogue.seance, par=service)
    seances.clore_seance(seance=dialogue.seance, par=service)
    with pytest.raises(RegleMetier, match="ne change plus"):
        preparer_dialogue(dialogue=dialogue, par=service)


def test_une_proposition_sans_reponse_attend_a_l_accueil_de_qui_tient_le_groupe(client, proposition, groupe):
    secretaire = UtilisateurFactory.create(role=Role.PILOTE)
    groupe.secretaires.add(secretaire)
    ops.deposer_proposition(
        instance=_seance(TECHNIQUE, par=proposition.transitions.get().par).instance,
        par=proposition.transitions.get().par,
        deposee_le=il_y_a(3),
        titre="Pas au secrétaire",
    )
    client.force_login(secretaire, backend="django.contrib.auth.backends.ModelBackend")
    accueil = client.get(reverse("accueil:accueil")).content.decode()
    assert "proposition sans suite" in accueil
    adresse = accueil.split(reverse("gouvernance:propositions"))[1].split('"')[0].replace("&amp;", "&")
    liste = client.get(reverse("gouvernance:propositions") + adresse).content.decode()
    assert "Un accueil sans rendez-vous le mercredi" in liste
    assert "Pas au secrétaire" not in liste


# -- the figures of fiches ----------------------------------------------------------------------


def test_les_fiches_comptent_le_groupe_et_ne_montrent_pas_un_zero_que_rien_ne_dit(groupe):
    """Nobody ever met in a network here: the demonstration keeps what it told, and shows one value a year."""
    annee = timezone.localdate().year
    programme = ProgrammeFactory.create(
        code="essonne-2022-2026", demonstration=True, annee_debut=annee - 1, annee_fin=annee
    )
    fiche = FicheFactory.create(programme=programme, numero="1.2")
    membres, reunions = (
        IndicateurFactory.create(fiche=fiche, source="calcule", calcul=calcul)
        for calcul in ("participants_groupe_ressources", "reunions_reseaux")
    )
    for indicateur in (membres, reunions):
        for an in programme.annees:
            MesureFactory.create(indicateur=indicateur, annee=an, valeur=12, demonstration=True)
    for nom in ("Ada", "Léo"):
        Membre.objects.create(instance=groupe, nom=nom, mandat=DateRange(datetime.date(annee, 1, 1), None))
    calculer_participation(jour=timezone.localdate())
    lues = MesureIndicateur.objects.courantes().order_by("indicateur", "annee")
    assert [(m.indicateur, m.annee, int(m.valeur or 0), m.provenance) for m in lues] == [
        (membres, annee - 1, 2, "saisie"), (membres, annee, 2, "calcul"),
        (reunions, annee - 1, 12, "saisie"), (reunions, annee, 12, "saisie"),
    ]  # fmt: skip
    seance = _seance("reseau", UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME))
    debut = timezone.now()
    type(seance).objects.update(etat="tenue", debut=debut, ouverte_le=debut, close_le=debut)
    calculer_participation(jour=timezone.localdate())
    assert lues.get(indicateur=reunions, annee=annee).valeur == 1
