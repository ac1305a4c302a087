"""A whole year of the pact, as its people live it: from the campaign to the deliberation, and an avenant after it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actions.models import Bilan, EtatBilan, FicheAction, RoleFiche, TypeRole
from actions.operations.bilans import SaisieBilan, enregistrer_brouillon, soumettre_bilan
from actions.operations.campagnes import clore_campagne, ouvrir_campagne, preparer_campagne
from actions.operations.relecture import valider_bilan
from actions.operations.versions import figer_versions
from actions.regles.bilans import DatesCampagne
from gouvernance.models import Decision, Instance, Membre, NatureInstance, RapportAnnuel
from gouvernance.operations import enregistrer_deliberation, publier_version
from gouvernance.operations import seances as ops
from gouvernance.operations.avenants import appliquer_avenants_dus, creer_avenant, proposer_avenant, voter_avenant
from gouvernance.operations.decisions import noter_decision
from gouvernance.operations.modifications import proposer_modification, retenir_modifications
from pdi.comptes.models import Role
from tests.fabriques import DepartementFactory, FicheFactory, ProgrammeFactory, StructureFactory, UtilisateurFactory

pytestmark = pytest.mark.django_db
AVANT, APRES = "Premier contrat : délai restant à fixer.", "Premier contrat sous quinze jours."


@pytest.fixture
def aller(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Go to the morning of a day; the database keeps its own clock."""

    def _aller(annee: int, mois: int, jour: int) -> None:
        instant = datetime.datetime(annee, mois, jour, 9, tzinfo=datetime.UTC)
        monkeypatch.setattr(timezone, "now", lambda: instant)

    return _aller


@pytest.fixture
def chargee() -> Any:
    return UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)


@pytest.fixture
def pilote() -> Any:
    return UtilisateurFactory.create(role=Role.PILOTE)


@pytest.fixture
def fiche(pilote: Any) -> FicheAction:
    programme = ProgrammeFactory.create(
        code="pacte-2026-2030", annee_debut=2026, annee_fin=2030, departement=DepartementFactory.create(code="91")
    )
    fiche = FicheFactory.create(programme=programme, numero="2.1", contexte=AVANT)
    RoleFiche.objects.create(fiche=fiche, type=TypeRole.PILOTE, structure=pilote.habilitations.get().structure)
    figer_versions(fiches=[fiche.pk], origine="Document adopté", effet=datetime.date(2026, 3, 30), par=None)
    return fiche


def page(client: Client, utilisateur: Any, url: str, **get: Any) -> str:
    client.force_login(utilisateur)
    reponse = client.get(url, get)
    assert reponse.status_code == 200
    return reponse.content.decode().replace("\u00a0", " ")


def tenir(nature: NatureInstance, nom: str, jour: datetime.date, par: Any, aller: Any, **point: Any) -> Decision:
    """Prepare, convene, open, decide, close one comité."""
    aller(jour.year, jour.month, jour.day - 10)
    instance = Instance.objects.create(departement=DepartementFactory.create(code="91"), nom=nom, nature=nature)
    mandat = DateRange(datetime.date(2026, 1, 1), None)
    Membre.objects.create(instance=instance, structure=StructureFactory.create(), mandat=mandat)
    debut = timezone.now() + datetime.timedelta(days=10)
    seance = ops.preparer_seance(instance=instance, par=par, debut=debut, points=[point])
    ops.convoquer_seance(seance=seance, par=par)
    aller(jour.year, jour.month, jour.day)
    ops.ouvrir_seance(seance=seance, par=par)
    decision = noter_decision(
        seance=seance, par=par, point=seance.points.get(), texte=f"{nom} : avis favorable.", type="avis"
    )
    ops.clore_seance(seance=seance, par=par)
    return decision


def ecrire_et_valider(bilan: Bilan, pilote: Any, chargee: Any) -> None:
    saisie = SaisieBilan(
        realisations="Le service a reçu tout le monde sous un mois.",
        perspectives="Le délai entre le rendez-vous et le contrat sera fixé dans la fiche.",
        evolution_proposee=True, changement_propose="Écrire quinze jours à la place du délai restant à fixer.",
    )  # fmt: skip
    ecrit = enregistrer_brouillon(bilan=bilan, version=bilan.version, saisie=saisie, par=pilote)
    valider_bilan(bilan=soumettre_bilan(bilan=ecrit, par=pilote), par=chargee)


def test_une_annee_du_pacte(
    client: Client, aller: Any, compiler: Any, fiche: FicheAction, pilote: Any, chargee: Any
) -> None:
    programme, direction = fiche.programme, UtilisateurFactory.create(role=Role.DIRECTION)
    calendrier = reverse("gouvernance:seances_calendrier")

    # January: the campaign opens; the pilote finds a bilan, written for the version 1 of the fiche
    aller(2028, 1, 10)
    dates = DatesCampagne(*(datetime.date(2028, m, j) for m, j in ((1, 10), (2, 11), (2, 18), (3, 31))))
    campagne = preparer_campagne(programme=programme, annee=2027, dates=dates, par=chargee)
    campagne = ouvrir_campagne(campagne=campagne, par=chargee).campagne
    bilan = Bilan.objects.get(fiche=fiche)
    assert "2.1" in page(client, pilote, reverse("actions:bilans"))
    ecrire_et_valider(bilan, pilote, chargee)
    bilan.refresh_from_db()
    assert bilan.etat == EtatBilan.VALIDE
    clore_campagne(campagne=campagne, par=chargee)

    # February: the report is compiled, both comités see it
    aller(2028, 2, 15)
    version = compiler(programme, 2027)
    rapport = RapportAnnuel.objects.get(programme=programme, annee=2027)
    technique = datetime.date(2028, 2, 28)
    tenir(NatureInstance.COMITE_TECHNIQUE, "Comité technique", technique, chargee, aller, titre="Bilans", bilan=bilan)
    assert "Reste 32 jours avant la délibération" in page(client, direction, calendrier, annee=2028)
    decision = tenir(
        NatureInstance.COMITE_PILOTAGE, "Comité de pilotage", datetime.date(2028, 2, 29), chargee, aller,
        titre="Rapport", rapport=rapport,
    )  # fmt: skip
    lue = page(client, direction, calendrier, annee=2028)
    assert "Reste 31 jours avant la délibération" in lue
    assert "tenu le 29 février" in lue

    # March: published, then voted before the 31st
    aller(2028, 3, 20)
    version = publier_version(version=version, par=chargee)
    aller(2028, 3, 31)
    assert "Dernier jour pour la délibération" in page(client, direction, calendrier, annee=2028)
    enregistrer_deliberation(
        version=version, numero="2028-03-0007", date=datetime.date(2028, 3, 27), pour=40, par=chargee
    )
    lue = page(client, direction, calendrier, annee=2028)
    assert "L’Assemblée a délibéré le 27 mars 2028, avant l’échéance." in lue
    assert "2028-03-0007" in page(client, direction, rapport.get_absolute_url())
    lue = page(client, direction, f"{version.get_absolute_url()}?partie=tout")
    assert "Écrit pour la version 1 de la fiche, en vigueur depuis le 30 mars 2026." in lue

    # The same Assemblée voted an avenant that the bilan asked for; it takes effect on 1 April
    proposee = proposer_modification(
        fiche=fiche, champ="contexte", apres=APRES, motif=bilan.changement_propose, origine="bilan", bilan=bilan,
        par=pilote,
    )  # fmt: skip
    avenant = creer_avenant(
        programme=programme, intitule="Délais", expose="Les bilans le demandent.", effet=datetime.date(2028, 4, 1),
        par=chargee,
    )  # fmt: skip
    retenir_modifications(avenant=avenant, modifications=[proposee.pk], par=chargee)
    voter_avenant(
        avenant=proposer_avenant(avenant=avenant, par=chargee), deliberation="2028-03-0008",
        vote_le=datetime.date(2028, 3, 27), effet=datetime.date(2028, 4, 1), par=chargee,
    )  # fmt: skip
    assert appliquer_avenants_dus() == 0
    assert AVANT in page(client, direction, fiche.get_absolute_url())
    aller(2028, 4, 1)
    assert appliquer_avenants_dus() == 1
    assert APRES in page(client, direction, fiche.get_absolute_url())

    # One reads what changed, and for which version the bilan was written
    versions = page(client, direction, reverse("actions:fiche_versions", args=[fiche.pk]))
    assert "<ins>sous quinze jours</ins>" in versions
    assert "du 30/03/2026 au 01/04/2028" in versions
    assert bilan.version_fiche is not None
    assert bilan.version_fiche.contenu["contexte"] == AVANT
    assert "version 1 de la fiche" in page(client, direction, bilan.get_absolute_url())
    assert decision.texte in page(client, direction, reverse("gouvernance:decisions"))


@pytest.mark.parametrize(
    ("jour", "applique"), [((2028, 2, 28), 0), ((2028, 2, 29), 1), ((2028, 3, 1), 1)], ids=["28", "29", "1er-mars"]
)
def test_un_avenant_qui_prend_effet_un_29_fevrier(
    aller: Any, fiche: FicheAction, chargee: Any, jour: tuple[int, int, int], applique: int
) -> None:
    aller(2028, 2, 1)
    effet, vote = datetime.date(2028, 2, 29), datetime.date(2028, 1, 31)
    avenant = creer_avenant(programme=fiche.programme, intitule="Délais", expose="Oui.", effet=effet, par=chargee)
    lue = proposer_modification(fiche=fiche, champ="contexte", apres=APRES, motif="Oui.", par=chargee)
    retenir_modifications(avenant=avenant, modifications=[lue.pk], par=chargee)
    proposer_avenant(avenant=avenant, par=chargee)
    voter_avenant(avenant=avenant, deliberation="n° 1", vote_le=vote, effet=effet, par=chargee)
    aller(*jour)
    assert appliquer_avenants_dus() == applique
    assert list(fiche.versions.values_list("numero", "effet"))[:1] == [
        (2, effet) if applique else (1, datetime.date(2026, 3, 30))
    ]
