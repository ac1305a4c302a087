"""The life of a programme: signatures of the pact, timeline of what happened to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch
from django.utils import timezone

from actions.droits import peut_lire_signature, peut_lire_suivi
from actions.models import Campagne, EtatSignature, Programme, Signataire
from gouvernance.lecture_avenant import ce_qui_change
from gouvernance.models import (
    Avenant,
    EtatSeance,
    ModificationFiche,
    NatureInstance,
    Seance,
    VersionRapport,
)
from pdi.socle.composants import Affichage, Evenement
from pdi.socle.exports import Colonne
from pdi.socle.formats import date_longue
from pdi.socle.formulaires import entier

GENRES = {
    "adoption": "Adoption",
    "signatures": "Signatures",
    "campagnes": "Campagnes de bilans",
    "comites": "Comités",
    "rapports": "Rapports publiés",
    "deliberations": "Délibérations",
    "avenants": "Avenants",
}
EXPORT_VIE = (
    Colonne("Date", lambda ligne: ligne[1].le, type="date", largeur=12),
    Colonne("Genre", lambda ligne: GENRES[ligne[0]], largeur=20),
    Colonne("Événement", lambda ligne: ligne[1].titre, largeur=60),
    Colonne("Précision", lambda ligne: ligne[1].texte, largeur=60),
)
COMITES = (NatureInstance.COMITE_PILOTAGE, NatureInstance.COMITE_TECHNIQUE)
SIGNATURES = {
    EtatSignature.ATTENDUE: Affichage("Attendue", "veille", "hourglass-split"),
    EtatSignature.SIGNEE: Affichage("Signée", "bon", "pen"),
    EtatSignature.REFUSEE: Affichage("Refusée", "neutre", "x-lg"),
}


@dataclass(frozen=True)
class SignatureLue:
    """A signature as its reader may know it."""

    signataire: Signataire
    affichage: Affichage
    detail: bool


def signatures_de(programme: Programme) -> list[Signataire]:
    """Return the signatories of a programme (one query)."""
    return list(Signataire.objects.filter(programme=programme).select_related("structure__parent", "preuve"))


class LectureVie:
    """The life of one programme, for one reader."""

    def __init__(self, programme: Programme, utilisateur: Any, get: Any) -> None:
        """Read the query string; the rest is read when asked."""
        self.programme, self.utilisateur = programme, utilisateur
        genre, annee = get.get("genre", ""), get.get("annee", "")
        self.genre = genre if genre in GENRES else ""
        self.annee = (entier(annee) or 0) if len(annee) == 4 else 0

    @cached_property
    def signatures(self) -> list[SignatureLue]:
        """Return the signatories."""
        return [
            SignatureLue(s, SIGNATURES[s.etat], peut_lire_signature(self.utilisateur, s).ok)
            for s in signatures_de(self.programme)
        ]

    @property
    def signees(self) -> int:
        """Return how many signed."""
        return sum(s.signataire.etat == EtatSignature.SIGNEE for s in self.signatures)

    @cached_property
    def _tout(self) -> list[tuple[str, Evenement]]:
        """Return (kind, event), latest first (seven queries)."""
        sources = (self._adoption, self._signatures, self._campagnes, self._comites, self._rapports, self._avenants)
        lus = [ligne for source in sources for ligne in source()]
        return sorted(lus, key=lambda ligne: ligne[1].le, reverse=True)

    @property
    def annees(self) -> list[int]:
        """Return the years in which something happened."""
        return sorted({e.le.year for _, e in self._tout}, reverse=True)

    @property
    def retenus(self) -> list[tuple[str, Evenement]]:
        """Return (kind, event) of the filter."""
        return [
            (genre, e)
            for genre, e in self._tout
            if (not self.genre or genre == self.genre) and (not self.annee or e.le.year == self.annee)
        ]

    @property
    def requete(self) -> str:
        """Return the filter as a query string."""
        return urlencode({cle: v for cle, v in (("genre", self.genre), ("annee", self.annee)) if v})

    @property
    def evenements(self) -> list[Evenement]:
        """Return the events of the filter."""
        return [e for _genre, e in self.retenus]

    @property
    def actifs(self) -> list[tuple[str, str]]:
        """Return the filters in use: (words, query without it)."""
        lus = []
        if self.genre:
            lus.append((GENRES[self.genre], f"?annee={self.annee}" if self.annee else "?"))
        if self.annee:
            lus.append((str(self.annee), f"?genre={self.genre}" if self.genre else "?"))
        return lus

    def _adoption(self) -> Iterator[tuple[str, Evenement]]:
        p = self.programme
        if p.date_adoption:
            texte = f"Délibération {p.reference_deliberation}" if p.reference_deliberation else ""
            yield "adoption", Evenement(p.date_adoption, "Adoption du programme", texte, "bank", "bon")

    def _signatures(self) -> Iterator[tuple[str, Evenement]]:
        for s in self.signatures:
            if s.signataire.signe_le:
                titre = f"Signature\u00a0: {s.signataire.structure}"
                yield "signatures", Evenement(s.signataire.signe_le, titre, "", "pen", "", "programme")

    def _campagnes(self) -> Iterator[tuple[str, Evenement]]:
        if not peut_lire_suivi(self.utilisateur):
            return
        for c in Campagne.objects.filter(programme=self.programme).select_related("programme"):
            url = c.get_absolute_url()
            if c.ouverte_le:
                jour, titre = timezone.localdate(c.ouverte_le), f"Campagne de bilans {c.annee} ouverte"
                yield "campagnes", Evenement(jour, titre, "", "clipboard-check", "", "programme", url)
            if c.close_le:
                jour, titre = timezone.localdate(c.close_le), f"Campagne de bilans {c.annee} close"
                yield "campagnes", Evenement(jour, titre, "", "clipboard-check", "", "programme", url)

    def _comites(self) -> Iterator[tuple[str, Evenement]]:
        if not self.programme.reference:
            tenues = Seance.objects.visibles_par(self.utilisateur).filter(
                etat=EtatSeance.TENUE, instance__nature__in=COMITES, instance__reference=False,
                instance__departement=self.programme.departement_id, debut__year__gte=self.programme.annee_debut,
                debut__year__lte=self.programme.annee_fin + 1,
            )  # fmt: skip
            for s in tenues.select_related("instance__territoire"):
                jour = timezone.localdate(s.debut)
                yield (
                    "comites",
                    Evenement(jour, str(s.instance), s.objet, "people", "", "gouvernance", s.get_absolute_url()),
                )

    def _rapports(self) -> Iterator[tuple[str, Evenement]]:
        publiees = VersionRapport.objects.visibles_par(self.utilisateur).filter(
            rapport__programme=self.programme, etat="publiee"
        )
        for v in publiees.defer("contenu").select_related("rapport__programme", "deliberation"):
            annee, url = v.rapport.annee, v.get_absolute_url()
            if v.publiee_le is not None:
                jour, titre = timezone.localdate(v.publiee_le), f"Rapport d’exécution {annee} publié"
                yield "rapports", Evenement(jour, titre, str(v), "file-earmark-text", "", "gouvernance", url)
            if vote := getattr(v, "deliberation", None):
                titre = f"Délibération sur le rapport {annee}"
                yield "deliberations", Evenement(vote.date, titre, f"n°\u00a0{vote.numero}", "bank", "bon", "", url)

    def _avenants(self) -> Iterator[tuple[str, Evenement]]:
        visibles = ModificationFiche.objects.visibles_par(self.utilisateur).select_related("fiche").dans_l_ordre()
        avenants = Avenant.objects.visibles_par(self.utilisateur).filter(programme=self.programme)
        for a in avenants.prefetch_related(Prefetch("modifications", queryset=visibles)):
            url, dit = a.get_absolute_url(), f"{a}\u00a0: {a.intitule}"
            if a.vote_le is not None:
                mot, ton = ("voté", "bon") if a.etat == "vote" else ("rejeté", "neutre")
                suite = f"Délibération {a.deliberation}"
                yield "avenants", Evenement(a.vote_le, f"{dit} – {mot}", suite, "bank", ton, "", url)
            if a.applique_le is not None and a.effet is not None:
                suite = ce_qui_change(a.modifications.all(), fait=True)
                yield (
                    "avenants",
                    Evenement(a.effet, f"{a} en vigueur", suite, icone="journal-check", ton="bon", url=url),
                )
            if a.vote_le is None:
                quand = f"Date d’effet prévue\u00a0: {date_longue(a.effet)}." if a.effet else ""
                suite = " ".join(filter(None, (quand, ce_qui_change(a.modifications.all(), fait=False))))
                jour = timezone.localdate(a.cree_le)
                yield (
                    "avenants",
                    Evenement(jour, f"{dit} – {a.get_etat_display().lower()}", suite, "pencil-square", "info", "", url),
                )
