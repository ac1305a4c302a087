"""The list of 20 000 EP files, read by the secretary and by a référent. Baseline: a bare authenticated view."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from gouvernance.models import AvisEP, DossierEP
from parcours.models import AffectationReferent, Personne, RegimeJuridique
from pdi.comptes.models import Role, Utilisateur
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import depuis, il_y_a
from tests.gouvernance.fabrique_ep import scene

from .mesures_rapport import Action
from .registre import mesure

DOSSIERS = 20_000
SUIVIES = 120
ETATS = ("soumis", "contradictoire", "inscrit", "examine", "clos", "clos", "clos", "clos")


def _dossiers() -> tuple[Utilisateur, Utilisateur]:
    """Write the files of as many people; return the secretary and a référent who follows some of them."""
    s = scene()
    personnes = Personne.objects.bulk_create(
        [Personne(nom_naissance=f"Banc{n}", prenoms="Ada") for n in range(DOSSIERS)], batch_size=2000
    )
    regime = RegimeJuridique.objects.get(code="regime-b")
    lus = DossierEP.objects.bulk_create(
        [
            DossierEP(
                personne=p, instance=s.equipe, regime=regime, faits_le=il_y_a(30 + n % 300), ouvert_par=s.encadrant,
                theme=("non_respect", "refus_controle")[n % 2], expose="Rendez-vous manqués.", etat=ETATS[n % 8],
                soumis_le=il_y_a(n % 60), intention_le=il_y_a(n % 40),
                observations_jusqu_au=il_y_a(n % 40) + datetime.timedelta(days=10),
                seance=s.seance if ETATS[n % 8] in ("inscrit", "examine") else None,
            )
            for n, p in enumerate(personnes)
        ],
        batch_size=2000,
    )  # fmt: skip
    AvisEP.objects.bulk_create(
        AvisEP(dossier=d, seance=s.seance, rendu_le=il_y_a(5), sens="aucune", par=s.service)
        for d in lus
        if d.etat == "examine"
    )
    referent, structure = UtilisateurFactory.create(role=Role.REFERENT), StructureFactory.create(nom="Maison du banc")
    AffectationReferent.objects.bulk_create(
        AffectationReferent(personne=p, referent=referent, structure=structure, periode=depuis(il_y_a(90)))
        for p in personnes[:SUIVIES]
    )
    return s.service, referent


def _lire(role: int, suite: str) -> Iterator[Action]:
    with transaction.atomic(), override_settings(ROOT_URLCONF="tests.bench.urls"):
        lecteur = _dossiers()[role]
        client = Client(SERVER_NAME="localhost")
        client.force_login(lecteur, backend="django.contrib.auth.backends.ModelBackend")

        def lire(adresse: str) -> None:
            if client.get(adresse).status_code != 200:
                raise RuntimeError(adresse)

        adresse = reverse("gouvernance:ep_dossiers") + suite
        lire(adresse)
        yield lambda: lire(adresse)
        yield lambda: lire("/banc/nue")
        transaction.set_rollback(True)


@mesure("ep_dossiers_secretaire", taille=DOSSIERS, reference="vue_nue_authentifiee", tours=5)
def secretaire() -> Iterator[Action]:
    """Show the list to the secretary: her figures, the year, the first page."""
    yield from _lire(0, "")


@mesure("ep_dossiers_prets", taille=DOSSIERS, reference="vue_nue_authentifiee", tours=5)
def prets() -> Iterator[Action]:
    """Show the files ready to be put on a meeting."""
    yield from _lire(0, "?file=prets")


@mesure("ep_dossiers_referent", taille=DOSSIERS, reference="vue_nue_authentifiee", tours=5)
def referent() -> Iterator[Action]:
    """Show the list to a référent of 120 people."""
    yield from _lire(1, "")
