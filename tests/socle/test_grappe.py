"""Children read with their parent in one query."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from actions.models import EtatEtape, FicheAction
from pdi.socle.grappe import Grappe, lire_avec
from tests.fabriques import (
    CadreFactory,
    EtapeFactory,
    FicheFactory,
    FinancementFactory,
    PieceFactory,
    RoleFicheFactory,
    StructureFactory,
    UtilisateurFactory,
)

pytestmark = pytest.mark.django_db

STRUCTURE = ("nom", "sigle")
ROLES = Grappe("roles", avec={"structure": STRUCTURE, "structure.parent": STRUCTURE, "utilisateur": ("nom", "prenom")})


def test_les_enfants_sont_ceux_que_lirait_prefetch_related(django_assert_num_queries):
    fiche = FicheFactory.create()
    fiche.cadres.add(CadreFactory.create())
    etape = EtapeFactory.create(
        fiche=fiche, etat=EtatEtape.REALISEE, realisee_le=datetime.date(2025, 3, 2), details=["Un", "Deux « = »"]
    )
    financement = FinancementFactory.create(fiche=fiche, prevu=Decimal("52651.10"), realise=None)
    piece = PieceFactory.create(fiche=fiche)
    grappes = (Grappe("etapes"), Grappe("financements"), Grappe("pieces"), Grappe("cadres"))
    with django_assert_num_queries(1):
        [lue] = lire_avec(FicheAction.objects.filter(pk=fiche.pk), *grappes)
        [lue_etape], [lu_financement] = lue.etapes.all(), lue.financements.all()
        [lue_piece], [cadre] = lue.pieces.all(), lue.cadres.all()
        assert lue_etape.fiche is lue
    for lu, attendu in ((lue_etape, etape), (lu_financement, financement), (lue_piece, piece)):
        attendu.refresh_from_db()
        assert lu == attendu
        assert [getattr(lu, c.attname) for c in lu._meta.concrete_fields] == [
            getattr(attendu, c.attname) for c in attendu._meta.concrete_fields
        ]
    assert cadre.libelle == "SPIE"
    with lue_piece.fichier.open() as fichier:
        assert fichier.read() == b"%PDF-1.7 essai"


def test_les_cles_suivies_viennent_avec_et_un_parent_absent_reste_absent(django_assert_num_queries):
    direction = StructureFactory.create(nom="Direction de l’insertion", sigle="DIE")
    service = StructureFactory.create(nom="Service d’accueil", sigle="SARSA", parent=direction)
    fiche = FicheFactory.create()
    RoleFicheFactory.create(fiche=fiche, structure=service, ordre=1, utilisateur=UtilisateurFactory.create(nom="Essai"))
    RoleFicheFactory.create(fiche=fiche, structure=direction, ordre=2)
    with django_assert_num_queries(1):
        [lue] = lire_avec(FicheAction.objects.filter(pk=fiche.pk), ROLES)
        premier, second = lue.roles.all()
        assert (premier.structure.nom_court, str(premier.structure.parent)) == (
            "SARSA",
            "Direction de l’insertion (DIE)",
        )
        assert (second.structure.sigle, second.structure.parent, second.utilisateur) == ("DIE", None, None)
        assert str(premier.utilisateur) == "Camille Essai"


def test_une_relation_portee_plus_loin(django_assert_num_queries):
    fiche = FicheFactory.create()
    sections = Grappe("sections", depuis="programme.gabarit")
    with django_assert_num_queries(1):
        [lue] = lire_avec(FicheAction.objects.select_related("programme__gabarit"), sections)
        rubriques = [s.rubrique for s in lue.programme.gabarit.sections.all()]
    assert rubriques[0] == "contexte"
    assert len(rubriques) == fiche.programme.gabarit.sections.count()


def test_sans_enfant_la_liste_est_vide(django_assert_num_queries):
    FicheFactory.create()
    with django_assert_num_queries(1):
        [lue] = lire_avec(FicheAction.objects.all(), Grappe("etapes"), Grappe("cadres"), ROLES)
        assert [list(lue.etapes.all()), list(lue.cadres.all()), list(lue.roles.all())] == [[], [], []]
