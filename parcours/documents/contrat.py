"""A contract as a document: what is printed, the wording of its regime, the PDF."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import get_template
from django.utils import timezone

from parcours.lecture_contrats import regimes
from parcours.models import Contrat, EtatContrat, NatureContrat, Orientation
from parcours.regles.delais import Regime, regime_au
from pdi.socle.formats import date_courte, nombre
from pdi.territoires.noms import nom_de_la_collectivite

if TYPE_CHECKING:
    from pdi.socle.impression import Imprime

FEUILLES = ("css/contrat-impression.css",)
FONDEMENTS = {
    NatureContrat.CER: "Conclu en application des articles L. 262-35 et L. 262-36 du Code de l’action sociale et des "
    "familles, dans leur rédaction en vigueur à la signature.",
    NatureContrat.CONTRAT_ENGAGEMENT: "Conclu en application de l’article L. 262-34 du Code de l’action sociale et des "
    "familles.",
    NatureContrat.PPAE: "Référence du projet personnalisé d’accès à l’emploi signé avec France Travail.",
}
SIGNE = (EtatContrat.SIGNE, EtatContrat.SOUMIS, EtatContrat.VALIDE, EtatContrat.CLOS)


def mentions(regime: Regime) -> list[str]:
    """Return what a contract must tell of the consequences, from the parameters of its regime. Source: CASF L262-37."""
    return list(_mentions(regime))


def _mentions(regime: Regime) -> Iterator[str]:
    paliers = [_palier(p) for p in regime.parametres.get("sanctions", ())]
    if not paliers:
        return
    jours = regime.parametres.get("contradictoire_jours")
    delai = f" Vous avez {jours} jours pour présenter vos observations." if jours else ""
    yield (
        "Si, sans motif légitime, les engagements ne sont pas tenus, le versement peut être réduit ou suspendu "
        f"(article L. 262-37) : {' ; puis '.join(paliers)}.{delai}"
    )
    plafond = regime.parametres.get("plafond_sanction_foyer")
    if plafond:
        yield f"Quand le foyer compte plusieurs personnes, la retenue ne dépasse pas {plafond} % du montant."
    yield "Vous pouvez demander à tout moment à revoir ce contrat, ou contester une décision."


def _palier(palier: dict[str, Any]) -> str:
    taux = [f"{palier[c]} % au {mot}" for c, mot in (("taux_min", "moins"), ("taux_max", "plus")) if palier.get(c)]
    mois = ""
    if palier.get("mois_max"):
        mois = f"de {palier.get('mois_min', 1)} à {palier['mois_max']} mois"
    return " ".join(filter(None, (palier["libelle"].lower(), f"de {taux[0]}" if taux else "", mois)))


def _dates(debut: datetime.date | None, fin: datetime.date | None) -> str:
    """Return « du 01/02/2026 au 31/03/2026 », or the duration of the contract without dates."""
    bornes = (f"du {date_courte(debut)}" if debut else "", f"au {date_courte(fin)}" if fin else "")
    return " ".join(filter(None, bornes)) or "pendant le contrat"


@dataclass(frozen=True)
class Signature:
    """One box of the signatures: who, and the date once signed."""

    titre: str
    qui: str
    le: datetime.date | None


@dataclass(frozen=True)
class DocumentContrat:
    """What is printed of a contract. `dispense`: the motive of the reduction as its reader may know it."""

    contrat: Contrat
    numero: int
    departement: str
    regime: Regime
    dispense: str = ""
    commune: str = ""
    objectifs: Sequence[Any] = ()
    actions: Sequence[Any] = ()
    mentions: Sequence[str] = field(default_factory=list)

    @classmethod
    def lire(cls, contrat: Contrat, numero: int, *, dispense: str = "") -> DocumentContrat:
        """Read what the document shows (three queries)."""
        regime = regime_au(regimes(), contrat.signe_personne_le or timezone.localdate())
        return cls(
            contrat,
            numero,
            departement=nom_de_la_collectivite(settings.DEPARTEMENT_CODE),
            regime=regime,
            dispense=dispense,
            commune=getattr(contrat.personne, "commune", "") or "",
            objectifs=list(contrat.objectifs.all()),
            actions=list(contrat.actions.select_related("offre")),
            mentions=mentions(regime),
        )

    @property
    def titre(self) -> str:
        """Return « Contrat d’engagement n° 2 »."""
        return f"{self.contrat.get_nature_display()} n°\u00a0{self.numero}"

    @property
    def rang(self) -> str:
        """Return « renouvellement », « avenant », empty for a first contract."""
        return "" if self.contrat.rang == "premier" else self.contrat.get_rang_display()

    @property
    def fondement(self) -> str:
        """Return the text the contract rests on."""
        return FONDEMENTS[NatureContrat(self.contrat.nature)]

    @property
    def projet(self) -> bool:
        """Return whether it is still a draft: the page says so."""
        return self.contrat.etat not in SIGNE

    @property
    def orientation(self) -> str:
        """Return the type of orientation in the words of the regime."""
        orientation: Orientation | None = self.contrat.orientation
        return self.regime.libelle_type(orientation.type_decide) if orientation else ""

    @property
    def reperes(self) -> list[tuple[str, str]]:
        """Return the dates and hours, as (label, words)."""
        contrat = self.contrat
        lignes = [("Durée", f"du {date_courte(contrat.debut)} au {date_courte(contrat.fin)}")]
        if contrat.heures_hebdo is not None:
            lignes.append(("Activité par semaine", f"{nombre(contrat.heures_hebdo)}\u00a0h"))
        if self.dispense and contrat.dispense_fin:
            lignes.append(("Activité réduite", f"jusqu’au {date_courte(contrat.dispense_fin)} ({self.dispense})"))
        if contrat.revision_le:
            lignes.append(("Réexamen", f"au plus tard le {date_courte(contrat.revision_le)}"))
        return lignes

    @property
    def lignes(self) -> list[tuple[str, str, str, str]]:
        """Return the actions in words: title, type, hours a week, dates."""
        return [
            (a.intitule, a.get_type_display(), "–" if a.heures_hebdo is None else f"{nombre(a.heures_hebdo)}\u00a0h",
             _dates(a.debut, a.fin))
            for a in self.actions
        ]  # fmt: skip

    @property
    def foyer(self) -> str:
        """Return the household kept at signature, in words."""
        garde = self.contrat.foyer_signature or {}
        if not garde:
            return ""
        enfants = garde.get("enfants") or 0
        suite = "sans enfant à charge" if not enfants else f"{enfants} enfant{'s' if enfants > 1 else ''} à charge"
        return ", ".join(filter(None, (str(garde.get("situation_dite", "")), suite)))

    @property
    def signatures(self) -> list[Signature]:
        """Return the three boxes."""
        contrat = self.contrat
        return [
            Signature("La personne", str(contrat.personne), contrat.signe_personne_le),
            Signature("Le référent", str(contrat.referent or ""), contrat.signe_referent_le),
            Signature("Pour le Département", contrat.signataire_departement, contrat.signe_departement_le),
        ]

    def html(self) -> str:
        """Return the document to print."""
        return get_template("documents/contrat/contrat.html").render({"d": self, "c": self.contrat})

    def imprimer(self) -> Imprime:
        """Print to PDF/UA-1: less than a second for a page."""
        from pdi.socle.impression import imprimer  # noqa: PLC0415  # WeasyPrint is heavy

        identifiant = f"contrat-{self.contrat.pk}-{self.contrat.version}"
        return imprimer(self.html(), feuilles=FEUILLES, date=self.contrat.modifie_le, identifiant=identifiant)
