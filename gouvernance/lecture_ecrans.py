"""What the screens of the report show: read by sets, decided nowhere else."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from actions.models import Bilan, Campagne, EtatBilan, EtatCampagne, Programme
from pdi.socle.composants import Etape
from pdi.socle.formats import accorder, compte, date_longue
from pdi.socle.models import EtatTraitement, Traitement

from .contenu import mettre_a_niveau
from .droits import peut_lire_versions_de_travail
from .models import Deliberation, EtatVersion, RapportAnnuel, VersionRapport
from .regles import rapport as regles
from .regles.tableaux import Changement

LEGERS = ("contenu",)
COMPILATION = 3  # its rank among the steps of the report


@dataclass
class Exercice:
    """One year of a programme in the list of reports."""

    programme: Programme
    annee: int
    campagne: Campagne | None = None
    bilans: int = 0
    valides: int = 0
    versions: list[VersionRapport] = field(default_factory=list)
    traitement: Traitement | None = None

    @property
    def publiee(self) -> VersionRapport | None:
        """Return the published version."""
        return next((v for v in self.versions if v.etat == EtatVersion.PUBLIEE), None)

    @property
    def derniere(self) -> VersionRapport | None:
        """Return the newest version the reader may see."""
        return self.versions[0] if self.versions else None

    @property
    def deliberation(self) -> Deliberation | None:
        """Return the vote on the published version."""
        return getattr(self.publiee, "deliberation", None)

    @property
    def echeance(self) -> datetime.date:
        """Return the last day to deliberate."""
        return regles.echeance_deliberation(self.annee)


def versions_lisibles(utilisateur: Any) -> QuerySet[VersionRapport]:
    """Return the versions the user may read, without their heavy content, newest first."""
    return (
        VersionRapport.objects.visibles_par(utilisateur)
        .defer(*LEGERS)
        .select_related("rapport__programme", "deliberation")
        .order_by("-numero")
    )


def exercices(utilisateur: Any) -> list[Exercice]:
    """Return the years the user may open, newest first: three queries and two counts, whatever their number.

    Those who prepare the report see every year begun; the others, the years that have a published version.
    """
    travail = bool(peut_lire_versions_de_travail(utilisateur))
    aujourd_hui = timezone.localdate()
    trouves: dict[tuple[int, int], Exercice] = {}
    programmes = Programme.objects.visibles_par(utilisateur).filter(reference=False).select_related("departement")
    if travail:
        for programme in programmes:
            for annee in range(programme.annee_debut, min(programme.annee_fin, aujourd_hui.year) + 1):
                trouves[programme.pk, annee] = Exercice(programme, annee)
    rapports = RapportAnnuel.objects.visibles_par(utilisateur).select_related("programme__departement")
    for rapport in rapports.prefetch_related(Prefetch("versions", versions_lisibles(utilisateur))):
        exercice = trouves.setdefault((rapport.programme_id, rapport.annee), Exercice(rapport.programme, rapport.annee))
        exercice.versions = list(rapport.versions.all())
    if travail:
        _completer(trouves)
    code = settings.DEPARTEMENT_CODE
    return sorted(
        trouves.values(), key=lambda e: (e.programme.departement_id != code, e.programme.intitule_court, -e.annee)
    )


def _completer(trouves: dict[tuple[int, int], Exercice]) -> None:
    campagnes = Campagne.objects.filter(programme__in={p for p, _ in trouves})
    comptes = {
        pk: (total, valides)
        for pk, total, valides in Bilan.objects.filter(campagne__in=campagnes)
        .values_list("campagne")
        .annotate(total=Count("pk"), valides=Count("pk", filter=Q(etat=EtatBilan.VALIDE)))
    }
    for campagne in campagnes:
        exercice = trouves.get((campagne.programme_id, campagne.annee))
        if exercice:
            exercice.campagne = campagne
            exercice.bilans, exercice.valides = comptes.get(campagne.pk, (0, 0))
    par_cle = {regles.cle_compilation(e.programme.code, e.annee): e for e in trouves.values()}
    for traitement in Traitement.objects.actifs().filter(nature=regles.NATURE, cle__in=par_cle):
        par_cle[traitement.cle].traitement = traitement


@dataclass
class PageRapport:
    """The page of a report."""

    programme: Programme
    annee: int
    travail: bool
    versions: list[VersionRapport]
    publiee: VersionRapport | None
    derniere: VersionRapport | None
    deliberation: Deliberation | None
    traitement: Traitement | None
    campagne: Campagne | None
    bilans: dict[str, int]
    bilans_depuis: int
    points: list[regles.Point]
    etapes: list[Etape]
    autres: list[tuple[int, VersionRapport]]

    @property
    def annee_texte(self) -> str:
        """Return the year as text, for titles."""
        return str(self.annee)

    @property
    def annee_suivante(self) -> int:
        """Return the year of the vote."""
        return self.annee + 1

    @property
    def empreinte_groupee(self) -> str:
        """Return the hash of the published version in groups of eight."""
        empreinte = self.publiee.empreinte if self.publiee else ""
        return " ".join(empreinte[i : i + 8] for i in range(0, len(empreinte), 8))

    @property
    def tailles(self) -> dict[str, int | None]:
        """Return the sizes in bytes of the files of the published version, None when a file is missing."""
        return {genre: _taille(getattr(self.publiee, genre)) for genre in ("pdf", "xlsx")} if self.publiee else {}

    @property
    def fichier_absent(self) -> bool:
        """Return whether a file of the published version is no longer in the storage."""
        return None in self.tailles.values()

    @property
    def bloquants(self) -> list[regles.Point]:
        """Return what forbids publication."""
        return [p for p in self.points if p.bloquant]

    @property
    def avertissements(self) -> list[regles.Point]:
        """Return what is only to be known."""
        return [p for p in self.points if not p.bloquant]

    @property
    def echeance(self) -> datetime.date:
        """Return the last day to deliberate."""
        return regles.echeance_deliberation(self.annee)


def _taille(fichier: Any) -> int | None:
    try:
        return int(fichier.size)
    except FileNotFoundError:
        return None


def _bilans(campagne: Campagne | None, version: VersionRapport | None) -> tuple[dict[str, int], int]:
    """Return the bilans of the campaign by state, and how many were changed since `version` was compiled."""
    if campagne is None:
        return {}, 0
    depuis = Q(modifie_le__gt=version.compilee_le) if version else Q(pk__in=[])
    lignes = (
        Bilan.objects.filter(campagne=campagne)
        .order_by()
        .values_list("etat")
        .annotate(tous=Count("pk"), changes=Count("pk", filter=depuis))
    )
    etats, changes = {}, 0
    for etat, tous, modifies in lignes:
        etats[etat] = tous
        changes += modifies
    return etats, changes


def page_rapport(programme: Programme, annee: int, utilisateur: Any) -> PageRapport:
    """Read what the page of a report shows."""
    travail = bool(peut_lire_versions_de_travail(utilisateur))
    du_programme = list(versions_lisibles(utilisateur).filter(rapport__programme=programme))
    versions = [v for v in du_programme if v.rapport.annee == annee]
    derniere = versions[0] if versions else None
    publiee = next((v for v in versions if v.etat == EtatVersion.PUBLIEE), None)
    campagne = Campagne.objects.filter(programme=programme, annee=annee).first() if travail else None
    etats, depuis = _bilans(campagne, derniere if not publiee else None)
    traitement = (
        Traitement.objects.filter(nature=regles.NATURE, cle=regles.cle_compilation(programme.code, annee))
        .order_by("-cree_le")
        .first()
        if travail
        else None
    )
    if traitement and traitement.etat == EtatTraitement.TERMINE:
        traitement = None
    points = []
    if travail and derniere and not publiee:
        points = regles.points_a_regler(mettre_a_niveau(derniere.contenu, derniere.schema_version))
    deliberation = getattr(publiee, "deliberation", None) if publiee else None
    autres = sorted(
        ((v.rapport.annee, v) for v in du_programme if v.etat == EtatVersion.PUBLIEE and v.rapport.annee != annee),
        key=lambda couple: -couple[0],
    )
    return PageRapport(
        programme=programme,
        annee=annee,
        travail=travail,
        versions=versions,
        publiee=publiee,
        derniere=derniere,
        deliberation=deliberation,
        traitement=traitement,
        campagne=campagne,
        bilans=etats,
        bilans_depuis=depuis,
        points=points,
        etapes=_etapes(campagne, etats, derniere, publiee, deliberation, traitement),
        autres=autres,
    )


def _etapes(
    campagne: Campagne | None,
    bilans: dict[str, int],
    derniere: VersionRapport | None,
    publiee: VersionRapport | None,
    deliberation: Deliberation | None,
    traitement: Traitement | None,
) -> list[Etape]:
    """Return the steps: those behind, one current (the compilation while it runs), those ahead.

    A version compiled before the bilans are all in says so in its detail: it does not put that step behind.
    """
    total, valides = sum(bilans.values()), bilans.get(EtatBilan.VALIDE, 0)
    rendus = valides + bilans.get(EtatBilan.SOUMIS, 0)
    ouverte = bool(campagne and campagne.etat != EtatCampagne.PREPAREE)
    compilation = (
        "en cours"
        if traitement and traitement.actif
        else f"version {derniere.numero}, {date_longue(derniere.compilee_le)}"
        if derniere
        else ""
    )
    faits = [
        ("Campagne", date_longue(campagne.ouverture) if campagne else "pas encore ouverte", ouverte),
        ("Bilans rendus", f"{rendus} sur {total}" if total else "", bool(total) and rendus == total),
        ("Bilans validés", f"{valides} sur {total}" if total else "", bool(total) and valides == total),
        ("Compilation", compilation, derniere is not None and not (traitement and traitement.actif)),
        ("Publication", date_longue(publiee.publiee_le) if publiee else "", publiee is not None),
        ("Délibération", date_longue(deliberation.date) if deliberation else "", deliberation is not None),
    ]
    if publiee:  # what a published report went through is behind it, whatever the campaign says today
        faits = [(t, d, True) if i < 5 else (t, d, f) for i, (t, d, f) in enumerate(faits)]
    premier = next((i for i, (_, _, fait) in enumerate(faits) if not fait), len(faits))
    courant = COMPILATION if traitement and traitement.actif else premier
    return [
        Etape(titre, detail, "courant" if i == courant else "fait" if i < min(courant, premier) else "")
        for i, (titre, detail, _) in enumerate(faits)
    ]


def par_genre(changements: list[Changement]) -> list[tuple[str, list[Changement]]]:
    """Group differences by kind, in the order of the kinds, for the comparison page."""
    groupes: dict[str, list[Changement]] = defaultdict(list)
    for changement in changements:
        groupes[changement.genre].append(changement)
    return [(titre, groupes[genre]) for genre, titre in regles.GENRES.items() if genre in groupes]


def phrase_bilans(bilans: dict[str, int]) -> str:
    """Return « 12 bilans validés sur 17 »."""
    total, valides = sum(bilans.values()), bilans.get(EtatBilan.VALIDE, 0)
    return f"{compte(valides, 'bilan')} {accorder(valides, 'validé')} sur {total}" if total else "Aucun bilan"
