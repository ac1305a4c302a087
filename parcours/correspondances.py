"""Offers that fit a person: eligible ones first by obstacles they lift, nearness and places; and why the others do not.

Eligibility, ranking and places are read by the database for the whole catalogue; words are built for one page.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from offre.listes_offres import Places, dire_places, point_de
from offre.models import Frein, LieuOffre, OffreInsertion
from offre.querysets import OffreQuerySet
from parcours.models import (
    Adresse,
    Contrat,
    Diagnostic,
    MembreFoyer,
    Orientation,
    Personne,
    RoleFoyer,
    SituationDroitsDevoirs,
    SituationFoyer,
)
from parcours.operations.inscriptions import publics_de
from parcours.regles.correspondances import Condition, Profil, conditions
from parcours.regles.delais import age_au, mois_ecoules
from pdi.socle.formats import nombre
from pdi.territoires.contours import centre_de, distance_km
from pdi.territoires.models import CommuneTerritoire

COUPLE = ("MAR", "PAC", "RPA", "RVC", "RVM", "VIM")
OBSTACLE = 2  # level of a situation from which it is an obstacle (SituationTheme.niveau)
PROXIMITES = ("Dans sa commune", "Sur son territoire", "À distance", "Ailleurs", "Lieu non précisé")


@dataclass(frozen=True)
class Demande:
    """Who is looked for: her profile, her obstacles, where she lives."""

    profil: Profil
    freins: dict[int, str] = field(default_factory=dict)
    commune: str = ""
    territoire: int | None = None


def demande_de(personne: Personne, jour: datetime.date, *, sante: bool) -> Demande:
    """Read what eligibility needs of a person; `sante`: whether the reader sees the restricted obstacles."""
    adresse = (
        Adresse.objects.filter(personne=personne, periode__contains=jour).values_list("commune", flat=True).first()
    )
    rattachee = CommuneTerritoire.objects.filter(commune=adresse, validite__contains=jour) if adresse else None
    return Demande(
        profil=profil_de(personne, jour),
        freins=_freins(personne, sante=sante),
        commune=adresse or "",
        territoire=rattachee.values_list("territoire", flat=True).first() if rattachee is not None else None,
    )


def profil_de(personne: Personne, jour: datetime.date) -> Profil:
    """Read what the conditions of offers judge of a person. Nine queries at most."""
    orientation = Orientation.objects.au(jour).filter(personne=personne).values_list("type_decide", flat=True).first()
    place = MembreFoyer.objects.filter(personne=personne, periode__contains=jour).values("foyer")
    foyer = SituationFoyer.objects.filter(foyer__in=place, periode__contains=jour).first()
    ages = _ages_enfants(place, jour)
    droits = SituationDroitsDevoirs.objects.filter(personne=personne, recu=True, periode__startswith__lte=jour)
    entree = droits.order_by("-periode").values_list("periode", flat=True).first()
    return Profil(
        age=age_au(personne.date_naissance, jour) if personne.date_naissance else None,
        sexe=personne.sexe,
        brsa="brsa" in publics_de(personne, jour) if entree else None,
        type_orientation=orientation or "",
        contrat=Contrat.objects.valides_au(jour).filter(personne=personne).exists(),
        inscrit_france_travail=personne.inscrit_france_travail,
        enfants=foyer.enfants if foyer and foyer.enfants is not None else len(ages) or None,
        ages_enfants=ages,
        seul=foyer.situation not in COUPLE if foyer and foyer.situation else None,
        anciennete_mois=mois_ecoules(entree.lower, jour) if entree and entree.lower else None,
    )


def _ages_enfants(foyer: QuerySet[Any, Any], jour: datetime.date) -> tuple[int, ...]:
    """Return the ages known among the children of a household on the day."""
    enfants = MembreFoyer.objects.filter(foyer__in=foyer, role=RoleFoyer.ENFANT, periode__contains=jour)
    naissances = enfants.filter(personne__date_naissance__lte=jour).values_list("personne__date_naissance", flat=True)
    return tuple(age_au(naissance, jour) for naissance in naissances if naissance)


def _freins(personne: Personne, *, sante: bool) -> dict[int, str]:
    """Return the obstacles of the last finished diagnosis."""
    dernier = Diagnostic.objects.filter(personne=personne, termine_le__isnull=False).values("pk")[:1]
    trouves = Frein.objects.filter(
        pk__in=Diagnostic.objects.filter(
            pk__in=dernier, reponses__situation__niveau__gte=OBSTACLE, reponses__situation__frein__isnull=False
        ).values("reponses__situation__frein")
    )
    if not sante:
        trouves = trouves.filter(restreint=False)
    return dict(trouves.values_list("pk", "libelle"))


def condition_ecartee(p: Profil) -> Q:
    """Return « a condition refuses her »: regles.correspondances.conditions, for the whole catalogue."""
    ecartee = Q(pk__in=[])
    if p.age is not None:
        ecartee |= Q(age_min__gt=p.age) | Q(age_max__lt=p.age)
    if p.sexe:
        ecartee |= ~Q(sexe__in=("", p.sexe))
    if p.brsa is False:
        ecartee |= Q(brsa_seulement=True)
    if p.type_orientation:
        ecartee |= ~Q(types_orientation=[]) & ~Q(types_orientation__contains=[p.type_orientation])
    if p.inscrit_france_travail is False:
        ecartee |= Q(inscription_france_travail=True)
    if not p.contrat:
        ecartee |= Q(contrat_requis=True)
    if p.anciennete_mois is not None:
        ecartee |= Q(anciennete_rsa_max_mois__lt=p.anciennete_mois)
    if p.enfants == 0:
        ecartee |= Q(foyer_requis__in=("enfant", "parent_isole"))
    elif p.plus_jeune is not None:
        ecartee |= Q(enfant_age_max__lt=p.plus_jeune)
    if p.seul is False:
        ecartee |= Q(foyer_requis="parent_isole")
    return ecartee


# The order in which offers are shown; the names are annotations of `classees`.
ORDRE = ("-communs", "proximite", "-complet_en_dernier", "ordre", "pk")


def classees(offres: OffreQuerySet, demande: Demande, jour: datetime.date) -> QuerySet[OffreInsertion]:
    """Annotate offers with `communs` (shared obstacles), `proximite` (rank in PROXIMITES), `libres` (None: no session).

    Sort them by ORDRE.
    """
    lien: Any = OffreInsertion.freins.through._default_manager.filter(
        offreinsertion=OuterRef("pk"), frein__in=list(demande.freins)
    )
    lieux = LieuOffre.objects.filter(offre=OuterRef("pk"))
    return offres.avec_restes(jour).annotate(
        communs=Coalesce(
            Subquery(lien.order_by().values("offreinsertion").annotate(n=Count("pk")).values("n")), Value(0)
        ),
        proximite=Case(
            When(Exists(lieux.filter(commune=demande.commune)) if demande.commune else Q(pk__in=[]), then=Value(0)),
            When(_sur_le_territoire(lieux, demande, jour), then=Value(1)),
            When(Exists(lieux.filter(a_distance=True)), then=Value(2)),
            When(Exists(lieux), then=Value(3)),
            default=Value(4),
            output_field=IntegerField(),
        ),
        complet_en_dernier=Case(When(libres__lte=0, then=Value(0)), default=Value(1), output_field=IntegerField()),
    )


def _sur_le_territoire(lieux: QuerySet[LieuOffre], demande: Demande, jour: datetime.date) -> Any:
    if demande.territoire is None:
        return Q(pk__in=[])
    communes = CommuneTerritoire.objects.filter(territoire=demande.territoire, validite__contains=jour).values(
        "commune"
    )
    return Exists(lieux.filter(commune__in=communes))


@dataclass(frozen=True)
class Correspondance:
    """One offer for one person, in words: what it lifts, where, what is left, each condition."""

    offre: OffreInsertion
    freins: list[str]
    proximite: str
    places: Places
    conditions: list[Condition]

    @property
    def refus(self) -> list[str]:
        """Return the conditions she does not meet."""
        return [c.texte for c in self.conditions if c.tenue is False]

    @property
    def a_verifier(self) -> list[str]:
        """Return the conditions that nothing recorded lets judge."""
        return [c.texte for c in self.conditions if c.tenue is None]

    @property
    def tenues(self) -> list[str]:
        """Return the conditions she meets."""
        return [c.texte for c in self.conditions if c.tenue]


def _dire_proximite(offre: Any, demande: Demande) -> str:
    """Return « Sur son territoire, au plus près Grigny, à 6 km environ »: the nearest place, as the crow flies."""
    texte, ici = PROXIMITES[offre.proximite], centre_de(demande.commune) if demande.commune else None
    lieux = [lieu for lieu in offre.lieux.all() if lieu.commune_id and not lieu.a_distance]
    if offre.proximite not in (1, 3):
        return texte
    distances = [(distance_km(ici, la), str(lieu.commune)) for lieu in lieux if ici and (la := point_de(lieu))]
    if not distances:
        return texte
    km, commune = min(distances)
    lieu = f"{commune}, à {nombre(max(round(km), 1))}\u00a0km environ"
    return lieu if offre.proximite == 3 else f"{texte}, au plus près {lieu}"


def dire(offre: Any, demande: Demande) -> Correspondance:
    """Return the words about one offer of `classees`, read with its obstacles and places prefetched."""
    return Correspondance(
        offre=offre,
        freins=[demande.freins[f.pk] for f in offre.freins.all() if f.pk in demande.freins],
        proximite=_dire_proximite(offre, demande),
        places=dire_places(offre),
        conditions=conditions(offre, demande.profil),
    )


def refus_de(offre: OffreInsertion, profil: Profil) -> list[str]:
    """Return the conditions of an offer that refuse the person, in words."""
    return [c.texte for c in conditions(offre, profil) if c.tenue is False]
