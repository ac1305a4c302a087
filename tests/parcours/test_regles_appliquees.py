"""Rule sets: said in words, simulated before they apply, one in force at a date; gaps counted, small cells masked."""

from __future__ import annotations

import datetime

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone

from parcours.lecture_orientation import Ecarts
from parcours.lecture_regles import regles_en_mots
from parcours.models import CasSimulation, Diagnostic, GrilleDiagnostic, JeuRegles, SituationTheme
from parcours.operations.referentiels import charger_referentiels
from parcours.operations.regles_orientation import appliquer_jeu_regles, lancer_simulation, preparer_version
from parcours.propositions import jeu_au, proposition_pour
from pdi.comptes.models import Role
from pdi.socle.droits import PasMaintenant, RegleMetier
from pdi.socle.models import EtatTraitement
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import DiagnosticFactory, MotifFactory, OrientationFactory, il_y_a, personne_suivie

JOUR = timezone.localdate()


@pytest.fixture
def rueil() -> JeuRegles:
    charger_referentiels(dossier=settings.DOSSIER_DONNEES / "parcours")
    return JeuRegles.objects.get(code="rueil")


def diagnostic(**reponses: str) -> Diagnostic:
    """A finished diagnosis of ten days ago on the loaded grid: theme=situation."""
    grille = GrilleDiagnostic.objects.get(code="essonne")
    fait = DiagnosticFactory.create(
        personne=personne_suivie(), grille=grille, date=il_y_a(10), termine_le=timezone.now()
    )  # fmt: skip
    for theme, code in reponses.items():
        situation = SituationTheme.objects.get(theme__grille=grille, theme__code=theme, code=code)
        fait.reponses.create(theme=situation.theme, situation=situation)
    return fait


@pytest.mark.django_db
def test_chaque_critere_se_dit_avec_les_mots_du_questionnaire(rueil):
    dits = " ".join(c for r in regles_en_mots(rueil, JOUR) for c in r.criteres)
    assert "la réponse est «\u00a0Parent isolé avec un enfant de moins de trois ans\u00a0»" in dits
    assert "Au moins 1 réponse du niveau «\u00a0un frein bloquant\u00a0» parmi Logement, Santé" in dits
    assert "contraintes_familiales" not in dits


@pytest.mark.django_db
def test_les_trois_cas_de_rueil_se_proposent_du_dernier_diagnostic_termine(rueil, client):
    parent = diagnostic(contraintes_familiales="parent_isole_moins_3_ans", sante="prioritaire")
    assert proposition_pour(parent.personne, JOUR).proposition.organisme == "caf"
    parent.personne.orientations.all().delete()
    caf = StructureFactory.create(nom="Caisse d’allocations familiales", nature="protection_sociale")
    service = StructureFactory.create(nom="Espace insertion", nature="service")
    client.force_login(UtilisateurFactory.create(role=Role.AGENT_ORIENTATION))
    form = client.get(reverse("parcours:orienter", args=[parent.personne_id])).context["form"]
    assert form.fields["structure"].choices[1] == ("CAF, que proposent les règles", [(caf.pk, str(caf))])
    assert (form["structure"].value(), form["organisme"].value()) == (caf.pk, None)
    decision = {"type_decide": "social", "structure": service.pk, "mode": "social", "le": JOUR.isoformat()}
    client.post(reverse("parcours:orienter", args=[parent.personne_id]), decision)
    assert parent.personne.orientations.get().organisme == "departement"
    proche = diagnostic(
        emploi="prete", experience="recente", mobilite="vehicule", logement="stable", garde="sans_objet",
        langue="aisee", numerique="autonome",
    )  # fmt: skip
    assert proposition_pour(proche.personne, JOUR).proposition.type == "emploi"
    entre = diagnostic(emploi="appui", experience="recente")
    assert proposition_pour(entre.personne, JOUR).proposition.type == "socio_pro"


@pytest.mark.django_db
def test_la_sante_pese_sans_etre_nommee(rueil):
    propose = proposition_pour(diagnostic(sante="prioritaire").personne, JOUR).proposition
    assert propose.type == "social"
    assert "santé" not in propose.texte.lower()


@pytest.mark.django_db
def test_une_version_s_applique_le_jour_dit_et_l_ancienne_finit_la_veille(rueil):
    par = UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME)
    copie = preparer_version(jeu=rueil, par=par)
    assert (copie.version, copie.regles.count()) == (2, rueil.regles.count())
    with pytest.raises(RegleMetier, match="déjà en préparation"):
        preparer_version(jeu=rueil, par=par)
    with pytest.raises(RegleMetier, match="à partir d’aujourd’hui"):
        appliquer_jeu_regles(jeu=copie, le=il_y_a(1), par=par)
    demain = il_y_a(-1)
    appliquer_jeu_regles(jeu=copie, le=demain, par=par)
    assert (jeu_au(JOUR), jeu_au(demain)) == (rueil, copie)
    rueil.refresh_from_db()
    assert rueil.jusqu_au == JOUR
    with pytest.raises(PasMaintenant):
        appliquer_jeu_regles(jeu=copie, le=demain, par=par)
    with pytest.raises(IntegrityError), transaction.atomic():
        JeuRegles.objects.filter(pk=rueil.pk).update(jusqu_au=demain)


@pytest.mark.django_db
def test_un_jeu_qui_ne_se_lit_pas_sur_la_grille_ne_s_applique_pas(rueil):
    par = UtilisateurFactory.create(role=Role.ADMINISTRATEUR)
    copie = preparer_version(jeu=rueil, par=par)
    copie.regles.filter(ordre=1).update(criteres=[{"theme": "astrologie", "situations": ["lion"], "dit": "lion"}])
    with pytest.raises(RegleMetier, match="astrologie"):
        appliquer_jeu_regles(jeu=copie, le=JOUR, par=par)


@pytest.mark.celery
@pytest.mark.django_db(transaction=True)
def test_la_simulation_compare_a_la_version_en_vigueur_et_aux_decisions(client, worker_celery, attendre, rueil):
    par = UtilisateurFactory.create(role=Role.ADMINISTRATEUR)
    parent = diagnostic(contraintes_familiales="parent_isole_moins_3_ans")
    entre = diagnostic(emploi="appui", experience="recente")
    diagnostic(emploi="appui").delete()
    OrientationFactory.create(
        personne=parent.personne, diagnostic=parent, decidee_le=il_y_a(9), type_decide="social",
        periode=DateRange(datetime.date(2001, 1, 1), datetime.date(2001, 2, 1)),
    )  # fmt: skip
    copie = preparer_version(jeu=rueil, par=par)
    copie.regles.filter(ordre=1).update(type="socio_pro")
    traitement = lancer_simulation(jeu=copie, depuis=il_y_a(30), jusqu_au=JOUR, par=par)

    def fini() -> bool:
        traitement.refresh_from_db()
        return traitement.etat not in (EtatTraitement.EN_ATTENTE, EtatTraitement.EN_COURS)

    attendre(fini, motif="la simulation finit")
    assert (traitement.etat, traitement.resultat) == (EtatTraitement.TERMINE, {"diagnostics": 2})
    lus = set(CasSimulation.objects.values_list("diagnostic", "type_simule", "type_courant", "type_decide"))
    assert lus == {(parent.pk, "socio_pro", "social", "social"), (entre.pk, "socio_pro", "socio_pro", "")}
    client.force_login(par)
    assert "Simulation" in client.get(reverse("parcours:jeu", args=[copie.pk])).content.decode()
    cas = client.get(reverse("parcours:jeu_cas", args=[copie.pk]), {"cas": "version"}).context["page"].objets
    assert [c.diagnostic for c in cas] == [parent]
    client.force_login(UtilisateurFactory.create(role=Role.CHARGE_PROGRAMME))
    masquee = client.get(reverse("parcours:jeu", args=[copie.pk])).content.decode()
    assert "s. s." in masquee
    assert client.get(reverse("parcours:jeu_cas", args=[copie.pk])).status_code == 403


@pytest.mark.django_db
def test_les_ecarts_se_comptent_avec_leurs_motifs_et_les_petits_se_masquent():
    motif = MotifFactory.create(libelle="Souhait de la personne")
    for n in range(8):
        OrientationFactory.create(
            type_propose="emploi", type_decide="emploi" if n else "social", motif=motif, decidee_le=JOUR
        )
    tout = Ecarts(UtilisateurFactory.create(role=Role.ADMINISTRATEUR), JOUR.year)
    assert (tout.proposees, tout.suivies, tout.taux) == (8, 7, 87.5)
    assert tout.motifs == [("Souhait de la personne", 1)]
    masque = Ecarts(UtilisateurFactory.create(role=Role.DIRECTION), JOUR.year)
    assert masque.taux is None
    assert masque.motifs == [("Souhait de la personne", "s. s.")]
    assert [c[1] for c in masque.lignes[0].cases] == ["s. s.", 0, "s. s."]
