"""The printed catalogue: launched as a job, one page an offer, accessible; the workbook whole."""

from __future__ import annotations

import datetime
import io
from pathlib import Path

import openpyxl
import pikepdf
import pypdf
import pytest
from django.conf import settings as reglages
from django.urls import reverse
from django.utils import timezone

from offre.models import OffreInsertion
from offre.operations.chargement import charger_offres
from offre.operations.demonstration_catalogue import charger_catalogue_demonstration
from offre.operations.impression import editer_catalogue, executer_edition
from pdi.comptes.models import Role
from pdi.socle.droits import RegleMetier
from pdi.socle.models import Avis, EtatTraitement, Traitement
from pdi.socle.traitements import Suivi
from tests.fabriques import UtilisateurFactory

from .fiches import commune, une_offre

pytestmark = pytest.mark.django_db


def editer(par, requete: str, forme: str) -> Traitement:
    traitement, cree = editer_catalogue(requete=requete, forme=forme, par=par)
    assert cree
    with Suivi(traitement.pk) as suivi:
        executer_edition(suivi=suivi, **traitement.parametres)
    traitement.refresh_from_db()
    assert traitement.etat == EtatTraitement.TERMINE, traitement.erreur
    return traitement


def lire(traitement: Traitement) -> bytes:
    with traitement.fichier.open() as fichier:
        return bytes(fichier.read())


def test_le_pdf_a_une_couverture_un_sommaire_et_une_page_par_offre() -> None:
    charger_offres(dossier=Path(reglages.DOSSIER_DONNEES))
    OffreInsertion.objects.filter(numero="2.11").update(cout=987, contact_nom="Accueil")
    mobilites = OffreInsertion.objects.get(numero="2.11")
    for prises in (4, 10):
        mobilites.sessions.create(debut=timezone.localdate(), capacite=10, prises=prises, etat="ouverte")
    referent = UtilisateurFactory.create(role=Role.REFERENT)
    traitement = editer(referent, "frein=mobilite", "pdf")
    assert traitement.resultat == {"offres": 3, "pages": 5}
    assert traitement.fait == traitement.total
    octets = lire(traitement)
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(octets)).pages]
    assert "Frein à lever" in pages[0]
    for numero, page in (("1.8", 2), ("2.1", 3), ("2.11", 4)):
        assert numero in pages[page]
    sessions = " ".join(pages[4].replace("\u00a0", " ").split())
    assert "6 places libres" in sessions
    assert "complète" in sessions
    assert [ligne.split()[-1] for ligne in pages[1].splitlines() if ". ." in ligne] == ["3", "4", "5"]
    assert not any("987" in page for page in pages)
    with pikepdf.open(io.BytesIO(octets)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "fr"
        assert "pdfuaid" in pdf.Root.Metadata.read_bytes().decode()
    assert Avis.objects.filter(destinataire=referent, titre="Votre catalogue est prêt").exists()


def test_le_classeur_tient_les_offres_leurs_lieux_et_leurs_capacites() -> None:
    offre = une_offre(numero="1", intitule="=cmd()", cout=987)
    offre.lieux.create(nom="Site", horaires="9 h")
    offre.capacites.create(annee=2026, quantite=30)
    traitement = editer(UtilisateurFactory.create(role=Role.REFERENT), "", "xlsx")
    classeur = openpyxl.load_workbook(io.BytesIO(lire(traitement)))
    assert classeur.sheetnames == ["Offres", "Lieux", "Capacités", "Sessions"]
    assert classeur["Offres"]["B2"].value == "'=cmd()"
    assert [c.value for c in classeur["Capacités"][2]][2:5] == [2026, "Tout le département", 30]
    textes = [str(c.value) for ligne in classeur["Offres"] for c in ligne]
    assert "Coût par place" not in textes
    assert not any("987" in t for t in textes)


def test_rien_a_imprimer_se_dit(client) -> None:
    referent = UtilisateurFactory.create(role=Role.REFERENT)
    with pytest.raises(RegleMetier, match="rien à imprimer"):
        editer_catalogue(requete="", forme="pdf", par=referent)
    with pytest.raises(RegleMetier, match="PDF ou XLSX"):
        editer_catalogue(requete="", forme="docx", par=referent)
    client.force_login(referent, backend="django.contrib.auth.backends.ModelBackend")
    reponse = client.post(reverse("offre:offres_imprimer"), {"forme": "pdf"})
    assert "rien à imprimer" in reponse.content.decode()
    une_offre()
    reponse = client.post(reverse("offre:offres_imprimer"), {"forme": "pdf"})
    assert reponse.url == reverse("socle:traitement", args=[Traitement.objects.get().pk])


def test_la_demonstration_complete_le_catalogue_une_seule_fois() -> None:
    charger_offres(dossier=Path(reglages.DOSSIER_DONNEES))
    commune("91377", "Massy")
    jour = datetime.date(2026, 6, 15)
    assert charger_catalogue_demonstration(jour=jour) == 25
    assert charger_catalogue_demonstration(jour=jour) == 0
    completees = OffreInsertion.objects.filter(numero__gt="")
    assert all(o.demonstration and o.versions.count() == 1 for o in completees.prefetch_related("versions"))
    assert completees.filter(lieux__isnull=True).count() == 0
