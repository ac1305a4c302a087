"""Letters of EP files: printed as they were written, in the words of the version of that day."""

from __future__ import annotations

import datetime
import io

import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone

from gouvernance.models import ModeleLettreEP
from gouvernance.operations.ep_lettres import ecrire_lettre_ep, imprimer_lettre
from pdi.socle.droits import RegleMetier

from .fabrique_ep import SANCTION, decider, entendu, scene


@pytest.fixture
def s(db):
    return scene()


def test_la_lettre_de_decision_s_imprime_a_l_identique_et_sans_rien_dire_au_dessus_du_pli(s):
    dossier = entendu(s)
    decider(s, dossier, **SANCTION)
    lettre = ecrire_lettre_ep(dossier=dossier, genre="decision", par=s.service)
    octets = imprimer_lettre(lettre)
    assert octets == imprimer_lettre(lettre)
    texte = pypdf.PdfReader(io.BytesIO(octets)).pages[0].extract_text()
    assert "Exemple" in texte
    assert "recours préalable" in " ".join(texte.split())
    assert lettre.contenu["signataire"] == str(s.encadrant)  # who decided, not who wrote
    assert "par délégation" in lettre.contenu["fonction"]
    assert not any("RSA" in ligne for ligne in lettre.contenu["expediteur"])
    with pytest.raises(RegleMetier, match="séance"):
        ecrire_lettre_ep(dossier=dossier, genre="invitation", par=s.service)


def test_une_lettre_garde_la_version_du_modele_du_jour_ou_elle_est_ecrite(s, client):
    client.force_login(s.service)
    page = client.get(reverse("gouvernance:ep_modeles")).content.decode()
    assert "En vigueur" in page
    url = reverse("gouvernance:ep_modele_ecrire", args=["decision"])
    demain = timezone.localdate() + datetime.timedelta(days=1)
    corps = "{civilite} {nom}, voici {decision}. {motifs} Recours : {recours_delai}."
    saisie = {"objet": "Décision", "corps": corps, "des": demain.isoformat()}
    faux = client.post(url, saisie | {"corps": "Bonjour {non}, {decision} {recours_delai}"})
    assert faux.status_code == 422
    assert "Vouliez-vous dire {nom}" in faux.content.decode()
    assert "doit contenir {motifs}" in faux.content.decode()
    apercu = client.post(url, saisie | {"suite": "apercu"}).content.decode().replace("\u00a0", " ")
    assert "voici réduction de 50 % pendant 3 mois" in apercu
    assert "voici suspension de 50 % pendant 2 mois" in apercu
    assert ModeleLettreEP.objects.filter(genre="decision").count() == 1
    assert client.post(url, saisie).status_code == 302
    assert "attend déjà" in client.post(url, saisie).content.decode()
    dossier = entendu(s)
    decider(s, dossier, **SANCTION)
    ecrite = ecrire_lettre_ep(dossier=dossier, genre="decision", par=s.service)
    assert ecrite.modele == ModeleLettreEP.objects.get(genre="decision", version=1)
    neuf = ModeleLettreEP.objects.get(genre="decision", version=2)
    assert client.get(reverse("gouvernance:ep_modele_pdf", args=[neuf.pk, "regime-a"])).content[:4] == b"%PDF"
    client.post(reverse("gouvernance:ep_modele_retirer", args=[neuf.pk]))
    (reste,) = ModeleLettreEP.objects.filter(genre="decision")
    assert reste.validite.upper is None
