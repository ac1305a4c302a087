"""Meetings: preparation pack, calendar of 2 000 meetings, minutes; participation and proposals; the report in Word.

Baselines of the same run: the same HTML printed by chromium for what is printed, a bare authenticated view for a page,
the HTML of the same content for the Word file.
"""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
from django.utils import timezone

from gouvernance.contenu import empreinte, rassembler
from gouvernance.document import Edition, composer_document
from gouvernance.document.seance import FEUILLES, DocumentSeance
from gouvernance.document.word import rapport_en_word
from gouvernance.models import (
    Decision,
    EtatSeance,
    Instance,
    Membre,
    PointOrdreDuJour,
    Presence,
    Proposition,
    Seance,
)
from pdi.comptes.models import Role, Utilisateur
from tests.fabriques import UtilisateurFactory

from .mesures_rapport import ANNEE, Action, _chromium, _programme
from .registre import mesure

POINTS, MEMBRES, DECISIONS, SEANCES = 20, 40, 60, 2000
GROUPES, PROPOSITIONS = 40, 5000
DATE = datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC)


def _seance() -> tuple[Seance, Utilisateur]:
    """Return a meeting held: an agenda on fiches with bilans and figures, members, decisions."""
    programme = _programme(POINTS)
    instance = Instance.objects.create(
        departement=programme.departement, nom="Comité du banc", nature="comite_technique"
    )
    membres = Membre.objects.bulk_create(
        [Membre(instance=instance, nom=f"Membre {n}", mandat=DateRange(None, None)) for n in range(MEMBRES)]
    )
    seance = Seance.objects.create(instance=instance, debut=DATE, etat=EtatSeance.TENUE, close_le=DATE)
    PointOrdreDuJour.objects.bulk_create(
        [
            PointOrdreDuJour(
                seance=seance, ordre=n, titre=f"Fiche {f.numero}", fiche=f, etat="traite", notes="Dit. " * 40
            )
            for n, f in enumerate(programme.fiches.order_by("ordre", "pk"), 1)
        ]
    )
    Presence.objects.bulk_create([Presence(seance=seance, membre=m, etat="present") for m in membres])
    Decision.objects.bulk_create(
        [
            Decision(seance=seance, numero=n, texte="Relancer les services avant l’été. " * 3, echeance=DATE.date())
            for n in range(1, DECISIONS + 1)
        ]
    )
    return seance, UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)


def _imprimer(genre: str) -> Iterator[Action]:
    with transaction.atomic(), tempfile.TemporaryDirectory() as dossier:
        seance, lecteur = _seance()
        statiques: Any = settings.RACINE / "static"
        liens = "".join(f'<link rel="stylesheet" href="{(statiques / nom).as_uri()}">' for nom in FEUILLES)
        page = Path(dossier) / "seance.html"
        html = DocumentSeance.lire(seance, genre, lecteur).html()
        page.write_text(html.replace("</head>", f"{liens}</head>"), encoding="utf-8")
        yield lambda: DocumentSeance.lire(seance, genre, lecteur).imprimer()
        yield _chromium(page, Path(dossier) / "seance.pdf")
        transaction.set_rollback(True)


@mesure("seance_dossier_pdf", taille=POINTS, reference="chromium_meme_html", tours=1)
def dossier() -> Iterator[Action]:
    """Read and print the preparation pack of 20 fiches."""
    yield from _imprimer("dossier")


@mesure("seance_releve_pdf", taille=DECISIONS, reference="chromium_meme_html", tours=1)
def releve() -> Iterator[Action]:
    """Read and print the minutes of 60 decisions."""
    yield from _imprimer("releve")


@mesure("seances_calendrier_2000", taille=SEANCES, reference="vue_nue_authentifiee", tours=5)
def calendrier() -> Iterator[Action]:
    """Show the year of 2 000 meetings of 40 bodies."""
    with transaction.atomic(), override_settings(ROOT_URLCONF="tests.bench.urls"):
        programme = _programme(1)
        instances = Instance.objects.bulk_create(
            [
                Instance(departement=programme.departement, nom=f"Instance {n}", nature="comite_technique")
                for n in range(40)
            ]
        )
        debut = timezone.now().replace(month=1, day=1)
        Seance.objects.bulk_create(
            [
                Seance(
                    instance=instances[n % 40], debut=debut + datetime.timedelta(hours=4 * n), etat=EtatSeance.CONVOQUEE
                )
                for n in range(SEANCES)
            ]
        )
        yield from _lire(reverse("gouvernance:seances_calendrier"))
        transaction.set_rollback(True)


def _lire(adresse: str) -> Iterator[Action]:
    """Read a page as a programme manager; baseline: the bare authenticated view."""
    client = Client(SERVER_NAME="localhost")
    service = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)
    client.force_login(service, backend="django.contrib.auth.backends.ModelBackend")

    def lire(adresse: str) -> None:
        if client.get(adresse).status_code != 200:
            raise RuntimeError(adresse)

    lire(adresse)
    yield lambda: lire(adresse)
    yield lambda: lire("/banc/nue")


def _propositions() -> Instance:
    """Make 40 groups, 400 meetings held with 20 members each, 5 000 proposals that wait; return a comité technique."""
    programme = _programme(1)
    natures = ["comite_technique", *["groupe_ressources"] * GROUPES]
    comite, *groupes = Instance.objects.bulk_create(
        [Instance(departement=programme.departement, nom=f"Instance {n}", nature=x) for n, x in enumerate(natures)]
    )
    membres = Membre.objects.bulk_create(
        [Membre(instance=g, nom=f"Membre {n}", mandat=DateRange(None, None)) for g in groupes for n in range(20)]
    )
    debut = timezone.now() - datetime.timedelta(days=1)
    champs: dict[str, Any] = {"etat": EtatSeance.TENUE, "debut": debut, "close_le": debut}
    seances = Seance.objects.bulk_create([Seance(instance=groupes[n % GROUPES], **champs) for n in range(10 * GROUPES)])
    Presence.objects.bulk_create(
        [
            Presence(seance=s, membre=m, etat="present")
            for s in seances
            for m in membres
            if m.instance_id == s.instance_id
        ]
    )
    Proposition.objects.bulk_create(
        [
            Proposition(
                instance=groupes[n % GROUPES], seance=seances[n % len(seances)], numero=n, titre=f"Proposition {n}",
                deposee_le=debut.date(),
            )
            for n in range(PROPOSITIONS)
        ]
    )  # fmt: skip
    return comite


@mesure("propositions_5000", taille=PROPOSITIONS, reference="vue_nue_authentifiee", tours=5)
def propositions() -> Iterator[Action]:
    """List the proposals that wait, among 5 000."""
    with transaction.atomic(), override_settings(ROOT_URLCONF="tests.bench.urls"):
        _propositions()
        yield from _lire(f"{reverse('gouvernance:propositions')}?avancement=attente&miennes=on")
        transaction.set_rollback(True)


@mesure("ordre_propose_5000", taille=PROPOSITIONS, reference="vue_nue_authentifiee", tours=3)
def ordre() -> Iterator[Action]:
    """Propose an agenda when 5 000 proposals wait."""
    with transaction.atomic(), override_settings(ROOT_URLCONF="tests.bench.urls"):
        debut = timezone.now() + datetime.timedelta(days=9)
        seance = Seance.objects.create(instance=_propositions(), debut=debut)
        yield from _lire(reverse("gouvernance:seance_ordre", args=[seance.pk]))
        transaction.set_rollback(True)


@mesure("participation_40_groupes", taille=200 * GROUPES, reference="vue_nue_authentifiee", tours=5)
def participation() -> Iterator[Action]:
    """Show the participation of a year: 40 groups, 400 meetings, 8 000 presences, 5 000 proposals."""
    with transaction.atomic(), override_settings(ROOT_URLCONF="tests.bench.urls"):
        _propositions()
        yield from _lire(reverse("gouvernance:participation"))
        transaction.set_rollback(True)


@mesure("rapport_word_17", taille=17, reference="html_du_meme_contenu")
def word() -> Iterator[Action]:
    """Write the Word file of 17 fiches; baseline: the HTML of the same content."""
    with transaction.atomic():
        contenu = rassembler(_programme(17), ANNEE)
        edition = Edition(1, DATE, empreinte(contenu))
        yield lambda: rapport_en_word(contenu, edition)
        yield lambda: composer_document(contenu, edition)
        transaction.set_rollback(True)
