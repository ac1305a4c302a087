"""The rules of a version in preparation: written, moved, withdrawn. A version that applies never changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from parcours.droits.orientation import peut_gerer_regles
from parcours.models import JeuRegles, RegleOrientation
from parcours.regles.orientation import verifier_regles
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.operations import journaliser

from .regles_orientation import situations_de_la_grille

DEJA_APPLIQUE = "Cette version a une date d’application : préparez la version suivante pour changer ses règles."
DEFAUT_SANS_CRITERE = "La règle par défaut n’a pas de critère : retirez-les, ou décochez « par défaut »."
CRITERE_EXIGE = "Une règle a au moins un critère, sauf celle qui s’applique par défaut."
PROVISOIRE = 30_000  # an order nobody has, while two rules change places


@dataclass(frozen=True)
class SaisieRegle:
    """A rule as typed; `criteres` as parcours.regles.orientation reads them."""

    explication: str
    type: str
    organisme: str
    par_defaut: bool
    criteres: list[dict[str, Any]]


def _verrouiller(jeu: int, par: Any) -> JeuRegles:
    exiger(peut_gerer_regles(par))
    lu = JeuRegles.objects.select_for_update().get(pk=jeu)
    if lu.applique_des is not None:
        raise RegleMetier(DEJA_APPLIQUE)
    return lu


@transaction.atomic
def enregistrer_regle(*, jeu: int, saisie: SaisieRegle, par: Any, regle: int | None = None) -> RegleOrientation:
    """Write a rule of the version `jeu`, or add one before the default rule; both by key.

    Checked at once against the questionnaire in force. Raises DroitInsuffisant; RegleMetier for a version that
    applies, a criterion that cannot be read, a rule without criterion.
    """
    lu = _verrouiller(jeu, par)
    if saisie.par_defaut and saisie.criteres:
        raise RegleMetier(DEFAUT_SANS_CRITERE, champ="par_defaut")
    if not saisie.par_defaut and not saisie.criteres:
        raise RegleMetier(CRITERE_EXIGE)
    ecrite = RegleOrientation.objects.get(pk=regle, jeu=lu) if regle else RegleOrientation(jeu=lu, ordre=_fin(lu))
    ecrite.explication, ecrite.type, ecrite.organisme = saisie.explication, saisie.type, saisie.organisme
    ecrite.par_defaut, ecrite.criteres = saisie.par_defaut, saisie.criteres
    seule = RegleOrientation(ordre=1, type=saisie.type, criteres=saisie.criteres, explication=saisie.explication)
    temoin = RegleOrientation(ordre=2, type=saisie.type, par_defaut=True)
    if fautes := verifier_regles([seule, temoin] if saisie.criteres else [temoin], _grille()):
        raise RegleMetier(" ".join(faute.removeprefix("Règle 1\u00a0: ").capitalize() for faute in fautes))
    ecrite.save()  # full_clean would refuse the empty list of the default rule
    if not regle and not ecrite.par_defaut:
        _avant_le_defaut(lu, ecrite)
    journaliser(
        par=par, verbe="enregistrer_regle", objet=lu,
        apres={"règle": ecrite.explication, "critères": len(saisie.criteres)},
    )  # fmt: skip
    return ecrite


def _grille() -> dict[str, list[str]]:
    return situations_de_la_grille(timezone.localdate())


def _fin(jeu: JeuRegles) -> int:
    return max(jeu.regles.values_list("ordre", flat=True), default=0) + 1


def _avant_le_defaut(jeu: JeuRegles, nouvelle: RegleOrientation) -> None:
    """Put a new rule before the default one, which stays last."""
    defaut = jeu.regles.filter(par_defaut=True).first()
    if defaut is not None and defaut.ordre < nouvelle.ordre:
        _echanger(defaut, nouvelle)


def _echanger(une: RegleOrientation, autre: RegleOrientation) -> None:
    places = une.ordre, autre.ordre
    for regle, ordre in ((une, PROVISOIRE), (autre, places[0]), (une, places[1])):
        regle.ordre = ordre
        regle.save(update_fields=["ordre"])


@transaction.atomic
def deplacer_regle(*, regle: RegleOrientation, sens: str, par: Any) -> None:
    """Exchange a rule with the one before («monter») or after («descendre»); nothing at the ends.

    Raises DroitInsuffisant, and RegleMetier for a version that applies.
    """
    jeu = _verrouiller(regle.jeu_id, par)
    ordre = list(jeu.regles.order_by("ordre"))
    rang = next(i for i, r in enumerate(ordre) if r.pk == regle.pk)
    cible = rang - 1 if sens == "monter" else rang + 1
    if 0 <= cible < len(ordre):
        _echanger(ordre[rang], ordre[cible])
        journaliser(par=par, verbe="deplacer_regle", objet=jeu, apres={"règle": regle.explication, "rang": cible + 1})


@transaction.atomic
def supprimer_regle(*, regle: RegleOrientation, par: Any) -> None:
    """Withdraw a rule from a version in preparation. Raises DroitInsuffisant, RegleMetier."""
    jeu = _verrouiller(regle.jeu_id, par)
    journaliser(par=par, verbe="supprimer_regle", objet=jeu, avant={"règle": regle.explication})
    RegleOrientation.objects.filter(pk=regle.pk).delete()
