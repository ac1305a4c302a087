"""The interview on one form: a draft that comes back, everything in one transaction, every fault at once."""

from __future__ import annotations

import datetime
import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parcours.models import EtatEntretien, ObjectifContrat, ReponseDiagnostic
from pdi.comptes.models import Role
from pdi.socle.models import EntreeJournal
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    ContratFactory,
    DiagnosticFactory,
    EntretienFactory,
    OffreFactory,
    ReglementAideFactory,
    SituationThemeFactory,
    ThemeFactory,
    personne_suivie,
)

pytestmark = pytest.mark.django_db
SECRET = "Elle cherche un logement plus près de l’école."


@pytest.fixture
def referent(client: Client):
    utilisateur = UtilisateurFactory.create(role=Role.REFERENT, structure=StructureFactory.create())
    client.force_login(utilisateur)
    return utilisateur


@pytest.fixture
def rdv(referent):
    midi = timezone.now() - datetime.timedelta(hours=2)
    personne = personne_suivie(referent=referent)
    return EntretienFactory.create(personne=personne, agent=referent, debut=midi, etat="prevu")


def page(rdv) -> str:
    return reverse("parcours:saisie", args=[rdv.pk])


def base(rdv, **plus) -> dict[str, object]:
    """Return what the page posts before anything but the account is written."""
    rdv.refresh_from_db()
    structure = rdv.personne.affectations.get().structure_id
    return {
        "version": rdv.version, "compte-rendu-issue": "tenu", "compte-rendu-resume": SECRET,
        "compte-rendu-prochaines_etapes": "", "suite-duree_min": 45, "suite-nature": "suivi",
        "suite-agent": rdv.agent_id, "suite-structure": structure, "contacts-canal": rdv.personne.canal, **plus,
    }  # fmt: skip


def demain() -> str:
    return (timezone.localdate() + datetime.timedelta(days=1)).isoformat()


def test_tout_s_enregistre_ensemble(client: Client, rdv):
    contrat = ContratFactory.create(personne=rdv.personne, etat="valide")
    objectif = ObjectifContrat.objects.create(contrat=contrat, libelle="Passer le permis")
    donnees = base(rdv, **{"suite-jour": demain(), "suite-heure": "10:00", f"objectifs-{objectif.pk}": "oui"})
    reponse = client.post(page(rdv), donnees, follow=True)
    assert reponse.redirect_chain[0][0] == rdv.personne.get_absolute_url()
    assert "prochain rendez-vous le" in reponse.content.decode()
    rdv.refresh_from_db()
    objectif.refresh_from_db()
    rdv.personne.refresh_from_db()
    assert (rdv.etat, rdv.resume, rdv.brouillon) == (EtatEntretien.TENU, SECRET, None)
    assert objectif.atteint is True
    assert rdv.personne.dernier_contact == timezone.localdate(rdv.debut)
    assert rdv.personne.entretiens.filter(etat="prevu").count() == 1


def test_une_partie_refusee_n_ecrit_rien_et_chaque_faute_est_dite(client: Client, rdv):
    EntretienFactory.create(
        personne=personne_suivie(), agent=rdv.agent, etat="prevu",
        debut=timezone.make_aware(datetime.datetime.fromisoformat(f"{demain()}T10:00")),
    )  # fmt: skip
    donnees = base(rdv, **{"suite-jour": demain(), "suite-heure": "10:15"})
    reponse = client.post(page(rdv), donnees)
    contenu = reponse.content.decode()
    assert reponse.status_code == 422
    assert SECRET in contenu
    assert "Garder les deux" in contenu
    rdv.refresh_from_db()
    assert (rdv.etat, rdv.resume) == (EtatEntretien.PREVU, "")
    assert rdv.brouillon["donnees"]["suite-heure"] == ["10:15"]
    donnees["version"] = rdv.version  # the page came back with it
    assert client.post(page(rdv), donnees | {"suite-malgre": "on"}).status_code == 302


def test_les_fautes_de_plusieurs_parties_sont_dites_ensemble(client: Client, rdv):
    donnees = base(rdv, **{"compte-rendu-resume": "", "suite-jour": "31/02/2026", "suite-heure": "10:15"})
    reponse = client.post(page(rdv), donnees)
    contenu = reponse.content.decode()
    assert reponse.status_code == 422
    assert "en une phrase au moins" in contenu
    assert 'href="#id_suite-jour"' in contenu
    assert "31/02/2026" in contenu


def test_une_partie_laissee_comme_elle_est_n_est_pas_jugee(client: Client, rdv):
    assert client.post(page(rdv), base(rdv)).status_code == 302
    assert not rdv.personne.entretiens.filter(etat="prevu").exists()


def test_une_prescription_part_avec_l_entretien_ou_pas_du_tout(client: Client, rdv):
    structure = StructureFactory.create()
    saisie = {"prescription-action_libre": "Atelier vélo", "prescription-operateur": structure.pk}
    refus = client.post(page(rdv), base(rdv, **saisie))
    assert refus.status_code == 422
    assert "Dites ce qu’on attend de l’action" in refus.content.decode()
    assert not rdv.personne.prescriptions.exists()
    rdv.refresh_from_db()
    assert rdv.etat == EtatEntretien.PREVU
    complete = base(rdv, **saisie, **{"prescription-motivation": "Se déplacer seule"})
    assert client.post(page(rdv), complete).status_code == 302
    assert rdv.personne.prescriptions.get().action_libre == "Atelier vélo"


def test_chaque_offre_dit_si_elle_convient_et_qui_la_porte(client: Client, rdv):
    jeunes = OffreFactory.create(etat="publiee", numero="2.1", intitule="Aide aux jeunes", age_max=25)
    OffreFactory.create(etat="publiee", numero="1.6", intitule="Plateforme emploi")
    jeunes.operateurs.set([StructureFactory.create(nom="Mission locale")])
    rdv.personne.date_naissance = datetime.date(1970, 5, 11)
    rdv.personne.save()
    contenu = client.get(page(rdv)).content.decode()
    conviennent, ecartees = contenu.split('<optgroup label="Lui conviennent">')[1].split("<optgroup")[:2]
    assert "1.6 Plateforme emploi</option>" in conviennent
    assert "2.1 Aide aux jeunes – Moins de 26\u00a0ans</option>" in ecartees
    autre = StructureFactory.create(nom="Ailleurs")
    saisie = {"prescription-offre": jeunes.pk, "prescription-operateur": autre.pk, "prescription-motivation": "Un toit"}
    refus = client.post(page(rdv), base(rdv, **saisie)).content.decode()
    assert "Ailleurs ne porte pas cette offre\u00a0: choisissez Mission locale." in refus
    seule = reverse("parcours:prescription_creer", args=[rdv.personne.pk, jeunes.pk])
    assert "Cette offre ne lui convient pas aujourd’hui" in client.get(seule).content.decode()


def test_un_frein_qui_change_fait_un_nouveau_diagnostic(client: Client, rdv):
    theme = ThemeFactory.create(libelle="Mobilité")
    bloque = SituationThemeFactory.create(theme=theme, libelle="Aucun moyen de transport", niveau=3)
    leve = SituationThemeFactory.create(theme=theme, libelle="Permis et véhicule", niveau=0)
    ancien = DiagnosticFactory.create(personne=rdv.personne, grille=theme.grille, termine_le=timezone.now())
    ReponseDiagnostic.objects.create(diagnostic=ancien, theme=theme, situation=bloque)
    inchange = base(rdv, **{f"freins-{theme.pk}": bloque.pk}, geste="brouillon")
    client.post(page(rdv), inchange)
    assert rdv.personne.diagnostics.count() == 1
    assert client.post(page(rdv), base(rdv, **{f"freins-{theme.pk}": leve.pk})).status_code == 302
    nouveau = rdv.personne.diagnostics.exclude(pk=ancien.pk).get()
    assert nouveau.termine_le is not None
    assert nouveau.reponses.get().situation == leve


def test_une_aide_refusee_par_son_reglement_retient_tout_l_entretien(client: Client, rdv):
    reglement = ReglementAideFactory.create()
    saisie = {"aide-aide": f"{reglement.pk}:", "aide-objet": "Pass Navigo", "aide-montant": "900"}
    refus = client.post(page(rdv), base(rdv, **saisie))
    assert refus.status_code == 422
    assert "600" in refus.content.decode()
    rdv.refresh_from_db()
    assert (rdv.etat, rdv.personne.aides.count()) == (EtatEntretien.PREVU, 0)
    assert client.post(page(rdv), base(rdv, **saisie | {"aide-montant": "80"})).status_code == 302
    assert rdv.personne.aides.get().objet == "Pass Navigo"


def test_un_numero_change_s_enregistre_et_un_faux_se_dit(client: Client, rdv):
    refus = client.post(page(rdv), base(rdv, **{"contacts-telephone": "12"}))
    assert refus.status_code == 422
    assert 'href="#id_contacts-telephone"' in refus.content.decode()
    assert client.post(page(rdv), base(rdv, **{"contacts-telephone": "0160123456"})).status_code == 302
    rdv.personne.refresh_from_db()
    assert rdv.personne.telephone == "01 60 12 34 56"
    assert rdv.personne.dernier_contact == timezone.localdate(rdv.debut)


def test_manque_n_exige_pas_de_compte_rendu(client: Client, rdv):
    donnees = base(rdv, **{"compte-rendu-issue": "manque", "compte-rendu-resume": ""})
    assert client.post(page(rdv), donnees).status_code == 302
    rdv.refresh_from_db()
    assert rdv.etat == EtatEntretien.MANQUE


def test_le_brouillon_revient_et_reste_hors_du_journal(client: Client, rdv):
    donnees = base(rdv, geste="brouillon", **{"suite-jour": "31/02/2026"})
    assert client.post(page(rdv), donnees).status_code == 302
    contenu = client.get(page(rdv)).content.decode()
    assert SECRET in contenu
    assert 'value="31/02/2026"' in contenu
    assert "Brouillon enregistré" in contenu
    assert 'class="faute"' not in contenu
    assert SECRET not in json.dumps(list(EntreeJournal.objects.values("avant", "apres", "commentaire")))
    assert client.post(page(rdv), {"geste": "oublier"}).status_code == 302
    assert SECRET not in client.get(page(rdv)).content.decode()


def test_l_enregistrement_automatique_ne_s_ecrase_pas(client: Client, rdv):
    url = reverse("parcours:saisie_brouillon", args=[rdv.pk])
    ancien = base(rdv)
    premiere = client.post(url, ancien).json()
    assert premiere["version"] == rdv.version + 1
    assert client.post(url, ancien).json()["version"] == premiere["version"]
    ailleurs = client.post(url, ancien | {"compte-rendu-resume": "Autre texte."})
    assert ailleurs.status_code == 409
    conflit = client.post(page(rdv), ancien | {"compte-rendu-resume": "Autre texte.", "geste": "brouillon"})
    contenu = conflit.content.decode()
    assert conflit.status_code == 409
    assert SECRET in contenu
    assert "Autre texte." in contenu
    rdv.refresh_from_db()
    assert rdv.brouillon["donnees"]["compte-rendu-resume"] == [SECRET]


def test_un_entretien_sans_rendez_vous_commence_maintenant(client: Client, rdv):
    url = reverse("parcours:saisie_ouvrir", args=[rdv.personne_id])
    assert "Un rendez-vous attend son issue" in client.get(url).content.decode()
    reponse = client.post(url)
    ouvert = rdv.personne.entretiens.exclude(pk=rdv.pk).get()
    assert reponse.headers["Location"] == page(ouvert)
    assert ouvert.etat == EtatEntretien.PREVU


def test_un_rendez_vous_excuse_ne_se_saisit_pas(client: Client, rdv):
    rdv.etat = "excuse"
    rdv.save()
    assert client.get(page(rdv)).status_code == 403
