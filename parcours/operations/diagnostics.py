"""Writes of a diagnosis: start, drafts saved by hand and by the page itself, end.

The journal says how many answers changed, never which: it is read by people who may not read a diagnosis.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from parcours.droits import lire_avec_acces, voit_sante
from parcours.droits.diagnostics import peut_diagnostiquer, peut_ecrire_diagnostic
from parcours.lecture_diagnostics import dernier_termine, grille_au
from parcours.models import Diagnostic, Personne, ReponseDiagnostic, SituationTheme, ThemeDiagnostic
from parcours.regles.diagnostics import THEMES_DE_L_IDENTITE, identite_declaree, reponses_de_l_identite
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.models import EntreeJournal
from pdi.socle.operations import enregistrer, journaliser

# An automatic save is journaled at most this often.
PAS_DU_JOURNAL = datetime.timedelta(minutes=15)


@dataclass(frozen=True)
class SaisieReponse:
    """The answer to one theme: the key of its situation (None: not asked), a precision in a few words."""

    situation: int | None = None
    precision: str = ""


@dataclass(frozen=True)
class SaisieDiagnostic:
    """What was entered. `reponses`: {theme id: answer}; themes left out stay as they are.

    `synthese` None: the author does not see it, it stays as it is.
    """

    reponses: Mapping[int, SaisieReponse] = field(default_factory=dict)
    synthese: str | None = None


@dataclass(frozen=True)
class Difference:
    """One field that differs from what is stored."""

    libelle: str
    enregistre: str
    saisi: str


class ConflitDiagnostic(RegleMetier):
    """The diagnosis was saved elsewhere since the form was shown. Nothing is overwritten."""

    def __init__(self, diagnostic: Diagnostic, differences: Sequence[Difference]) -> None:
        """Keep the stored diagnosis and what differs from the rejected entry."""
        super().__init__("Ce diagnostic a été enregistré entre-temps, par quelqu’un d’autre ou dans un autre onglet.")
        self.diagnostic, self.differences = diagnostic, list(differences)


def _personne_lue(par: Any, pk: int) -> Any:
    """Return the person locked against a second writer, with what the verdicts read."""
    Personne.objects.select_for_update(of=("self",)).only("pk").get(pk=pk)
    return lire_avec_acces(par, pk)


def _verrouiller(diagnostic: Diagnostic, par: Any) -> tuple[Diagnostic, Any]:
    """Read the diagnosis again, locked, and its person; raise when `par` may not write in it."""
    lu = Diagnostic.objects.select_for_update(of=("self",)).select_related("personne", "grille").get(pk=diagnostic.pk)
    personne = lire_avec_acces(par, lu.personne_id)
    exiger(peut_ecrire_diagnostic(par, lu, personne or lu.personne))
    return lu, personne


@transaction.atomic
def demarrer_diagnostic(
    *, personne: Personne, par: Any, date: datetime.date | None = None, reprendre: bool = False
) -> Diagnostic:
    """Start a diagnosis on the grid in force on `date`, or return the draft already there.

    `reprendre` copies the answers of the latest finished one, restricted answers only for those who see them. What the
    identity says of education and of France Travail is answered already. Raises DroitInsuffisant, and RegleMetier for a
    future date or when no grid is in force.
    """
    lue = _personne_lue(par, personne.pk)
    exiger(peut_diagnostiquer(par, lue or personne))
    jour = date or timezone.localdate()
    if jour > timezone.localdate():
        raise RegleMetier("Un diagnostic ne se date pas dans l’avenir.", champ="date")
    en_cours = Diagnostic.objects.filter(personne=personne, termine_le__isnull=True).first()
    if en_cours is not None:
        return en_cours
    grille = grille_au(jour)
    if grille is None:
        raise RegleMetier(f"Aucune grille de diagnostic n’est en vigueur au {jour:%d/%m/%Y}.", champ="date")
    diagnostic = Diagnostic(personne=personne, grille=grille, date=jour, mene_par=par)
    enregistrer(diagnostic)
    if reprendre:
        _reprendre(diagnostic, sante=voit_sante(par, lue))
    _repondre_de_l_identite(diagnostic)
    journaliser(par=par, verbe="demarrer_diagnostic", objet=diagnostic)
    return diagnostic


def _reprendre(diagnostic: Diagnostic, *, sante: bool) -> None:
    ancien = dernier_termine(diagnostic.personne_id)
    if ancien is None:
        return
    reponses = ancien.reponses.select_related("theme", "situation")
    if not sante:
        reponses = reponses.filter(theme__restreint=False)
    proposees = {
        (s.theme.code, s.code): s
        for s in SituationTheme.objects.filter(theme__grille=diagnostic.grille_id).select_related("theme")
    }
    gardees = [(r, proposees.get((r.theme.code, r.situation.code))) for r in reponses]
    ReponseDiagnostic.objects.bulk_create(
        [
            ReponseDiagnostic(diagnostic=diagnostic, theme=s.theme, situation=s, precision=r.precision)
            for r, s in gardees
            if s is not None and (sante or not s.theme.restreint)
        ]
    )


def _repondre_de_l_identite(diagnostic: Diagnostic) -> None:
    """Answer what the identity says already: one truth, typed once."""
    identite = Personne.objects.values("niveau_formation", "inscrit_france_travail").get(pk=diagnostic.personne_id)
    deja = dict(diagnostic.reponses.values_list("theme__code", "situation__code"))
    dites = reponses_de_l_identite(identite, deja)
    situations = SituationTheme.objects.filter(theme__grille=diagnostic.grille_id, theme__code__in=dites)
    for situation in situations.select_related("theme"):
        if dites[situation.theme.code] == situation.code:
            diagnostic.reponses.update_or_create(
                theme=situation.theme, defaults={"situation": situation, "precision": ""}
            )  # fmt: skip


def saisie_enregistree(diagnostic: Diagnostic, *, sante: bool) -> SaisieDiagnostic:
    """Return what is stored and may be shown, in the shape of an entry (one query)."""
    reponses = diagnostic.reponses.all() if sante else diagnostic.reponses.filter(theme__restreint=False)
    return SaisieDiagnostic(
        {r.theme_id: SaisieReponse(r.situation_id, r.precision) for r in reponses},
        diagnostic.synthese if sante else None,
    )


def _permise(saisie: SaisieDiagnostic, themes: Mapping[int, ThemeDiagnostic], *, sante: bool) -> SaisieDiagnostic:
    """Return what the author may write: themes of the grid, restricted ones only for those who see them."""
    gardees = {
        pk: SaisieReponse(r.situation, r.precision.strip() if r.situation else "")
        for pk, r in saisie.reponses.items()
        if pk in themes and (sante or not themes[pk].restreint)
    }
    return SaisieDiagnostic(gardees, saisie.synthese.strip() if sante and saisie.synthese is not None else None)


def _comparer(
    avant: SaisieDiagnostic, saisie: SaisieDiagnostic, themes: Mapping[int, ThemeDiagnostic]
) -> dict[int | None, Difference]:
    """Return the differences by theme, None for the synthesis."""
    situations = {s.pk: s.libelle for t in themes.values() for s in t.situations.all()}

    def dire(reponse: SaisieReponse) -> str:
        libelle = situations.get(reponse.situation or 0, "")
        return f"{libelle} ({reponse.precision})" if reponse.precision else libelle

    differences: dict[int | None, Difference] = {}
    for pk, reponse in saisie.reponses.items():
        ancienne = avant.reponses.get(pk, SaisieReponse())
        if ancienne != reponse:
            differences[pk] = Difference(themes[pk].libelle, dire(ancienne), dire(reponse))
    if saisie.synthese is not None and saisie.synthese != (avant.synthese or ""):
        differences[None] = Difference("Synthèse", avant.synthese or "", saisie.synthese)
    return differences


@transaction.atomic
def enregistrer_diagnostic(
    *, diagnostic: Diagnostic, version: int, saisie: SaisieDiagnostic, par: Any, automatique: bool = False
) -> Diagnostic:
    """Save the draft, if nobody saved since the author read `version`. Nothing changes when nothing differs.

    What the author may not see is left as it is. Raises DroitInsuffisant, RegleMetier when a situation is not one of
    its theme, and ConflitDiagnostic with the differences: the caller gives the entry back.
    """
    diagnostic, personne = _verrouiller(diagnostic, par)
    sante = voit_sante(par, personne)
    themes = {
        t.pk: t for t in ThemeDiagnostic.objects.filter(grille=diagnostic.grille_id).prefetch_related("situations")
    }
    saisie = _permise(saisie, themes, sante=sante)
    for pk, reponse in saisie.reponses.items():
        if reponse.situation and reponse.situation not in {s.pk for s in themes[pk].situations.all()}:
            raise RegleMetier("Cette réponse n’est pas de ce thème.", champ=f"theme-{pk}")
    differences = _comparer(saisie_enregistree(diagnostic, sante=sante), saisie, themes)
    if not differences:
        return diagnostic
    if version != diagnostic.version:
        raise ConflitDiagnostic(diagnostic, list(differences.values()))
    _ecrire_reponses(diagnostic, saisie, {pk for pk in differences if pk is not None})
    if None in differences:
        diagnostic.synthese = saisie.synthese or ""
    diagnostic.version += 1
    diagnostic.modifie_le = timezone.now()
    diagnostic.save(update_fields=["synthese", "version", "modifie_le"])
    _journaliser(diagnostic, len(differences), par, automatique=automatique)
    return diagnostic


def _ecrire_reponses(diagnostic: Diagnostic, saisie: SaisieDiagnostic, themes: set[int]) -> None:
    vides = [pk for pk in themes if not saisie.reponses[pk].situation]
    diagnostic.reponses.filter(theme__in=vides).delete()
    ReponseDiagnostic.objects.bulk_create(
        [
            ReponseDiagnostic(
                diagnostic=diagnostic,
                theme_id=pk,
                situation_id=saisie.reponses[pk].situation or 0,
                precision=saisie.reponses[pk].precision,
            )
            for pk in sorted(themes - set(vides))
        ],
        update_conflicts=True,
        unique_fields=["diagnostic", "theme"],
        update_fields=["situation", "precision"],
    )


def _journaliser(diagnostic: Diagnostic, nombre: int, par: Any, *, automatique: bool) -> None:
    if automatique:
        recente = EntreeJournal.objects.filter(
            objet_type=diagnostic._meta.label_lower,
            objet_id=str(diagnostic.pk),
            verbe="enregistrer_diagnostic",
            par=par,
            le__gte=timezone.now() - PAS_DU_JOURNAL,
        )
        if recente.exists():
            return
    dits = f"{nombre} réponse{'s' if nombre > 1 else ''} enregistrée{'s' if nombre > 1 else ''}."
    journaliser(par=par, verbe="enregistrer_diagnostic", objet=diagnostic, commentaire=dits)


@transaction.atomic
def terminer_diagnostic(*, diagnostic: Diagnostic, version: int, par: Any) -> Diagnostic:
    """Finish the diagnosis: from then on it can be compared and proposes an orientation; it no longer changes.

    What it says of education and of the registration at France Travail goes to the person's record, not typed twice.
    Raises DroitInsuffisant, RegleMetier when nothing is answered, and ConflitDiagnostic when it was saved since.
    """
    diagnostic, _ = _verrouiller(diagnostic, par)
    if version != diagnostic.version:
        raise ConflitDiagnostic(diagnostic, [])
    reponses = dict(diagnostic.reponses.values_list("theme__code", "situation__code"))
    d_avance = diagnostic.version == 1 and set(reponses) <= set(THEMES_DE_L_IDENTITE)  # nobody answered anything yet
    if not reponses or d_avance:
        raise RegleMetier("Répondez à une question au moins : un diagnostic vide ne dit rien.")
    diagnostic.termine_le = timezone.now()
    diagnostic.version += 1
    diagnostic.save(update_fields=["termine_le", "version"])
    _reporter(diagnostic, identite_declaree(reponses), par)
    journaliser(par=par, verbe="terminer_diagnostic", objet=diagnostic, apres={"réponses": len(reponses)})
    return diagnostic


def _reporter(diagnostic: Diagnostic, declaree: Mapping[str, Any], par: Any) -> None:
    """Keep the last contact, and what the questionnaire says of the person, unless a later diagnosis said it."""
    personnes = Personne.objects.filter(pk=diagnostic.personne_id)
    personnes.update(dernier_contact=Greatest("dernier_contact", diagnostic.date))
    posterieurs = Diagnostic.objects.filter(personne=diagnostic.personne_id).termines()
    if not declaree or posterieurs.filter(date__gt=diagnostic.date).exists():
        return
    # A later word of the identity form stands; the day is kept even when the diagnosis confirms what was known.
    personnes = personnes.filter(Q(situation_dite_le=None) | Q(situation_dite_le__lte=diagnostic.date))
    personnes.update(situation_dite_le=diagnostic.date)
    differents = Q()
    for champ, valeur in declaree.items():
        differents |= ~Q(**{champ: valeur}) | Q(**{f"{champ}__isnull": True})
    if personnes.filter(differents).update(**declaree, version=F("version") + 1):
        journaliser(
            par=par,
            verbe="modification",
            objet=diagnostic.personne,
            commentaire="Formation et inscription à France Travail reprises du diagnostic.",
        )


@transaction.atomic
def abandonner_diagnostic(*, diagnostic: Diagnostic, par: Any) -> None:
    """Drop a draft with its answers. Raises DroitInsuffisant: a finished diagnosis stays."""
    diagnostic, _ = _verrouiller(diagnostic, par)
    journaliser(par=par, verbe="abandonner_diagnostic", objet=diagnostic)
    diagnostic.delete()
