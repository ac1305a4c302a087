"""Prescriptions: who writes, who answers, what each sees, who is told, what waits too long."""

from __future__ import annotations

import contextlib
import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offre.models import EtatOffre
from parcours.models import (
    EtatPrescription,
    NatureMotif,
    OriginePrescription,
    Prescription,
    TransitionPrescription,
)
from parcours.operations import prescriptions as ops
from parcours.operations.prescriptions import Saisie
from parcours.regles.delais import Duree
from parcours.regles.prescriptions import AUTOMATE_PRESCRIPTION, borne_sans_reponse
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, PasMaintenant, RegleMetier
from pdi.socle.models import Avis
from tests.fabriques import FicheFactory, StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    AideFactory,
    ContratFactory,
    DiagnosticFactory,
    FreinFactory,
    MotifFactory,
    OffreFactory,
    PrescriptionFactory,
    RegimeFactory,
    SituationThemeFactory,
    ThemeFactory,
    depuis,
    il_y_a,
    personne_suivie,
)

pytestmark = pytest.mark.django_db
ATTENTE = "Reprendre un rythme et confirmer le métier visé."


@pytest.fixture
def operateur():
    return StructureFactory.create(nom="Atelier du Cycle")


@pytest.fixture
def referent():
    return UtilisateurFactory.create(role=Role.REFERENT, structure=StructureFactory.create(nom="MDS de Valmarche"))


@pytest.fixture
def prestataire(operateur):
    return UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=operateur, nom="Opérateur")


@pytest.fixture
def personne(referent):
    return personne_suivie(referent=referent, nom_naissance="Exemple", telephone="0600000000")


@pytest.fixture
def offre(operateur):
    return OffreFactory.create(numero="2.4", intitule="Atelier vélo", operateurs=[operateur])


@pytest.fixture
def motif():
    return MotifFactory.create(nature=NatureMotif.REFUS_PRESCRIPTION, libelle="Plus de place")


def ecrire(personne, offre, par, **plus) -> Prescription:
    saisie = Saisie(offre=offre, operateur=offre.operateurs.first(), motivation=ATTENTE, **plus)
    return ops.prescrire(personne=personne, saisie=saisie, par=par)


def envoyer(personne, offre, par) -> Prescription:
    saisie = Saisie(offre=offre, operateur=offre.operateurs.first(), motivation=ATTENTE)
    return ops.prescrire_et_transmettre(personne=personne, saisie=saisie, par=par)


def texte(reponse) -> str:
    return str(reponse.content.decode())


# -- the life cycle ----------------------------------------------------------------------------


def test_de_la_redaction_au_resultat(personne, offre, referent, prestataire):
    p = ecrire(personne, offre, referent)
    p = ops.signer(prescription=p, par=referent)
    p = ops.transmettre(prescription=p, par=referent)
    p = ops.repondre(prescription=p, retenue=True, presentation="oui", par=prestataire, commentaire="Bienvenue.")
    p = ops.entrer(prescription=p, le=timezone.localdate(), par=prestataire)
    p = ops.consigner_bilan(prescription=p, bilan="Assidue, à l’aise avec les outils.", par=prestataire)
    p = ops.terminer(prescription=p, le=timezone.localdate(), resultat="atteint", bilan="Prête.", par=prestataire)
    p.refresh_from_db()
    assert (p.etat, p.resultat, p.presentation) == ("achevee", "atteint", "oui")
    suite = list(TransitionPrescription.objects.filter(prescription=p).order_by("pk").values_list("vers", flat=True))
    assert suite == ["renseignee", "signee", "transmise", "retenue", "en_action", "en_action", "achevee"]
    titres = set(Avis.objects.filter(destinataire=referent).values_list("titre", flat=True))
    assert titres == {
        "L’opérateur retient la personne", "Entrée en action", "Bilan intermédiaire d’une action",
        "Une action est achevée",
    }  # fmt: skip
    assert Avis.objects.get(destinataire=prestataire).titre == "Une prescription vous est adressée"


def test_un_avis_ne_nomme_personne(personne, offre, referent, prestataire):
    envoyer(personne, offre, referent)
    for avis in Avis.objects.all():
        assert "exemple" not in f"{avis.titre} {avis.texte} {avis.url}".lower()


def test_un_refus_se_motive_et_se_lit(personne, offre, referent, prestataire, motif, client: Client):
    p = envoyer(personne, offre, referent)
    with pytest.raises(RegleMetier, match="choisissez un motif"):
        ops.repondre(prescription=p, retenue=False, par=prestataire)
    p = ops.repondre(prescription=p, retenue=False, motif=motif, commentaire="Place en mars.", par=prestataire)
    client.force_login(referent)
    page = texte(client.get(p.get_absolute_url()))
    assert "plus de place" in page
    assert "Place en mars." in page


def test_demander_un_complement_defait_la_signature_et_l_envoi(personne, offre, referent, prestataire):
    p = envoyer(personne, offre, referent)
    with pytest.raises(RegleMetier, match="commentaire"):
        ops.renvoyer_prescription(prescription=p, commentaire=" ", par=prestataire)
    p = ops.renvoyer_prescription(prescription=p, commentaire="Il manque le CV.", par=prestataire)
    assert (p.etat, p.signee_le, p.transmise_le) == ("renseignee", None, None)
    with pytest.raises(DroitInsuffisant):
        ops.signer(prescription=p, par=prestataire)


def test_annuler_retire_la_personne_a_l_operateur(personne, offre, referent, prestataire, client: Client):
    p = envoyer(personne, offre, referent)
    client.force_login(prestataire)
    assert client.get(p.get_absolute_url()).status_code == 200
    ops.annuler_prescription(prescription=p, motif="Reprise d’emploi", par=referent)
    assert client.get(p.get_absolute_url()).status_code == 404
    assert Avis.objects.filter(destinataire=prestataire, titre="Une prescription est annulée").exists()


def test_chacun_son_geste(personne, offre, referent, prestataire):
    p = ecrire(personne, offre, referent)
    with pytest.raises(DroitInsuffisant, match="réservé"):
        ops.signer(prescription=p, par=prestataire)
    with pytest.raises(PasMaintenant, match="renseignée"):
        ops.entrer(prescription=p, le=timezone.localdate(), par=referent)
    tiers = UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=StructureFactory.create())
    p = ops.transmettre(prescription=ops.signer(prescription=p, par=referent), par=referent)
    with pytest.raises(DroitInsuffisant):
        ops.repondre(prescription=p, retenue=True, par=tiers)


@pytest.mark.parametrize(
    ("le", "mot"), [(-5, "précéder"), (3, "à venir")], ids=["avant l’envoi", "demain"]
)  # fmt: skip
def test_les_dates_se_suivent(personne, offre, referent, prestataire, le, mot):
    p = ops.repondre(prescription=envoyer(personne, offre, referent), retenue=True, par=prestataire)
    jour = timezone.localdate() + datetime.timedelta(days=le)
    with pytest.raises(RegleMetier, match=mot):
        ops.entrer(prescription=p, le=jour, par=prestataire)


def test_sans_operateur_rien_ne_part(personne, offre, referent):
    p = ops.prescrire(personne=personne, saisie=Saisie(offre=offre, motivation=ATTENTE), par=referent)
    with pytest.raises(RegleMetier, match="Nommez l’opérateur"):
        ops.transmettre(prescription=ops.signer(prescription=p, par=referent), par=referent)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gestes=st.lists(st.integers(0, 999), min_size=4, max_size=9))
def test_aucun_etat_sans_ses_dates(personne, offre, referent, motif, gestes):
    """Whatever the order of the gestures, a state is never reached without the dates that lead to it."""
    with transaction.atomic():
        p = ecrire(personne, offre, referent)
        jour = timezone.localdate()
        faire = {
            "signer": lambda: ops.signer(prescription=p, par=referent),
            "transmettre": lambda: ops.transmettre(prescription=p, par=referent),
            "retenir": lambda: ops.repondre(prescription=p, retenue=True, par=referent),
            "refuser": lambda: ops.repondre(prescription=p, retenue=False, motif=motif, par=referent),
            "entrer": lambda: ops.entrer(prescription=p, le=jour, par=referent),
            "terminer": lambda: ops.terminer(prescription=p, le=jour, resultat="partiel", bilan="Fait.", par=referent),
            "abandonner": lambda: ops.abandonner(prescription=p, le=jour, commentaire="Partie.", par=referent),
            "annuler": lambda: ops.annuler_prescription(prescription=p, motif="Erreur", par=referent),
            "renvoyer": lambda: ops.renvoyer_prescription(prescription=p, commentaire="CV ?", par=referent),
        }
        verbes = {
            "signer": "signer", "transmettre": "transmettre", "retenir": "retenir",
            "refuser_prescription": "refuser", "entrer": "entrer", "terminer": "terminer",
            "abandonner": "abandonner", "annuler_prescription": "annuler", "renvoyer_prescription": "renvoyer",
        }  # fmt: skip
        for tirage in gestes:
            p.refresh_from_db()
            permis = [verbes[t.verbe] for t in AUTOMATE_PRESCRIPTION.depuis(p.etat) if t.verbe in verbes]
            geste = permis[tirage % len(permis)] if permis and tirage % 4 else list(faire)[tirage % len(faire)]
            with contextlib.suppress(PasMaintenant):
                faire[geste]()
            p.refresh_from_db()
            dates: Any = {
                "renseignee": [p.renseignee_le], "signee": [p.signee_le], "transmise": [p.signee_le, p.transmise_le],
                "retenue": [p.transmise_le, p.repondue_le], "refusee": [p.repondue_le, p.motif_refus],
                "en_action": [p.transmise_le, p.repondue_le, p.entree_le], "achevee": [p.entree_le, p.fin_le],
                "abandonnee": [p.fin_le], "annulee": [p.annulee_le, p.motif_annulation],
            }[p.etat]  # fmt: skip
            assert all(dates), p.etat
        transaction.set_rollback(True)


@pytest.mark.parametrize("etat", ["signee", "transmise", "retenue", "en_action", "achevee"])
def test_la_base_refuse_un_etat_sans_sa_signature(etat):
    with pytest.raises(IntegrityError):
        PrescriptionFactory.create(
            etat=etat, signee_le=None, transmise_le=None, repondue_le=il_y_a(1), fin_le=il_y_a(1), entree_le=il_y_a(1)
        )


# -- who prescribes what -----------------------------------------------------------------------


def test_une_offre_s_ouvre_a_certains_prescripteurs(personne, offre, referent):
    offre.prescription_referent = False
    offre.auto_prescription = True
    offre.save()
    with pytest.raises(RegleMetier, match="la personne elle-même"):
        ecrire(personne, offre, referent)
    assert ecrire(personne, offre, referent, origine=OriginePrescription.AUTO).origine == "auto"


def test_la_plateforme_prescrit_a_son_titre(personne, offre):
    agent = UtilisateurFactory.create(role=Role.AGENT_ORIENTATION)
    with pytest.raises(RegleMetier, match="à ce titre"):
        ecrire(personne, offre, agent, origine=OriginePrescription.REFERENT)
    assert ecrire(personne, offre, agent, origine=OriginePrescription.PLATEFORME).structure_prescriptrice is None


def test_un_prestataire_prescrit_une_suite_a_qui_il_a_retenu(personne, offre, referent, prestataire):
    suite = OffreFactory.create(prescription_prestataire=True, operateurs=[StructureFactory.create()])
    p = envoyer(personne, offre, referent)
    with pytest.raises(DroitInsuffisant):
        ecrire(personne, suite, prestataire, origine=OriginePrescription.PRESTATAIRE)
    ops.repondre(prescription=p, retenue=True, par=prestataire)
    ecrite = ecrire(personne, suite, prestataire, origine=OriginePrescription.PRESTATAIRE)
    assert ecrite.structure_prescriptrice == offre.operateurs.get()
    assert ops.signer(prescription=ecrite, par=prestataire).etat == EtatPrescription.SIGNEE


def test_une_offre_suspendue_ne_se_prescrit_ni_ne_se_transmet(personne, offre, referent):
    p = ops.signer(prescription=ecrire(personne, offre, referent), par=referent)
    offre.etat = EtatOffre.SUSPENDUE
    offre.save()
    with pytest.raises(RegleMetier, match="n’est plus publiée"):
        ops.transmettre(prescription=p, par=referent)
    with pytest.raises(RegleMetier, match="n’est plus publiée"):
        ecrire(personne, offre, referent)


# -- eligibility -------------------------------------------------------------------------------


def test_les_offres_qui_levent_ses_freins_viennent_d_abord(client: Client, personne, referent):
    frein, sante = FreinFactory.create(libelle="Mobilité"), FreinFactory.create(libelle="Santé", restreint=True)
    diagnostic = DiagnosticFactory.create(personne=personne, termine_le=timezone.now())
    for un, theme in ((frein, ThemeFactory.create()), (sante, ThemeFactory.create(restreint=True))):
        situation = SituationThemeFactory.create(theme=theme, niveau=3, frein=un)
        diagnostic.reponses.create(theme=theme, situation=situation)
    OffreFactory.create(intitule="Autre offre", ordre=1)
    utile = OffreFactory.create(intitule="Permis solidaire", ordre=2)
    utile.freins.add(frein)
    client.force_login(referent)
    url = reverse("parcours:prescription_choisir", args=[personne.pk])
    page = texte(client.get(url))
    assert page.index("Permis solidaire") < page.index("Autre offre")
    assert "mobilité, santé" in page
    encadrant = UtilisateurFactory.create(role=Role.ENCADRANT)
    client.force_login(encadrant)
    entete = texte(client.get(url)).split("Filtres")[0]
    assert "mobilité" in entete
    assert "santé" not in entete  # a restricted theme stays with the référent


# -- what each sees ----------------------------------------------------------------------------


def test_l_operateur_voit_le_necessaire_et_rien_d_autre(client: Client, personne, offre, referent, prestataire):
    ContratFactory.create(personne=personne, etat="valide", observations_referent="Contrat secret")
    AideFactory.create(personne=personne, objet="Aide secrète")
    p = envoyer(personne, offre, referent)
    client.force_login(prestataire)
    page = texte(client.get(p.get_absolute_url()))
    for attendu in ("EXEMPLE", "12/03/1985", "0600000000", ATTENTE, "Envoyer la réponse"):
        assert attendu in page
    for tu in ("Contrat secret", "Aide secrète", "Frein"):
        assert tu not in page
    assert "Aide secrète" not in texte(client.get(personne.get_absolute_url()))
    assert client.get(reverse("parcours:prescriptions_export")).status_code == 403


def test_la_file_de_l_operateur_dit_depuis_combien_de_jours(client: Client, prestataire, operateur):
    RegimeFactory.create(
        validite=depuis(datetime.date(2020, 1, 1)),
        parametres={"delai_reponse_prescription": {"valeur": 10, "unite": "jours"}},
    )
    for jours in (10, 11):
        PrescriptionFactory.create(
            personne=personne_suivie(), operateur=operateur, etat="transmise", renseignee_le=il_y_a(jours)
        )
    PrescriptionFactory.create(personne=personne_suivie(), etat="transmise")
    client.force_login(prestataire)
    page = texte(client.get(reverse("parcours:prescriptions")))
    assert "Prescriptions reçues" in page
    assert page.index("11\u00a0jours") < page.index("10\u00a0jours")
    assert "À répondre : <strong>2</strong>" in page
    tardives = texte(client.get(reverse("parcours:prescriptions"), {"vue": "retard"}))
    assert "11\u00a0jours" in tardives
    assert "10\u00a0jours" not in tardives


@given(
    jour=st.dates(datetime.date(2019, 1, 1), datetime.date(2030, 12, 31)),
    delai=st.builds(Duree, st.integers(0, 60), st.sampled_from(["jours", "semaines", "mois"])),
)
def test_est_en_retard_ce_qui_est_parti_avant_la_borne(jour, delai):
    borne = borne_sans_reponse(delai, jour)
    veille = borne - datetime.timedelta(days=1)
    assert delai.depuis(veille) < jour <= delai.depuis(borne)


def test_hors_du_portefeuille_la_prescription_demande_le_motif_de_la_page(client: Client, referent):
    structure = referent.habilitations_actives[0].structure
    p = PrescriptionFactory.create(personne=personne_suivie(structure=structure))
    client.force_login(referent)
    acces = reverse("parcours:personne_acces", args=[p.personne_id])
    assert client.get(p.get_absolute_url()).headers["Location"] == acces
    client.post(acces, {"motif": "Remplacement d’une collègue absente"})
    assert client.get(p.get_absolute_url()).status_code == 200


# -- the screens -------------------------------------------------------------------------------


def test_prescrire_et_transmettre_en_un_geste(client: Client, personne, offre, referent, prestataire):
    client.force_login(referent)
    url = reverse("parcours:prescription_creer", args=[personne.pk, offre.pk])
    assert "Atelier du Cycle" in texte(client.get(url))
    vide = client.post(url, {"operateur": offre.operateurs.get().pk, "origine": "referent", "motivation": ""})
    assert vide.status_code == 422
    assert not Prescription.objects.exists()
    donnees = {
        "operateur": offre.operateurs.get().pk,
        "origine": "referent",
        "motivation": ATTENTE,
        "transmettre": "on",
    }
    client.post(url, donnees)
    p = Prescription.objects.get()
    assert (p.etat, p.operateur, p.prescripteur) == ("transmise", offre.operateurs.get(), referent)


def test_une_action_hors_catalogue(client: Client, personne, referent, operateur):
    client.force_login(referent)
    url = reverse("parcours:prescription_libre", args=[personne.pk])
    client.post(
        url, {"action_libre": "Jardin partagé", "operateur": operateur.pk, "origine": "referent", "motivation": ATTENTE}
    )
    p = Prescription.objects.get()
    assert (str(p), p.etat) == ("Jardin partagé", "renseignee")
    assert "Jardin partagé" in texte(client.get(personne.get_absolute_url()))
    client.post(
        reverse("parcours:prescription_modifier", args=[p.pk]), {"action_libre": "Jardin", "motivation": ATTENTE}
    )
    p.refresh_from_db()
    assert (str(p), p.operateur) == ("Jardin", None)


def test_un_refus_de_l_operation_rend_ce_qui_etait_saisi(client: Client, personne, offre, referent, prestataire):
    p = envoyer(personne, offre, referent)
    client.force_login(prestataire)
    url = reverse("parcours:prescription_geste", args=[p.pk, "repondre"])
    reponse = client.post(url, {"reponse": "refusee", "commentaire": "Plus tard peut-être"})
    assert reponse.status_code == 422
    assert "Plus tard peut-être" in texte(reponse)
    assert "choisissez un motif" in texte(reponse)


@pytest.mark.parametrize(
    ("role", "nom"),
    [(Role.REFERENT, "prescriptions"), (Role.PRESTATAIRE, "prescriptions"), (Role.REFERENT, "prescriptions_export")],
)
def test_la_liste_coute_autant_pour_une_ligne_que_pour_trente(
    client: Client, referent, prestataire, operateur, role, nom
):
    def peupler(n: int) -> None:
        for _ in range(n):
            personne = personne_suivie(referent=referent)
            PrescriptionFactory.create(personne=personne, operateur=operateur, etat="transmise")

    def requetes() -> int:
        with CaptureQueriesContext(connection) as lues:
            assert len(client.get(reverse(f"parcours:{nom}"), {"format": "csv"}).getvalue().splitlines()) > 1
        return len(lues)

    client.force_login(referent if role == Role.REFERENT else prestataire)
    peupler(1)
    requetes()  # what is remembered from one page to the next
    une = requetes()
    peupler(29)
    assert requetes() <= une <= 16


def test_la_page_d_une_prescription_tient_en_vingt_requetes(
    client: Client, personne, offre, referent, django_assert_max_num_queries
):
    offre.fiches.add(FicheFactory.create(numero="3.6"))
    p = envoyer(personne, offre, referent)
    client.force_login(referent)
    with django_assert_max_num_queries(20):
        page = texte(client.get(p.get_absolute_url()))
    chaine = page.split("De la fiche-action au résultat")[-1]
    assert chaine.index("3.6") < chaine.index("2.4") < chaine.index("Transmise") < chaine.index("À venir")


def test_mon_portefeuille_ne_garde_que_les_personnes_que_je_suis(client):
    structure = StructureFactory.create()
    moi = UtilisateurFactory.create(role=Role.REFERENT, structure=structure)
    collegue = UtilisateurFactory.create(role=Role.REFERENT, structure=structure)
    for qui, action in ((moi, "Action suivie"), (collegue, "Action voisine")):
        PrescriptionFactory.create(
            personne=personne_suivie(referent=qui, structure=structure), offre=None, action_libre=action
        )
    client.force_login(moi, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("parcours:prescriptions"), {"portefeuille": "on"}).content.decode()
    assert "Action suivie" in page
    assert "Action voisine" not in page
