"""What to correct before the survey: a queue of anomalies among the people it counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models.expressions import RawSQL

from parcours.models import Personne
from parcours.querysets import PersonneQuerySet
from parcours.statistiques.moteur import Moment, en_positions, texte_sql


@dataclass(frozen=True)
class Anomalie:
    """One kind of anomaly: a condition on the rows `x` (person), `p` (population), and the tables joined to them."""

    code: str
    libelle: str
    correction: str
    condition: str
    grave: bool = False


ANOMALIES = (
    Anomalie("sexe", "Sexe non renseigné", "Complétez l’identité.", "x.sexe = ''"),
    Anomalie("naissance", "Date de naissance non renseignée", "Complétez l’identité.", "x.date_naissance IS NULL"),
    Anomalie("formation", "Niveau de formation non renseigné", "Complétez l’identité.", "x.niveau_formation = ''"),
    Anomalie(
        "france_travail", "Inscription à France Travail inconnue", "Posez la question au prochain entretien.",
        "x.inscrit_france_travail IS NULL",
    ),
    Anomalie(
        "famille", "Situation familiale inconnue", "Vérifiez la composition du foyer.",
        "NOT EXISTS (SELECT 1 FROM parcours_membrefoyer b JOIN parcours_situationfoyer f ON f.foyer_id = b.foyer_id "
        "WHERE b.personne_id = x.id AND b.periode @> %(j)s::date AND f.periode @> %(j)s::date "
        "AND f.situation <> '' AND f.enfants IS NOT NULL)",
    ),
    Anomalie(
        "adresse", "Aucune adresse dans un territoire", "Vérifiez l’adresse et sa commune.",
        "NOT EXISTS (SELECT 1 FROM parcours_adresse a JOIN territoires_communeterritoire t "
        "ON t.commune_id = a.commune_id WHERE a.personne_id = x.id AND a.periode @> %(j)s::date "
        "AND t.validite @> %(j)s::date)",
    ),
    Anomalie(
        "droits", "Droits et devoirs non transmis, ou état du dossier manquant", "Vérifiez le dernier flux.",
        "NOT p.sdd",
    ),
    Anomalie(
        "recalcul", "Droits et devoirs reçus et recalculés différents", "Comparez les deux sur la page de la personne.",
        "EXISTS (SELECT 1 FROM parcours_situationdroitsdevoirs s WHERE s.personne_id = x.id "
        "AND s.periode @> %(j)s::date AND s.recu <> s.recalcule)",
    ),
    Anomalie(
        "age", "Âge impossible", "Corrigez la date de naissance (moins de 16 ans, ou plus de 100).",
        "x.date_naissance > %(j)s::date - interval '16 years' OR x.date_naissance < %(j)s::date - interval '100 years'",
        grave=True,
    ),
    Anomalie(
        "deces", "Décès antérieur à la date", "Fermez le suivi, ou corrigez la date de décès.",
        "x.deces_le <= %(j)s::date", grave=True,
    ),
    Anomalie(
        "orientation", "Orientation décidée avant l’entrée", "Corrigez la date de décision, ou celle de l’entrée.",
        "EXISTS (SELECT 1 FROM parcours_orientation o WHERE o.personne_id = x.id AND o.periode @> %(j)s::date "
        "AND o.decidee_le < (SELECT min(lower(s.periode)) FROM parcours_situationdroitsdevoirs s "
        "WHERE s.personne_id = x.id AND s.recu))", grave=True,
    ),
    Anomalie(
        "contrat", "Contrat valide sans orientation", "Orientez la personne, ou rattachez son contrat.",
        "EXISTS (SELECT 1 FROM parcours_contrat c WHERE c.personne_id = x.id AND c.nature IN ('cer', 'ce') "
        "AND c.etat IN ('valide', 'clos') AND c.debut <= %(j)s::date AND c.fin >= %(j)s::date "
        "AND (c.clos_le IS NULL OR c.clos_le > %(j)s::date)) "
        "AND NOT EXISTS (SELECT 1 FROM parcours_orientation o WHERE o.personne_id = x.id "
        "AND o.periode @> %(j)s::date)", grave=True,
    ),
    Anomalie(
        "signature", "Contrat signé avant l’orientation", "Corrigez la date de signature, ou celle de l’orientation.",
        "EXISTS (SELECT 1 FROM parcours_contrat c JOIN parcours_orientation o ON o.id = c.orientation_id "
        "WHERE c.personne_id = x.id AND c.debut <= %(j)s::date AND c.fin >= %(j)s::date "
        "AND c.etat IN ('valide', 'clos') AND c.signe_personne_le < o.decidee_le)", grave=True,
    ),
)  # fmt: skip
_FAUTIVE = " OR ".join(f"(({a.condition}) IS TRUE)" for a in ANOMALIES)  # an unknown date is no answer, not a fault
TOUTES = Anomalie("toutes", "Tout ce qui est à corriger", "Chaque ligne dit ce qu’il faut corriger.", _FAUTIVE)
PAR_CODE = {anomalie.code: anomalie for anomalie in (TOUTES, *ANOMALIES)}


def _base() -> str:
    return f"WITH {texte_sql('_population')} "


def colonnes_sql(anomalies: Iterable[Anomalie]) -> str:
    """Return « the row has it », a column a kind of anomaly (`a0`, `a1`…), over the rows `x` and `p`."""
    return ", ".join(f"({a.condition}) AS a{rang}" for rang, a in enumerate(anomalies))


def compter_sql(comptes: str, lignes: str) -> str:
    """Return the query that counts over `lignes`, worked out first.

    A condition is judged once a row, from a table read whole: in the filter of a count, PostgreSQL takes it for asked
    once, and looks each person up.
    """
    return f"SELECT {comptes} FROM ({lignes} OFFSET 0) z"  # noqa: S608  # nosec B608 - our own texts


def depuis_population(colonnes: str, suite: str = "") -> str:
    """Return the query of `colonnes` over the population of a moment."""
    return f"{_base()} SELECT {colonnes} FROM population p JOIN parcours_personne x ON x.id = p.personne_id {suite}"  # noqa: S608  # nosec B608


@dataclass(frozen=True)
class Compte:
    """How many people an anomaly concerns: those the reader may find, and all the others."""

    anomalie: Anomalie
    visibles: int
    ailleurs: int


def compter(moment: Moment, utilisateur: Any) -> list[Compte]:
    """Return the anomalies that concern somebody, those of the reader first, then those that stop a figure. One query.

    `visibles` counts exactly the people `personnes` lists to that reader.
    """
    dedans, siennes = Personne.objects.visibles_par(utilisateur).order_by().values("pk").query.sql_with_params()
    lues = f"{colonnes_sql(ANOMALIES)}, v.pk IS NOT NULL AS vue"
    sql, valeurs = en_positions(depuis_population(lues), moment.parametres())
    rangs = range(len(ANOMALIES))
    comptes = [f"count(*) FILTER (WHERE a{rang}{vue})" for vue in ("", " AND vue") for rang in rangs]
    texte = compter_sql(", ".join(comptes), f"{sql} LEFT JOIN ({dedans}) v ON v.pk = x.id")
    with connection.cursor() as curseur:
        curseur.execute(texte, [*valeurs, *siennes])
        ligne: tuple[int, ...] = curseur.fetchone()
    tous, siens = ligne[: len(ANOMALIES)], ligne[len(ANOMALIES) :]
    lus = [Compte(a, vu, n - vu) for a, n, vu in zip(ANOMALIES, tous, siens, strict=True) if n]
    return sorted(lus, key=lambda c: (not c.visibles, not c.anomalie.grave, -c.visibles, -c.ailleurs))


def personnes(anomalie: Anomalie, moment: Moment) -> PersonneQuerySet:
    """Return the people concerned. Every caller goes on with `.visibles_par(utilisateur)`."""
    sql = depuis_population("p.personne_id", f"WHERE {anomalie.condition}")
    texte, valeurs = en_positions(sql, moment.parametres())
    return Personne.objects.filter(pk__in=RawSQL(texte, valeurs))  # noqa: S611  # nosec B611 - our own text


def a_corriger(lues: PersonneQuerySet, moment: Moment) -> dict[int, list[Anomalie]]:
    """Return what is to correct for each of those people, the ones without anything left out. One query."""
    codes = ", ".join(f"CASE WHEN {a.condition} THEN '{a.code}' END" for a in ANOMALIES)
    sql = depuis_population(f"x.id, array_remove(ARRAY[{codes}], NULL)", f"WHERE ({_FAUTIVE})")
    texte, valeurs = en_positions(sql, moment.parametres())
    try:
        dedans, siennes = lues.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # nobody is asked about
        return {}
    with connection.cursor() as curseur:
        curseur.execute(f"{texte} AND x.id IN ({dedans})", [*valeurs, *siennes])  # nosec B608
        return {pk: [PAR_CODE[code] for code in lus] for pk, lus in curseur.fetchall()}
