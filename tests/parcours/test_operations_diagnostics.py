"""Diagnoses: drafts without loss, what stays hidden, comparison over time."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parcours.models import Diagnostic, Personne
from parcours.operations.diagnostics import (
    ConflitDiagnostic,
    SaisieDiagnostic,
    SaisieReponse,
    abandonner_diagnostic,
    demarrer_diagnostic,
    enregistrer_diagnostic,
    terminer_diagnostic,
)
from parcours.operations.personnes import modifier_identite
from parcours.regles.diagnostics import Constat, comparer
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, PasMaintenant, RegleMetier
from pdi.socle.models import EntreeJournal
from tests.fabriques import UtilisateurFactory
from tests.fabriques_parcours import GrilleFactory, SituationThemeFactory, ThemeFactory, il_y_a, personne_suivie

pytestmark = pytest.mark.django_db


class Monde:
    """A grid of two themes, one of them restricted, and someone who follows a person."""

    def __init__(self) -> None:
        self.referent = UtilisateurFactory.create(role=Role.REFERENT)
        self.encadrant = UtilisateurFactory.create(role=Role.ENCADRANT)
        self.personne = personne_suivie(referent=self.referent)
        self.grille = GrilleFactory.create()
        self.formation = ThemeFactory.create(grille=self.grille, code="formation", libelle="Formation")
        self.sante = ThemeFactory.create(grille=self.grille, code="sante", libelle="Santé", restreint=True)
        self.bac = SituationThemeFactory.create(theme=self.formation, code="bac", niveau=0, libelle="Bac")
        self.sans = SituationThemeFactory.create(theme=self.formation, code="sans_diplome", niveau=2)
        self.malade = SituationThemeFactory.create(theme=self.sante, code="prioritaire", niveau=3)

    def demarrer(self, par: Any = None, **plus: Any) -> Diagnostic:
        return demarrer_diagnostic(personne=self.personne, par=par or self.referent, **plus)

    def ecrire(self, diagnostic: Diagnostic, par: Any = None, synthese: str | None = None, **themes: Any) -> Diagnostic:
        reponses = {getattr(self, nom).pk: SaisieReponse(s.pk if s else None) for nom, s in themes.items()}
        return enregistrer_diagnostic(
            diagnostic=diagnostic, version=diagnostic.version, saisie=SaisieDiagnostic(reponses, synthese),
            par=par or self.referent,
        )  # fmt: skip


@pytest.fixture
def monde():
    return Monde()


def reponses(diagnostic: Diagnostic) -> dict[str, str]:
    return dict(diagnostic.reponses.values_list("theme__code", "situation__code"))


def test_un_brouillon_se_garde_se_corrige_et_se_vide(monde):
    diagnostic = monde.demarrer()
    assert monde.demarrer() == diagnostic
    diagnostic = monde.ecrire(diagnostic, formation=monde.sans, sante=monde.malade, synthese="Projet clair")
    diagnostic = monde.ecrire(diagnostic, formation=monde.bac)
    assert reponses(diagnostic) == {"formation": "bac", "sante": "prioritaire"}
    assert diagnostic.synthese == "Projet clair"
    diagnostic = monde.ecrire(diagnostic, formation=None)
    assert reponses(diagnostic) == {"sante": "prioritaire"}


def test_deux_saisies_ne_s_ecrasent_pas(monde):
    diagnostic = monde.demarrer()
    ancien = Diagnostic.objects.get(pk=diagnostic.pk)
    monde.ecrire(diagnostic, formation=monde.bac)
    with pytest.raises(ConflitDiagnostic) as conflit:
        monde.ecrire(ancien, formation=monde.sans)
    assert [(d.libelle, d.enregistre) for d in conflit.value.differences] == [("Formation", "Bac")]
    assert reponses(diagnostic) == {"formation": "bac"}


def test_qui_ne_voit_pas_la_sante_ne_la_lit_ni_ne_l_efface(monde):
    diagnostic = monde.ecrire(monde.demarrer(), sante=monde.malade, synthese="Confidences")
    diagnostic = monde.ecrire(diagnostic, par=monde.encadrant, sante=None, formation=monde.bac, synthese="")
    assert reponses(diagnostic) == {"formation": "bac", "sante": "prioritaire"}
    assert diagnostic.synthese == "Confidences"
    terminer_diagnostic(diagnostic=diagnostic, version=diagnostic.version, par=monde.referent)
    suivant = monde.demarrer(par=monde.encadrant, reprendre=True)
    assert reponses(suivant) == {"formation": "bac"}


def test_le_journal_ne_dit_aucune_reponse(monde):
    diagnostic = monde.ecrire(monde.demarrer(), sante=monde.malade, synthese="Confidences")
    terminer_diagnostic(diagnostic=diagnostic, version=diagnostic.version, par=monde.referent)
    dit = " ".join(str((e.avant, e.apres, e.commentaire)) for e in EntreeJournal.objects.all())
    assert "Santé" not in dit
    assert "Confidences" not in dit
    assert str(monde.malade) not in dit


def test_terminer_fige_et_reporte_la_formation(monde):
    diagnostic = monde.demarrer()
    with pytest.raises(RegleMetier, match="vide"):
        terminer_diagnostic(diagnostic=diagnostic, version=diagnostic.version, par=monde.referent)
    diagnostic = monde.ecrire(diagnostic, formation=monde.bac)
    diagnostic = terminer_diagnostic(diagnostic=diagnostic, version=diagnostic.version, par=monde.referent)
    monde.personne.refresh_from_db()
    assert monde.personne.niveau_formation == "IV"
    assert monde.personne.dernier_contact == diagnostic.date
    with pytest.raises(PasMaintenant):
        monde.ecrire(diagnostic, formation=monde.sans)
    with pytest.raises(PasMaintenant):
        abandonner_diagnostic(diagnostic=diagnostic, par=monde.referent)


def test_un_brouillon_s_abandonne_un_autre_recommence(monde):
    premier = monde.demarrer()
    abandonner_diagnostic(diagnostic=premier, par=monde.referent)
    assert monde.demarrer().pk != premier.pk


def test_une_situation_d_un_autre_theme_est_refusee(monde):
    with pytest.raises(RegleMetier, match="pas de ce thème"):
        monde.ecrire(monde.demarrer(), formation=monde.malade)


def test_ni_l_avenir_ni_le_dossier_d_un_autre(monde):
    with pytest.raises(RegleMetier, match="avenir"):
        monde.demarrer(date=il_y_a(-1))
    with pytest.raises(DroitInsuffisant):
        monde.demarrer(par=UtilisateurFactory.create(role=Role.ADMINISTRATEUR))


# -- comparison ------------------------------------------------------------------------------------

THEMES = ["emploi", "logement", "langue", "garde"]
CONSTATS = st.dictionaries(st.sampled_from(THEMES), st.integers(0, 3)).map(
    lambda niveaux: [Constat(t, t.capitalize(), f"{t} {n}", n) for t, n in niveaux.items()]
)


def themes(evolutions: Any) -> set[str]:
    return {(e.apres or e.avant).theme for e in evolutions}


@given(avant=CONSTATS, apres=CONSTATS)
def test_chaque_frein_est_dans_une_liste_et_une_seule(avant, apres):
    c = comparer(avant, apres)
    listes = [c.leves, c.apparus, c.persistants, c.reperes, c.non_revus]
    tous = [t for liste in listes for t in themes(liste)]
    assert len(tous) == len(set(tous))
    assert set(tous) == {x.theme for x in [*avant, *apres] if x.frein}
    assert themes(c.atouts) == {x.theme for x in apres if x.atout}


@given(avant=CONSTATS, apres=CONSTATS)
def test_dans_l_autre_sens_ce_qui_est_leve_apparait(avant, apres):
    aller, retour = comparer(avant, apres), comparer(apres, avant)
    assert themes(aller.leves) == themes(retour.apparus)
    assert themes(aller.reperes) == themes(retour.non_revus)
    assert themes(aller.persistants) == themes(retour.persistants)


@given(constats=CONSTATS)
def test_compare_a_lui_meme_rien_ne_change(constats):
    c = comparer(constats, constats)
    assert [*c.leves, *c.apparus, *c.reperes, *c.non_revus] == []
    assert {e.sens for e in c.persistants} <= {"inchangé"}


def test_une_seule_verite_l_identite_repond_d_avance_et_garde_sa_date(monde):
    personne = Personne.objects.get(pk=monde.personne.pk)
    modifier_identite(personne=personne, valeurs={"niveau_formation": "IV"}, par=monde.referent)
    diagnostic = monde.demarrer()
    assert reponses(diagnostic) == {"formation": "bac"}, "ce que l’identité sait ne se retape pas"
    with pytest.raises(RegleMetier, match="vide"):
        terminer_diagnostic(diagnostic=diagnostic, version=diagnostic.version, par=monde.referent)
    diagnostic = monde.ecrire(diagnostic, formation=monde.sans)
    Diagnostic.objects.filter(pk=diagnostic.pk).update(date=il_y_a(3))
    terminer_diagnostic(diagnostic=diagnostic, version=diagnostic.version, par=monde.referent)
    personne.refresh_from_db()
    assert (personne.niveau_formation, personne.situation_dite_le) == ("IV", il_y_a(0)), "dite depuis : elle reste"
    Personne.objects.filter(pk=personne.pk).update(situation_dite_le=il_y_a(90))
    suivant = monde.ecrire(monde.demarrer(), formation=monde.sans)
    terminer_diagnostic(diagnostic=suivant, version=suivant.version, par=monde.referent)
    personne.refresh_from_db()
    assert (personne.niveau_formation, personne.situation_dite_le) == ("Vbis-VI", il_y_a(0))
