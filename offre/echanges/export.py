"""The published catalogue as data·inclusion v1: records read by packets, a JSON document, a workbook."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter
from data_inclusion.schema.v1 import Service
from data_inclusion.schema.v1 import Structure as StructureDI
from django.db import connection
from django.db.models import Max, Prefetch, QuerySet
from django.utils import timezone

from offre.models import LieuOffre, OffreInsertion, ReferenceExterne
from pdi.socle.exports import neutraliser
from pdi.structures.models import Structure

from .fiches import Fiche, service, structure

PAQUET = 2000
FEUILLES = {"structures": ("Structures", StructureDI), "services": ("Services", Service)}
CELLULE_MAX = 32_767
# What an export depends on, row by row: any change of any of them changes the fingerprint.
_TABLES = (
    "offre_offreinsertion o WHERE o.etat = 'publiee'",
    "offre_offreinsertion_operateurs o",
    "offre_offreinsertion_freins o",
    "offre_lieuoffre o",
    "offre_referenceexterne o",
    "structures_structure o WHERE o.id IN (SELECT structure_id FROM offre_offreinsertion_operateurs)",
)


@dataclass
class Bilan:
    """What an export left out: `refusees` are whole records, `retirees` single fields; (identifier, field, reason)."""

    structures: int = 0
    services: int = 0
    refusees: list[tuple[str, str, str]] = field(default_factory=list)
    retirees: list[tuple[str, str, str]] = field(default_factory=list)

    def compter(self, fiche: Fiche) -> dict[str, Any] | None:
        """Note what a record left out and return it."""
        vers = self.retirees if fiche.contenu is not None else self.refusees
        vers += [(fiche.identifiant, champ, raison) for champ, raison in fiche.remarques]
        return fiche.contenu


def offres_publiees() -> QuerySet[OffreInsertion]:
    """Return the published offers with all that their records need, in a fixed number of queries."""
    creees = ReferenceExterne.objects.filter(creee=True).order_by("pk")
    operateurs = Structure.objects.order_by("pk").prefetch_related(Prefetch("references_externes", queryset=creees))
    return (
        OffreInsertion.objects.publiees()
        .defer("recherche")
        .select_related("reference_externe")
        .prefetch_related(
            "freins",
            Prefetch("operateurs", queryset=operateurs),
            Prefetch("lieux", queryset=LieuOffre.objects.select_related("commune")),
        )
        .order_by("ordre", "pk")
    )


def services_de(offre: OffreInsertion) -> list[Fiche]:
    """Return the record of an offer at each of its operators (relations prefetched)."""
    return [service(offre, une, rang) for rang, une in enumerate(offre.operateurs.all())]


def services(bilan: Bilan) -> Iterator[dict[str, Any]]:
    """Yield the services, read by packets."""
    for offre in offres_publiees().iterator(chunk_size=PAQUET):
        for fiche in services_de(offre):
            contenu = bilan.compter(fiche)
            if contenu is not None:
                bilan.services += 1
                yield contenu


def structures(bilan: Bilan) -> Iterator[dict[str, Any]]:
    """Yield the structures that run a published offer."""
    creees = ReferenceExterne.objects.filter(creee=True).order_by("pk")
    citees: QuerySet[Any] = (
        Structure.objects.filter(offres__in=OffreInsertion.objects.publiees())
        .annotate(modifiee=Max("offres__modifiee_le"), confirmee=Max("offres__confirmee_le"))
        .prefetch_related(Prefetch("references_externes", queryset=creees))
        .order_by("pk")
    )
    for une in citees.iterator(chunk_size=PAQUET):
        contenu = bilan.compter(structure(une, _jour(une.modifiee, une.confirmee)))
        if contenu is not None:
            bilan.structures += 1
            yield contenu


def _jour(modifiee: datetime.datetime, confirmee: datetime.date | None) -> datetime.date:
    jour = timezone.localtime(modifiee).date()
    return min(max(jour, confirmee) if confirmee else jour, timezone.localdate())


def empreinte_catalogue() -> str:
    """Return a fingerprint of all that an export says, the day included: same fingerprint, same file (one query)."""
    sommes = " || '-' || ".join(
        f"(SELECT count(*) || '.' || coalesce(sum(hashtextextended(o::text, 0)), 0) FROM {table})"  # noqa: S608  # nosec B608
        for table in _TABLES
    )
    with connection.cursor() as curseur:
        curseur.execute(f"SELECT md5({sommes} || current_date)", ())  # nosec B608
        return str(curseur.fetchone()[0])


# -- files -------------------------------------------------------------------------------------------------


def morceaux_json(bilan: Bilan | None = None) -> Iterator[str]:
    """Yield the JSON document, record by record: {"structures": […], "services": […]}."""
    lu = bilan or Bilan()
    encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    ouvrant = "{"
    for nom, lire in (("structures", structures), ("services", services)):
        yield f'{ouvrant}"{nom}":['
        virgule = "\n"
        for contenu in lire(lu):
            yield virgule + encoder(contenu)
            virgule = ",\n"
        yield "\n]"
        ouvrant = ",\n"
    yield "}\n"


def ecrire_xlsx(fichier: Any, bilan: Bilan | None = None) -> Bilan:
    """Write the workbook: a sheet Structures, a sheet Services, the fields of the schema as headers."""
    lu = bilan or Bilan()
    classeur = xlsxwriter.Workbook(fichier, {"constant_memory": True})
    classeur.set_properties({"title": "Offre d’insertion, data·inclusion v1"})
    entete = classeur.add_format({"bold": True, "bg_color": "#0D4A55", "font_color": "#FFFFFF"})
    for nom, lire in (("structures", structures), ("services", services)):
        titre, modele = FEUILLES[nom]
        feuille = classeur.add_worksheet(titre)
        feuille.freeze_panes(1, 0)
        champs = list(modele.model_fields)
        for rang, champ in enumerate(champs):
            feuille.set_column(rang, rang, 24)
            feuille.write_string(0, rang, champ, entete)
        for y, contenu in enumerate(lire(lu), start=1):
            for rang, champ in enumerate(champs):
                if champ in contenu:
                    _cellule(feuille, y, rang, contenu[champ])
    classeur.close()
    return lu


def _cellule(feuille: Any, y: int, x: int, valeur: Any) -> None:
    """Write a value: a list on one line separated by commas, a date and a code as text, a number as a number."""
    if isinstance(valeur, int | float):
        feuille.write_number(y, x, valeur)
    else:
        texte = ", ".join(valeur) if isinstance(valeur, list) else str(valeur)
        feuille.write_string(y, x, neutraliser(texte)[:CELLULE_MAX])
