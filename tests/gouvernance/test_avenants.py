"""Proposals of change and avenants: from the fiche to the vote, and what applies at the date of effect."""

from __future__ import annotations

import datetime
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx import Document

from actions.avancement import fiches_sans_bilan
from actions.models import FicheAction, RoleFiche, TypeRole
from actions.operations.fiches import modifier_fiche
from actions.operations.versions import figer_versions
from gouvernance.models import Avenant, EtatAvenant, EtatModification, ModificationFiche
from gouvernance.operations.avenants import (
    appliquer_avenant,
    appliquer_avenants_dus,
    creer_avenant,
    modifier_avenant,
    proposer_avenant,
    rejeter_avenant,
    reprendre_avenant,
    voter_avenant,
)
from gouvernance.operations.creations import proposer_fiche
from gouvernance.operations.modifications import (
    corriger_modification,
    ecarter_modification,
    liberer_modification,
    proposer_modification,
    reprendre_texte_actuel,
    retenir_modifications,
)
from pdi.comptes.models import Role
from pdi.socle.differences import apres_seul, avant_seul, comparer_mots
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.etats import TransitionImpossible
from pdi.socle.models import Avis
from tests.fabriques import CampagneFactory, FicheFactory, StructureFactory, UtilisateurFactory

pytestmark = pytest.mark.django_db
JOUR = datetime.timedelta(days=1)


@pytest.fixture
def chargee() -> Any:
    return UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)


@pytest.fixture
def pilote() -> Any:
    return UtilisateurFactory.create(role=Role.PILOTE, structure=StructureFactory.create(nom="Service insertion"))


@pytest.fixture
def fiche(pilote: Any) -> FicheAction:
    fiche = FicheFactory.create(numero="2.1", contexte="Un délai restant à fixer.", publics=["Jeunes"])
    RoleFiche.objects.create(fiche=fiche, type=TypeRole.PILOTE, structure=pilote.habilitations.get().structure)
    figer_versions(fiches=[fiche.pk], origine="Document adopté", effet=datetime.date(2022, 3, 28), par=None)
    return fiche


def proposer(fiche: FicheAction, par: Any, champ: str = "contexte", apres: str = "Un délai de quinze jours.") -> Any:
    return proposer_modification(fiche=fiche, champ=champ, apres=apres, motif="Le bilan le demande.", par=par)


def avenant_propose(fiche: FicheAction, par: Any, effet: datetime.date) -> Avenant:
    avenant = creer_avenant(programme=fiche.programme, intitule="Délais", expose="Parce que.", effet=effet, par=par)
    retenir_modifications(avenant=avenant, modifications=[proposer(fiche, par).pk], par=par)
    return proposer_avenant(avenant=avenant, par=par)


def voter(avenant: Avenant, par: Any, effet: datetime.date) -> Avenant:
    hier = timezone.localdate() - JOUR
    return voter_avenant(avenant=avenant, deliberation="2026-11-0042", vote_le=hier, effet=effet, par=par)


def test_un_mot_change_se_voit_seul() -> None:
    morceaux = comparer_mots("Un délai restant à fixer.", "Un délai de quinze jours.")
    assert [(m.genre, m.texte) for m in morceaux] == [
        ("egal", "Un délai "), ("retire", "restant à fixer"), ("ajoute", "de quinze jours"), ("egal", "."),
    ]  # fmt: skip
    assert "".join(m.texte for m in avant_seul(morceaux)) == "Un délai restant à fixer."
    assert "".join(m.texte for m in apres_seul(morceaux)) == "Un délai de quinze jours."


def test_le_pilote_propose_et_la_chargee_est_prevenue(fiche: FicheAction, pilote: Any, chargee: Any) -> None:
    lue = proposer(fiche, pilote)
    assert (lue.avant, lue.etat) == ("Un délai restant à fixer.", EtatModification.PROPOSEE)
    assert Avis.objects.get(destinataire=chargee).titre == "Modification proposée : fiche 2.1"
    fiche.refresh_from_db()
    assert fiche.contexte == "Un délai restant à fixer."  # nothing changes before the vote


def test_un_pilote_d_ailleurs_ne_propose_rien(fiche: FicheAction) -> None:
    with pytest.raises(DroitInsuffisant, match="Seuls les pilotes"):
        proposer(fiche, UtilisateurFactory.create(role=Role.PILOTE))


@pytest.mark.parametrize(
    ("suite", "message"),
    [({"apres": "Un délai restant à fixer."}, "le même"), ({"vu": "Autre chose"}, "a changé pendant")],
    ids=["meme-texte", "page-perimee"],
)
def test_une_proposition_vide_ou_perimee_est_refusee(
    fiche: FicheAction, chargee: Any, suite: dict[str, str], message: str
) -> None:
    donnees: dict[str, Any] = {"apres": "Un délai de quinze jours."} | suite
    with pytest.raises(RegleMetier, match=message):
        proposer_modification(fiche=fiche, champ="contexte", motif="Oui.", par=chargee, **donnees)


def test_corriger_et_ecarter(fiche: FicheAction, pilote: Any, chargee: Any) -> None:
    lue = corriger_modification(
        modification=proposer(fiche, pilote), version=1, apres="Un mois.", motif="Mieux.", par=pilote
    )
    assert (lue.apres, lue.version) == ("Un mois.", 2)
    with pytest.raises(RegleMetier, match="modifiée entre-temps"):
        corriger_modification(modification=lue, version=1, apres="Deux mois.", motif="Non.", par=chargee)
    ecartee = ecarter_modification(modification=lue, commentaire="Déjà prévu ailleurs.", par=chargee)
    assert ecartee.etat == EtatModification.ECARTEE
    assert Avis.objects.get(destinataire=pilote).texte == "Déjà prévu ailleurs."


def test_un_avenant_vote_change_la_fiche_et_garde_l_ancienne(fiche: FicheAction, chargee: Any) -> None:
    aujourd_hui = timezone.localdate()
    fait = voter(avenant_propose(fiche, chargee, aujourd_hui), chargee, aujourd_hui)
    fiche.refresh_from_db()
    assert fiche.contexte == "Un délai de quinze jours."
    assert fait.applique_le is not None
    modification = fait.modifications.get()
    assert modification.etat == EtatModification.APPLIQUEE
    assert modification.version_fiche is not None
    assert (modification.version_fiche.numero, modification.version_fiche.effet) == (2, aujourd_hui)
    assert fiche.versions.get(numero=1).contenu["contexte"] == "Un délai restant à fixer."


def test_rien_ne_change_avant_la_date_d_effet(
    fiche: FicheAction, chargee: Any, settings: Any, monkeypatch: Any
) -> None:
    demain = timezone.localdate() + JOUR
    fait = voter(avenant_propose(fiche, chargee, demain), chargee, demain)
    assert (appliquer_avenants_dus(), fait.applique_le) == (0, None)
    with pytest.raises(RegleMetier, match="prend effet le"):
        appliquer_avenant(avenant=fait, par=chargee)
    Avenant.objects.filter(pk=fait.pk).update(effet=timezone.localdate())  # the day comes
    assert appliquer_avenants_dus() == 1
    fiche.refresh_from_db()
    assert fiche.contexte == "Un délai de quinze jours."
    assert appliquer_avenants_dus() == 0


def test_un_avenant_qui_ne_s_applique_pas_est_dit_aux_gestionnaires(fiche: FicheAction, chargee: Any) -> None:
    demain = timezone.localdate() + JOUR
    fait = voter(avenant_propose(fiche, chargee, demain), chargee, demain)
    parti = UtilisateurFactory.create()  # who recorded the vote no longer has the right
    Avenant.objects.filter(pk=fait.pk).update(effet=timezone.localdate(), vote_par=parti)
    assert appliquer_avenants_dus() == 0
    assert "n’a pas pu être appliqué" in Avis.objects.filter(destinataire=chargee).values_list("titre", flat=True)[0]


def test_un_conflit_bloque_le_vote_et_se_regle(fiche: FicheAction, chargee: Any) -> None:
    aujourd_hui = timezone.localdate()
    avenant = avenant_propose(fiche, chargee, aujourd_hui)
    modifier_fiche(fiche=fiche, par=chargee, section="contexte", valeurs={"contexte": "Corrigé entre-temps."})
    with pytest.raises(RegleMetier, match=r"fiche 2\.1, Constat"):
        voter(avenant, chargee, aujourd_hui)
    avenant = reprendre_avenant(avenant=avenant, commentaire="Conflit à régler.", par=chargee)
    reprendre_texte_actuel(modification=avenant.modifications.get(), par=chargee)
    voter(proposer_avenant(avenant=avenant, par=chargee), chargee, aujourd_hui)
    textes = {v.numero: v.contenu["contexte"] for v in fiche.versions.all()}
    assert textes == {1: "Un délai restant à fixer.", 2: "Corrigé entre-temps.", 3: "Un délai de quinze jours."}


def test_deux_propositions_sur_une_rubrique_ne_vont_pas_ensemble(fiche: FicheAction, chargee: Any) -> None:
    avenant = creer_avenant(programme=fiche.programme, intitule="Délais", par=chargee)
    deux = [proposer(fiche, chargee).pk, proposer(fiche, chargee, apres="Un mois.").pk]
    with pytest.raises(RegleMetier, match="gardez une seule"):
        retenir_modifications(avenant=avenant, modifications=deux, par=chargee)
    retenir_modifications(avenant=avenant, modifications=deux[:1], par=chargee)
    lue = liberer_modification(modification=ModificationFiche.objects.get(pk=deux[0]), par=chargee)
    assert (lue.etat, lue.avenant) == (EtatModification.PROPOSEE, None)


def test_un_avenant_incomplet_ne_se_propose_pas(fiche: FicheAction, chargee: Any) -> None:
    avenant = creer_avenant(programme=fiche.programme, intitule="Délais", par=chargee)
    with pytest.raises(RegleMetier, match="au moins une proposition"):
        proposer_avenant(avenant=avenant, par=chargee)
    retenir_modifications(avenant=avenant, modifications=[proposer(fiche, chargee).pk], par=chargee)
    with pytest.raises(RegleMetier, match="exposé des motifs"):
        proposer_avenant(avenant=avenant, par=chargee)
    with pytest.raises(RegleMetier, match="modifié entre-temps"):
        modifier_avenant(avenant=avenant, version=9, intitule="x", expose="y", effet=None, par=chargee)


def test_un_vote_se_date_juste(fiche: FicheAction, chargee: Any) -> None:
    aujourd_hui = timezone.localdate()
    avenant = avenant_propose(fiche, chargee, aujourd_hui)
    suite = {"avenant": avenant, "deliberation": "n° 1", "par": chargee}
    with pytest.raises(RegleMetier, match="est à venir"):
        voter_avenant(vote_le=aujourd_hui + JOUR, effet=aujourd_hui + JOUR, **suite)
    with pytest.raises(RegleMetier, match="au plus tôt le jour de son vote"):
        voter_avenant(vote_le=aujourd_hui, effet=aujourd_hui - JOUR, **suite)


def test_un_rejet_ecarte_les_propositions_et_ne_change_rien(fiche: FicheAction, chargee: Any) -> None:
    avenant = avenant_propose(fiche, chargee, timezone.localdate())
    hier = timezone.localdate() - JOUR
    fait = rejeter_avenant(avenant=avenant, deliberation="n° 2", vote_le=hier, commentaire="Trop cher.", par=chargee)
    assert (fait.etat, fait.modifications.get().etat) == (EtatAvenant.REJETE, EtatModification.ECARTEE)
    fiche.refresh_from_db()
    assert fiche.contexte == "Un délai restant à fixer."
    with pytest.raises(TransitionImpossible):
        voter(fait, chargee, timezone.localdate())


def test_la_page_de_l_avenant_dit_ce_qui_change(client: Client, fiche: FicheAction, chargee: Any) -> None:
    avenant = avenant_propose(fiche, chargee, timezone.localdate())
    client.force_login(chargee)
    page = client.get(avenant.get_absolute_url()).content.decode()
    assert "<del>restant à fixer</del>" in page
    assert "<ins>de quinze jours</ins>" in page
    assert reverse("gouvernance:avenant_voter", args=[avenant.pk]) in page
    word = Document(io.BytesIO(client.get(reverse("gouvernance:avenant_annexe", args=[avenant.pk, "docx"])).content))
    assert "Un délai de quinze jours." in [c.text for t in word.tables for r in t.rows for c in r.cells]
    assert client.get(reverse("gouvernance:avenant_annexe", args=[avenant.pk, "pdf"])).content.startswith(b"%PDF")


def test_les_versions_se_comparent_mot_a_mot(client: Client, fiche: FicheAction, chargee: Any) -> None:
    voter(avenant_propose(fiche, chargee, timezone.localdate()), chargee, timezone.localdate())
    client.force_login(chargee)
    page = client.get(reverse("actions:fiche_versions", args=[fiche.pk])).content.decode()
    assert "Avenant n°\u00a01\u00a0: Délais" in page
    assert "<ins>de quinze jours</ins>" in page
    memes = client.get(reverse("actions:fiche_versions", args=[fiche.pk]), {"avant": "2", "apres": "2"})
    assert "Aucune différence" in memes.content.decode()


NOUVELLE = {
    "numero": "2.7", "intitule": "Lever les freins de mobilité", "contexte": "La mobilité freine.",
    "objectifs": "Recenser\n– Par territoire", "publics": "Jeunes", "pilotes": "Pilote : Service insertion",
    "financements": "", "cout_total": "12 000",
}  # fmt: skip


def ecrite(**textes: str) -> dict[str, str]:
    return {**NOUVELLE, "motif": "Aucune fiche ne la traite.", "origine": "libre", "axe": "", **textes}


def test_une_fiche_proposee_nait_a_la_date_d_effet_et_une_autre_est_retiree(
    client: Client, fiche: FicheAction, pilote: Any, chargee: Any
) -> None:
    client.force_login(pilote)
    adresse = reverse("gouvernance:fiche_proposer", args=[fiche.programme.code])
    refus = client.post(adresse, ecrite(numero="2.1", pilotes="Pilote : Service insertions"))
    assert "déjà celui de la fiche" in refus.content.decode()
    assert "Vouliez-vous dire" in refus.content.decode()  # every fault at once
    assert not ModificationFiche.objects.exists()
    client.post(adresse, ecrite())
    lue = ModificationFiche.objects.get()
    client.post(reverse("gouvernance:modification_corriger", args=[lue.pk]), ecrite(numero="2.8", version="1"))
    retrait = proposer(fiche, pilote, champ="arret", apres="Reprise par la Région.")
    client.force_login(chargee)
    assert "propositions de modification" in client.get(reverse("accueil:accueil")).content.decode()
    aujourd_hui = timezone.localdate()
    avenant = creer_avenant(
        programme=fiche.programme, intitule="Mobilité", expose="Oui.", effet=aujourd_hui, par=chargee
    )
    retenir_modifications(avenant=avenant, modifications=[lue.pk, retrait.pk], par=chargee)
    assert "propositions de modification" not in client.get(reverse("accueil:accueil")).content.decode()
    page = client.get(avenant.get_absolute_url()).content.decode()
    assert "Nouvelle fiche 2.8 – Lever les freins de mobilité" in page
    assert "La mobilité freine." in page
    propose = proposer_avenant(avenant=avenant, par=chargee)
    assert "avenant proposé au vote" in client.get(reverse("accueil:accueil")).content.decode()
    voter(propose, chargee, aujourd_hui)
    nee = FicheAction.objects.get(programme=fiche.programme, numero="2.8")
    assert (nee.contexte, str(nee.cout_total)) == ("La mobilité freine.", "12000.00")
    assert [(v.numero, v.effet, v.origine) for v in nee.versions.all()] == [
        (1, aujourd_hui, "Avenant n°\u00a01\u00a0: Mobilité")
    ]
    vie = client.get(reverse("gouvernance:vie", args=[fiche.programme.code])).content.decode()
    assert "Fiche créée\u00a0: 2.8. Fiche retirée\u00a0: 2.1." in vie
    assert [f.numero for f in fiches_sans_bilan(CampagneFactory.create(programme=fiche.programme))] == ["2.1", "2.8"]
    fiche.versions.update(effet=datetime.date(2022, 3, 28))
    assert [f.numero for f in fiches_sans_bilan(fiche.programme.campagnes.get())] == ["2.8"]


def test_un_numero_pris_depuis_bloque_le_vote(fiche: FicheAction, chargee: Any) -> None:
    textes = {k: v for k, v in NOUVELLE.items() if k != "axe"}
    lues = [
        proposer_fiche(programme=fiche.programme, axe=None, textes=textes, motif="Oui.", par=chargee) for _ in range(2)
    ]
    avenant = creer_avenant(
        programme=fiche.programme, intitule="Mobilité", expose="Oui.", effet=timezone.localdate(), par=chargee
    )
    with pytest.raises(RegleMetier, match=r"crée déjà une fiche 2\.7"):
        retenir_modifications(avenant=avenant, modifications=[m.pk for m in lues], par=chargee)
    retenir_modifications(avenant=avenant, modifications=[lues[0].pk], par=chargee)
    FicheFactory.create(programme=fiche.programme, numero="2.7")
    with pytest.raises(RegleMetier, match=r"porte déjà le numéro 2\.7"):
        proposer_avenant(avenant=avenant, par=chargee)


@pytest.mark.parametrize("nom", ["avenants", "modifications"])
def test_les_listes_demandent_autant_de_requetes_pour_un_que_pour_dix(
    client: Client, fiche: FicheAction, chargee: Any, nom: str, django_assert_max_num_queries: Any
) -> None:
    for rang in range(10):
        autre = FicheFactory.create(programme=fiche.programme, numero=f"9.{rang}", contexte="Avant.")
        avenant = creer_avenant(programme=fiche.programme, intitule=f"Avenant {rang}", par=chargee)
        retenir_modifications(avenant=avenant, modifications=[proposer(autre, chargee).pk], par=chargee)
    client.force_login(chargee)
    client.get(reverse(f"gouvernance:{nom}"))
    with django_assert_max_num_queries(14):
        page = client.get(reverse(f"gouvernance:{nom}")).content.decode()
    assert "9.9" in page or "Avenant 9" in page
    assert client.get(reverse(f"gouvernance:{nom}_export"), {"format": "csv"}).status_code == 200
