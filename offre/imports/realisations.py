"""Import of realisations: one kind of file a kind of realisation, its measures as columns, judged as on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from offre.droits import peut_importer_offre
from offre.models import Realisation
from offre.regles.realisations import ENTIERES, Mesure, lire_mesures
from offre.types_realisation import types_livres
from pdi.socle.contexte import ecran_courant
from pdi.socle.imports.controle import Comparaison, Travail, cle_sql
from pdi.socle.imports.declarations import Champ, Genre, Reference

from .commun import OFFRES, auteur, inserer, lire_offre, modifier, structure
from .conventions import CONVENTIONS

PREFIXE = "mesure_"  # of the columns of measures, as in the form
MAXIMUM = Decimal(999_999_999)
TERRITOIRES = Reference(
    sql=f"""SELECT {cle_sql("nom")} AS cle, id, nom AS libelle FROM territoires_territoireaction
    WHERE upper_inf(validite) UNION ALL SELECT {cle_sql("code")}, id, nom FROM territoires_territoireaction
    WHERE upper_inf(validite)""",  # nosec B608
    inconnu="Territoire inconnu.",
)
FICHES = Reference(
    sql=f"""SELECT {cle_sql("f.numero")} AS cle, f.id, f.numero || ' ' || f.intitule AS libelle
    FROM actions_ficheaction f JOIN actions_programme p ON p.id = f.programme_id
    WHERE NOT p.reference AND p.annee_fin >= extract(year FROM now()) - 1
    UNION ALL SELECT {cle_sql("f.numero || ' ' || f.intitule")}, f.id, f.numero || ' ' || f.intitule
    FROM actions_ficheaction f JOIN actions_programme p ON p.id = f.programme_id
    WHERE NOT p.reference AND p.annee_fin >= extract(year FROM now()) - 1""",  # nosec B608
    inconnu="Aucune fiche-action de ce numéro.",
)
COMMUNS = (
    Champ("intitule", "Intitulé", requis=True, longueur=200, synonymes=("réalisation", "objet"),
          aide="Ce qui la distingue des autres du même jour."),
    structure("structure", "Structure", requis=True, synonymes=("opérateur", "porteur"), exemple="Mission locale"),
    Champ("debut", "Début", "date", requis=True, synonymes=("date", "date de début", "du"), exemple="14/09/2026"),
    Champ("fin", "Fin", "date", synonymes=("date de fin", "au")),
    Champ("territoire", "Territoire", "reference", reference=TERRITOIRES, longueur=120,
          aide="Nom ou code d’un territoire d’action ; vide : tout le département."),
    Champ("offre", "Offre", "reference", reference=OFFRES, lecteur=lire_offre, longueur=250,
          aide="Numéro ou intitulé d’une offre du catalogue."),
    Champ("convention", "Convention", "reference", reference=CONVENTIONS, longueur=40,
          synonymes=("numéro de convention",), aide="Le numéro d’une convention de la structure."),
    Champ("fiche", "Fiche-action", "reference", reference=FICHES, longueur=250, synonymes=("fiche",),
          aide="Numéro d’une fiche du programme en cours."),
    Champ("commentaire", "Commentaire", longueur=250, synonymes=("observations",)),
)  # fmt: skip
SIMPLES = ("fin", "commentaire")
LIENS = {
    "territoire": ("territoires_territoireaction", "nom"), "offre": ("offre_offreinsertion", "intitule"),
    "convention": ("offre_convention", "numero"), "fiche": ("actions_ficheaction", "intitule"),
}  # fmt: skip


def _champ(mesure: Mesure) -> Champ:
    """Return the column of a measure."""
    titre = f"{mesure.libelle} ({mesure.unite})" if mesure.unite and mesure.chiffree else mesure.libelle
    if not mesure.chiffree:
        return Champ(PREFIXE + mesure.code, titre, "choix", requis=mesure.requise, choix={c: c for c in mesure.choix})
    return Champ(
        PREFIXE + mesure.code, titre, "entier" if mesure.nature in ENTIERES else "decimal", requis=mesure.requise,
        minimum=mesure.min if mesure.min is not None else Decimal(0),
        maximum=mesure.max if mesure.max is not None else MAXIMUM, synonymes=(mesure.libelle, mesure.code),
    )  # fmt: skip


def _dite(mesure: Mesure) -> str:
    """Return the SQL of a measure as it is kept: a text, numbers without useless zeros."""
    colonne = f"t.{PREFIXE}{mesure.code}"
    return f"trim_scale({colonne}::numeric)::text" if mesure.chiffree else colonne


def _gardee(mesure: Mesure) -> str:
    """Return the SQL of what the row `c` holds of a measure."""
    lue = f"(c.valeurs->>'{mesure.code}')"
    return f"{lue}::numeric" if mesure.chiffree else lue


def controler(travail: Travail, genre: str, mesures: list[Mesure]) -> None:
    """Find the realisation of that kind, check what the screen checks, compare."""
    t = travail.table
    travail.executer(f"ALTER TABLE {t} ADD COLUMN repere text")
    travail.executer(
        f"UPDATE {t} t SET repere = concat_ws('|', t.structure_id, t.debut, t.intitule_cle), cible = (SELECT min(r.id) "  # nosec B608
        "FROM offre_realisation r JOIN offre_typerealisation k ON k.id = r.type_id AND k.code = %s WHERE "
        f"r.structure_id = t.structure_id AND r.debut = t.debut AND {cle_sql('r.intitule')} = t.intitule_cle) "
        "WHERE t.structure_id IS NOT NULL AND t.debut IS NOT NULL",
        [genre],
    )
    travail.memes_lignes(code="meme_realisation", colonne="intitule", cles="repere",
                         message="Mêmes structure, date et intitulé que la ligne")  # fmt: skip
    travail.signaler(
        code="dates_en_desordre", colonne="fin", valeur="to_char(t.fin, 'DD/MM/YYYY')",
        message="'La réalisation finit avant de commencer.'",
        attendu="'le ' || to_char(t.debut, 'DD/MM/YYYY') || ' ou après'", ou="t.fin < t.debut",
    )  # fmt: skip
    travail.signaler(
        code="convention_etrangere", colonne="convention", valeur="t.convention",
        message="'Cette convention est celle d’une autre structure : ' || s.nom || '.'",
        attendu="'une convention de la structure, ou rien'",
        jointure="JOIN offre_convention v ON v.id = t.convention_id "
        "JOIN structures_structure s ON s.id = v.operateur_id",
        ou="v.operateur_id <> t.structure_id",
    )  # fmt: skip
    _parts(travail, mesures)
    travail.differences(
        "offre_realisation c WHERE c.id = t.cible",
        (
            *(Comparaison(nom, f"c.{nom}") for nom in SIMPLES),
            *(
                Comparaison(nom, f"(SELECT x.{dit} FROM {table} x WHERE x.id = c.{nom}_id)",  # nosec B608
                            differe=f"t.{nom}_id IS DISTINCT FROM c.{nom}_id")
                for nom, (table, dit) in LIENS.items()
            ),
            *(Comparaison(PREFIXE + m.code, _gardee(m)) for m in mesures),
        ),
    )  # fmt: skip


def _parts(travail: Travail, mesures: list[Mesure]) -> None:
    """Refuse a part that exceeds its whole, what is already kept included."""
    par_code = {m.code: m for m in mesures}
    for mesure in mesures:
        tout = par_code.get(mesure.au_plus)
        if tout is None:
            continue
        reste = f"coalesce(t.{PREFIXE}{tout.code}, {_gardee(tout)}, 0)"
        travail.signaler(
            code="part_trop_grande", colonne=PREFIXE + mesure.code, valeur=_dite(mesure),
            message="'Cette mesure est une part de « " + tout.libelle.replace("'", "’") + " ».'",
            attendu=f"'au plus ' || trim_scale({reste}::numeric)",
            jointure="LEFT JOIN offre_realisation c ON c.id = t.cible",
            ou=f"coalesce(t.{PREFIXE}{mesure.code}, {_gardee(mesure)}) > {reste}",
        )  # fmt: skip


def appliquer(travail: Travail, genre: str, mesures: list[Mesure]) -> None:
    """Write the realisations that are ready."""
    paires = ", ".join(f"'{m.code}', {_dite(m)}" for m in mesures)
    lues = f"jsonb_strip_nulls(jsonb_build_object({paires}))"
    travail.numeroter("offre_realisation")
    inserer(travail, Realisation, {
        "id": "t.cible", "type_id": "k.id", "structure_id": "t.structure_id", "intitule": "t.intitule",
        "debut": "t.debut", "fin": "t.fin", "valeurs": lues, "commentaire": "coalesce(t.commentaire, '')",
        "saisie_par_id": auteur(travail), **{f"{nom}_id": f"t.{nom}_id" for nom in LIENS},
    }, source=f"JOIN offre_typerealisation k ON k.code = '{genre}'")  # fmt: skip
    modifier(
        travail, "offre_realisation",
        {**{nom: (nom, f"t.{nom}") for nom in SIMPLES}, **{nom: (f"{nom}_id", f"t.{nom}_id") for nom in LIENS}},
        plus=f", version = c.version + 1, valeurs = c.valeurs || {lues}",
    )  # fmt: skip
    travail.journaliser(objet_type="offre.realisation", libelle="t.intitule", ecran=ecran_courant())


def _genre(rang: int, lu: Mapping[str, Any]) -> Genre:
    mesures = lire_mesures(lu["mesures"])
    return Genre(
        code=f"realisations-{lu['code']}", titre=f"Réalisations\u00a0: {lu['libelle'][:1].lower()}{lu['libelle'][1:]}",
        un="réalisation", plusieurs="réalisations", ordre=81 + rang, description=lu["description"],
        champs=(*COMMUNS[:4], *(_champ(m) for m in mesures), *COMMUNS[4:]),
        cles=("La structure, le jour du début et l’intitulé",), nommee=("intitule", "structure", "debut"),
        tables=("offre_realisation",), droit=peut_importer_offre, reprise="intitule",
        controler=partial(controler, genre=lu["code"], mesures=mesures),
        appliquer=partial(appliquer, genre=lu["code"], mesures=mesures),
    )  # fmt: skip


GENRES_REALISATIONS = tuple(_genre(rang, lu) for rang, lu in enumerate(types_livres()))
