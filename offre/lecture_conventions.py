"""What the page of a convention holds: money, objectives with what they reached, scales, what happened."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from actions.models import FicheAction, SensIndicateur
from offre import calculs
from offre.calculs import CalculConvention, Chiffre
from offre.droits_conventions import (
    peut_amender_convention,
    peut_changer_convention,
    peut_modifier_convention,
    peut_suivre_paiements,
    voit_petits_chiffres,
)
from offre.listes_conventions import situation_de
from offre.models import BaremeConvention, BilanOperateur, Convention, EtatConvention, ObjectifConvention
from offre.regles import conventions as regles
from offre.regles.baremes import Tranche, depuis_json, tranche_de
from offre.regles.bilans import A_ECRIRE, TONS, LigneBilan
from offre.regles.conventions import TYPES_REGLE, annee_lue, annees_de, ecart_argent, lignes_changees, total
from pdi.socle.composants import Evenement
from pdi.socle.formats import dernier_jour, euros
from pdi.socle.masquage import MASQUE, SEUIL_INTERNE
from pdi.socle.tri import Colonne


@dataclass(frozen=True)
class LigneArgent:
    """Money of a year and a funder, or a total."""

    annee: str
    financeur: str
    prevu: Decimal | None
    mandate: Decimal | None
    paye: Decimal | None

    @property
    def reste(self) -> Decimal | None:
        """Return what is planned and not mandated."""
        return ecart_argent(self.prevu, self.mandate)


@dataclass(frozen=True)
class ObjectifLu:
    """An objective of the year with what was reached, and the lists its terms count (empty: none the reader may open).

    `gele`: what the statement of the year said when it was sent, if it is not what is counted now. `masque`: it tells
    about too few people for this reader.
    """

    ligne: LigneBilan
    definition: str = ""
    url: str = ""
    url_base: str = ""
    gele: Decimal | None = None
    masque: bool = False

    @property
    def ton(self) -> str:
        """Return the tone of the result."""
        return "neutre" if self.masque else {True: "bon", False: "veille", None: "neutre"}[self.ligne.atteint]

    @property
    def mot(self) -> str:
        """Return the result in a word."""
        if self.masque:
            return "Secret statistique"
        if self.ligne.valeur is None:
            return "À déclarer" if self.ligne.declaree else "Pas encore de mesure"
        return "Cible atteinte" if self.ligne.atteint else "Sous la cible" if self._hausse else "Au-dessus du plafond"

    @property
    def icone(self) -> str:
        """Return the pictogram of the result."""
        if self.masque:
            return "lock-fill"
        dessins = {True: "check-circle-fill", False: "exclamation-triangle-fill", None: "hourglass-split"}
        return dessins[self.ligne.atteint]

    @property
    def _hausse(self) -> bool:
        return self.ligne.sens != SensIndicateur.BAISSE


@dataclass(frozen=True)
class BaremeLu:
    """A scale with the band of the year."""

    bareme: BaremeConvention
    tranches: list[Tranche]
    mesure: Decimal | None
    calcul: CalculConvention | None
    masque: bool = False

    @property
    def courante(self) -> Tranche | None:
        """Return the band the measure of the year falls in."""
        return None if self.masque else tranche_de(self.tranches, self.mesure)


def lignes_d_objectifs(
    objectifs: Iterable[ObjectifConvention], annee: int, declares: Mapping[int, Mapping[str, Any]] | None = None
) -> dict[int, list[LigneBilan]]:
    """Return {convention: lines} of the objectives of `annee`, the harmonised ones computed: a query a family.

    `declares` are the `explications` of each convention's statement: {objective: {"valeur", "texte"}}.
    """
    lus = [o for o in objectifs if o.annee == annee]
    chiffres = calculs.calculer({o.calcul for o in lus if o.calcul}, dict.fromkeys(o.convention_id for o in lus), annee)
    resultat: dict[int, list[LigneBilan]] = {}
    for o in lus:
        dit = (declares or {}).get(o.convention_id, {}).get(str(o.pk), {})
        calcul = calculs.trouver(o.calcul)
        commun: dict[str, Any] = {"cle": str(o.pk), "libelle": o.libelle, "cible": o.cible,
                                  "explication": dit.get("texte", "")}  # fmt: skip
        if calcul is None:
            valeur = Decimal(dit["valeur"]) if dit.get("valeur") not in (None, "") else None
            ligne = LigneBilan(**commun, unite=o.unite, valeur=valeur, declaree=True)
        else:
            c = chiffres[o.calcul][o.convention_id]
            ligne = LigneBilan(
                **commun, unite=calcul.unite, valeur=c.valeur, compte=c.compte, base=c.base, sens=calcul.sens,
                compte_dit=calcul.compte_dit, base_dite=calcul.base_dite,
            )  # fmt: skip
        resultat.setdefault(o.convention_id, []).append(ligne)
    return resultat


class LectureConvention:
    """One convention, for one reader, for one year."""

    def __init__(self, convention: Convention, utilisateur: Any, annee: str, jour: datetime.date) -> None:
        """Choose the year: the one asked for, else the current one, else the last."""
        self.convention, self.utilisateur, self.jour = convention, utilisateur, jour
        self.fin = dernier_jour(convention.periode)
        self.annees = annees_de(convention.periode.lower, self.fin, jour)
        self.annee = annee_lue(self.annees, annee, jour)

    @cached_property
    def bilans(self) -> list[BilanOperateur]:
        """Return its statements, latest first."""
        return list(self.convention.bilans.select_related("campagne").order_by("-campagne__annee"))

    @cached_property
    def argent(self) -> list[LigneArgent]:
        """Return the money, a row a year and a funder."""
        return [
            LigneArgent(str(m.annee), str(m.financeur), m.prevu, m.mandate, m.paye)
            for m in self.convention.montants.select_related("financeur")
        ]

    @property
    def total(self) -> LigneArgent:
        """Return the money of all years."""
        return self._somme(self.argent, "Toutes les années")

    @property
    def de_l_annee(self) -> LigneArgent:
        """Return the money of the year."""
        return self._somme([a for a in self.argent if a.annee == str(self.annee)], str(self.annee))

    @staticmethod
    def _somme(lignes: Sequence[LigneArgent], titre: str) -> LigneArgent:
        return LigneArgent(titre, "", *(total(getattr(a, n) for a in lignes) for n in ("prevu", "mandate", "paye")))

    colonnes_objectifs = (
        Colonne("Objectif"),
        Colonne("Cible", nb=True),
        Colonne("Réalisé", nb=True),
        Colonne("Résultat"),
    )
    colonnes_argent = (Colonne("Année"), Colonne("Financeur"), Colonne("Prévu", nb=True), Colonne("Mandaté", nb=True),
                       Colonne("Payé", nb=True), Colonne("Reste à mandater", nb=True))  # fmt: skip
    colonnes_bareme = (Colonne("Tranche"), Colonne("Valeur", nb=True), Colonne("Année", masquee=True))

    @property
    def reste_dit(self) -> str:
        """Return « reste 12 000 € à mandater », empty when it is not known."""
        return "" if self.total.reste is None else f"reste {euros(self.total.reste)} à mandater"

    @property
    def titre_cibles(self) -> str:
        """Return « Cibles 2026 atteintes »."""
        return f"Cibles {self.annee} atteintes"

    @property
    def atteints(self) -> int:
        """Return how many targets of the year are reached."""
        return sum(o.ligne.atteint is True for o in self.objectifs)

    @property
    def sur_cibles(self) -> str:
        """Return « sur 4 »."""
        return f"sur {len(self.objectifs)}"

    @property
    def en_cours(self) -> bool:
        """Return whether the year is not over."""
        return self.annee >= self.jour.year

    @cached_property
    def objectifs(self) -> list[ObjectifLu]:
        """Return the objectives of the year as they are counted now, beside what the statement froze."""
        bilan = next((b for b in self.bilans if b.campagne.annee == self.annee), None)
        declares = {self.convention.pk: bilan.explications} if bilan else {}
        objectifs = list(self.convention.objectifs.all())
        lignes = lignes_d_objectifs(objectifs, self.annee, declares).get(self.convention.pk, [])
        codes = {str(o.pk): o.calcul for o in objectifs}
        envoyes = bilan.chiffres if bilan and bilan.etat not in A_ECRIRE else []
        geles = {x.cle: x.valeur for x in map(LigneBilan.depuis_json, envoyes)}
        return [self._objectif(x, calculs.trouver(codes[x.cle]), geles.get(x.cle)) for x in lignes]

    def _objectif(self, ligne: LigneBilan, calcul: CalculConvention | None, gele: Decimal | None) -> ObjectifLu:
        if calcul is None:
            return ObjectifLu(ligne, "L’opérateur donne ce résultat dans son bilan annuel.")
        if self._cache(calcul, Chiffre(ligne.valeur, ligne.compte, ligne.base)):
            return ObjectifLu(ligne, calcul.definition, masque=True)
        lien = calcul.lien or (lambda *_: "")
        url, url_base = (lien(self.utilisateur, self.convention, self.annee, t) for t in (calcul.compte, calcul.base))
        return ObjectifLu(ligne, calcul.definition, url, url_base, gele if gele != ligne.valeur else None)

    def _cache(self, calcul: CalculConvention | None, chiffre: Chiffre | None) -> bool:
        """Return whether a figure is hidden: it tells about too few people, and the reader may not see that."""
        return bool(calcul and chiffre and not self.voit_tout and calcul.est_petit(chiffre, SEUIL_INTERNE))

    @cached_property
    def voit_tout(self) -> bool:
        """Return whether figures about a few people are shown too."""
        return voit_petits_chiffres(self.utilisateur, self.convention)

    @property
    def masques(self) -> bool:
        """Return whether something of the page is hidden."""
        return any(o.masque for o in self.objectifs) or any(b.masque for b in self.baremes)

    secret, seuil = MASQUE, SEUIL_INTERNE

    @cached_property
    def baremes(self) -> list[BaremeLu]:
        """Return the scales with the measure of the year."""
        lus = list(self.convention.baremes.all())
        mesures = calculs.calculer({b.calcul for b in lus if b.calcul}, [self.convention.pk], self.annee)
        return [self._bareme(b, mesures.get(b.calcul, {}).get(self.convention.pk)) for b in lus]

    def _bareme(self, bareme: BaremeConvention, chiffre: Chiffre | None) -> BaremeLu:
        calcul = calculs.trouver(bareme.calcul)
        return BaremeLu(
            bareme, depuis_json(bareme.tranches), chiffre.valeur if chiffre else None, calcul,
            masque=self._cache(calcul, chiffre),
        )  # fmt: skip

    @property
    def regles(self) -> list[str]:
        """Return the quotas in words."""
        return [regles.dire_regle(r) for r in self.convention.regles if r.get("type") in TYPES_REGLE]

    @cached_property
    def gestes(self) -> dict[str, bool]:
        """Return what the reader may do now."""
        u, c = self.utilisateur, self.convention
        return {
            "modifier": bool(peut_modifier_convention(u, c)),
            "signer": bool(peut_changer_convention(u, c, "signer_convention")),
            "resilier": bool(peut_changer_convention(u, c, "resilier_convention")),
            "amender": bool(peut_amender_convention(u, c)),
            "payer": bool(peut_suivre_paiements(u, c)),
        }

    @property
    def manques(self) -> list[str]:
        """Return what keeps the draft from being signed."""
        if self.convention.etat != EtatConvention.PROJET:
            return []
        return regles.manques_pour_signer(list(self.convention.montants.all()), list(self.convention.objectifs.all()))

    def historique(self) -> list[Evenement]:
        """Return what happened, newest first: states, avenants, statements."""
        mots = {"projet": ("Projet préparé", "pencil", "neutre"), "signee": ("Convention signée", "pen", "bon"),
                "resiliee": ("Convention résiliée", "slash-circle", "veille")}  # fmt: skip
        lus = [
            Evenement(t.jour, mots[t.vers][0], texte=" : ".join(filter(None, (str(t.par or ""), t.commentaire))),
                      icone=mots[t.vers][1], ton=mots[t.vers][2])
            for t in self.convention.transitions.select_related("par")
        ]  # fmt: skip
        lus += [
            Evenement(a.signe_le, f"{a} signé", texte=a.objet, icone="file-earmark-plus", ton="info")
            for a in self.avenants
        ]
        return sorted(lus, key=lambda e: e.le, reverse=True)

    @cached_property
    def avenants(self) -> list[Any]:
        """Return the avenants with what each changed."""
        lus = list(self.convention.avenants.all())
        for avenant in lus:
            avenant.changements = [  # type: ignore[attr-defined]
                (champ, *lignes_changees(avenant.avant.get(champ, ""), avenant.apres.get(champ, "")))
                for champ in avenant.apres
            ]
        return lus

    def contexte(self) -> dict[str, Any]:
        """Return what the template reads."""
        fiches = FicheAction.objects.visibles_par(self.utilisateur).filter(conventions=self.convention)
        return {
            "convention": self.convention, "lue": self, "affichage": situation_de(self.convention, self.jour),
            "gestes": self.gestes, "offres": self.convention.offres.order_by("ordre", "pk"),
            "fiches": fiches.select_related("programme").order_by("ordre"), "historique": self.historique(),
            "bilans": [(b, *TONS[b.etat]) for b in self.bilans],
        }  # fmt: skip
