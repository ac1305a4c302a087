"""Orientation: what is proposed, decided, shortened; no overlap ever, no gap without motive; the lot; places."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parcours.models import CapaciteAccueil, EtatDemande, JeuRegles, Orientation, Personne, RegleOrientation
from parcours.operations.orientation import (
    CapaciteDepassee,
    ConfirmationRequise,
    SaisieOrientation,
    apercevoir_lot,
    notifier_orientation,
    orienter,
    orienter_lot,
)
from parcours.operations.reorientation import decider_reorientation, demander_reorientation, retirer_demande
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, PasMaintenant, RegleMetier
from pdi.socle.models import Avis, EntreeJournal
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    DiagnosticFactory,
    MotifFactory,
    PersonneFactory,
    SituationThemeFactory,
    ThemeFactory,
    il_y_a,
    personne_suivie,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return UtilisateurFactory.create(role=Role.AGENT_ORIENTATION)


def saisie(**plus: Any) -> SaisieOrientation:
    valeurs: dict[str, Any] = {
        "type_decide": "social", "organisme": "departement", "mode": "social", "le": timezone.localdate(),
    }  # fmt: skip
    valeurs |= plus
    valeurs.setdefault("structure", None)
    valeurs["structure"] = valeurs["structure"] or StructureFactory.create()
    return SaisieOrientation(**valeurs)


def regles_qui_proposent(type_propose: str) -> JeuRegles:
    """A rule set in force whose default rule proposes that type."""
    jeu = JeuRegles.objects.create(code="essai", intitule="Essai", applique_des=datetime.date(2020, 1, 1))
    RegleOrientation.objects.create(jeu=jeu, ordre=1, type=type_propose, explication="Par défaut.", par_defaut=True)
    return jeu


def diagnostiquer(personne: Personne) -> None:
    diagnostic = DiagnosticFactory.create(personne=personne, termine_le=timezone.now())
    theme = ThemeFactory.create(grille=diagnostic.grille)
    diagnostic.reponses.create(theme=theme, situation=SituationThemeFactory.create(theme=theme))


def test_la_precedente_finit_la_veille_apres_confirmation(agent):
    personne = personne_suivie()
    ancienne = personne.orientations.get()
    with pytest.raises(ConfirmationRequise) as demande:
        orienter(personne=personne, saisie=saisie(), par=agent)
    assert demande.value.orientation == ancienne
    assert demande.value.dernier_jour == il_y_a(1)
    assert personne.orientations.count() == 1
    nouvelle = orienter(personne=personne, saisie=saisie(), par=agent, confirmee=ancienne.pk)
    ancienne.refresh_from_db()
    assert (ancienne.periode.upper, nouvelle.periode.lower, nouvelle.rang) == (nouvelle.decidee_le, il_y_a(0), 2)


def test_confirmer_une_autre_orientation_que_celle_en_cours_ne_suffit_pas(agent):
    personne = personne_suivie()
    with pytest.raises(ConfirmationRequise):
        orienter(personne=personne, saisie=saisie(), par=agent, confirmee=personne.orientations.get().pk + 1)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    jours=st.lists(st.tuples(st.integers(-3, 60), st.sampled_from(["emploi", "socio_pro", "social"])), max_size=8),
    confirme=st.booleans(),
)
def test_jamais_deux_orientations_a_la_fois_et_jamais_d_ecart_sans_motif(jours, confirme):
    with transaction.atomic():
        par = UtilisateurFactory.create(role=Role.AGENT_ORIENTATION)
        regles_qui_proposent("emploi")
        personne, structure = PersonneFactory.create(), StructureFactory.create()
        diagnostiquer(personne)
        for recul, type_decide in jours:
            entree = saisie(
                le=il_y_a(recul), type_decide=type_decide, structure=structure,
                motif_texte="Souhait" if recul % 2 else "",
            )  # fmt: skip
            cle = personne.orientations.filter(periode__contains=entree.le).values_list("pk", flat=True).first()
            try:
                orienter(personne=personne, saisie=entree, par=par, confirmee=cle if confirme else None)
            except RegleMetier:
                continue
        lignes = list(Orientation.objects.filter(personne=personne).order_by("periode"))
        for avant, apres in itertools.pairwise(lignes):
            assert avant.periode.upper is not None
            assert avant.periode.upper <= apres.periode.lower
        assert [o.rang for o in lignes] == list(range(1, len(lignes) + 1))
        assert sum(o.periode.upper is None for o in lignes) == bool(lignes)
        for o in lignes:
            assert o.decidee_le <= timezone.localdate()
            if o.type_propose and o.type_propose != o.type_decide:
                assert o.motif is not None or o.motif_texte
        transaction.set_rollback(True)


def test_un_ecart_demande_un_motif_et_la_base_le_refuse_aussi(agent):
    regles_qui_proposent("emploi")
    personne = PersonneFactory.create()
    diagnostiquer(personne)
    with pytest.raises(RegleMetier, match="autre chose") as refus:
        orienter(personne=personne, saisie=saisie(), par=agent)
    assert refus.value.champ == "motif"
    orientation = orienter(personne=personne, saisie=saisie(motif=MotifFactory.create()), par=agent)
    assert (orientation.type_propose, orientation.type_decide) == ("emploi", "social")
    assert orientation.motif_proposition == "Par défaut."
    with pytest.raises(IntegrityError), transaction.atomic():
        Orientation.objects.update(motif=None, motif_texte="")


def test_le_motif_autre_se_precise(agent):
    with pytest.raises(RegleMetier, match="à préciser"):
        orienter(personne=PersonneFactory.create(), saisie=saisie(motif=MotifFactory.create(code="autre")), par=agent)


def test_sans_place_on_oriente_quand_meme_si_l_on_dit_pourquoi(agent):
    structure = StructureFactory.create()
    CapaciteAccueil.objects.create(structure=structure, places=1, periode=DateRange(il_y_a(30), None))
    premiere, seconde = PersonneFactory.create(), PersonneFactory.create()
    assert not orienter(personne=premiere, saisie=saisie(structure=structure), par=agent).depassement
    with pytest.raises(CapaciteDepassee, match="1\u00a0place prise sur 1") as refus:
        orienter(personne=seconde, saisie=saisie(structure=structure), par=agent)
    assert refus.value.champ == "motif_texte"
    forcee = orienter(personne=seconde, saisie=saisie(structure=structure, motif_texte="Urgence"), par=agent)
    assert forcee.depassement
    # Someone already there takes no second place.
    ancienne = Orientation.objects.filter(personne=premiere)
    ancienne.update(periode=DateRange(il_y_a(5), None), decidee_le=il_y_a(5))
    Orientation.objects.filter(pk=forcee.pk).delete()
    changee = orienter(
        personne=premiere, saisie=saisie(structure=structure, type_decide="emploi"), par=agent,
        confirmee=ancienne.get().pk,
    )  # fmt: skip
    assert not changee.depassement


@pytest.mark.parametrize("role", [Role.REFERENT, Role.ADMINISTRATEUR, Role.PRESTATAIRE])
def test_seuls_les_agents_et_encadrants_orientent(role):
    structure = StructureFactory.create()
    par = UtilisateurFactory.create(role=role, structure=structure)
    with pytest.raises(DroitInsuffisant):
        orienter(personne=personne_suivie(referent=par, structure=structure), saisie=saisie(), par=par)


def test_la_structure_qui_accueille_et_le_referent_sont_prevenus_sans_nom(agent):
    structure = StructureFactory.create()
    encadrant = UtilisateurFactory.create(role=Role.ENCADRANT, structure=structure)
    referent = UtilisateurFactory.create(role=Role.REFERENT)
    personne = personne_suivie(referent=referent, nom_naissance="Secret")
    orienter(personne=personne, saisie=saisie(structure=structure), par=agent, confirmee=personne.orientations.get().pk)
    assert {a.destinataire for a in Avis.objects.all()} == {encadrant, referent}
    assert not Avis.objects.filter(titre__icontains="secret").exists()


def test_la_notification_se_date_entre_la_decision_et_aujourd_hui(agent):
    orientation = orienter(personne=PersonneFactory.create(), saisie=saisie(le=il_y_a(5)), par=agent)
    for jour in (il_y_a(6), il_y_a(-1)):
        with pytest.raises(RegleMetier):
            notifier_orientation(orientation=orientation, le=jour, par=agent)
    assert notifier_orientation(orientation=orientation, le=il_y_a(2), par=agent).notifiee_le == il_y_a(2)
    with pytest.raises(PasMaintenant):
        notifier_orientation(orientation=orientation, le=il_y_a(1), par=agent)


# -- requests --------------------------------------------------------------------------------------


def demander(personne: Personne, par: Any, **plus: Any):
    return demander_reorientation(
        personne=personne, type_demande="emploi", motif=MotifFactory.create(nature="reorientation"), par=par, **plus
    )


@pytest.fixture
def referent():
    return UtilisateurFactory.create(role=Role.REFERENT)


def test_accepter_oriente_dans_la_meme_transaction(agent, referent):
    personne = personne_suivie(referent=referent)
    demande = demander(personne, referent)
    ancienne = personne.orientations.get()
    with pytest.raises(RegleMetier, match="attend une décision"):
        orienter(personne=personne, saisie=saisie(), par=agent, confirmee=ancienne.pk)
    with pytest.raises(ConfirmationRequise):
        decider_reorientation(demande=demande, accepter=True, par=agent, saisie=saisie(type_decide="emploi"))
    demande.refresh_from_db()
    assert demande.etat == EtatDemande.EN_ATTENTE
    demande = decider_reorientation(
        demande=demande, accepter=True, par=agent, saisie=saisie(type_decide="emploi"), confirmee=ancienne.pk
    )
    assert demande.etat == EtatDemande.ACCEPTEE
    assert demande.orientation_decidee == personne.orientations.get(rang=2, origine="reorientation")
    assert list(demande.transitions.values_list("de", "vers")) == [("en_attente", "acceptee"), ("", "en_attente")]
    assert Avis.objects.filter(destinataire=referent, titre="Demande de réorientation acceptée").count() == 1


def test_un_refus_se_motive_et_le_motif_revient_a_qui_demande(agent, referent):
    demande = demander(personne_suivie(referent=referent), referent)
    with pytest.raises(RegleMetier, match="se motive"):
        decider_reorientation(demande=demande, accepter=False, par=agent, reponse=" ")
    decider_reorientation(demande=demande, accepter=False, par=agent, reponse="Le bilan de compétences n’est pas fini.")
    avis = Avis.objects.get(destinataire=referent)
    assert "bilan de compétences" in avis.texte
    with pytest.raises(PasMaintenant):
        decider_reorientation(demande=demande, accepter=False, par=agent, reponse="Encore")


def test_une_demande_a_la_fois_et_pour_changer_quelque_chose(referent):
    personne = personne_suivie(referent=referent)
    with pytest.raises(RegleMetier, match="déjà l’orientation"):
        demander_reorientation(personne=personne, type_demande="socio_pro", motif=MotifFactory.create(), par=referent)
    demande = demander(personne, referent)
    with pytest.raises(RegleMetier, match="attend déjà"):
        demander(personne, referent)
    with pytest.raises(DroitInsuffisant):
        decider_reorientation(demande=demande, accepter=False, par=referent, reponse="Non")
    assert retirer_demande(demande=demande, par=referent).etat == EtatDemande.RETIREE
    demander(personne, referent)


# -- the lot ---------------------------------------------------------------------------------------


def test_le_lot_annonce_puis_fait_et_dit_chaque_refus(agent, referent):
    structure = StructureFactory.create()
    CapaciteAccueil.objects.create(structure=structure, places=2, periode=DateRange(il_y_a(30), None))
    avec, demandeuse = personne_suivie(nom_naissance="Aa"), personne_suivie(nom_naissance="Bb", referent=referent)
    demander(demandeuse, referent)
    sans, de_trop = PersonneFactory.create(nom_naissance="Cc"), PersonneFactory.create(nom_naissance="Dd")
    tous, entree = Personne.objects.all(), saisie(structure=structure)
    apercu = apercevoir_lot(personnes=tous, saisie=entree, par=agent)
    assert [r.personne for r in apercu.retenues] == [avec, sans]
    assert {r.personne: r.motif for r in apercu.refus}[de_trop].startswith("Plus de place")
    assert apercu.raccourcies == 1
    assert Orientation.objects.count() == 2
    with pytest.raises(RegleMetier, match="a changé"):
        orienter_lot(personnes=tous, saisie=entree, par=agent, empreinte="autre")
    orienter_lot(personnes=tous, saisie=entree, par=agent, empreinte=apercu.empreinte)
    assert set(Orientation.objects.filter(structure=structure).values_list("personne", "origine", "rang")) == {
        (avec.pk, "lot", 2), (sans.pk, "lot", 1),
    }  # fmt: skip
    assert avec.orientations.get(rang=1).periode.upper == timezone.localdate()
    assert EntreeJournal.objects.filter(verbe="orienter").count() == 2
    with pytest.raises(RegleMetier):
        orienter_lot(personnes=tous, saisie=entree, par=agent, empreinte=apercu.empreinte)


def test_le_lot_fait_autant_de_requetes_pour_une_personne_que_pour_trente(agent):
    def requetes(nombre: int) -> int:
        ids = [personne_suivie().pk for _ in range(nombre)]
        tous, entree = Personne.objects.filter(pk__in=ids), saisie()
        with CaptureQueriesContext(connection) as captees:
            apercu = apercevoir_lot(personnes=tous, saisie=entree, par=agent)
            orienter_lot(personnes=tous, saisie=entree, par=agent, empreinte=apercu.empreinte)
        return len(captees)

    assert agent.roles()  # the habilitations are read once a request
    premiere = requetes(1)
    assert requetes(30) == premiere


def test_hors_de_sa_portee_le_lot_ne_touche_a_personne():
    ici, ailleurs = StructureFactory.create(), personne_suivie()
    par = UtilisateurFactory.create(role=Role.ENCADRANT, structure=ici)
    sienne = personne_suivie(structure=ici)
    apercu = apercevoir_lot(personnes=Personne.objects.all(), saisie=saisie(), par=par)
    assert [r.personne for r in apercu.retenues] == [sienne]
    assert [r.personne for r in apercu.refus] == [ailleurs]
