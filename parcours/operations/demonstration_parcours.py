"""What makes the demonstration look lived in: the référente's week, places where people are sent."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Case, Count, DateField, F, Q, Value, When
from django.db.models.functions import Greatest
from django.utils import timezone

from parcours.generation import noms
from parcours.models import (
    AffectationReferent,
    CapaciteAccueil,
    CapaciteReferent,
    Diagnostic,
    Entretien,
    EtatEntretien,
    GrilleDiagnostic,
    NatureEntretien,
    Personne,
    ReponseDiagnostic,
    SituationTheme,
)
from parcours.regles.diagnostics import THEMES_DE_L_IDENTITE
from pdi.comptes.models import Role, Utilisateur
from pdi.structures.models import Structure

# A week of appointments: day (0 is Monday), hour, minutes. The second week is lighter.
SEMAINE = (
    (0, (9, 30), 45), (0, (11, 0), 45), (0, (14, 30), 60), (1, (9, 0), 45), (1, (10, 15), 45), (1, (15, 0), 45),
    (2, (9, 30), 60), (2, (14, 0), 45), (3, (9, 0), 45), (3, (10, 30), 45), (3, (14, 0), 45), (3, (15, 30), 45),
    (4, (9, 30), 45), (4, (11, 0), 60),
)  # fmt: skip
SEMAINE_SUIVANTE = ((0, (9, 30), 45), (1, (10, 15), 45), (1, (14, 0), 60), (3, (9, 30), 45), (4, (11, 0), 45))
MANQUE, SANS_ISSUE = 3, 8  # the ranks of the past appointment that was missed, of the one nobody said the outcome of
DIAGNOSTIQUEES, AVANT, APRES = 12, 300, 40  # people diagnosed twice, and how many days ago each time
PLACES_REFERENT, MARGE = 60, (112, 96, 130, 105, 90)  # percent of the people followed: some structures overflow


def remplir_la_semaine(*, jour: datetime.date) -> int:
    """Plan the two weeks of `jour` and after, of each demonstration référent who follows people; return how many.

    Past appointments were held, one was missed, one waits for its outcome. Nobody is met twice.
    """
    lundi = jour - datetime.timedelta(days=jour.weekday())
    creneaux = [(lundi, c) for c in SEMAINE] + [(lundi + datetime.timedelta(days=7), c) for c in SEMAINE_SUIVANTE]
    crees: list[Entretien] = []
    for referent in Utilisateur.objects.filter(demonstration=True, habilitations__role=Role.REFERENT).distinct():
        suivies = list(
            AffectationReferent.objects.filter(referent=referent, periode__contains=jour)
            .order_by("pk").values_list("personne_id", "structure_id")[: len(creneaux)]
        )  # fmt: skip
        Entretien.objects.filter(
            personne__in=[cle for cle, _ in suivies], etat=EtatEntretien.PREVU, debut__date__gte=lundi
        ).delete()
        crees += [
            _rendez_vous(rang, personne, structure, referent, debut, creneau, jour)
            for rang, ((personne, structure), (debut, creneau)) in enumerate(zip(suivies, creneaux, strict=False))
        ]
    Entretien.objects.bulk_create(crees)
    _dater_les_contacts(crees)
    return len(crees)


def _rendez_vous(
    rang: int, personne: int, structure: int, referent: Any, lundi: datetime.date, creneau: Any, jour: datetime.date
) -> Entretien:
    rang_jour, heure, minutes = creneau
    le = lundi + datetime.timedelta(days=rang_jour)
    etat = EtatEntretien.PREVU
    if le < jour and rang != SANS_ISSUE:
        etat = EtatEntretien.MANQUE if rang == MANQUE else EtatEntretien.TENU
    tenu = etat == EtatEntretien.TENU
    return Entretien(
        personne_id=personne, structure_id=structure, agent=referent, etat=etat, duree_min=minutes,
        nature=NatureEntretien.BILAN if rang % 6 == 5 else NatureEntretien.SUIVI,
        debut=timezone.make_aware(datetime.datetime.combine(le, datetime.time(*heure))),
        resume=noms.RESUMES[rang % len(noms.RESUMES)] if tenu else "",
        prochaines_etapes=noms.ETAPES[rang % len(noms.ETAPES)] if tenu else "",
    )  # fmt: skip


def _dater_les_contacts(crees: list[Entretien]) -> None:
    """Keep the last contact of each person in step with what was held."""
    tenus = [e for e in crees if e.etat == EtatEntretien.TENU]
    dates = [When(pk=e.personne_id, then=Value(timezone.localdate(e.debut))) for e in tenus]
    if dates:
        Personne.objects.filter(pk__in=[e.personne_id for e in tenus]).update(
            dernier_contact=Greatest(
                F("dernier_contact"), Case(*dates, output_field=DateField()), output_field=DateField()
            )
        )


def ouvrir_des_places(*, jour: datetime.date) -> int:
    """Give each structure that receives people a capacity near what it holds, each référent one; return how many.

    Structures and accounts that already have one are left alone.
    """
    periode = DateRange(datetime.date(jour.year, 1, 1), None)
    en_cours = Count("orientations", filter=Q(orientations__periode__contains=jour))
    recoivent: Any = Structure.objects.annotate(combien=en_cours).filter(combien__gt=0, capacites=None)
    accueils = [
        CapaciteAccueil(
            structure=structure, periode=periode, places=-(-structure.combien * MARGE[rang % len(MARGE)] // 500) * 5
        )
        for rang, structure in enumerate(recoivent.order_by("nom", "pk"))
    ]
    CapaciteAccueil.objects.bulk_create(accueils)
    referents = Utilisateur.objects.filter(demonstration=True, habilitations__role=Role.REFERENT, capacites=None)
    portefeuilles = [
        CapaciteReferent(referent=u, places=PLACES_REFERENT, periode=periode) for u in referents.distinct()
    ]
    CapaciteReferent.objects.bulk_create(portefeuilles)
    return len(accueils) + len(portefeuilles)


def diagnostiquer_le_portefeuille(*, jour: datetime.date) -> int:
    """Diagnose twice some people of each demonstration référent, so that what was lifted shows; return how many.

    What the identity answers is left out: the two would disagree.
    """
    grille = GrilleDiagnostic.objects.order_by("-validite", "pk").first()
    themes = grille.themes.exclude(code__in=THEMES_DE_L_IDENTITE).order_by("ordre", "pk") if grille else []
    par_theme = [list(t.situations.order_by("niveau", "ordre", "pk")) for t in themes]
    reponses: list[ReponseDiagnostic] = []
    combien = 0
    for referent in Utilisateur.objects.filter(demonstration=True, habilitations__role=Role.REFERENT).distinct():
        debut = jour - datetime.timedelta(days=AVANT)
        suivies = AffectationReferent.objects.filter(referent=referent, periode__contains=debut)
        suivies = suivies.filter(periode__contains=jour, personne__diagnostics=None).order_by("pk")
        for rang, personne in enumerate(suivies.values_list("personne", flat=True)[:DIAGNOSTIQUEES]):
            combien += 1
            for apres, ecart in enumerate((AVANT, APRES)):
                fait = _diagnostic(personne, grille, referent, jour - datetime.timedelta(days=ecart))
                reponses += [
                    ReponseDiagnostic(diagnostic=fait, theme_id=s.theme_id, situation=s)
                    for s in (_situation(lues, rang, i, apres=bool(apres)) for i, lues in enumerate(par_theme) if lues)
                ]
    ReponseDiagnostic.objects.bulk_create(reponses)
    return combien


def _diagnostic(personne: int, grille: Any, referent: Any, le: datetime.date) -> Diagnostic:
    fini = timezone.make_aware(datetime.datetime.combine(le, datetime.time(16)))
    return Diagnostic.objects.create(
        personne_id=personne, grille=grille, mene_par=referent, date=le, termine_le=fini
    )  # fmt: skip


def _situation(lues: list[SituationTheme], rang: int, ordre: int, *, apres: bool) -> SituationTheme:
    """Return the answer to a theme, mildest first: of three themes, one eases; of eleven, one worsens."""
    avant = (rang * 3 + ordre * 2) % len(lues)
    if not apres:
        return lues[avant]
    tour = rang + ordre
    return lues[0] if tour % 3 == 0 else lues[-1] if tour % 11 == 4 else lues[avant]
