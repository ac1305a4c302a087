"""The population generator: determinism, constraints, rates, announced defects, coherent histories, the mark."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from offre import models as modeles_offre
from parcours import models as modeles
from parcours.generation import parametres
from parcours.generation.attendus import CODES, Attendus
from parcours.generation.contexte import Contexte
from parcours.generation.evenements import TABLES
from parcours.generation.histoire import raconter
from parcours.generation.monde import lire_monde
from parcours.models import (
    AffectationReferent,
    Contrat,
    EtatMensuel,
    Foyer,
    Orientation,
    Personne,
    Prescription,
    SituationDroitsDevoirs,
    Sortie,
)
from parcours.operations.population import charger_population_demonstration, generer_population
from parcours.regles.identite import texte_recherche
from pdi.comptes.models import Habilitation, Role
from pdi.socle.droits import RegleMetier
from pdi.structures.models import NatureStructure, Structure
from pdi.territoires.models import TerritoireAction
from tests.fabriques import DEPUIS_TOUJOURS, StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import EnveloppeFactory
from tests.parcours_minimum import charger_le_minimum

AU = datetime.date(2026, 2, 28)
ENFANTS = Q(places__role="ENF")
pytestmark = pytest.mark.django_db


@pytest.fixture
def monde():
    charger_le_minimum()
    return lire_monde(avec_comptes=False)


def tirer(monde, graine=7, total=400):
    ctx = Contexte(graine=graine, monde=monde, au=AU, total=total)
    attendus = Attendus(ctx)
    menages = list(raconter(ctx))
    for menage in menages:
        attendus.compter(menage)
    return menages, attendus.resultat()


def lignes(menages):
    return [ligne for m in menages for ligne in (*m.lignes, *(x for p in m.membres for x in p.toutes()))]


def test_the_same_seed_gives_the_same_people_and_another_gives_others(monde):
    premiers, attendus = tirer(monde)
    encore, attendus_encore = tirer(monde)
    autres, _ = tirer(monde, graine=8)
    assert lignes(premiers) == lignes(encore)
    assert json.dumps(attendus, sort_keys=True) == json.dumps(attendus_encore, sort_keys=True)
    assert lignes(premiers) != lignes(autres)


@pytest.mark.parametrize("total", [1, 2, 3, 250])
def test_it_draws_exactly_the_number_asked_for(monde, total):
    menages, _ = tirer(monde, total=total)
    assert sum(len(m.membres) for m in menages) == total


def test_every_row_drawn_is_written_and_marked(monde):
    bilan = generer_population(personnes=600, graine=7, au=AU)
    assert Personne.objects.exclude(ENFANTS).count() == bilan.personnes == 600
    assert Personne.objects.filter(ENFANTS).count() == bilan.enfants > 50
    assert not Personne.objects.filter(fictive=False).exists()
    assert not Foyer.objects.filter(fictif=False).exists()
    for table in TABLES:
        assert getattr(modeles, table.__name__).objects.count() == bilan.lignes[table.__name__] > 0 or (
            table.__name__ == "DemandeReorientation"  # asks for an account as author
        )
    personne = Personne.objects.exclude(date_naissance=None).order_by("?")[0]
    assert personne.recherche == texte_recherche(
        personne.nom_naissance, personne.nom_usage, personne.prenoms, personne.date_naissance
    )
    assert not Personne.objects.exclude(courriel="").exclude(courriel__endswith=".example").exists()


def test_what_is_written_is_what_was_drawn(monde):
    menages, _ = tirer(monde, total=150)
    generer_population(personnes=150, graine=7, au=AU)
    noms = [p.personne.nom_naissance for m in menages for p in m.membres]
    assert noms == list(Personne.objects.exclude(ENFANTS).order_by("id").values_list("nom_naissance", flat=True))
    dates = [c.signe_personne_le for m in menages for p in m.membres for c in p.contrats]
    assert Counter(dates) == Counter(Contrat.objects.values_list("signe_personne_le", flat=True))


def test_a_second_population_joins_the_first_and_new_rows_follow(monde):
    generer_population(personnes=120, graine=1, au=AU)
    generer_population(personnes=120, graine=2, au=AU)
    assert Personne.objects.exclude(ENFANTS).count() == 240
    nouvelle = Personne.objects.create(nom_naissance="Exemple", prenoms="Zoé")
    assert nouvelle.pk == max(Personne.objects.values_list("pk", flat=True))


def test_histories_are_coherent(monde):
    generer_population(personnes=900, graine=3, au=AU)
    assert not Contrat.objects.filter(signe_referent_le__lt=F("orientation__decidee_le")).exists()
    assert not Contrat.objects.exclude(personne=F("orientation__personne")).exists()
    assert not Contrat.objects.filter(nature="ce", signe_referent_le__lt="2025-01-01").exists()
    nouveaux = Contrat.objects.exclude(rang="avenant")  # an amendment keeps the nature of its contract
    assert not nouveaux.filter(nature="cer", signe_referent_le__gte="2025-01-01").exists()
    assert (
        not Contrat.objects.filter(precedent__personne__isnull=False)
        .exclude(personne=F("precedent__personne"))
        .exists()
    )
    assert not Contrat.objects.filter(precedent__debut__gt=F("debut")).exists()
    assert not Contrat.objects.filter(Q(signe_referent_le__gt=AU) | Q(decide_le__gt=AU) | Q(clos_le__gt=AU)).exists()
    assert not Sortie.objects.filter(date__gt=AU).exists()
    assert not Sortie.objects.filter(nature="action").exclude(date=F("prescription__fin_le")).exists()
    assert not Orientation.objects.filter(decidee_le__gt=AU).exists()
    for affectation in AffectationReferent.objects.all():
        dedans = Orientation.objects.filter(
            personne=affectation.personne_id, structure=affectation.structure_id, periode__contains=affectation.periode
        )
        assert dedans.exists()
    premieres = dict(Orientation.objects.order_by("-decidee_le").values_list("personne", "decidee_le"))
    for personne, jour in Prescription.objects.values_list("personne", "renseignee_le"):
        assert jour >= premieres[personne]
    for une in Personne.objects.prefetch_related("orientations")[:200]:
        rangs = sorted((o.decidee_le, o.rang) for o in une.orientations.all())
        assert [rang for _, rang in rangs] == list(range(1, len(rangs) + 1))
    assert not EtatMensuel.objects.filter(mois__gt=AU).exists()


def test_children_are_of_age_to_be_counted_and_followed_by_nobody(monde):
    generer_population(personnes=600, graine=5, au=AU)
    parents = {m.foyer_id: m.personne.date_naissance for m in modeles.MembreFoyer.objects.filter(role="DEM")}
    enfants = modeles.MembreFoyer.objects.filter(role="ENF").select_related("personne")
    presents = Counter(m.foyer_id for m in enfants.filter(periode__contains=AU))
    dits = modeles.SituationFoyer.objects.filter(foyer__in=presents, periode__contains=AU)
    assert {s.foyer_id: s.enfants for s in dits} == presents
    for place in enfants:
        naissance, parent = place.personne.date_naissance, parents[place.foyer_id]
        assert naissance
        assert naissance <= place.periode.lower
        assert parent is None or (naissance - parent).days > 17 * 365
    petits = enfants.filter(periode__contains=AU, personne__date_naissance__gt=AU.replace(year=AU.year - 6))
    assert petits.count() > 10
    assert not SituationDroitsDevoirs.objects.filter(personne__places__role="ENF").exists()


def test_couples_share_a_file_and_both_may_be_subject(monde):
    generer_population(personnes=600, graine=5, au=AU)
    doubles = [f for f in Foyer.objects.all() if f.membres.exclude(role="ENF").count() == 2]
    assert doubles
    adultes = ([m.personne for m in f.membres.exclude(role="ENF")] for f in doubles)
    soumis = [deux for deux in adultes if all(p.droits_devoirs.filter(recu=True).exists() for p in deux)]
    assert soumis


def test_rates_are_near_the_control_values(monde):
    _, attendus = tirer(monde, graine=11, total=6000)

    def taux(code, annee):
        total = attendus["valeurs"][code][annee]["total"]
        return total["numerateur"] / total["denominateur"]

    assert 0.82 < taux("taux_orientation", "2023") < 0.93  # DREES: 86 %
    assert 0.40 < taux("taux_contractualisation", "2023") < 0.58  # DREES: 49 %
    assert 60 < taux("delai_orientation", "2023") < 100  # DREES: 79 days
    assert 0.78 < taux("taux_referencement", "2023") < 0.92
    assert taux("delai_orientation", "2025") < taux("delai_orientation", "2022")


def test_organisms_and_seniority_are_near_the_control_values(monde):
    menages, _ = tirer(monde, graine=12, total=5000)
    organismes = Counter(
        o.organisme for m in menages for p in m.membres for o in p.orientations if o.periode.contient(AU)
    )
    tous = sum(organismes.values())
    assert 0.33 < organismes["france_travail"] / tous < 0.46  # DREES: 40 %
    assert 0.28 < organismes["departement"] / tous < 0.42  # DREES: 32 %
    presents, recents, orientes = 0, 0, Counter[bool]()
    for parcours in (p for m in menages for p in m.membres):
        episode = next((e for e in parcours.episodes if e.fin is None and e.soumis), None)
        if episode is None:
            continue
        recent = (AU - episode.debut).days < 183
        presents += not recent
        recents += recent
        orientes[recent] += any(o.periode.contient(AU) for o in parcours.orientations)
    assert 0.40 < orientes[True] / recents < 0.75  # DREES: 57 % under six months
    assert 0.84 < orientes[False] / presents < 0.97  # DREES: 90 % from one year on


def test_defects_come_at_the_announced_rate(monde):
    menages, _ = tirer(monde, graine=13, total=8000)
    gens = [p.personne for m in menages for p in m.membres]
    droits = [d for m in menages for p in m.membres for d in p.droits]
    doublons = [p for m in menages for p in m.membres if not p.droits]
    trouves = {
        "sexe_inconnu": sum(not g.sexe for g in gens) / len(gens),
        "naissance_inconnue": sum(g.date_naissance is None for g in gens) / len(gens),
        "formation_inconnue": sum(not g.niveau_formation for g in gens) / len(gens),
        "doublon": len(doublons) / len(gens),
        "famille_inconnue": sum(m.situation == "" for m in menages) / len(menages),
        "recu_contredit": sum(d.recu is not None and d.recu != d.recalcule for d in droits) / len(droits),
        "recu_absent": sum(d.recu is None for d in droits) / len(droits),
    }
    for defaut, taux in trouves.items():
        annonce = parametres.DEFAUTS[defaut]
        assert annonce / 2 < taux < annonce * 1.6 + 0.002, defaut


def test_every_indicator_has_an_expected_value_each_year(monde):
    _, attendus = tirer(monde, total=800)
    assert attendus["annees"] == [2022, 2023, 2024, 2025, 2026]
    assert set(attendus["valeurs"]) == set(CODES)
    for code, annees in attendus["valeurs"].items():
        assert list(annees) == ["2022", "2023", "2024", "2025", "2026"], code
        for valeurs in annees.values():
            total = valeurs["total"]
            if code != "cout_par_usager" and not code.startswith("delai_o") and total["denominateur"]:
                assert 0 <= total["numerateur"] <= total["denominateur"] or code == "taux_occupation"
            if valeurs["territoire"]:
                somme = sum(v["numerateur"] for v in valeurs["territoire"].values())
                assert somme <= total["numerateur"] + 0.001  # who has no territory counts in the total only
            if valeurs["sexe"]:
                assert sum(v["denominateur"] or 0 for v in valeurs["sexe"].values()) == (total["denominateur"] or 0)


def test_the_command_writes_the_file_of_expected_values(monde, settings, tmp_path, capsys):
    settings.DEMONSTRATION_PERMISE = True
    fichier = tmp_path / "attendus.json"
    call_command("generer_population", personnes=80, graine=4, au=AU, expected=fichier)
    lu = json.loads(fichier.read_text(encoding="utf-8"))
    assert (lu["graine"], lu["personnes"], lu["au"]) == (4, 80, "2026-02-28")
    assert lu["valeurs"]["taux_orientation"]["2025"]["total"]["denominateur"] > 0
    assert "80 personnes fictives" in capsys.readouterr().out


def test_the_command_is_refused_among_real_people(monde, settings):
    settings.DEMONSTRATION_PERMISE = False
    with pytest.raises(CommandError, match="refusée"):
        call_command("generer_population", personnes=1, graine=1)
    with pytest.raises(CommandError, match="refusée"):
        call_command("charger_demo_parcours")


def test_it_says_what_is_missing():
    with pytest.raises(RegleMetier, match="commune"):
        generer_population(personnes=1, graine=1, au=AU)
    with pytest.raises(RegleMetier, match="au moins une"):
        generer_population(personnes=0, graine=1, au=AU)


def test_demonstration_accounts_receive_portfolios_once(monde):
    stds = Structure.objects.get(nom="Services territorialisés du développement social")
    sud_est = TerritoireAction.objects.get(code="tad-sud-est")
    association = StructureFactory.create(nature=NatureStructure.ASSOCIATION)
    for offre in modeles_offre.OffreInsertion.objects.publiees():
        offre.operateurs.add(association)
    comptes = {}
    for role, structure, territoire in (
        (Role.REFERENT, stds, sud_est),
        (Role.ENCADRANT, stds, sud_est),
        (Role.AGENT_ORIENTATION, stds, sud_est),
        (Role.PRESTATAIRE, association, None),
    ):
        compte = comptes[role] = UtilisateurFactory.create(demonstration=True)
        Habilitation.objects.create(
            utilisateur=compte, role=role, structure=structure, territoire=territoire, periode=DEPUIS_TOUJOURS
        )
    jour = timezone.localdate()
    for reglement in modeles.ReglementAide.objects.all():
        EnveloppeFactory.create(reglement=reglement, annee=jour.year - 1, demonstration=True, montant=100_000)
    assert charger_population_demonstration(personnes=1500, jour=jour) is not None
    portefeuille = Personne.objects.portefeuille_de(comptes[Role.REFERENT])
    assert portefeuille.count() == parametres.PORTEFEUILLE_NOMME
    assert set(portefeuille) <= set(Personne.objects.visibles_par(comptes[Role.ENCADRANT]))
    assert Personne.objects.visibles_par(comptes[Role.AGENT_ORIENTATION]).filter(orientations=None).exists()
    assert Prescription.objects.visibles_par(comptes[Role.PRESTATAIRE]).exists()
    assert modeles.DemandeReorientation.objects.filter(etat="en_attente").exists()
    assert charger_population_demonstration(personnes=1500, jour=jour) is None
    assert Personne.objects.exclude(ENFANTS).count() == 1500
    for enveloppe in modeles.EnveloppeAide.objects.all():
        assert enveloppe.consomme == sum(a.montant for a in enveloppe.attributions.all()) > 0


def test_the_sequences_and_the_statistics_are_ready(monde):
    generer_population(personnes=200, graine=6, au=AU)
    with connection.cursor() as curseur:
        curseur.execute("SELECT reltuples FROM pg_class WHERE relname = 'parcours_personne'")
        assert curseur.fetchone()[0] == Personne.objects.count()


def test_successive_orientations_touch_or_leave_a_gap(monde):
    menages, _ = tirer(monde, total=1500)
    for parcours in (p for m in menages for p in m.membres):
        for avant, apres in pairwise(parcours.orientations):
            assert avant.periode.fin is not None
            assert avant.periode.fin <= apres.periode.debut
