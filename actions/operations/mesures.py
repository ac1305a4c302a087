"""Values of indicators: a new one replaces the current one, which stays in the history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from actions.droits import peut_saisir_mesure, peut_suivre_fiche
from actions.models import FicheAction, Indicateur, MesureIndicateur, ProvenanceMesure
from actions.regles.echeances import Periode
from actions.regles.saisie import controler_valeur
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.formats import NON_RENSEIGNE, date_heure, nombre, valeur_unite
from pdi.socle.operations import journaliser

from .anomalies import actualiser_anomalies
from .commun import ConflitVersion, contraintes_en_francais
from .fiches import verrouiller
from .indicateurs import verrouiller_indicateur

CHAMPS_SAISIS = ("valeur", "texte", "numerateur", "denominateur", "manquants", "commentaire", "source")
PAS_DE_PAGE = -1  # the caller shows no page: an import, a test; the current value is replaced whatever it is


@dataclass(frozen=True, slots=True)
class Saisie:
    """One value as entered. Everything empty withdraws the current value.

    `vue` is the identifier of the current value when the page was shown (None: there was none).
    """

    indicateur_id: int
    periode: Periode
    valeur: Decimal | None = None
    texte: str = ""
    numerateur: Decimal | None = None
    denominateur: Decimal | None = None
    manquants: int | None = None
    commentaire: str = ""
    source: str = ""
    vue: int | None = PAS_DE_PAGE

    @property
    def vide(self) -> bool:
        """Return whether nothing is entered."""
        return all(
            getattr(self, c) in (None, "") for c in ("valeur", "texte", "numerateur", "denominateur", "commentaire")
        )


def mesure_en_mots(mesure: MesureIndicateur | None, unite: str) -> str:
    """Return a value as a person reads it: « 86,0 % (27 073 / 31 480) »."""
    if mesure is None:
        return NON_RENSEIGNE
    texte = valeur_unite(mesure.valeur, unite) if mesure.valeur is not None else mesure.texte
    if mesure.denominateur is not None:
        texte += f" ({nombre(mesure.numerateur)} / {nombre(mesure.denominateur)})"
    return texte


def _cle(indicateur: Indicateur, periode: Periode) -> str:
    return f"{indicateur.libelle}, {periode.libelle}"


def _identique(mesure: MesureIndicateur, valeurs: dict[str, Any]) -> bool:
    return all(getattr(mesure, nom) == valeur for nom, valeur in valeurs.items())


def _preparer(indicateur: Indicateur, saisie: Saisie) -> MesureIndicateur:
    """Return the row to write. Raises RegleMetier with the field."""
    if saisie.periode.debut > timezone.localdate():
        raise RegleMetier(f"La période « {saisie.periode.libelle} » n’a pas commencé.", champ="valeur")
    valeur = controler_valeur(
        unite=indicateur.unite,
        valeur=saisie.valeur,
        texte=saisie.texte.strip(),
        numerateur=saisie.numerateur,
        denominateur=saisie.denominateur,
        libelle=indicateur.libelle,
    )
    return MesureIndicateur(
        indicateur=indicateur,
        annee=saisie.periode.annee,
        periode=DateRange(saisie.periode.debut, saisie.periode.fin),
        valeur=valeur,
        texte=saisie.texte.strip(),
        numerateur=saisie.numerateur,
        denominateur=saisie.denominateur,
        manquants=saisie.manquants,
        commentaire=saisie.commentaire.strip(),
        source=saisie.source.strip(),
        provenance=ProvenanceMesure.SAISIE,
    )


def _courantes(indicateurs: Iterable[int], annees: Iterable[int]) -> dict[tuple[int, Any, Any], MesureIndicateur]:
    lues = MesureIndicateur.objects.courantes().filter(indicateur__in=list(indicateurs), annee__in=list(annees))
    return {(m.indicateur_id, m.periode.lower, m.periode.upper): m for m in lues.select_related("auteur")}


@transaction.atomic
def saisir_mesures(*, fiche: FicheAction, saisies: Sequence[Saisie], par: Any) -> int:
    """Write the values of several indicators of one fiche: all of them, or none. Return how many changed.

    A value equal to the current one is not written again; an empty one withdraws it. Raises DroitInsuffisant,
    ConflitVersion when somebody changed one of them since the page was shown, and RegleMetier whose message names
    the indicator (rate that contradicts its terms, future period, computed indicator).
    """
    fiche = verrouiller(fiche)
    exiger(peut_suivre_fiche(par, fiche))
    voulus = {s.indicateur_id for s in saisies}
    indicateurs = {
        i.pk: i
        for i in Indicateur.objects.select_for_update(of=("self",))
        .filter(fiche=fiche, pk__in=voulus)
        .select_related("fiche__programme")
        .order_by("pk")
    }
    courantes = _courantes(voulus, {s.periode.annee for s in saisies})
    paires: list[tuple[Saisie, Indicateur, MesureIndicateur | None]] = []
    for saisie in saisies:
        indicateur = indicateurs.get(saisie.indicateur_id)
        if indicateur is None:
            raise RegleMetier("Cet indicateur n’est plus dans la fiche : rechargez la page.")
        paires.append((saisie, indicateur, courantes.get((indicateur.pk, saisie.periode.debut, saisie.periode.fin))))
    _refuser_conflits(paires)
    nombre_ecrit = 0
    avant: dict[str, str] = {}
    apres: dict[str, str] = {}
    for saisie, indicateur, courante in paires:
        ecrite, changee = _ecrire(saisie, indicateur, courante, par)
        if changee:
            nombre_ecrit += 1
            cle = _cle(indicateur, saisie.periode)
            avant[cle] = mesure_en_mots(courante, indicateur.unite)
            apres[cle] = mesure_en_mots(ecrite, indicateur.unite)
    if nombre_ecrit:
        journaliser(par=par, verbe="saisir_mesures", objet=fiche, avant=avant, apres=apres)
        actualiser_anomalies(fiches=[fiche.pk])
    return nombre_ecrit


def _refuser_conflits(paires: Iterable[tuple[Saisie, Indicateur, MesureIndicateur | None]]) -> None:
    conflits = [
        (saisie, indicateur, courante)
        for saisie, indicateur, courante in paires
        if saisie.vue not in {PAS_DE_PAGE, courante.pk if courante else None}
    ]
    if conflits:
        dernier = max((c for _, _, c in conflits if c), key=lambda m: m.saisie_le, default=None)
        raise ConflitVersion(
            {_cle(i, s.periode): mesure_en_mots(c, i.unite) for s, i, c in conflits},
            qui=str(dernier.auteur or "") if dernier else "",
            le=dernier.saisie_le if dernier else None,
        )


def _ecrire(
    saisie: Saisie, indicateur: Indicateur, courante: MesureIndicateur | None, par: Any
) -> tuple[MesureIndicateur | None, bool]:
    """Write one value; return the current one afterwards, and whether anything changed."""
    if saisie.vide:
        if courante is None:
            return None, False
        exiger(peut_saisir_mesure(par, indicateur))
        _remplacer(courante)
        return None, True
    try:
        nouvelle = _preparer(indicateur, saisie)
    except RegleMetier as erreur:
        raise RegleMetier(f"{indicateur.libelle} : {erreur.message}", champ=erreur.champ) from erreur
    if courante is not None and _identique(courante, {c: getattr(nouvelle, c) for c in CHAMPS_SAISIS}):
        return courante, False
    exiger(peut_saisir_mesure(par, indicateur))
    nouvelle.auteur = par
    with contraintes_en_francais(MesureIndicateur):
        if courante is not None:
            _remplacer(courante)
        nouvelle.save()
    return nouvelle, True


def _remplacer(mesure: MesureIndicateur) -> None:
    mesure.remplacee_le = timezone.now()
    mesure.save(update_fields=["remplacee_le"])


@transaction.atomic
def retablir_mesure(*, mesure: MesureIndicateur, par: Any) -> MesureIndicateur:
    """Put a replaced value back: a new row copies it, the present one joins the history.

    Raises DroitInsuffisant, and RegleMetier when it is already the current one.
    """
    indicateur = verrouiller_indicateur(mesure.indicateur)
    exiger(peut_saisir_mesure(par, indicateur))
    ancienne = MesureIndicateur.objects.get(pk=mesure.pk)
    if ancienne.remplacee_le is None:
        raise RegleMetier("Cette valeur est déjà celle en vigueur.")
    courante = (
        MesureIndicateur.objects.courantes()
        .filter(indicateur=indicateur, periode=DateRange(ancienne.periode.lower, ancienne.periode.upper))
        .first()
    )
    valeurs = {c: getattr(ancienne, c) for c in CHAMPS_SAISIS}
    if courante is not None and _identique(courante, {c: v for c, v in valeurs.items() if c != "commentaire"}):
        raise RegleMetier("La valeur en vigueur est déjà la même.")
    origine = f"Valeur du {date_heure(ancienne.saisie_le)} rétablie."
    valeurs["commentaire"] = f"{origine} {ancienne.commentaire}".strip()
    if courante is not None:
        _remplacer(courante)
    nouvelle = MesureIndicateur.objects.create(
        indicateur=indicateur,
        annee=ancienne.annee,
        periode=ancienne.periode,
        provenance=ProvenanceMesure.SAISIE,
        auteur=par,
        demonstration=ancienne.demonstration,
        **valeurs,
    )
    periode = Periode(ancienne.periode.lower, ancienne.periode.upper)
    journaliser(
        par=par,
        verbe="retablir_mesure",
        objet=indicateur.fiche,
        avant={_cle(indicateur, periode): mesure_en_mots(courante, indicateur.unite)},
        apres={_cle(indicateur, periode): mesure_en_mots(nouvelle, indicateur.unite)},
        commentaire=origine,
    )
    actualiser_anomalies(fiches=[indicateur.fiche_id])
    return nouvelle
