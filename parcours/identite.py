"""The banner of a person's page: household, territory, file, contract of today; everything in one query."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, JSONObject
from django.utils.dateparse import parse_date

from parcours.models import (
    Adresse,
    Consultation,
    Contrat,
    DossierRSA,
    EtatMensuel,
    MembreFoyer,
    Orientation,
    Personne,
    RegimeJuridique,
    SituationFoyer,
)
from parcours.regles.delais import OrientationLue, Regime
from pdi.socle.compilees import Compilee
from pdi.socle.formats import accorder
from pdi.territoires.models import CommuneTerritoire

SEUL = frozenset({"CEL", "DIV", "ISO", "SEF", "SEL", "VEU"})


@dataclass(frozen=True)
class Identite:
    """What stands today. Empty strings and None where nothing is known; `dossier` is the number on the latest month.

    `role` and `membres`: the place in the household, and how many live there; `demande` is the number of the latest
    RSA file of the household, whether the payer has sent a month of it or not.
    `vues` counts the consultations of the month; `regimes` are the legal regimes, in order.
    """

    territoire: str = ""
    situation: str = ""
    enfants: int | None = None
    role: str = ""
    membres: int = 0
    demande: str = ""
    dossier: str = ""
    mois_caf: datetime.date | None = None
    etat_caf: str = ""
    orientee: OrientationLue | None = None
    contrat: dict[str, Any] = field(default_factory=dict)
    vues: dict[str, int] = field(default_factory=dict)
    regimes: list[Regime] = field(default_factory=list)

    @property
    def dispense_fin(self) -> datetime.date | None:
        """Return when the reduction or exemption of hours of the contract ends."""
        return parse_date(self.contrat.get("dispense_fin") or "")

    @property
    def revision(self) -> datetime.date | None:
        """Return when the contract says the situation is looked at again."""
        return parse_date(self.contrat.get("revision") or "")


def _json(lignes: QuerySet[Any], **champs: Any) -> Subquery:
    return Subquery(lignes.values(_=JSONObject(**champs))[:1])


def _aujourd_hui(personne: int, jour: datetime.date, mois_courant: datetime.date) -> QuerySet[Any, Any]:
    """Return the one row of what stands for a person on `jour`, and who opened her page since `mois_courant`."""
    sien, en_cours = {"personne": OuterRef("pk")}, {"periode__contains": jour}
    foyer = SituationFoyer.objects.filter(
        foyer__membres__personne=OuterRef("pk"), foyer__membres__periode__contains=jour, **en_cours
    )
    mois = EtatMensuel.objects.filter(
        dossier__foyer__membres__personne=OuterRef("pk"), dossier__foyer__membres__periode__contains=jour
    ).order_by("-mois")
    place = MembreFoyer.objects.filter(**sien, **en_cours)
    ensemble = MembreFoyer.objects.filter(foyer=OuterRef("foyer"), **en_cours).order_by().values("foyer")
    demandes = DossierRSA.objects.filter(
        foyer__membres__personne=OuterRef("pk"), foyer__membres__periode__contains=jour
    ).order_by("-demande_le", "-pk")
    commune = Adresse.objects.filter(personne=OuterRef(OuterRef("pk")), **en_cours).values("commune")[:1]
    territoire = CommuneTerritoire.objects.filter(commune=Subquery(commune), validite__contains=jour)
    orientation = Orientation.objects.au(jour).filter(**sien)
    contrat = Contrat.objects.valides_au(jour).filter(**sien).order_by("-debut", "-pk")
    vues = (
        Consultation.objects.filter(**sien, le__date__gte=mois_courant)
        .order_by()
        .values("personne")
        .annotate(
            n=Count("pk"), agents=Count("par", distinct=True), motivees=Count("pk", filter=Q(exceptionnelle=True))
        )
    )
    regimes = RegimeJuridique.objects.order_by("validite").values(
        _=JSONObject(
            code="code", intitule="intitule", parametres="parametres", debut=F("validite__startswith"),
            fin=F("validite__endswith"),
        )
    )  # fmt: skip
    return (
        Personne.objects.filter(pk=personne)
        .annotate(
            l_foyer=_json(foyer, situation="situation", enfants="enfants"),
            l_place=_json(place, role="role", membres=Subquery(ensemble.annotate(n=Count("pk")).values("n"))),
            l_demande=_json(demandes, numero="numero"),
            l_mois=_json(mois, mois="mois", etat="etat", numero="dossier__numero"),
            l_territoire=_json(territoire.order_by("pk"), nom="territoire__nom"),
            l_orientation=_json(
                orientation, le="decidee_le", type="type_decide", organisme="organisme", notifiee="notifiee_le"
            ),
            l_contrat=_json(
                contrat, pk="pk", heures="heures_hebdo", dispense=F("dispense_motif__libelle"),
                dispense_fin="dispense_fin", revision="revision_le",
            ),
        )
        .annotate(
            l_vues=_json(vues, fois="n", agents="agents", motivees="motivees"),
            l_regimes=Cast(ArraySubquery(regimes), ArrayField(TextField())),
        )
        .order_by()
        .values_list(*(f"l_{nom}" for nom in _PARTIES), "l_regimes")
    )  # fmt: skip


_PARTIES = ("foyer", "place", "demande", "mois", "territoire", "orientation", "contrat", "vues")
_AUJOURD_HUI = Compilee(_aujourd_hui, -1_000_001, datetime.date(1, 1, 1), datetime.date(1, 1, 2))


def identite(personne: int, jour: datetime.date) -> Identite:
    """Read what the banner, the flags and the next steps need of a person on `jour`. One query."""
    ((*parties, regimes),) = _AUJOURD_HUI.lire(personne, jour, jour.replace(day=1))
    lu = {nom: json.loads(brut) if brut else {} for nom, brut in zip(_PARTIES, parties, strict=True)}
    return _identite(lu, [json.loads(brut) for brut in regimes])


def _regime(lu: dict[str, Any]) -> Regime:
    debut, fin = parse_date(lu["debut"] or ""), parse_date(lu["fin"] or "")
    return Regime(lu["code"], lu["intitule"], debut, fin, lu["parametres"])


def _identite(lu: dict[str, Any], regimes: list[dict[str, Any]]) -> Identite:
    o = lu["orientation"]
    orientee = None
    if o:
        decidee, notifiee = parse_date(o["le"]), parse_date(o["notifiee"] or "")
        orientee = OrientationLue(decidee, o["type"], o["organisme"], notifiee) if decidee else None
    return Identite(
        territoire=lu["territoire"].get("nom") or "",
        situation=lu["foyer"].get("situation") or "",
        enfants=lu["foyer"].get("enfants"),
        role=lu["place"].get("role") or "",
        membres=lu["place"].get("membres") or 0,
        demande=lu["demande"].get("numero") or "",
        dossier=lu["mois"].get("numero") or "",
        mois_caf=parse_date(lu["mois"].get("mois") or ""),
        etat_caf=lu["mois"].get("etat") or "",
        orientee=orientee,
        contrat=lu["contrat"],
        vues=lu["vues"],
        regimes=[_regime(r) for r in regimes],
    )


def foyer_en_mots(lu: Identite) -> str:
    """Return « seule ou seul, 2 enfants à charge », « en couple, sans enfant », « 3 personnes » without a situation.

    Empty when nothing is known.
    """
    if not lu.situation and lu.enfants is None:
        return f"{lu.membres}\u00a0{accorder(lu.membres, 'personne')}" if lu.membres else ""
    morceaux = [("seule ou seul" if lu.situation in SEUL else "en couple")] if lu.situation else []
    if lu.enfants is not None:
        pluriel = "s" if lu.enfants > 1 else ""
        morceaux.append(f"{lu.enfants} enfant{pluriel} à charge" if lu.enfants else "sans enfant à charge")
    return ", ".join(morceaux)
