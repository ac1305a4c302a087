"""Only one at a time: periods of a file against each other and against the base, by sets, before the constraint does.

A row gives a first day (`debut`) and perhaps a last one (`fin`, included). Without a last day, it ends where the next
row of the same person begins. What was running may be ended the day before, when the option says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pdi.socle.imports.controle import Travail
from pdi.socle.imports.declarations import Option

RACCOURCIR = "raccourcir"


OPTION = Option(
    RACCOURCIR, "Mettre fin, la veille, à l’orientation ou au suivi qui court encore",
    "Sans cela, une ligne qui chevauche ce qui court encore est refusée, et dit pourquoi.",
)  # fmt: skip


@dataclass(frozen=True)
class Periodes:
    """A table whose rows hold one person over `periode`; `debut` is the column of the first day.

    `en_cours` begins the messages (« L’orientation commencée »).
    """

    table: str
    debut: str
    en_cours: str

    def controler(self, travail: Travail) -> None:
        """Fill `periode`; signal days out of order, overlaps in the file, overlaps with the base."""
        t, debut = travail.table, self.debut
        travail.signaler(
            code="fin_avant_debut", colonne="fin", valeur="to_char(t.fin, 'DD/MM/YYYY')",
            message="'La fin précède le début.'", attendu=f"'le ' || to_char(t.{debut}, 'DD/MM/YYYY') || ' ou après'",
            ou=f"t.fin < t.{debut}",
        )  # fmt: skip
        travail.signaler(
            code="avant_naissance", colonne=debut, valeur=f"to_char(t.{debut}, 'DD/MM/YYYY')",
            message="'Cette date précède la naissance.'",
            attendu="'une date après le ' || to_char(t.date_naissance, 'DD/MM/YYYY')",
            ou=f"t.{debut} < t.date_naissance",
        )  # fmt: skip
        travail.memes_lignes(
            code="meme_debut", colonne=debut, cles=f"personne_id, {debut}",
            message="Même personne et même date que la ligne",
        )  # fmt: skip
        travail.executer(f"ALTER TABLE {t} ADD COLUMN periode daterange, ADD COLUMN suivante date")
        travail.executer(
            f"UPDATE {t} t SET suivante = x.suivante, periode = CASE WHEN t.fin < t.{debut} THEN NULL ELSE "
            f"daterange(coalesce(lower(c.periode), t.{debut}), coalesce(t.fin + 1, upper(c.periode), x.suivante)) END "
            f"FROM (SELECT ligne_id, min({debut}) OVER (PARTITION BY personne_id ORDER BY {debut} "
            "RANGE BETWEEN INTERVAL '1 day' FOLLOWING AND UNBOUNDED FOLLOWING) AS suivante "
            f"FROM {t} WHERE personne_id IS NOT NULL AND {debut} IS NOT NULL) x, {t} u "  # nosec B608
            f"LEFT JOIN {self.table} c ON c.id = u.cible WHERE x.ligne_id = t.ligne_id AND u.ligne_id = t.ligne_id"
        )
        travail.signaler(
            code="chevauchement_fichier", colonne="fin", valeur="to_char(t.fin, 'DD/MM/YYYY')",
            message="'Finit après le début d’une autre ligne de la même personne, le ' || "
            "to_char(t.suivante, 'DD/MM/YYYY') || '.'",
            attendu="'au plus tard le ' || to_char(t.suivante - 1, 'DD/MM/YYYY')",
            suggestion="to_char(t.suivante - 1, 'DD/MM/YYYY')", ou="t.fin >= t.suivante",
        )  # fmt: skip
        self._contre_la_base(travail)

    def _contre_la_base(self, travail: Travail) -> None:
        t, debut, quand = travail.table, self.debut, "to_char(c.debut, 'DD/MM/YYYY')"
        autre = (
            "JOIN LATERAL (SELECT min(lower(c.periode)) AS debut, bool_or(lower(c.periode) >= lower(t.periode) "
            f"OR NOT upper_inf(c.periode)) AS finie FROM {self.table} c WHERE c.personne_id = t.personne_id "
            "AND c.id IS DISTINCT FROM t.cible AND c.periode && t.periode AND NOT EXISTS "
            f"(SELECT 1 FROM {t} v WHERE v.cible = c.id AND v.fin IS NOT NULL AND NOT v.periode && t.periode)) c "
            "ON c.debut IS NOT NULL"  # nosec B608
        )
        # What is running may end only when the last row of the person runs in its turn.
        remplacee = (
            f"NOT EXISTS (SELECT 1 FROM {t} d WHERE d.personne_id = t.personne_id AND d.fin IS NOT NULL "
            "AND d.suivante IS NULL)"  # nosec B608
        )
        commun: dict[str, Any] = {"colonne": debut, "valeur": f"to_char(t.{debut}, 'DD/MM/YYYY')", "jointure": autre}
        travail.signaler(
            code="chevauchement", message=f"'{self.en_cours} depuis le ' || {quand} || ' couvre déjà cette période.'",
            attendu="'une date après sa fin, ou une dernière journée avant son début'",
            ou=f"c.finie OR NOT ({remplacee})", **commun,
        )  # fmt: skip
        if travail.option(RACCOURCIR):
            travail.signaler(
                code="raccourci", bloquante=False, ou=f"NOT c.finie AND {remplacee}",
                message=f"'{self.en_cours} depuis le ' || {quand} || ' prendra fin la veille.'", **commun,
            )  # fmt: skip
            return
        travail.signaler(
            code="chevauchement_en_cours", ou=f"NOT c.finie AND {remplacee}",
            message=f"'{self.en_cours} depuis le ' || {quand} || ' court toujours.'",
            attendu="'déposez le fichier en demandant d’y mettre fin la veille, ou corrigez la date'", **commun,
        )  # fmt: skip

    def lier(self, travail: Travail) -> None:
        """Hold back a row that would end where a refused row begins; to be called when all the rest is known."""
        travail.signaler(
            code="ligne_liee", colonne="fin", attendu="'un dernier jour, ou l’autre ligne corrigée'",
            message="'Une ligne suivante de la même personne attend une correction : celle-ci finirait à sa date.'",
            ou="t.cible IS NULL AND t.fin IS NULL AND t.suivante IS NOT NULL AND EXISTS (SELECT 1 "
            f"FROM {travail.table} v JOIN socle_anomalieimport a ON a.ligne_id = v.ligne_id AND a.bloquante "
            f"WHERE v.personne_id = t.personne_id AND v.{self.debut} > t.{self.debut})",  # nosec B608
        )  # fmt: skip

    def raccourcir(self, travail: Travail) -> None:
        """End what was running the day before the first new row of each person."""
        if travail.option(RACCOURCIR):
            travail.executer(
                f"UPDATE {self.table} c SET periode = daterange(lower(c.periode), n.debut) "
                f"FROM (SELECT personne_id, min(lower(periode)) AS debut FROM {travail.table} WHERE etat = 'nouvelle' "
                "GROUP BY personne_id) n WHERE c.personne_id = n.personne_id AND upper_inf(c.periode) "
                "AND lower(c.periode) < n.debut"  # nosec B608
            )

    def finir(self, travail: Travail) -> None:
        """Give their last day to the known rows for which the file says another one."""
        travail.executer(
            f"UPDATE {self.table} c SET periode = t.periode FROM {travail.table} t "
            "WHERE c.id = t.cible AND t.etat = 'modifiee' AND t.changements ? 'fin'"  # nosec B608
        )
