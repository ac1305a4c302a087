"""What the pages of the observatoire hold: the choices of the reader, the figures, where they come from."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils import timezone

from actions.models import Programme
from parcours.indicateurs import FORMULES, RUBRIQUES
from parcours.models import Orientation, ReleveIndicateurs
from pdi.socle.filtres import FiltreAnnee, FiltreChoix, FiltreDate, Filtres
from pdi.socle.masquage import MASQUE, SEUIL_INTERNE
from pdi.socle.models import Traitement
from pdi.structures.models import Structure
from pdi.territoires.lecture import territoires_du_departement

from . import lecture, recompte
from .droits import peut_compiler_indicateurs, peut_ouvrir_personnes, voit_petits_effectifs
from .formule import AXES, PORTIONS, Formule, Restriction
from .lecture import Chiffre, Groupe, Point, Source
from .variantes import liaisons

NUL = "aucun"  # in a URL, the group of those whose sex, age or type is unknown


def _rien(_valeur: str) -> Q:
    return Q()


class FiltresObservatoire(Filtres):
    """Which year, and which people."""

    annee = FiltreAnnee("Année", q=_rien, vide="Dernière finie")
    au = FiltreDate("Ou situation au")
    territoire = FiltreChoix("Territoire", q=_rien, vide="Tout le département", large=True)
    structure = FiltreChoix("Structure", q=_rien, vide="Toutes")
    sexe = FiltreChoix("Sexe", q=_rien, choix=[(c or NUL, n) for c, n in lecture.SEXES.items()], vide="Tous")
    age = FiltreChoix("Âge", q=_rien, choix=[(c or NUL, n) for c, n in lecture.AGES.items()], vide="Tous")
    type = FiltreChoix("Type d’orientation", q=_rien, choix=[(c or NUL, n) for c, n in lecture.TYPES.items()])


def _choix() -> dict[str, list[tuple[str, str]]]:
    orientees = Structure.objects.filter(Exists(Orientation.objects.filter(structure=OuterRef("pk"))))
    territoires = territoires_du_departement().filter(validite__contains=timezone.localdate())
    return {
        "territoire": list(territoires.values_list("code", "nom")),
        "structure": [(str(s.pk), str(s)) for s in orientees.order_by("nom")],
        "annee": [(str(a), str(a)) for a in lecture.annees_lisibles()],
    }


class Observatoire:
    """The choices of the reader: a year, restrictions, and whether small cells are hidden from them."""

    def __init__(self, utilisateur: Any, donnees: QueryDict) -> None:
        """Read the query string; what makes no sense is ignored."""
        self.utilisateur = utilisateur
        self.filtres = FiltresObservatoire(donnees, choix=_choix())
        v = self.filtres.valeurs
        self.au = _jour_lisible(v.get("au"))
        self.annee = self.au.year if self.au else int(v.get("annee") or timezone.localdate().year - 1)
        self.restriction = Restriction(
            territoire=v.get("territoire", ""),
            structure=int(v["structure"]) if "structure" in v else None,
            sexe=_decode(v.get("sexe")),
            age=_decode(v.get("age")),
            type=_decode(v.get("type")),
        )
        self.masquer = not voit_petits_effectifs(utilisateur, self.restriction)
        self.ecartes = self._un_seul_critere() if self.masquer else []
        if self.masquer and self.au:  # two days apart, two figures would tell of the one person between them
            self.au = min(_fin_de_mois(self.au), timezone.localdate())

    def _un_seul_critere(self) -> list[str]:
        """Keep the first restriction only: crossing them would let small cells be found. Return the others, named."""
        actives = list(self.restriction.actives())
        garde = {actives[0]: self.restriction.actives()[actives[0]]} if actives else {}
        self.restriction = replace(Restriction(), **garde)
        return [AXES[a] for a in actives[1:]]

    @cached_property
    def source(self) -> Source:
        """Return where the figures of the year come from."""
        return Source(self.annee, None, self.au) if self.au else Source.de(self.annee)

    @property
    def annee_en_cours(self) -> bool:
        """Return whether the year is not over."""
        return self.annee >= timezone.localdate().year

    @property
    def seuil(self) -> int:
        """Return under how many people nothing is shown."""
        return SEUIL_INTERNE

    @property
    def masque(self) -> str:
        """Return what stands for a hidden figure."""
        return MASQUE

    @property
    def compiler(self) -> bool:
        """Return whether the reader may compute and freeze."""
        return bool(peut_compiler_indicateurs(self.utilisateur))

    @property
    def ouvrir(self) -> bool:
        """Return whether the reader may open the people behind a figure."""
        return bool(peut_ouvrir_personnes(self.utilisateur))

    @cached_property
    def traitement(self) -> Traitement | None:
        """Return the computation of this year that runs."""
        return Traitement.objects.actifs().filter(
            nature="compiler_indicateurs", cle__endswith=f":{self.annee}"
        ).first()  # fmt: skip

    @cached_property
    def gele(self) -> ReleveIndicateurs | None:
        """Return the frozen figures of the year."""
        return ReleveIndicateurs.objects.filter(annee=self.annee, gele_le__isnull=False).first()

    def requete(self, **plus: Any) -> str:
        """Return the query string of the same choices, with others."""
        return f"?{urlencode(self.parametres() | plus)}"

    def parametres(self) -> dict[str, Any]:
        """Return the choices kept, as they are written in a URL."""
        choix = {a: v or NUL for a, v in self.restriction.actives().items()}
        moment = {"au": self.au.isoformat()} if self.au else {"annee": self.annee}
        return moment | choix


def _jour_lisible(jour: datetime.date | None) -> datetime.date | None:
    """Return a past day of the years that can be chosen, else None."""
    lisible = jour is not None and jour <= timezone.localdate() and jour.year in lecture.annees_lisibles()
    return jour if lisible else None


def _fin_de_mois(jour: datetime.date) -> datetime.date:
    return jour.replace(day=calendar.monthrange(jour.year, jour.month)[1])


def _decode(brut: str | None) -> str | None:
    return "" if brut == NUL else brut


def programme_de(annee: int) -> Programme | None:
    """Return the département's programme whose fiches a computation of that year fills."""
    candidats = Programme.objects.filter(reference=False, annee_debut__lte=annee, annee_fin__gte=annee)
    return candidats.filter(code__in=liaisons()).first() or candidats.first()


@dataclass(frozen=True, slots=True)
class Rubrique:
    """A titled group of figures."""

    titre: str
    chiffres: list[Chiffre]


def rubriques(page: Observatoire) -> list[Rubrique]:
    """Return every indicator, by heading, for the choices of the reader."""
    lus = lecture.chiffres(page.source, FORMULES, page.restriction, masquer=page.masquer)
    par_titre: dict[str, list[Chiffre]] = {titre: [] for titre in RUBRIQUES}
    for formule in FORMULES:
        par_titre[formule.rubrique].append(lus[formule.code])
    return [Rubrique(titre, chiffres) for titre, chiffres in par_titre.items()]


class PageIndicateur:
    """One indicator: its figure, its curve, its breakdown, its recount."""

    def __init__(self, observatoire: Observatoire, formule: Formule, axe: str) -> None:
        """Read the curve; the breakdown by `axe` when the formula has it, else by its first axis."""
        self.observatoire, self.formule = observatoire, formule
        self.axes = [(a, AXES[a]) for a in formule.axes if a in AXES]
        connus = [a for a, _ in self.axes]
        self.axe = axe if axe in connus else (connus[0] if connus else "")
        annees = list(reversed(lecture.annees_lisibles()))
        self.points: list[Point] = lecture.courbe(
            formule, annees, observatoire.restriction, masquer=observatoire.masquer, source=observatoire.source
        )

    @property
    def chiffre(self) -> Chiffre:
        """Return the figure of the year shown."""
        return next(p.chiffre for p in self.points if p.annee == self.observatoire.annee)

    @property
    def serie(self) -> list[tuple[str, Any]]:
        """Return the curve."""
        return [(p.libelle, p.chiffre.valeur) for p in self.points]

    @property
    def a_une_courbe(self) -> bool:
        """Return whether two years at least have a value."""
        return sum(valeur is not None for _, valeur in self.serie) > 1

    @property
    def restriction_ventilee(self) -> Restriction:
        """Return the restriction of the breakdown: the axis shown is not restricted, nor others when masking."""
        if self.observatoire.masquer:
            return Restriction()
        if self.axe in {"mois", "offre"}:
            return self.observatoire.restriction
        vide: Any = "" if self.axe == "territoire" else None
        return replace(self.observatoire.restriction, **{self.axe: vide})

    @cached_property
    def groupes(self) -> list[Groupe]:
        """Return the breakdown."""
        if not self.axe:
            return []
        return lecture.ventilation(
            self.observatoire.source, self.formule, self.axe, self.restriction_ventilee,
            masquer=self.observatoire.masquer,
        )  # fmt: skip

    @property
    def masques(self) -> int:
        """Return how many groups are hidden."""
        return sum(g.chiffre.masque for g in self.groupes)

    @property
    def portions(self) -> list[tuple[str, str]]:
        """Return the lists that can be opened behind the figure, with their links."""
        if not self.observatoire.ouvrir or self.formule.famille == "occupations":
            return []
        f = self.formule
        utiles = [
            "numerateur",
            *([] if f.est_un_compte or f.somme else ["denominateur"]),
            *([] if f.est_un_compte or f.somme or not f.disjoint else ["reste"]),
            *(["manquants"] if f.manquants_sql else []),
        ]
        return [(PORTIONS[p], self.observatoire.requete(portion=p)) for p in utiles]

    @cached_property
    def recompte(self) -> recompte.Recompte | None:
        """Return the frozen figure beside its recount; nothing for readers from whom it would hide cells."""
        gele = self.observatoire.gele
        if gele is None or self.observatoire.au or not self.observatoire.restriction.vide:
            return None
        compare = recompte.comparer(self.formule, gele)
        if compare is None or (
            self.observatoire.masquer
            and (
                lecture.petit_chiffre(self.formule, compare.fige)
                or lecture.petit_chiffre(self.formule, compare.recompte)
            )
        ):
            return None
        return compare


def choisir(donnees: Mapping[str, str], cle: str, permis: Mapping[str, Any], defaut: str) -> str:
    """Return the value asked for when it is permitted, else the default."""
    demande = donnees.get(cle, "")
    return demande if demande in permis else defaut
