"""Records of data·inclusion v1 made from our rows: a service for each operator of an offer, a structure. Pure.

What the schema refuses is left out and told (`Fiche.remarques`): what is written is valid, always. The name of a
contact is never given away; its telephone and its address are those of a desk.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from data_inclusion.schema.v1 import Service
from data_inclusion.schema.v1 import Structure as StructureDI
from django.conf import settings
from django.utils import timezone
from pydantic import BaseModel, ValidationError

from offre.adresses import lien_public
from offre.models import LieuOffre, OffreInsertion, ReferenceExterne
from pdi.structures.models import Structure

from . import nomenclatures as noms

NOM_MAX, DESCRIPTION_MAX = 150, 10_000
DOCUMENTS, AGES = "Documents à apporter : ", "Âge : "
SEMAINES_PAR_MOIS = Decimal(52) / 12
# Fields of the schema that our sheets hold, and those deduced from our words; the others come from the partner.
REQUIS = frozenset(nom for nom, champ in Service.model_fields.items() if champ.is_required())
CHAMPS_DEDUITS = ("type", "thematiques", "publics", "frais")
_ADRESSE = re.compile(r"^(?P<adresse>.*?),?\s*(?P<code_postal>\d{5})\s+(?P<commune>[^\d,][^,]*)$")
_HORAIRES = re.compile(r"^(24/7|PH |(Mo|Tu|We|Th|Fr|Sa|Su)\b)")


@dataclass
class Fiche:
    """A record, None when a mandatory field is wrong; `valide` is the schema's own object; `remarques` say why."""

    identifiant: str
    contenu: dict[str, Any] | None
    valide: Any = None
    remarques: list[tuple[str, str]] = field(default_factory=list)


def source_locale() -> str:
    """Return the identifier of this application as a producer."""
    return f"pdi-{settings.DEPARTEMENT_CODE.lower()}"


def id_structure(structure: Structure, reference: ReferenceExterne | None = None) -> str:
    """Return the identifier of a structure: the one it came with when an import made it, else ours."""
    return reference.identifiant if reference else f"{source_locale()}--structure-{structure.pk}"


def id_service(offre: OffreInsertion, structure: Structure, rang: int) -> str:
    """Return the identifier of an offer at an operator; the first operator keeps the one the offer came with."""
    reference = reference_de(offre)
    if reference is not None and rang == 0:
        return reference.identifiant
    return f"{source_locale()}--offre-{offre.pk}-{structure.pk}"


def reference_de(offre: OffreInsertion) -> ReferenceExterne | None:
    """Return where the offer came from, None when it was written here."""
    return getattr(offre, "reference_externe", None)


def origine_de(structure: Structure) -> ReferenceExterne | None:
    """Return the reference of a structure that an import made (prefetched, first one)."""
    return next((r for r in structure.references_externes.all() if r.creee), None)


def jour_de(offre: OffreInsertion) -> datetime.date:
    """Return the last day the sheet was changed, or confirmed as right."""
    modifiee = timezone.localtime(offre.modifiee_le).date()
    jour = max(modifiee, offre.confirmee_le) if offre.confirmee_le else modifiee
    return min(jour, timezone.localdate())


# -- texts -----------------------------------------------------------------------------------------------


def nom_court(texte: str) -> str:
    """Return a name of at most 150 characters that does not end with a full stop."""
    propre = texte.strip()
    if len(propre) > NOM_MAX:
        propre = propre[: NOM_MAX - 1].rstrip() + "…"
    return propre if propre.endswith("etc.") else propre.rstrip(".")


def lignes(texte: str) -> list[str]:
    """Return the filled lines of a text."""
    return [ligne.strip() for ligne in texte.splitlines() if ligne.strip()]


def adresse_en_parties(adresse: str) -> dict[str, str]:
    """Return street, postcode and commune of an address written on one line; the street alone when there is no more.

    >>> adresse_en_parties("2 rue Haute, 91000 Évry")
    {'adresse': '2 rue Haute', 'code_postal': '91000', 'commune': 'Évry'}
    """
    trouve = _ADRESSE.match(adresse.strip())
    if trouve is None:
        return {"adresse": adresse.strip()} if adresse.strip() else {}
    return {nom: valeur for nom, valeur in trouve.groupdict().items() if valeur}


def _semaines(mois: Decimal | None) -> int | None:
    if not mois:
        return None
    return max(1, int((mois * SEMAINES_PAR_MOIS).quantize(Decimal(1), ROUND_HALF_UP)))


def mois_de(semaines: int) -> Decimal:
    """Return weeks as months, two decimals: `_semaines` gives the same weeks back."""
    return (Decimal(semaines) / SEMAINES_PAR_MOIS).quantize(Decimal("0.01"), ROUND_HALF_UP)


# -- a service ---------------------------------------------------------------------------------------------


def service(offre: OffreInsertion, structure: Structure, rang: int = 0) -> Fiche:
    """Return the record of an offer at its operator number `rang`. Reads prefetched relations only."""
    reference = reference_de(offre)
    venu: dict[str, Any] = dict(reference.contenu) if reference else {}
    intouchee = reference is not None and reference.version_lue == offre.version
    identifiant = id_service(offre, structure, rang)
    suite = rang > 0 or reference is None
    notre = {
        "source": source_locale() if suite or reference is None else reference.source,
        "id": identifiant,
        "structure_id": id_structure(structure, origine_de(structure)),
        "nom": nom_court(offre.intitule),
        "description": "\n".join((*offre.objectifs, *offre.contenu))[:DESCRIPTION_MAX] or f"Offre : {offre.intitule}.",
        "date_maj": jour_de(offre),
        "publics_precisions": "\n".join(offre.publics) or None,
        "conditions_acces": "\n".join(_conditions(offre)) or None,
        "telephone": offre.contact_telephone or None,
        "courriel": offre.contact_courriel or None,
        "mobilisation_precisions": offre.modalites or None,
        "volume_horaire_hebdomadaire": float(offre.heures_hebdo) if offre.heures_hebdo is not None else None,
        "nombre_semaines": _semaines(offre.duree_max_mois),
        "mobilisable_par": _mobilisable_par(offre) or None,
        **_lieu(offre, venu),
    }
    if intouchee and not suite:  # what the partner did not say is not said in its name
        notre = {c: v for c, v in notre.items() if c in venu or c in REQUIS}
    deduits = {} if intouchee and not suite else _deduits(offre)
    repris = {c: venu[c] for c in CHAMPS_DEDUITS if c in venu} if intouchee else {}
    defaut: dict[str, Any] = {}
    if reference is None or suite:
        defaut = {"modes_mobilisation": _modes(offre) or None, "zone_eligibilite": [settings.DEPARTEMENT_CODE]}
        defaut["lien_source"] = lien_public(offre)
    seuls = {c: v for c, v in venu.items() if c not in notre and c not in CHAMPS_DEDUITS}
    return valider(Service, {**defaut, **deduits, **seuls, **repris, **notre}, identifiant)


def _conditions(offre: OffreInsertion) -> list[str]:
    ages = [f"{AGES}{offre.ages}"] if offre.ages else []
    documents = [f"{DOCUMENTS}{offre.documents}"] if offre.documents else []
    return [*offre.conditions_acces, *ages, *documents]


def _deduits(offre: OffreInsertion) -> dict[str, Any]:
    trouvees = noms.thematiques((f.code for f in offre.freins.all()), offre.thematiques)
    return {
        "type": noms.type_de_service(offre.thematiques),
        "thematiques": trouvees or None,
        "publics": publics_de(offre) or None,
        "frais": "gratuit" if any("gratuit" in t.lower() for t in (*offre.contenu, offre.modalites)) else None,
    }


def publics_de(offre: OffreInsertion) -> set[str]:
    """Return the publics: those the structured conditions name, and those the printed sentences name."""
    structures = (
        (offre.brsa_seulement, "beneficiaires-des-minimas-sociaux"),
        (offre.sexe == "F", "femmes"),
        (offre.inscription_france_travail, "demandeurs-emploi"),
        (bool(offre.foyer_requis), "familles"),
        (offre.age_max is not None and offre.age_max <= 30, "jeunes"),
        (offre.age_min is not None and offre.age_min >= 50, "seniors"),
    )
    vises = {code for vrai, code in structures if vrai} | {noms.PUBLIC_DU_CODE[c] for c in offre.publics_vises}
    dits = noms.publics(offre.publics)
    return vises | (dits - {noms.TOUS_PUBLICS} if vises else dits)


def _mobilisable_par(offre: OffreInsertion) -> list[str]:
    par = ["professionnels"] if offre.prescription_referent or offre.prescription_prestataire else []
    return [*par, "usagers"] if offre.auto_prescription else par


def _modes(offre: OffreInsertion) -> list[str]:
    modes = ["envoyer-un-courriel"] if offre.contact_courriel else []
    return [*modes, "telephoner"] if offre.contact_telephone else modes


def _lieu(offre: OffreInsertion, venu: dict[str, Any]) -> dict[str, Any]:
    """Return where the service is given: the first place of the sheet."""
    lieux = list(offre.lieux.all())
    sur_place = [lieu for lieu in lieux if not lieu.a_distance]
    modes = (["a-distance"] if any(lieu.a_distance for lieu in lieux) else []) + (
        ["en-presentiel"] if sur_place else []
    )
    rendu: dict[str, Any] = {"modes_accueil": modes or None}
    if sur_place:
        rendu |= _adresse(sur_place[0], venu)
    return rendu


def _adresse(lieu: LieuOffre, venu: dict[str, Any]) -> dict[str, Any]:
    commune = lieu.commune
    horaires = lieu.horaires if _HORAIRES.match(lieu.horaires) else None
    return {
        "adresse": lieu.adresse or None,
        "complement_adresse": lieu.nom or None,
        "code_postal": lieu.code_postal or None,
        "commune": commune.nom if commune else venu.get("commune"),
        "code_insee": commune.code if commune else venu.get("code_insee"),
        "latitude": float(lieu.latitude) if lieu.latitude is not None else None,
        "longitude": float(lieu.longitude) if lieu.longitude is not None else None,
        "horaires_accueil": horaires,
    }


# -- a structure -------------------------------------------------------------------------------------------


def structure(une: Structure, maj_le: datetime.date) -> Fiche:
    """Return the record of a structure; `maj_le` is the last change of what it runs, unless an import told another."""
    reference = origine_de(une)
    venu: dict[str, Any] = dict(reference.contenu) if reference else {}
    identifiant = id_structure(une, reference)
    notre: dict[str, Any] = {
        "source": reference.source if reference else source_locale(),
        "id": identifiant,
        "nom": nom_court(une.nom),
        "date_maj": reference.maj_le if reference and reference.maj_le else maj_le,
        "siret": une.siret or None,
        "description": une.description or None,
        "telephone": une.telephone or None,
        "courriel": une.courriel or None,
        "site_web": une.site or None,
        "adresse": None, "code_postal": None, "commune": None,
        **adresse_en_parties(une.adresse),
    }  # fmt: skip
    if notre["commune"] != venu.get("commune"):
        venu.pop("code_insee", None)
    return valider(StructureDI, {**venu, **notre}, identifiant)


# -- validity ----------------------------------------------------------------------------------------------


def valider(modele: type[BaseModel], brut: dict[str, Any], identifiant: str) -> Fiche:
    """Return the record that the schema accepts: a wrong optional field is left out, a wrong mandatory one refuses."""
    remarques: list[tuple[str, str]] = []
    donnees = {c: v for c, v in brut.items() if v not in (None, "", [])}
    for _ in range(2):
        try:
            valide = modele.model_validate(donnees)
        except ValidationError as erreur:
            fautifs = {str(e["loc"][0]): e["msg"] for e in erreur.errors()}
            remarques += sorted(fautifs.items())
            if any(modele.model_fields[c].is_required() for c in fautifs):
                return Fiche(identifiant, None, remarques=remarques)
            donnees = {c: v for c, v in donnees.items() if c not in fautifs}
        else:
            return Fiche(identifiant, _en_json(valide), valide, remarques)
    return Fiche(identifiant, None, remarques=remarques)


def _en_json(valide: BaseModel) -> dict[str, Any]:
    contenu = valide.model_dump(mode="json", exclude_none=True)
    return {c: sorted(v) if isinstance(v, list) else v for c, v in contenu.items()}
