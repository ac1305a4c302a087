"""Aids: asked, refused at their ceiling with the reason, granted within the envelope whatever happens at once."""

from __future__ import annotations

import contextlib
import datetime
import threading

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parcours.models import AttributionAide, EtatAide, TypeOrientation
from parcours.operations import aides as ops
from parcours.operations.aides import AideHorsReglement
from parcours.operations.enveloppes import fixer_enveloppe
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, PasMaintenant, RegleMetier
from pdi.socle.models import Avis
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    AideFactory,
    CommuneFactory,
    ContratFactory,
    EnveloppeFactory,
    ReglementAideFactory,
    TerritoireFactory,
    personne_suivie,
)
from tests.parcours.aides import PLAFOND, D, demander, jour, saisie

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 facture"


def texte(reponse) -> str:
    return str(reponse.content.decode())


# -- the life cycle ----------------------------------------------------------------------------


def test_de_la_demande_au_versement(personne, reglement, referent, encadrant):
    enveloppe = EnveloppeFactory.create(reglement=reglement, montant=D(1000))
    aide = demander(personne, reglement, referent)
    assert Avis.objects.get(destinataire=encadrant).titre == "Une aide attend votre décision"
    aide = ops.accorder_aide(aide=aide, par=encadrant)
    enveloppe.refresh_from_db()
    assert (aide.etat, aide.enveloppe, enveloppe.consomme) == (EtatAide.ACCORDEE, enveloppe, D(100))
    aide = ops.verser_aide(aide=aide, par=encadrant)
    assert (aide.etat, aide.versee_le) == (EtatAide.VERSEE, jour())
    assert Avis.objects.get(destinataire=referent).titre == "Une aide est accordée"
    assert list(aide.transitions.order_by("pk").values_list("vers", flat=True)) == ["demandee", "accordee", "versee"]


def test_une_demande_au_dela_du_plafond_dit_la_regle_la_source_et_le_reste(personne, reglement, referent):
    AideFactory.create(personne=personne, reglement=reglement, montant=D(550), etat="versee", demandee_le=jour(),
                       decidee_le=jour(), versee_le=jour())  # fmt: skip
    with pytest.raises(AideHorsReglement) as erreur:
        demander(personne, reglement, referent)
    assert "Plafond annuel" in erreur.value.message
    assert "il reste 50\u00a0€" in erreur.value.message
    assert "Aide à la mobilité, Délibération de 2022" in erreur.value.message
    assert AttributionAide.objects.count() == 1
    assert demander(personne, reglement, referent, 50).etat == EtatAide.DEMANDEE


def test_demandee_quand_meme_elle_ne_s_accorde_pas(personne, reglement, referent, encadrant):
    aide = demander(personne, reglement, referent, 700, malgre=True)
    assert not aide.controles[0]["ok"]
    with pytest.raises(AideHorsReglement, match="600"):
        ops.accorder_aide(aide=aide, par=encadrant, derogation="Situation exceptionnelle")
    refusee = ops.refuser_aide(aide=aide, motif="Plafond annuel atteint", par=encadrant)
    assert (refusee.etat, refusee.decidee_par) == (EtatAide.REFUSEE, encadrant)


def test_une_derogation_s_ecrit_et_seulement_si_le_reglement_la_permet(personne, referent, encadrant):
    reglement = ReglementAideFactory.create(regles=[PLAFOND | {"derogation": True}])
    aide = demander(personne, reglement, referent, 700, malgre=True)
    with pytest.raises(AideHorsReglement):
        ops.accorder_aide(aide=aide, par=encadrant, derogation=" ")
    aide = ops.accorder_aide(aide=aide, par=encadrant, derogation="Reprise d’emploi dans trois jours.")
    assert (aide.etat, aide.derogation) == (EtatAide.ACCORDEE, "Reprise d’emploi dans trois jours.")


def test_on_ne_deroge_jamais_a_l_enveloppe(personne, referent, encadrant):
    reglement = ReglementAideFactory.create(regles=[PLAFOND | {"derogation": True}])
    EnveloppeFactory.create(reglement=reglement, montant=D(650))
    aide = demander(personne, reglement, referent, 700, malgre=True)
    with pytest.raises(AideHorsReglement, match="il reste 650"):
        ops.accorder_aide(aide=aide, par=encadrant, derogation="Urgence")


def test_qui_demande_n_accorde_pas(personne, reglement, encadrant, referent):
    aide = demander(personne, reglement, encadrant)
    with pytest.raises(DroitInsuffisant, match="quelqu’un d’autre"):
        ops.accorder_aide(aide=aide, par=encadrant)
    with pytest.raises(DroitInsuffisant, match="réservé"):
        ops.accorder_aide(aide=aide, par=referent)


def test_une_demande_renvoyee_se_corrige_puis_revient(personne, reglement, referent, encadrant):
    aide = demander(personne, reglement, referent, 700, malgre=True)
    with pytest.raises(RegleMetier, match="commentaire"):
        ops.renvoyer_aide(aide=aide, commentaire="", par=encadrant)
    aide = ops.renvoyer_aide(aide=aide, commentaire="Au-delà du plafond.", par=encadrant)
    with pytest.raises(PasMaintenant):
        ops.accorder_aide(aide=aide, par=encadrant)
    aide = ops.corriger_aide(aide=aide, saisie=saisie(reglement, 600), par=referent)
    assert (aide.etat, aide.montant) == (EtatAide.DEMANDEE, D(600))
    assert ops.accorder_aide(aide=aide, par=encadrant).etat == EtatAide.ACCORDEE


def test_annuler_rend_son_argent_a_l_enveloppe(personne, reglement, referent, encadrant):
    enveloppe = EnveloppeFactory.create(reglement=reglement, montant=D(100))
    aide = ops.accorder_aide(aide=demander(personne, reglement, referent), par=encadrant)
    with pytest.raises(DroitInsuffisant):
        ops.annuler_aide(aide=aide, motif="Renonce", par=referent)
    ops.annuler_aide(aide=aide, motif="La personne renonce", par=encadrant)
    enveloppe.refresh_from_db()
    assert enveloppe.consomme == 0


def test_un_delai_passe_empeche_le_versement(personne, referent, encadrant):
    regle = {"nature": "delai", "code": "retrait", "libelle": "Retrait", "valeur": 48, "unite": "heures"}
    reglement = ReglementAideFactory.create(regles=[PLAFOND, regle])
    aide = ops.accorder_aide(aide=demander(personne, reglement, referent), par=encadrant)
    AttributionAide.objects.filter(pk=aide.pk).update(notifiee_le=timezone.now() - datetime.timedelta(hours=49))
    with pytest.raises(AideHorsReglement, match="Retrait"):
        ops.verser_aide(aide=aide, par=encadrant)


# -- facts and envelopes -----------------------------------------------------------------------


def test_les_faits_du_dossier_sont_lus_le_reste_se_confirme(personne, referent):
    exiges = (
        "contrat_valide", "residence", "accompagnement_social_ou_global", "soumis_sdd", "suivi_professionnel",
        "droit_commun_epuise", "projet_insertion",
    )  # fmt: skip
    reglement = ReglementAideFactory.create(
        regles=[{"nature": "prerequis", "code": e, "libelle": e, "exige": e} for e in exiges]
    )
    ContratFactory.create(personne=personne, etat="valide")
    dits = {c.code: c for c in ops.examiner(personne=personne, saisie=saisie(reglement))}
    assert {code for code, c in dits.items() if c.ok} == {*exiges[:5]}
    assert all(dits[code].a_verifier for code in exiges[5:])
    personne.orientations.update(type_decide=TypeOrientation.EMPLOI, mode="emploi")
    confirmees = saisie(reglement, confirmations=["droit_commun_epuise", "projet_insertion"])
    refuses = [c.code for c in ops.examiner(personne=personne, saisie=confirmees) if not c.ok]
    assert refuses == ["accompagnement_social_ou_global"]


def test_l_enveloppe_du_territoire_paie_avant_celle_du_departement(referent, encadrant, structure, reglement):
    territoire = TerritoireFactory.create()
    habitante = personne_suivie(
        referent=referent, structure=structure, commune=CommuneFactory.create(territoire=territoire)
    )
    ailleurs = personne_suivie(referent=referent, structure=structure)
    departement = EnveloppeFactory.create(reglement=reglement)
    sienne = EnveloppeFactory.create(reglement=reglement, territoire=territoire)
    EnveloppeFactory.create(reglement=reglement, annee=jour().year - 1)
    payees = [
        ops.accorder_aide(aide=demander(p, reglement, referent), par=encadrant).enveloppe for p in (habitante, ailleurs)
    ]
    assert payees == [sienne, departement]


def test_sans_enveloppe_ouverte_un_reglement_qui_l_exige_refuse(personne, referent):
    reglement = ReglementAideFactory.create(regles=[{"nature": "enveloppe", "code": "e", "libelle": "Enveloppe"}])
    with pytest.raises(AideHorsReglement, match="aucune enveloppe"):
        demander(personne, reglement, referent)


def test_fixer_une_enveloppe_jamais_sous_ce_qui_est_consomme(reglement):
    charge = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)
    enveloppe = fixer_enveloppe(reglement=reglement, annee=2026, montant=D(500), par=charge)
    enveloppe.consomme = D(300)
    enveloppe.save()
    with pytest.raises(RegleMetier, match="déjà consommés"):
        fixer_enveloppe(reglement=reglement, annee=2026, montant=D(299), par=charge)
    assert fixer_enveloppe(reglement=reglement, annee=2026, montant=D(300), par=charge).pk == enveloppe.pk
    with pytest.raises(DroitInsuffisant):
        fixer_enveloppe(reglement=reglement, annee=2026, montant=D(1), par=UtilisateurFactory.create(role=Role.PILOTE))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    gestes=st.lists(
        st.tuples(st.sampled_from(["accorder", "accorder", "annuler", "verser", "refuser"]), st.integers(0, 5)),
        min_size=4,
        max_size=12,
    ),
    montants=st.lists(st.integers(100, 500), min_size=6, max_size=6),
)
def test_ni_l_enveloppe_ni_le_plafond_ne_sont_jamais_depasses(
    referent, encadrant, structure, reglement, gestes, montants
):
    with transaction.atomic():
        enveloppe = EnveloppeFactory.create(reglement=reglement, montant=D(900))
        personnes = [personne_suivie(referent=referent, structure=structure) for _ in range(2)]
        aides = [
            demander(personnes[rang % 2], reglement, referent, montant, malgre=True)
            for rang, montant in enumerate(montants)
        ]
        faire = {
            "accorder": lambda a: ops.accorder_aide(aide=a, par=encadrant),
            "annuler": lambda a: ops.annuler_aide(aide=a, motif="Renonce", par=encadrant),
            "verser": lambda a: ops.verser_aide(aide=a, par=encadrant),
            "refuser": lambda a: ops.refuser_aide(aide=a, motif="Non", par=encadrant),
        }
        for geste, rang in gestes:
            with contextlib.suppress(AideHorsReglement, DroitInsuffisant):
                faire[geste](aides[rang])
            enveloppe.refresh_from_db()
            accordees = list(AttributionAide.objects.accordees().values_list("personne", "montant"))
            assert enveloppe.consomme == sum(m for _, m in accordees) <= 900
            for p in personnes:
                assert sum(m for qui, m in accordees if qui == p.pk) <= 600
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("memes", [True, False], ids=["une personne, son plafond", "dix personnes, une enveloppe"])
def test_dix_accords_en_meme_temps_ne_depassent_rien(memes):
    """Ten connections grant 200 € at once: three fit under the ceiling of 600 €, three in the envelope of 600 €."""
    structure = StructureFactory.create()
    referent = UtilisateurFactory.create(role=Role.REFERENT, structure=structure)
    encadrant = UtilisateurFactory.create(role=Role.ENCADRANT, structure=structure)
    reglement = ReglementAideFactory.create(regles=[PLAFOND])
    enveloppe = EnveloppeFactory.create(reglement=reglement, montant=D(5000 if memes else 600))
    personnes = [personne_suivie(referent=referent, structure=structure) for _ in range(1 if memes else 10)]
    aides = [demander(personnes[rang % len(personnes)], reglement, referent, 200) for rang in range(10)]
    depart, issues = threading.Barrier(10), []

    def accorder(aide: AttributionAide) -> None:
        try:
            depart.wait(30)
            ops.accorder_aide(aide=aide, par=encadrant)
        except AideHorsReglement:
            issues.append("refus")
        except Exception as erreur:  # noqa: BLE001 - told to the test, which fails on it
            issues.append(repr(erreur))
        else:
            issues.append("accord")
        finally:
            connections["default"].close()

    fils = [threading.Thread(target=accorder, args=(a,)) for a in aides]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(60)
    enveloppe.refresh_from_db()
    assert sorted(issues) == ["accord"] * 3 + ["refus"] * 7
    assert enveloppe.consomme == D(600)
    assert AttributionAide.objects.accordees().count() == 3
    assert connection.is_usable()
