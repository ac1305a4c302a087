"""Signatures of the pact, timeline of the programme, public page."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actions.models import (
    ChiffreBilan,
    EtatBilan,
    EtatSignature,
    Indicateur,
    Programme,
    RoleFiche,
    Signataire,
    TypeRole,
)
from actions.operations.programmes import definir_signataires
from actions.operations.signatures import enregistrer_signature, mettre_en_ligne, mettre_hors_ligne
from gouvernance.models import Instance, Seance
from gouvernance.operations.demonstration_rapport import (
    exercice_a_publier,
    lancer_publication,
    publier_avec_son_vote,
)
from gouvernance.operations.versions import publier_version
from gouvernance.public import dire_chiffre
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import EntreeJournal
from tests.fabriques import (
    BilanFactory,
    CampagneFactory,
    FicheFactory,
    IndicateurFactory,
    ProgrammeFactory,
    SignataireFactory,
    StructureFactory,
    UtilisateurFactory,
)

pytestmark = pytest.mark.django_db
LE = datetime.date(2026, 3, 28)


@pytest.fixture
def chargee() -> Any:
    return UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)


@pytest.fixture
def signataire() -> Signataire:
    programme = ProgrammeFactory.create(code="pacte", intitule_court="Pacte essai", date_adoption=LE)
    return SignataireFactory.create(programme=programme, structure=StructureFactory.create(nom="Région"), signe_le=None)


def signer(signataire: Signataire, par: Any, **suite: Any) -> Signataire:
    donnees: dict[str, Any] = {
        "version": signataire.version,
        "etat": EtatSignature.SIGNEE,
        "le": LE,
        "signe_par": "Noa Modèle",
    }
    return enregistrer_signature(signataire=signataire, par=par, **(donnees | suite))


def test_un_partenaire_signe_avec_sa_preuve(signataire: Signataire, chargee: Any) -> None:
    fichier = SimpleUploadedFile("page.pdf", b"%PDF-1.4 essai")
    lu = signer(signataire, chargee, fichier=fichier, qualite="La présidente")
    assert (lu.etat, lu.signe_par, lu.preuve and lu.preuve.nom) == (EtatSignature.SIGNEE, "Noa Modèle", "page.pdf")
    assert EntreeJournal.objects.filter(verbe="enregistrer_signature").exists()
    # the list of signatories, written again, keeps the signature and its proof
    ligne = {"pk": lu.pk, "structure": lu.structure, "qualite": "Le président", "signe_le": lu.signe_le}
    definir_signataires(programme=lu.programme, signataires=[ligne], par=chargee)
    relu = Signataire.objects.get(pk=lu.pk)
    assert (relu.qualite, relu.signe_par, relu.preuve_id) == ("Le président", "Noa Modèle", lu.preuve_id)


@pytest.mark.parametrize(
    ("suite", "message"),
    [
        ({"le": None}, "Donnez la date"),
        ({"le": datetime.date(2090, 1, 1)}, "est à venir"),
        ({"etat": EtatSignature.REFUSEE}, "Dites pourquoi"),
        ({"version": 7}, "modifiée entre-temps"),
    ],
    ids=["sans-date", "a-venir", "refus-sans-motif", "perimee"],
)
def test_une_signature_se_dit_complete(
    signataire: Signataire, chargee: Any, suite: dict[str, Any], message: str
) -> None:
    with pytest.raises(RegleMetier, match=message):
        signer(signataire, chargee, **suite)


def test_un_refus_efface_la_signature_et_un_pilote_n_y_touche_pas(signataire: Signataire, chargee: Any) -> None:
    lu = signer(signer(signataire, chargee), chargee, etat=EtatSignature.REFUSEE, motif_refus="Pas de budget.")
    assert (lu.etat, lu.signe_le, lu.signe_par) == (EtatSignature.REFUSEE, None, "")
    with pytest.raises(DroitInsuffisant):
        signer(lu, UtilisateurFactory.create(role=Role.PILOTE))


def test_le_partenaire_voit_le_detail_de_la_sienne_seulement(
    client: Client, signataire: Signataire, chargee: Any
) -> None:
    autre = SignataireFactory.create(programme=signataire.programme, structure=StructureFactory.create(nom="CAF"))
    client.force_login(UtilisateurFactory.create(role=Role.PARTENAIRE, structure=signataire.structure))
    assert "signature du pacte attendue" in client.get(reverse("accueil:accueil")).content.decode()
    signer(signataire, chargee)
    assert "signature du pacte attendue" not in client.get(reverse("accueil:accueil")).content.decode()
    signer(autre, chargee, signe_par="Sacha Témoin")
    page = client.get(reverse("gouvernance:vie", args=["pacte"])).content.decode()
    assert "Noa Modèle" in page
    assert "Sacha Témoin" not in page
    assert "2 sur 2" in page


def test_la_frise_se_filtre(client: Client, signataire: Signataire, chargee: Any) -> None:
    signer(signataire, chargee)
    client.force_login(chargee)
    adresse = reverse("gouvernance:vie", args=["pacte"])
    toute = client.get(adresse).content.decode()
    assert "Adoption du programme" in toute
    assert "Signature\u00a0: Région" in toute
    filtree = client.get(adresse, {"genre": "signatures", "annee": "2026"}).content.decode()
    assert "Adoption du programme" not in filtree
    assert "Signature\u00a0: Région" in filtree
    export = client.get(reverse("gouvernance:vie_export", args=["pacte"]), {"genre": "signatures", "format": "csv"})
    lignes = b"".join(export.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lignes[0] == "Date;Genre;Événement;Précision"
    assert [ligne.split(";")[1] for ligne in lignes[1:]] == ["Signatures"]
    assert "Rien ne correspond" in client.get(adresse, {"annee": "1999"}).content.decode()


def pacte(client: Client) -> str:
    reponse = client.get(reverse("gouvernance:pacte_public"))
    assert reponse.status_code == 200
    return reponse.content.decode()


def test_la_page_publique_s_ouvre_et_se_ferme(client: Client, signataire: Signataire, chargee: Any) -> None:
    assert client.get(reverse("gouvernance:pacte_public")).status_code == 404  # off by default
    mettre_en_ligne(programme=signataire.programme, par=chargee)
    assert "Pacte essai" in pacte(client)
    assert "/pacte/</loc>" in client.get("/sitemap.xml").content.decode()
    mettre_hors_ligne(programme=signataire.programme, par=chargee)
    assert client.get(reverse("gouvernance:pacte_public")).status_code == 404
    assert "/pacte/" not in client.get("/sitemap.xml").content.decode()


def test_la_page_publique_ne_dit_ni_nom_ni_fiche_restreinte(
    client: Client, signataire: Signataire, chargee: Any
) -> None:
    programme = signataire.programme
    Programme.objects.filter(pk=programme.pk).update(en_ligne=True)
    signer(signataire, chargee)
    fiche = FicheFactory.create(programme=programme, numero="1.1", intitule="Accueillir")
    RoleFiche.objects.create(
        fiche=fiche, type=TypeRole.PILOTE, structure=StructureFactory.create(nom="Service insertion"),
        utilisateur=UtilisateurFactory.create(prenom="Ada", nom="Secrète"),
    )  # fmt: skip
    FicheFactory.create(programme=programme, numero="1.2", intitule="Fiche restreinte", restreinte=True)
    instance = Instance.objects.create(
        departement=programme.departement, nom="Comité de pilotage", nature="comite_pilotage"
    )
    Seance.objects.create(instance=instance, debut=timezone.now() + datetime.timedelta(days=9), etat="convoquee")
    page = pacte(client)
    assert "Accueillir" in page
    assert "Service insertion" in page
    assert "Comité de pilotage" in page
    assert "Région" in page
    assert not [mot for mot in ("Secrète", "Noa Modèle", "Fiche restreinte") if mot in page]
    assert "max-age=300" in client.get(reverse("gouvernance:pacte_public"))["Cache-Control"]


@pytest.mark.parametrize(
    ("unite", "valeur", "termes", "masque"),
    [
        ("nombre", 7, (None, None), True),
        ("nombre", 0, (None, None), False),
        ("nombre", 11, (None, None), False),
        ("%", 50, (5, 10), True),
        ("%", 95, (95, 100), True),
        ("%", 50, (50, 100), False),
    ],
    ids=["petit", "zero", "au-seuil", "taux-de-peu", "tous-sauf-peu", "taux-large"],
)
def test_un_petit_nombre_ne_se_publie_pas(unite: str, valeur: int, termes: tuple[Any, Any], masque: bool) -> None:
    chiffre = ChiffreBilan(
        indicateur=Indicateur(unite=unite), valeur=Decimal(valeur),
        numerateur=termes[0] if termes[0] is None else Decimal(termes[0]),
        denominateur=termes[1] if termes[1] is None else Decimal(termes[1]),
    )  # fmt: skip
    assert dire_chiffre(chiffre)[1] is masque


def test_les_chiffres_sont_ceux_des_bilans_valides_du_dernier_rapport_publie(
    client: Client, signataire: Signataire, version_rapide: Any
) -> None:
    Programme.objects.filter(pk=signataire.programme_id).update(en_ligne=True)
    campagne = CampagneFactory.create(programme=signataire.programme, annee=2025, etat="close")

    def ecrire(etat: EtatBilan, libelle: str, valeur: int) -> None:
        fiche = FicheFactory.create(programme=signataire.programme)
        bilan = BilanFactory.create(campagne=campagne, fiche=fiche, etat=etat)
        indicateur = IndicateurFactory.create(fiche=fiche, libelle=libelle, unite="nombre", ordre=1)
        petite = IndicateurFactory.create(fiche=fiche, libelle="Trop peu", unite="nombre", ordre=0)
        for lu, combien in ((petite, 3), (indicateur, valeur)):
            ChiffreBilan.objects.create(bilan=bilan, indicateur=lu, valeur=combien, gele_le=timezone.now())

    ecrire(EtatBilan.VALIDE, "Personnes reçues", 1234)
    assert "Chiffres clés" not in pacte(client)  # nothing is said of a year before its report is published
    version = version_rapide(signataire.programme)
    publier_version(version=version, par=version.compilee_par)
    ecrire(EtatBilan.SOUMIS, "Pas encore", 55)
    page = pacte(client)
    assert "Chiffres clés 2025" in page
    assert "Trop peu" not in page  # another figure of the fiche may be said
    assert "1\u00a0234" in page
    assert "Pas encore" not in page


def test_la_demonstration_publie_un_exercice_anterieur_et_le_dit_fictif(
    client: Client, peupler: Any, version_rapide: Any, gestionnaire: Any
) -> None:
    programme = peupler(1)
    Programme.objects.filter(pk=programme.pk).update(en_ligne=True, departement="91", demonstration=True)
    assert exercice_a_publier(programme, avant=2026) is None  # its campaign is open
    programme.campagnes.update(etat="close", close_le=timezone.now(), close_par=gestionnaire)
    assert exercice_a_publier(programme, avant=2025) is None
    assert exercice_a_publier(programme, avant=2026) == 2025
    programme.refresh_from_db()
    publiee = publier_avec_son_vote(version=version_rapide(programme), par=gestionnaire)
    assert publiee.deliberation.demonstration
    assert lancer_publication(programme=programme, annee=2025, par=gestionnaire) is False
    page = pacte(client).replace("\u00a0", " ")
    assert "Rapport 2025" in page
    assert "voté le 24 mars 2026, délibération 2026-03-0007 (fictive)" in page
    assert "Données de démonstration" in page
