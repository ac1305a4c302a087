"""What the screens of a lot show: its rows and their messages, what the import would do, what can be chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Concat

from pdi.socle.composants import Etape
from pdi.socle.filtres import FiltreChoix, Filtres, FiltreTexte
from pdi.socle.formats import compte, date_courte
from pdi.socle.models import (
    LIGNES_A_TRAITER,
    LIGNES_PRETES,
    AnomalieImport,
    EtatLigne,
    EtatLot,
    LigneImport,
    LotImport,
    Traitement,
)
from pdi.socle.pagination import PageParCle

from .corrections import DESIGNE_NOUVEAU, propositions
from .declarations import Champ, genre_de
from .libelles import LIBELLES

TONS = {
    EtatLigne.A_CORRIGER: ("veille", "pencil"), EtatLigne.A_RECONNAITRE: ("info", "person-fill"),
    EtatLigne.NOUVELLE: ("bon", "plus-circle"), EtatLigne.MODIFIEE: ("bon", "check-circle-fill"),
    EtatLigne.IDENTIQUE: ("neutre", "check-lg"), EtatLigne.IMPORTEE: ("bon", "lock-fill"),
}  # fmt: skip
TONS_LOT = {
    EtatLot.DEPOSE: ("info", "arrow-repeat"), EtatLot.A_ASSOCIER: ("veille", "pencil"),
    EtatLot.A_VERIFIER: ("veille", "hourglass-split"), EtatLot.PARTIEL: ("veille", "hourglass-split"),
    EtatLot.IMPORTE: ("bon", "check-circle-fill"), EtatLot.ILLISIBLE: ("retard", "exclamation-circle-fill"),
}  # fmt: skip
A_TRAITER, PRETES, TOUTES = "a_traiter", "pretes", "toutes"


def _de_cet_etat(valeur: str) -> Q:
    groupes = {A_TRAITER: LIGNES_A_TRAITER, PRETES: LIGNES_PRETES}
    if valeur == TOUTES:
        return Q()
    return Q(etat__in=groupes[valeur]) if valeur in groupes else Q(etat=valeur)


def _avec(**criteres: Any) -> Q:
    return Q(Exists(AnomalieImport.objects.filter(ligne=OuterRef("pk"), **criteres)))


class FiltresLignes(Filtres):
    """Filters of the rows of a lot."""

    etat = FiltreChoix("État de la ligne", q=_de_cet_etat, vide="À traiter d’abord")
    colonne = FiltreChoix("Colonne en cause", q=lambda v: _avec(colonne=v), vide="Toutes")
    probleme = FiltreChoix("Message", q=lambda v: _avec(code=v), vide="Tous")
    mot = FiltreTexte("Nom ou numéro de ligne", champs=("reperes",), large=True)


@dataclass(frozen=True)
class Candidat:
    """Something a row may be about."""

    cible: int
    nom: str
    detail: str = ""
    url: str = ""


@dataclass
class Message:
    """An anomaly as shown: the column, how it can be settled on the spot."""

    anomalie: AnomalieImport
    champ: Champ | None
    candidats: list[Candidat] = field(default_factory=list)
    actuelle: str = ""

    @property
    def titre(self) -> str:
        """Return the title of the column."""
        return self.champ.titre if self.champ else "Ligne entière"

    @property
    def choix(self) -> list[str]:
        """Return the labels to choose from, for a column with a list."""
        return [v for v in self.champ.choix.values() if v] if self.champ and self.anomalie.bloquante else []

    @property
    def propose(self) -> str:
        """Return what the correction field holds at first: the proposed value, else the one to correct."""
        if self.champ is None or self.champ.secret:
            return ""
        return self.anomalie.suggestion or self.anomalie.valeur or self.actuelle


@dataclass
class Rangee:
    """A row as shown."""

    ligne: LigneImport
    qui: str
    precisions: str
    ton: str
    icone: str
    changements: list[tuple[str, str, str]]
    messages: list[Message]
    corrigeable: bool


class PageLot:
    """A lot on its page."""

    def __init__(self, lot: LotImport, get: Any) -> None:
        """Read the query string and the job; rows are read when asked.

        A job that ended after the lot was read has changed it: without its bar to follow, the page must be its end.
        """
        self.lot, self.get, self.genre = lot, get, genre_de(lot.genre)
        if not (self.travail and self.travail.actif):
            lot.refresh_from_db()

    @cached_property
    def problemes(self) -> list[Any]:
        """Return how many rows each kind of message concerns, the most frequent first."""
        comptees = AnomalieImport.objects.filter(ligne__lot=self.lot).exclude(ligne__etat=EtatLigne.IMPORTEE)
        return list(
            comptees.values("colonne", "code", "bloquante")
            .annotate(combien=Count("ligne", distinct=True))
            .order_by("-bloquante", "-combien", "colonne", "code")
        )

    @cached_property
    def filtres(self) -> FiltresLignes:
        """Return the filters, with the columns and messages that this lot has."""
        colonnes: dict[str, int] = {}
        codes: dict[str, int] = {}
        for p in self.problemes:
            colonnes[p["colonne"]] = colonnes.get(p["colonne"], 0) + p["combien"]
            codes[p["code"]] = codes.get(p["code"], 0) + p["combien"]
        etats = [(A_TRAITER, f"À traiter ({self.lot.a_traiter})"), (PRETES, f"Prêtes ({self.lot.pretes})")]
        etats += [(e.value, f"{e.label} ({self.lot.compte(e)})") for e in EtatLigne if self.lot.compte(e)]
        return FiltresLignes(
            self.get,
            choix={
                "etat": [*etats, (TOUTES, f"Toutes ({self.lot.total})")],
                "colonne": [(c, f"{self.genre.titre_de(c)} ({n})") for c, n in colonnes.items() if c],
                "probleme": [(c, f"{LIBELLES.get(c, c)} ({n})") for c, n in codes.items()],
            },
        )

    @cached_property
    def page(self) -> PageParCle[LigneImport]:
        """Return one page of rows; those that wait, when there are some and no state is asked for."""
        nommees = [KT(f"brut__{code}") for code in self.genre.nommee]
        reperes = Concat(
            Cast("numero", TextField()), *(x for n in nommees for x in (Value(" "), n)), output_field=TextField()
        )
        lignes = self.filtres.appliquer(self.lot.lignes.annotate(reperes=reperes))
        if "etat" not in self.filtres.valeurs and self.lot.a_traiter:
            lignes = lignes.filter(etat__in=LIGNES_A_TRAITER)
        return PageParCle(lignes.prefetch_related("anomalies"), ["numero"], self.get.get("curseur"))

    @cached_property
    def rangees(self) -> list[Rangee]:
        """Return the rows of the page, ready to show."""
        ids = {c for ligne in self.page.objets for a in ligne.anomalies.all() for c in a.candidats if c > 0}
        noms = self.genre.nommer(ids) if ids and self.genre.nommer else {}
        return [self._rangee(ligne, noms) for ligne in self.page.objets]

    def _rangee(self, ligne: LigneImport, noms: Any) -> Rangee:
        premiers, reste = self.genre.nommee[:-1], self.genre.nommee[-1:]
        ton, icone = TONS[EtatLigne(ligne.etat)]
        messages = []
        for une in ligne.anomalies.all():
            champ = next((c for c in self.genre.champs if c.code == une.colonne), None)
            candidats = [Candidat(c, *noms[c]) for c in une.candidats if c in noms]
            if DESIGNE_NOUVEAU in une.candidats:
                candidats.append(Candidat(DESIGNE_NOUVEAU, f"Aucun : {self.genre.un} à créer"))
            messages.append(Message(une, champ, candidats, ligne.brut.get(une.colonne, "")))
        return Rangee(
            ligne=ligne, qui=" ".join(filter(None, (ligne.brut.get(c, "") for c in premiers))) or "Sans nom",
            precisions=" ".join(self._lu(ligne, c) for c in reste), ton=ton, icone=icone,
            changements=[
                (self.genre.titre_de(code), *(self.genre.champ(code).afficher(v) for v in valeurs))  # type: ignore[misc]
                for code, valeurs in ligne.changements.items()
            ],
            messages=messages, corrigeable=ligne.etat != EtatLigne.IMPORTEE and self.corrigeable,
        )  # fmt: skip

    def _lu(self, ligne: LigneImport, code: str) -> str:
        return self.genre.champ(code).afficher(ligne.valeurs.get(code)) or ligne.brut.get(code, "")

    # -- around the rows ---------------------------------------------------------------------------

    @property
    def corrigeable(self) -> bool:
        """Return whether rows can be corrected and imported."""
        return self.lot.etat in {EtatLot.A_VERIFIER, EtatLot.PARTIEL} and not (self.travail and self.travail.actif)

    @property
    def abandonnable(self) -> bool:
        """Return whether nothing was written from this lot: it can be deleted."""
        return self.lot.etat not in {EtatLot.PARTIEL, EtatLot.IMPORTE} and not (self.travail and self.travail.actif)

    @cached_property
    def travail(self) -> Traitement | None:
        """Return the last job about the lot, while it runs or when it failed."""
        dernier = Traitement.objects.filter(
            nature__in=["controle_import", "import"], cle=str(self.lot.pk)
        ).select_related("demandeur").order_by("-cree_le").first()  # fmt: skip
        return dernier if dernier and (dernier.actif or dernier.etat == "echec") else None

    @cached_property
    def proposees(self) -> int:
        """Return how many corrections are proposed."""
        return int(propositions(self.lot).exclude(ligne__etat=EtatLigne.IMPORTEE).count()) if self.corrigeable else 0

    @cached_property
    def colonnes_proposees(self) -> list[str]:
        """Return the titles of the columns for which corrections are proposed."""
        codes = propositions(self.lot).values_list("colonne", flat=True).order_by("colonne").distinct()
        return [self.genre.titre_de(c).lower() for c in codes]

    @cached_property
    def precedent(self) -> LotImport | None:
        """Return the last lot of the same kind and source imported before this one."""
        avant = LotImport.objects.filter(genre=self.lot.genre, source=self.lot.source, importe_le__isnull=False)
        return avant.filter(depose_le__lt=self.lot.depose_le).order_by("-depose_le").first()

    @property
    def etapes(self) -> list[Etape]:
        """Return the steps: deposited, columns, checked, imported."""
        lot = self.lot
        rang = 4 if lot.etat == EtatLot.IMPORTE else 3 if lot.verifie_le else 1
        reconnues = compte(len(lot.correspondance), "reconnue") if lot.correspondance else ""
        verifiees = f"{compte(lot.pretes, 'prête')}, {lot.a_traiter} à traiter" if lot.verifie_le else ""
        ecrites = date_courte(lot.importe_le) if lot.importe_le else "rien n’est encore écrit"
        details = (date_courte(lot.depose_le), reconnues, verifiees, ecrites)
        titres = ("Fichier déposé", "Colonnes reconnues", "Lignes vérifiées", "Lignes importées")
        return [
            Etape(titre, detail, "fait" if i < rang else "courant" if i == rang else "")
            for i, (titre, detail) in enumerate(zip(titres, details, strict=True))
        ]

    @property
    def ignorees(self) -> list[str]:
        """Return the headers of the file that are no column of the kind."""
        prises = set(self.lot.correspondance.values())
        return [e for i, e in enumerate(self.lot.entetes) if e and i not in prises]

    @property
    def ton(self) -> tuple[str, str]:
        """Return the tone and the icon of the state of the lot."""
        return TONS_LOT[EtatLot(self.lot.etat)]

    # -- the four figures --------------------------------------------------------------------------

    @property
    def a_corriger(self) -> int:
        """Return how many rows wait for a correction."""
        return self.lot.compte(EtatLigne.A_CORRIGER)

    @property
    def a_reconnaitre(self) -> int:
        """Return how many rows wait for a choice."""
        return self.lot.compte(EtatLigne.A_RECONNAITRE)

    @property
    def base_precedent(self) -> str:
        """Return how many rows the lot before had."""
        return f"{self.precedent.total} au lot précédent" if self.precedent else ""

    @property
    def base_pretes(self) -> str:
        """Return what the ready rows would do."""
        n, m, i = (self.lot.compte(e) for e in LIGNES_PRETES)
        return f"{compte(n, 'nouvelle')}, {compte(m, 'modifiée')}, {compte(i, 'identique')}"

    @property
    def base_proposees(self) -> str:
        """Return how many corrections are proposed."""
        return f"{self.proposees} avec une proposition" if self.proposees else ""

    @property
    def base_reconnaitre(self) -> str:
        """Return what is asked for."""
        return "à choisir parmi les dossiers connus" if self.a_reconnaitre else ""
