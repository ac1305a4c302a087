"""Address, household, RSA files, rights and duties of one person, read in one query."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from .models import (
    Adresse,
    DossierRSA,
    EtatDossier,
    EtatMensuel,
    MembreFoyer,
    Personne,
    RoleFoyer,
    SituationDroitsDevoirs,
    SituationFamiliale,
    SituationFoyer,
)

PARTIES = ("adresses", "membres", "situations", "dossiers", "droits")


@dataclass(frozen=True)
class Ligne:
    """One dated row: from `debut` (None: always) to `fin`, excluded (None: still); its values by name."""

    debut: datetime.date | None
    fin: datetime.date | None
    v: dict[str, Any]

    @property
    def dernier_jour(self) -> datetime.date | None:
        """Return the last day, included."""
        return None if self.fin is None else self.fin - datetime.timedelta(days=1)

    def au(self, jour: datetime.date) -> bool:
        """Return whether it covers `jour`."""
        return (self.debut is None or self.debut <= jour) and (self.fin is None or jour < self.fin)


def _jour(texte: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(texte) if texte else None


def _lignes(lus: list[dict[str, Any]]) -> list[Ligne]:
    lignes = [Ligne(_jour(v.pop("debut")), _jour(v.pop("fin")), v) for v in lus]
    return sorted(lignes, key=lambda ligne: ligne.debut or datetime.date.min, reverse=True)


def _tableau(lignes: QuerySet[Any], /, **champs: Any) -> ArraySubquery:
    bornes = {"debut": F("periode__startswith"), "fin": F("periode__endswith")}
    return ArraySubquery(lignes.order_by().values(j=JSONObject(**bornes, **champs)))


class FoyerEtDroits:
    """What the page of a person says of her household and her rights, on `jour`."""

    def __init__(self, personne: int, jour: datetime.date) -> None:
        """Read everything, in one query."""
        self.personne, self.jour = personne, jour
        self._lu: Any = _lecture(personne, jour)

    @cached_property
    def adresses(self) -> list[Ligne]:
        """Return the addresses, latest first: lignes, complement, code_postal, commune, territoire, domiciliation."""
        return _lignes(self._lu["l_adresses"])

    @property
    def adresse(self) -> Ligne | None:
        """Return the address of today."""
        return next((a for a in self.adresses if a.au(self.jour)), None)

    @cached_property
    def membres(self) -> list[Ligne]:
        """Return who is, and was, of today's household: pk, personne, nom, prenoms, naissance, role."""
        lignes = _lignes(self._lu["l_membres"])
        for ligne in lignes:
            ligne.v["role_dit"] = RoleFoyer(ligne.v["role"]).label
            ligne.v["naissance"] = _jour(ligne.v["naissance"])
        rangs = list(RoleFoyer.values)
        return sorted(lignes, key=lambda m: (rangs.index(m.v["role"]), m.v["naissance"] or datetime.date.min))

    @property
    def presents(self) -> list[Ligne]:
        """Return the members of today."""
        return [m for m in self.membres if m.au(self.jour)]

    @property
    def partis(self) -> list[Ligne]:
        """Return those who left."""
        return [m for m in self.membres if not m.au(self.jour)]

    @cached_property
    def situations(self) -> list[Ligne]:
        """Return the family situations, latest first: dite, enfants."""
        lignes = _lignes(self._lu["l_situations"])
        for ligne in lignes:
            ligne.v["dite"] = SituationFamiliale(ligne.v["situation"]).label
        return lignes

    @property
    def situation(self) -> Ligne | None:
        """Return the family situation of today."""
        return next((s for s in self.situations if s.au(self.jour)), None)

    @cached_property
    def dossiers(self) -> list[dict[str, Any]]:
        """Return the RSA files of the household, open ones first."""
        lus = self._lu["l_dossiers"]
        for d in lus:
            d |= {c: _jour(d[c]) for c in ("demande_le", "ouvert_le", "clos_le", "mois")}
            d["etat_dit"] = EtatDossier(d["etat"]).label if d["etat"] else ""
        return sorted(lus, key=lambda d: (d["clos_le"] is not None, d["demande_le"]))

    @cached_property
    def droits(self) -> list[Ligne]:
        """Return the periods of rights and duties, latest first: recu, recalcule, ecart (they contradict)."""
        lignes = _lignes(self._lu["l_droits"])
        for ligne in lignes:
            recu, recalcule = ligne.v["recu"], ligne.v["recalcule"]
            ligne.v["ecart"] = recu is not None and recalcule is not None and recu != recalcule
        return lignes

    @property
    def soumise(self) -> bool:
        """Return whether the CAF or the MSA says she is subject to rights and duties today."""
        return any(d.v["recu"] for d in self.droits if d.au(self.jour))


def _lecture(personne: int, jour: datetime.date) -> dict[str, Any]:
    elle: dict[str, Any] = {"personne": OuterRef("pk")}
    foyers = MembreFoyer.objects.filter(personne=personne).values("foyer")
    actuel = Subquery(
        MembreFoyer.objects.filter(personne=personne, periode__contains=jour).values("foyer")[:1]
    )  # fmt: skip
    etats = EtatMensuel.objects.filter(dossier=OuterRef("pk")).order_by("-mois")
    territoire = (
        Adresse.objects.filter(
            pk=OuterRef("pk"), commune__rattachements__validite__contains=jour
        ).values("commune__rattachements__territoire__nom")[:1]
    )  # fmt: skip
    lue = (
        Personne.objects.filter(pk=personne)
        .annotate(
            l_adresses=_tableau(
                Adresse.objects.filter(**elle).annotate(ici=Subquery(territoire)),
                pk="pk", lignes="lignes", complement="complement", code_postal="code_postal", commune="commune__nom",
                territoire="ici", domiciliation="domiciliation",
            ),
            l_membres=_tableau(
                MembreFoyer.objects.filter(foyer=actuel), pk="pk", personne="personne", nom="personne__nom_naissance",
                usage="personne__nom_usage", prenoms="personne__prenoms", naissance="personne__date_naissance",
                role="role", fictive="personne__fictive",
            ),
            l_situations=_tableau(
                SituationFoyer.objects.filter(foyer=actuel), situation="situation", enfants="enfants"
            ),
            l_dossiers=ArraySubquery(
                DossierRSA.objects.filter(foyer__in=foyers)
                .annotate(etat=Subquery(etats.values("etat")[:1]), mois=Subquery(etats.values("mois")[:1]))
                .values(
                    j=JSONObject(
                        pk="pk", numero="numero", matricule="matricule", payeur="organisme_payeur__nom",
                        demande_le="demande_le", ouvert_le="ouvert_le", clos_le="clos_le", etat="etat", mois="mois",
                        motif="motif_cloture",
                    )
                )
            ),
            l_droits=_tableau(
                SituationDroitsDevoirs.objects.filter(**elle), pk="pk", recu="recu", recalcule="recalcule",
                dossier="dossier__numero",
            ),
        )
        .values(*(f"l_{partie}" for partie in PARTIES))
        .first()
    )  # fmt: skip
    return dict(lue or {f"l_{partie}": [] for partie in PARTIES})
