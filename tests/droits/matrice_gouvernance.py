"""Lines of governance: the annual report and its versions."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile

from gouvernance.contenu import SCHEMA_VERSION, empreinte, rassembler
from gouvernance.models import RapportAnnuel, VersionRapport
from gouvernance.operations import publier_version
from pdi.comptes.models import Role
from tests.fabriques import ProgrammeFactory, SignataireFactory

from .monde import Monde
from .table import Ligne, statuts


def _version(m: Monde, rapport: RapportAnnuel, numero: int) -> VersionRapport:
    contenu = rassembler(rapport.programme, rapport.annee)
    version = VersionRapport(
        rapport=rapport, numero=numero, contenu=contenu, empreinte=empreinte(contenu), pages=1,
        schema_version=SCHEMA_VERSION, compilee_par=m.qui(Role.CHARGE_PROGRAMME),
    )  # fmt: skip
    version.pdf.save("essai.pdf", ContentFile(b"%PDF-1.7 essai"), save=False)
    version.xlsx.save("essai.xlsx", ContentFile(b"PK essai"), save=False)
    version.save()
    return version


def preparer(m: Any) -> None:
    """Two working versions of the programme's 2025, one published version of another that the same partner signs."""
    rapport = RapportAnnuel.objects.create(programme=m.programme, annee=2025)
    m.version = _version(m, rapport, 1)
    m.version_recente = _version(m, rapport, 2)
    m.programme_publie = ProgrammeFactory.create(code="publie-2022-2026", gabarit=m.programme.gabarit)
    SignataireFactory.create(programme=m.programme_publie, structure=m.signataire)
    publie = RapportAnnuel.objects.create(programme=m.programme_publie, annee=2024)
    m.publiee = publier_version(version=_version(m, publie, 1), par=m.qui(Role.CHARGE_PROGRAMME))


def annee(m: Any) -> dict[str, Any]:
    return {"code": m.programme.code, "annee": 2025}


def annee_publiee(m: Any) -> dict[str, Any]:
    return {"code": m.programme_publie.code, "annee": 2024}


def travail(m: Any) -> dict[str, Any]:
    return {"pk": m.version_recente.pk}


def travail_word(m: Any) -> dict[str, Any]:
    return {"pk": m.version_recente.pk, "genre": "word"}


def publiee(m: Any) -> dict[str, Any]:
    return {"pk": m.publiee.pk}


TRAVAIL = statuts(404, gestion=200, direction=200)
PUBLIE = statuts(200, prestataire=404)
GESTION_TRAVAIL = statuts(404, gestion=200, direction=403)
VOTE = {
    "numero": "2025-03-0011",
    "date": "2025-03-24",
    "pour": "36",
    "contre": "0",
    "abstentions": "4",
    "reprise": "Reprise de l’historique",
}

MATRICE = [
    Ligne("gouvernance:rapports", statuts(200), ouvert="chacun y voit ce qui lui est ouvert"),
    Ligne("gouvernance:rapport", statuts(200), objet=annee),
    Ligne("gouvernance:rapport", PUBLIE, objet=annee_publiee, cas="publié"),
    Ligne("gouvernance:rapport_compiler", statuts(403, gestion=302), objet=annee, methode="POST"),
    Ligne("gouvernance:version_comparer", TRAVAIL, objet=annee),
    Ligne("gouvernance:version", TRAVAIL, objet=travail),
    Ligne("gouvernance:version", PUBLIE, objet=publiee, cas="publiée"),
    Ligne("gouvernance:version_pdf", TRAVAIL, objet=travail),
    Ligne("gouvernance:version_pdf", PUBLIE, objet=publiee, cas="publiée"),
    Ligne("gouvernance:version_xlsx", TRAVAIL, objet=travail),
    Ligne("gouvernance:version_xlsx", PUBLIE, objet=publiee, cas="publiée"),
    Ligne("gouvernance:version_document", TRAVAIL, objet=travail_word),
    Ligne(
        "gouvernance:version_intituler", statuts(404, gestion=302, direction=403), objet=travail, methode="POST",
        donnees=lambda _m: {"intitule": "comité technique"},
    ),
    Ligne(
        "gouvernance:version_refaire", statuts(403, gestion=302, prestataire=404), objet=publiee, methode="POST",
    ),
    Ligne("gouvernance:version_publier", GESTION_TRAVAIL, objet=travail),
    Ligne("gouvernance:deliberation_enregistrer", statuts(403, gestion=200, prestataire=404), objet=publiee),
    Ligne(
        "gouvernance:deliberation_enregistrer", statuts(403, gestion=302, prestataire=404), objet=publiee,
        methode="POST", donnees=lambda _m: VOTE,
    ),
]  # fmt: skip
