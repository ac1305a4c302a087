"""Frozen figures beside a recount: the gap, and what explains it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from parcours.models import ReleveIndicateurs, ValeurIndicateur
from pdi.socle.formats import nombre

from . import moteur
from .formule import Formule, Valeur


@dataclass(frozen=True, slots=True)
class Explication:
    """One cause of a gap: how much of it, in the indicator's unit, and the sentence that says it."""

    cause: str
    part: Decimal
    phrase: str


@dataclass(frozen=True, slots=True)
class Recompte:
    """A frozen figure, its recount, and the explanations of the gap; they add up to it."""

    fige: Valeur
    recompte: Valeur
    valeur_figee: Decimal | None
    valeur_recomptee: Decimal | None
    explications: tuple[Explication, ...]

    @property
    def ecart(self) -> Decimal | None:
        """Return recount − frozen."""
        if self.valeur_figee is None or self.valeur_recomptee is None:
            return None
        return self.valeur_recomptee - self.valeur_figee


def comparer(formule: Formule, releve: ReleveIndicateurs) -> Recompte | None:
    """Recount a frozen figure at its own date and explain the gap; None when it was not computed then.

    Late entry: the recount of all rows minus the recount of the rows that were there at the freeze. What remains is
    the correction of rows, or a change of rule when the formula or its parameters are not those of the freeze.
    """
    ligne = ValeurIndicateur.objects.filter(releve=releve, code=formule.code, axe="total").first()
    if ligne is None or releve.gele_le is None:
        return None
    fige = Valeur(ligne.numerateur, ligne.denominateur, ligne.manquants, ligne.mediane)
    recompte = _total(formule, moteur.Moment.de(releve.annee, releve.arrete))
    d_alors = _total(formule, moteur.Moment.de(releve.annee, releve.arrete, vu_le=releve.gele_le))
    v_fige, v_alors, v_recompte = formule.valeur(fige), formule.valeur(d_alors), formule.valeur(recompte)
    explications: list[Explication] = []
    tardif, reste = _difference(v_recompte, v_alors), _difference(v_alors, v_fige)
    if tardif:
        lignes = lignes_tardives(formule, releve)
        mot = "ligne saisie" if lignes == 1 else "lignes saisies"
        explications.append(Explication("Saisie tardive", tardif, f"{nombre(lignes)} {mot} après le gel"))
    if reste:
        regle = ligne.formule_version != formule.version or releve.parametres != {"etats": list(moteur.ETATS_OUVERTS)}
        explications.append(
            Explication("Changement de règle", reste, f"formule {ligne.formule_version} devenue {formule.version}, "
                        "ou états de dossier retenus différents")
            if regle
            else Explication("Correction", reste, "des lignes présentes au gel ont été corrigées ou supprimées")
        )  # fmt: skip
    return Recompte(fige, recompte, v_fige, v_recompte, tuple(explications))


def _total(formule: Formule, moment: moteur.Moment) -> Valeur:
    return moteur.calculer([formule], moment)[formule.code]["total"][""]


def _difference(apres: Decimal | None, avant: Decimal | None) -> Decimal:
    return (apres or Decimal(0)) - (avant or Decimal(0))


def lignes_tardives(formule: Formule, releve: ReleveIndicateurs) -> int:
    """Count the rows entered after the freeze, of facts no later than the figure, in the tables the formula reads."""
    somme = " + ".join(
        f"(SELECT count(*) FROM {t} WHERE saisi_le > %(gel)s AND {moteur.FAITS[t]} <= %(arrete)s)"  # noqa: S608  # nosec B608
        for t in moteur.tables_lues(formule.famille)
    )
    with connection.cursor() as curseur:
        curseur.execute(f"SELECT {somme}", {"gel": releve.gele_le, "arrete": releve.arrete})  # nosec B608
        ligne: tuple[int] = curseur.fetchone()
    return ligne[0]
