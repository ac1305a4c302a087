"""Letters: merge fields, the window, pages counted before printing, what is kept and who reads it."""

from __future__ import annotations

import datetime
import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import docx
import pikepdf
import pypdf
import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from parcours.documents.courrier import Lettre, mettre_en_page
from parcours.documents.word import courrier_en_word
from parcours.lecture_courriers import preparer_lettres
from parcours.models import Consultation, Courrier, EtatCourrier, LotCourriers, ModeleCourrier, NatureCourrier, Personne
from parcours.operations import courriers as operations
from parcours.regles import courriers as regles
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import EtatTraitement
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    TOUJOURS,
    EntretienFactory,
    OrientationFactory,
    PersonneFactory,
    RegimeFactory,
    depuis,
    personne_suivie,
)

MM = 72 / 25.4


def modele(**champs: Any) -> ModeleCourrier:
    return ModeleCourrier.objects.create(
        **{
            "code": "convocation", "nature": NatureCourrier.CONVOCATION, "intitule": "Convocation",
            "objet": "Votre rendez-vous du {rdv_date}", "validite": TOUJOURS,
            "corps": "{civilite} {nom},\nVous êtes attendue le {rdv_date} à {rdv_heure} par {referent}.\n- une pièce",
        } | champs
    )  # fmt: skip


# -- rules ------------------------------------------------------------------------------------------


def test_un_champ_inconnu_est_refuse_avec_le_plus_proche():
    with pytest.raises(ValidationError, match=r"Vouliez-vous dire \{rdv_date\}"):
        ModeleCourrier(objet="", corps="Le {rdv_dat}").clean()
    assert not regles.fautes_du_modele("{nom}", "{rdv_lieu} et { prenom }")


@given(st.dictionaries(st.sampled_from(sorted(regles.CHAMPS)), st.text(max_size=40)), st.text(max_size=200))
def test_rien_n_est_fusionne_hors_de_la_liste(valeurs, texte):
    rendu = regles.fusionner(texte, valeurs)
    if "/" not in texte and not any(f"{{{c}}}" in texte.replace(" ", "") for c in regles.CHAMPS):
        assert rendu == texte
    assert regles.fusionner("{nir} {nom}", {"nir": "1 85", "nom": "{nir}"}) == "{nir} {nir}"


@pytest.mark.parametrize(
    ("sexe", "attendu"),
    [("F", "Vous êtes attendue."), ("H", "Vous êtes attendu."), ("", "Vous êtes attendue ou attendu.")],
    ids=["femme", "homme", "inconnu"],
)
def test_un_mot_s_accorde_a_la_personne(sexe, attendu):
    texte = "Vous êtes {attendue/attendu}."
    assert regles.fusionner(texte, {regles.ACCORD: sexe}) == attendu
    assert not regles.fautes_du_modele(texte)


@pytest.mark.parametrize("texte", ["Service RSA", "Direction de l’insertion", "Allocataires", "Action sociale"])
def test_la_fenetre_ne_dit_rien_de_la_prestation(texte):
    assert not regles.discret(texte)
    assert regles.discret("Département de l’Essonne")


def test_les_modeles_livres_se_lisent_et_leur_objet_est_discret():
    livres = json.loads((Path(settings.DOSSIER_DONNEES) / "parcours" / "courriers.json").read_text(encoding="utf-8"))
    assert {m["nature"] for m in livres} == set(NatureCourrier.values)
    for lu in livres:
        assert not regles.fautes_du_modele(lu["objet"], lu["corps"])


# -- the sheet --------------------------------------------------------------------------------------


def lettre(**champs: Any) -> Lettre:
    return Lettre(**{
        "expediteur": ["Département de l’Essonne", "Maison de Valmarche", "3 place de l’Essai"],
        "destinataire": ["Madame EXEMPLE Jeanne", "Bâtiment C", "Escalier 2", "Résidence du Parc",
                         "12 rue de l’Exemple", "91000 VALMARCHE-SUR-ESSONNE"],
        "date": "2026-11-25", "objet": "Votre rendez-vous d’insertion", "paragraphes": ["Madame,", "Bonjour.", "- un"],
        "signataire": "Nadia Spécimen", "fonction": "Référente de parcours",
    } | champs)  # fmt: skip


def lu(champ: Any) -> pypdf.PdfReader:
    """Read a kept file, closed at once."""
    with champ.open("rb") as ouvert:
        return pypdf.PdfReader(io.BytesIO(ouvert.read()))


def positions(octets: bytes) -> list[tuple[str, float, float]]:
    """Return (text, x, y) in millimetres from the top left corner of the first page."""
    page = pypdf.PdfReader(io.BytesIO(octets)).pages[0]
    hauteur, trouves = float(page.mediabox.height), []

    def voir(texte: str, cm: Any, tm: Any, _police: Any, _taille: Any) -> None:
        if texte.strip():
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            trouves.append((texte.strip(), x / MM, (hauteur - y) / MM))

    page.extract_text(visitor_text=voir)
    return trouves


def test_l_adresse_tient_dans_la_fenetre_et_rien_d_autre_n_y_parait():
    lue = lettre()
    octets = mettre_en_page({7: lue}, date=timezone.now()).octets([7], "essai")
    gauche, haut, droite, bas = regles.FENETRE
    textes = positions(octets)
    dans = [t for t, x, y in textes if gauche <= x <= droite and haut <= y <= bas]
    assert "".join("".join(dans).split()) == "".join("".join(lue.destinataire).split())
    for texte, x, y in textes:
        if texte in lue.destinataire:
            assert regles.ADRESSE_X <= x <= regles.ADRESSE_X + regles.ADRESSE_LARGEUR
            assert regles.ADRESSE_Y <= y <= regles.ADRESSE_Y + regles.ADRESSE_HAUTEUR, (texte, y)
    au_dessus = " ".join(t for t, _, y in textes if y < regles.PLI)
    assert regles.discret(au_dessus)
    assert "insertion" in " ".join(t for t, _, y in textes if y >= regles.PLI)


def test_chaque_lettre_compte_ses_pages_et_s_ecrit_a_part():
    longue = lettre(paragraphes=["Un paragraphe assez long pour prendre plusieurs lignes. " * 4] * 18)
    mise = mettre_en_page({1: lettre(), 2: longue, 3: lettre(objet="Troisième")}, date=timezone.now())
    assert [mise.pages(c) for c in (1, 2, 3)] == [1, 2, 1]
    lot = pypdf.PdfReader(io.BytesIO(mise.octets([1, 3], "lot")))
    assert [len(lot.pages), "Troisième" in lot.pages[1].extract_text()] == [2, True]
    with pikepdf.open(io.BytesIO(mise.octets([2], "seule"))) as pdf:
        assert len(pdf.pages) == 2
        assert str(pdf.Root.Lang) == "fr"
        assert "/StructTreeRoot" in pdf.Root
        with pdf.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"


def test_le_word_porte_les_memes_mots():
    document = docx.Document(io.BytesIO(courrier_en_word(lettre())))
    assert "EXEMPLE Jeanne" in document.tables[0].rows[0].cells[1].text
    assert "Objet : Votre rendez-vous d’insertion" in [p.text for p in document.paragraphs]


# -- one letter -------------------------------------------------------------------------------------


@pytest.fixture
def monde(db):
    m: Any = SimpleNamespace()
    m.structure = StructureFactory.create(nom="Service insertion de Valmarche", adresse="3 place de l’Essai")
    m.referent = UtilisateurFactory.create(role=Role.REFERENT, structure=m.structure, prenom="Nadia", nom="Spécimen")
    RegimeFactory.create(validite=depuis(datetime.date(2015, 1, 1)))
    m.personne = suivie(m, nom_naissance="Exemple", prenoms="Jeanne")
    m.modele = modele()
    return m


def suivie(m: Any, *, rdv: bool = True, **identite: Any) -> Personne:
    personne = personne_suivie(referent=m.referent, structure=m.structure, **identite)
    if rdv:
        demain = timezone.now() + datetime.timedelta(3)
        EntretienFactory.create(personne=personne, debut=demain, etat="prevu", lieu="Salle 2")
    return personne


def test_un_courrier_se_garde_avec_ses_mots_sa_version_et_son_auteur(monde):
    courrier = operations.ecrire_courrier(personne=monde.personne, modele=monde.modele, par=monde.referent)
    assert (courrier.etat, courrier.pages, courrier.par) == ("pret", 1, monde.referent)
    assert "exemple" not in str(courrier.fichier.name).lower()
    texte = " ".join(lu(courrier.fichier).pages[0].extract_text().split())
    assert "par Nadia Spécimen" in texte
    assert "Service insertion" not in " ".join(courrier.contenu["expediteur"])
    monde.modele.corps = "Changé"
    monde.modele.save()
    courrier.refresh_from_db()
    assert "Changé" not in courrier.contenu["paragraphes"]


def test_ce_qui_manque_est_dit_en_clair(monde):
    sans_rdv = suivie(monde, rdv=False)
    with pytest.raises(RegleMetier, match="Aucun rendez-vous n’est prévu"):
        operations.ecrire_courrier(personne=sans_rdv, modele=monde.modele, par=monde.referent)
    monde.personne.adresses.all().delete()
    with pytest.raises(RegleMetier, match="Aucune adresse postale"):
        operations.ecrire_courrier(personne=monde.personne, modele=monde.modele, par=monde.referent)


def test_un_courrier_trop_long_s_accepte_explicitement(client: Client, monde):
    long = modele(code="long", intitule="Long", objet="Bonjour", corps="Une ligne.\n" * 80)
    client.force_login(monde.referent)
    adresse = reverse("parcours:courrier_nouveau", args=[monde.personne.pk])
    refus = client.post(adresse, {"modele": long.pk})
    assert refus.status_code == 422
    assert "pages, son modèle en prévoit 1 au plus" in refus.content.decode().replace("\u00a0", " ")
    assert not Courrier.objects.exists()
    assert client.post(adresse, {"modele": long.pk, "accepter": "on"}).status_code == 302
    assert Courrier.objects.get().accepte


def test_un_modele_perime_ne_s_ecrit_plus(monde):
    perime = modele(code="vieux", validite=(datetime.date(2020, 1, 1), datetime.date(2021, 1, 1)))
    perime.refresh_from_db()
    with pytest.raises(RegleMetier, match="plus en vigueur"):
        operations.ecrire_courrier(personne=monde.personne, modele=perime, par=monde.referent)


def test_les_documents_de_la_personne_ne_s_ouvrent_qu_a_qui_la_suit(client: Client, monde):
    courrier = operations.ecrire_courrier(personne=monde.personne, modele=monde.modele, par=monde.referent)
    pdf = reverse("parcours:courrier_pdf", args=[courrier.pk])
    client.force_login(monde.referent)
    page = client.get(monde.personne.get_absolute_url()).content.decode()
    assert pdf in page
    assert "Courrier\u00a0: Convocation" in page
    reponse = client.get(pdf)
    assert b"".join(reponse).startswith(b"%PDF-")
    assert reponse.headers["Cache-Control"] == "private, no-store"
    collegue = UtilisateurFactory.create(role=Role.REFERENT, structure=monde.structure)
    client.force_login(collegue)
    assert client.get(pdf).status_code == 403
    client.force_login(UtilisateurFactory.create(role=Role.REFERENT, structure=StructureFactory.create()))
    assert client.get(pdf).status_code == 404


def test_les_lectures_d_un_lot_ne_dependent_pas_du_nombre(monde, django_assert_num_queries):
    cles = [monde.personne.pk]
    with django_assert_num_queries(8):
        preparer_lettres(cles, monde.modele, monde.referent)
    cles += [suivie(monde).pk for _ in range(6)]
    with django_assert_num_queries(8):
        assert len(preparer_lettres(cles, monde.modele, monde.referent)) == 7


def test_un_lot_ne_prend_que_les_siens(monde):
    autre = personne_suivie()
    lot = operations.preparer_courriers(personnes=Personne.objects.all(), modele=monde.modele, par=monde.referent)
    assert list(lot.courriers.values_list("personne", flat=True)) == [monde.personne.pk]
    with pytest.raises(RegleMetier, match="Aucune de ces personnes"):
        operations.preparer_courriers(personnes=[autre], modele=monde.modele, par=monde.referent)
    direction = UtilisateurFactory.create(role=Role.DIRECTION)
    with pytest.raises(DroitInsuffisant):
        operations.preparer_courriers(personnes=[monde.personne], modele=monde.modele, par=direction)


def test_imprimer_un_lot_laisse_trace_et_ne_se_fait_plus_une_fois_les_personnes_confiees_a_d_autres(
    client: Client, monde
):  # fmt: skip
    encadrant = UtilisateurFactory.create(role=Role.ENCADRANT, structure=monde.structure)
    courrier = operations.ecrire_courrier(personne=monde.personne, modele=monde.modele, par=encadrant)
    lot = LotCourriers.objects.create(modele=monde.modele, par=encadrant, fichier=courrier.fichier.name, pages=1)
    Courrier.objects.filter(pk=courrier.pk).update(lot=lot)
    adresse = reverse("parcours:courriers_lot_pdf", args=[lot.pk])
    client.force_login(encadrant)
    assert b"".join(client.get(adresse)).startswith(b"%PDF")
    assert Consultation.objects.get(personne=monde.personne).par == encadrant
    encadrant.habilitations.update(structure=StructureFactory.create())
    assert client.get(adresse).status_code == 403
    assert Consultation.objects.count() == 1


# -- a lot, in the real worker ----------------------------------------------------------------------


@pytest.mark.celery
@pytest.mark.django_db(transaction=True)
def test_un_lot_est_compte_avant_d_etre_offert_a_l_impression(worker_celery, attendre, client: Client):
    m: Any = SimpleNamespace(structure=StructureFactory.create())
    m.referent = UtilisateurFactory.create(role=Role.REFERENT, structure=m.structure)
    RegimeFactory.create(validite=depuis(datetime.date(2015, 1, 1)))
    # Eleven lines that triple with a long name.
    dense = modele(objet="Bonjour", corps="\n".join(["{nom} {nom} {nom}"] * 11))
    court, long = suivie(m, nom_naissance="Exemple"), suivie(m, nom_naissance="Interminable " * 6)
    sans_adresse = PersonneFactory.create(nom_naissance="Sans-Adresse")
    OrientationFactory.create(personne=sans_adresse, structure=m.structure)
    m.referent.habilitations.update(role=Role.ENCADRANT)
    qui = type(m.referent).objects.get(pk=m.referent.pk)
    lot = operations.preparer_courriers(personnes=[court, long, sans_adresse], modele=dense, par=qui)
    client.force_login(qui)
    assert client.get(reverse("parcours:courriers_lot_pdf", args=[lot.pk])).status_code == 404

    def fini() -> bool:
        relu = LotCourriers.objects.select_related("traitement").get(pk=lot.pk)
        return relu.traitement is not None and relu.traitement.etat == EtatTraitement.TERMINE

    attendre(fini, motif="le lot est composé", delai_s=60)
    etats = dict(lot.courriers.values_list("personne", "etat"))
    assert etats == {court.pk: "pret", long.pk: "deborde", sans_adresse.pk: "ecarte"}
    page = client.get(lot.get_absolute_url()).content.decode()
    assert "1 courrier trop long" in page.replace("\u00a0", " ")
    assert "Aucune adresse postale" in page
    lot.refresh_from_db()
    assert (lot.pages, len(lu(lot.fichier).pages)) == (1, 1)

    debordant = lot.courriers.get(etat=EtatCourrier.DEBORDE)
    client.post(reverse("parcours:courriers_lot_accepter", args=[lot.pk]), {"courrier": [debordant.pk]})
    attendre(fini, motif="le lot est assemblé de nouveau", delai_s=60)
    lot.refresh_from_db()
    assert lot.pages == 1 + lot.courriers.get(pk=debordant.pk).pages > 2
    telecharge = client.get(reverse("parcours:courriers_lot_pdf", args=[lot.pk]))
    assert len(pypdf.PdfReader(io.BytesIO(b"".join(telecharge))).pages) == lot.pages
