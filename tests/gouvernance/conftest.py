"""A programme with figures, whose report can be compiled."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pypdf
import pytest
from django.core.management import call_command
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone

from actions.models import EtatBilan, EtatEtape, Programme
from gouvernance.contenu import rassembler
from gouvernance.models import Instance, Membre, VersionRapport
from gouvernance.operations import seances as ops
from gouvernance.operations.impressions import executer_impression
from pdi.comptes.models import Role
from pdi.socle.models import Traitement
from pdi.structures.models import Structure
from tests.fabriques import (
    AnomalieFactory,
    AxeFactory,
    BilanFactory,
    CampagneFactory,
    CibleFactory,
    DepartementFactory,
    EtapeFactory,
    FicheFactory,
    FinancementFactory,
    IndicateurFactory,
    MesureFactory,
    NiveauFactory,
    ObjectifFactory,
    ProgrammeFactory,
    RoleFicheFactory,
    SignataireFactory,
    StructureFactory,
    UtilisateurFactory,
)
from tests.fabriques_parcours import il_y_a

ANNEE = 2025


@pytest.fixture(autouse=True)
def _stockage(settings: Any, tmp_path: Any, request: pytest.FixtureRequest) -> None:
    """Give each test its own storage, but those that share it with the worker's process."""
    if "worker_celery" not in request.fixturenames:
        settings.MEDIA_ROOT = tmp_path / "fichiers"


@pytest.fixture
def peupler(db: None) -> Callable[..., Programme]:
    """Make a programme of `fiches` fiches, each with steps, indicators, a bilan and two funders."""

    def _peupler(fiches: int = 2, *, valides: bool = True, code: str = "essai-2022-2026") -> Programme:
        programme = ProgrammeFactory.create(code=code)
        NiveauFactory.create(programme=programme, singulier="orientation", pluriel="orientations")
        SignataireFactory.create(programme=programme)
        campagne = CampagneFactory.create(programme=programme, annee=ANNEE)
        axes = [AxeFactory.create(programme=programme, numero=str(n), intitule=f"Partie {n}") for n in (1, 2)]
        departement, etat = (
            Structure.objects.filter(nom=nom).first() or StructureFactory.create(nom=nom)
            for nom in ("Département", "État")
        )
        auteur = UtilisateurFactory.create()
        for n in range(fiches):
            fiche = FicheFactory.create(axe=axes[n % 2], numero=f"{n % 2 + 1}.{n}", contexte="L’accueil par la CAF.")
            RoleFicheFactory.create(fiche=fiche, structure=departement, libelle="Service insertion")
            objectif = ObjectifFactory.create(fiche=fiche, numero=1)
            EtapeFactory.create(fiche=fiche, objectif=objectif, etat=EtatEtape.REALISEE)
            EtapeFactory.create(fiche=fiche)
            taux = IndicateurFactory.create(fiche=fiche, libelle=f"Taux d'orientation {n}", unite="%")
            for annee, valeur in ((2023, "78.2"), (2024, "83.1"), (2025, "86")):
                MesureFactory.create(indicateur=taux, annee=annee, valeur=Decimal(valeur))
            CibleFactory.create(indicateur=taux, annee=2025, valeur=Decimal(90))
            IndicateurFactory.create(fiche=fiche, libelle=f"Nombre de rencontres {n}")
            FinancementFactory.create(
                fiche=fiche, financeur=departement, prevu=Decimal("1000.10"), realise=Decimal(900)
            )
            FinancementFactory.create(fiche=fiche, financeur=etat, prevu=Decimal(500))
            AnomalieFactory.create(fiche=fiche)
            BilanFactory.create(
                campagne=campagne, fiche=fiche, auteur=auteur, perspectives="Former les référents.",
                etat=EtatBilan.VALIDE if valides else EtatBilan.SOUMIS,
            )  # fmt: skip
        return programme

    return _peupler


@pytest.fixture
def gestionnaire(db: None) -> Any:
    """A programme manager."""
    return UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)


class SuiviEspion:
    """Stands where the worker's Suivi stands when a test executes the compilation in its own process."""

    def __init__(self, traitement: Traitement) -> None:
        self.traitement, self.id, self.etapes, self.total, self.fait = traitement, traitement.pk, list[str](), 0, 0
        self.resultat: dict[str, Any] = {}
        self.fichier: tuple[str, bytes] | None = None

    def demarrer(self, total: int) -> None:
        self.total = total

    def avancer(self, etape: str, n: int = 1) -> None:
        self.etapes.append(etape)
        self.fait += n

    def terminer(self, resultat: dict[str, Any], fichier: tuple[str, bytes] | None = None) -> None:
        self.resultat, self.fichier = resultat, fichier


def poster() -> None:
    """Send the letters of meetings that wait, as the worker does."""
    from gouvernance.operations.convocations import NATURE, executer_courriels

    for traitement in Traitement.objects.filter(nature=NATURE).order_by("pk"):
        executer_courriels(suivi=SuiviEspion(traitement), **traitement.parametres)  # type: ignore[arg-type]
        traitement.delete()


@pytest.fixture
def compiler(gestionnaire: Any) -> Callable[..., VersionRapport]:
    """Compile in this process and return the version; `.espion` holds what was told on the way."""

    def _compiler(programme: Programme, annee: int = ANNEE) -> VersionRapport:
        from gouvernance.operations import executer_compilation

        traitement = Traitement.objects.create(nature="essai", cle="x", intitule="Essai", demandeur=gestionnaire)
        espion = SuiviEspion(traitement)
        version = executer_compilation(programme_id=programme.pk, annee=annee, suivi=espion)  # type: ignore[arg-type]
        version.espion = espion  # type: ignore[attr-defined]
        traitement.delete()
        return version

    return _compiler


@pytest.fixture
def version_rapide(gestionnaire: Any) -> Callable[..., VersionRapport]:
    """Write a version without printing it: for the tests of its life, which do not open its files."""

    def _version(programme: Programme, **champs: Any) -> VersionRapport:
        from django.core.files.base import ContentFile

        from gouvernance.contenu import SCHEMA_VERSION, empreinte
        from gouvernance.models import RapportAnnuel

        rapport, _ = RapportAnnuel.objects.get_or_create(programme=programme, annee=ANNEE)
        contenu = champs.pop("contenu", None) or rassembler(programme, ANNEE)
        numero = champs.pop("numero", rapport.versions.count() + 1)
        version = VersionRapport(
            rapport=rapport, numero=numero, contenu=contenu, empreinte=empreinte(contenu), pages=3,
            resume=["Première compilation"], compilee_par=gestionnaire, **({"schema_version": SCHEMA_VERSION} | champs),
        )  # fmt: skip
        version.pdf.save(f"v{numero}.pdf", ContentFile(b"%PDF-1.7 essai"), save=False)
        version.xlsx.save(f"v{numero}.xlsx", ContentFile(b"PK essai"), save=False)
        version.save()
        return version

    return _version


@pytest.fixture
def essonne(db: None) -> Any:
    """The demonstration as `charger_demo` loads it."""
    call_command("charger_demo", verbosity=0)
    return SimpleNamespace(programme=Programme.objects.get(code="essonne-2022-2026"))


# -- a body, its members, a meeting: a test file may have its own -------------------------------


@pytest.fixture
def service(db: None, client: Any) -> Any:
    """A programme manager, logged in: keeps every body."""
    utilisateur = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME, nom="Service")
    client.force_login(utilisateur, backend="django.contrib.auth.backends.ModelBackend")
    return utilisateur


@pytest.fixture
def comite(db: None) -> Any:
    """A body with a quorum of two voices."""
    return Instance.objects.create(
        departement=DepartementFactory.create(code="91"), nom="Comité de pilotage", nature="comite_pilotage", quorum=2
    )


@pytest.fixture
def membres(comite: Any) -> Any:
    """Two members with a voice, one without."""
    base = {"instance": comite, "mandat": DateRange(il_y_a(100), None)}
    return [
        Membre.objects.create(**base, nom="Ada Modèle", courriel="ada@exemple.fr"),
        Membre.objects.create(**base, nom="Léo Témoin", courriel="leo@exemple.fr"),
        Membre.objects.create(**base, nom="Zoé Spécimen", voix=False),
    ]


@pytest.fixture
def seance(comite: Any, service: Any) -> Any:
    """A meeting in preparation, with two points."""
    return ops.preparer_seance(
        instance=comite, par=service, debut=timezone.now() + datetime.timedelta(days=9), lieu="Salle 204",
        points=[{"titre": "Premier point"}, {"titre": "Second point"}],
    )  # fmt: skip


@pytest.fixture
def ouverte(seance: Any, membres: Any, service: Any) -> Any:
    """A meeting that is open."""
    ops.convoquer_seance(seance=seance, par=service)
    ops.ouvrir_seance(seance=seance, par=service)
    seance.refresh_from_db()
    return seance


def imprime(client: Any, url: str) -> tuple[str, str]:
    """Ask for a document, do the job in this process; return the name of the file and its text."""
    recu = client.post(url)
    traitement = Traitement.objects.get(etat="en_attente", nature="impression")
    assert recu["Location"] == reverse("socle:traitement", args=[traitement.pk])
    espion = SuiviEspion(traitement)
    executer_impression(suivi=espion, **traitement.parametres)  # type: ignore[arg-type]
    traitement.delete()
    assert espion.fichier is not None
    nom, octets = espion.fichier
    return nom, " ".join(" ".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(octets)).pages).split())
