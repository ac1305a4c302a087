"""Import of the services of a data·inclusion file: each becomes a sheet to review, or published when asked."""

from __future__ import annotations

from data_inclusion.schema.v1 import (
    Frais,
    ModeAccueil,
    ModeMobilisation,
    PersonneMobilisatrice,
    Public,
    Thematique,
    TypeService,
)
from django.conf import settings

from offre.droits import peut_importer_offre
from offre.echanges import nomenclatures as noms
from offre.echanges.fiches import DOCUMENTS, source_locale
from offre.models import LieuOffre, OffreInsertion, ReferenceExterne
from pdi.socle.contexte import ecran_courant
from pdi.socle.imports.controle import Travail, cle_sql
from pdi.socle.imports.declarations import Champ, Genre, Option, Reference

from .commun import LIGNE, auteur, cibles, garder_versions, inserer, lier, transitions
from .offres import PUBLIER
from .partenaires import IDENTITE, comparaisons, contenu, liste, nom, nombre, signaler_les_notres, table_de, texte, url

REMPLACER = Option("remplacer", "Remplacer aussi les fiches modifiées ici",
                   "Sans cela, une fiche d’un partenaire que l’on a modifiée ici n’est pas réécrite.")  # fmt: skip
ORDRE = 20_000  # after the sheets of the département's own catalogue
STRUCTURES_DU_FICHIER = Reference(
    sql=f"""SELECT {cle_sql("r.identifiant")} AS cle, r.structure_id AS id, r.identifiant AS libelle
    FROM offre_referenceexterne r WHERE r.nature = 'structure'
    UNION SELECT {cle_sql(f"'{source_locale()}--structure-' || s.id")}, s.id, '{source_locale()}--structure-' || s.id
    FROM structures_structure s""",  # nosec B608
    inconnu="Structure inconnue : importez d’abord les structures du même fichier.",
    proposer=False,
)
CHAMPS = (
    *IDENTITE,
    Champ("structure_id", "structure_id", "reference", requis=True, reference=STRUCTURES_DU_FICHIER, longueur=200,
          aide="Identifiant d’une structure déjà importée.", exemple="dora--12"),
    nom(),
    texte("description", 10_000, requis=True),
    Champ("date_maj", "date_maj", "date", requis=True, passe=True),
    Champ("type", "type", "choix", choix={v.value: v.label for v in TypeService}),
    liste("thematiques", Thematique),
    Champ("frais", "frais", "choix", choix={v.value: v.label for v in Frais}),
    texte("frais_precisions", 4000),
    liste("publics", Public),
    texte("publics_precisions", 4000),
    texte("conditions_acces", 4000),
    texte("adresse"), texte("complement_adresse", 150),
    Champ("code_postal", "code_postal", "code_postal"),
    texte("commune", 80), texte("code_insee", 5),
    nombre("latitude", -90, 90), nombre("longitude", -180, 180),
    texte("telephone", 20),
    Champ("courriel", "courriel", "courriel"),
    liste("modes_accueil", ModeAccueil),
    texte("zone_eligibilite", 4000),
    texte("contact_nom_prenom", 120),
    liste("modes_mobilisation", ModeMobilisation),
    liste("mobilisable_par", PersonneMobilisatrice),
    texte("mobilisation_precisions", 4000),
    url("lien_mobilisation"), url("lien_source"),
    nombre("volume_horaire_hebdomadaire", 0, 168), nombre("nombre_semaines", 1, 520, entier=True),
    texte("horaires_accueil", 200),
)  # fmt: skip
LISTES = ("thematiques", "publics", "modes_accueil", "modes_mobilisation", "mobilisable_par", "zone_eligibilite")
# The name of a contact stays here: it is written on the sheet, never in what goes out again.
GARDES = tuple(c for c in CHAMPS if c.code not in {"structure_id", "contact_nom_prenom"})


def controler(travail: Travail) -> None:
    """Find the sheet by source and identifiant, say what is incoherent, compare with the record kept."""
    t = travail.table
    travail.executer(
        f"ALTER TABLE {t} ADD COLUMN connue boolean DEFAULT false, ADD COLUMN touchee boolean DEFAULT false"
    )
    travail.executer(
        f"UPDATE {t} t SET cible = r.offre_id, connue = true, touchee = o.version <> r.version_lue "
        "FROM offre_referenceexterne r JOIN offre_offreinsertion o ON o.id = r.offre_id "
        "WHERE r.nature = 'service' AND r.source = t.source AND r.identifiant = t.identifiant"  # nosec B608
    )
    travail.executer(
        f"UPDATE {t} t SET cible = o.id FROM offre_offreinsertion o WHERE t.cible IS NULL AND t.source = %s "  # nosec B608
        "AND t.identifiant LIKE %s || o.id || '-%%'",
        [source_locale(), f"{source_locale()}--offre-"],
    )
    travail.memes_lignes(code="doublon_fichier", colonne="identifiant", cles="source, identifiant",
                         message="Même identifiant que la ligne")  # fmt: skip
    signaler_les_notres(travail)
    travail.signaler(
        code="tous_publics", colonne="publics", valeur="t.publics", message="'« Tous publics » s’emploie seul.'",
        attendu="'tous-publics, ou une liste de publics'",
        ou="t.publics LIKE '%%tous-publics%%' AND t.publics <> 'tous-publics'",
    )  # fmt: skip
    travail.signaler(
        code="coordonnees", colonne="latitude", message="'La latitude et la longitude vont ensemble.'",
        attendu="'les deux, ou aucune'", ou="(t.latitude IS NULL) <> (t.longitude IS NULL)",
    )  # fmt: skip
    travail.differences(
        "offre_referenceexterne c WHERE c.nature = 'service' AND c.source = t.source "
        "AND c.identifiant = t.identifiant AND t.connue",
        comparaisons(GARDES, LISTES),
    )
    if not travail.option(REMPLACER.code):
        travail.signaler(
            code="modifiee_ici", colonne="identifiant", valeur="t.identifiant",
            message="'Cette fiche a été modifiée ici depuis son import : elle n’est pas réécrite.'",
            attendu="'un import qui demande de remplacer les fiches modifiées ici'",
            ou="t.touchee AND t.changements <> '{}'",
        )  # fmt: skip


# -- writing -----------------------------------------------------------------------------------------------

_PUBLICS = {p.value: p.label for p in Public}
_THEMES = {t.value: t.label[:80] for t in Thematique}
_VISES = {v: c for c, v in noms.PUBLIC_DU_CODE.items()}


def _traduits(champ: str, table: dict[str, str]) -> str:
    """Return the SQL of a list of codes, each in another word of ours."""
    return (
        f"ARRAY(SELECT DISTINCT v.valeur FROM unnest(string_to_array(t.{champ}, ', ')) p "  # nosec B608
        f"JOIN {table_de(table, 'v')} ON v.code = p ORDER BY 1)"
    )


def _prefixes(table: dict[str, str]) -> str:
    return (
        f"FROM unnest(string_to_array(t.thematiques, ', ')) p JOIN {table_de(table, 'v')} "
        "ON v.code = split_part(p, '--', 1)"
    )


def _lignes(champ: str) -> str:
    return f"coalesce(string_to_array(t.{champ}, {LIGNE}), '{{}}')"


_DOCUMENTS = DOCUMENTS.replace("'", "''")
_HORS_DOCUMENTS = f"ARRAY(SELECT l FROM unnest({_lignes('conditions_acces')}) l WHERE l NOT LIKE '{_DOCUMENTS}%%')"  # nosec B608
_LES_DOCUMENTS = (
    f"coalesce((SELECT left(substr(l, {len(DOCUMENTS) + 1}), 250) FROM unnest({_lignes('conditions_acces')}) l "  # nosec B608
    f"WHERE l LIKE '{_DOCUMENTS}%%' LIMIT 1), '')"
)
CATEGORIE = (
    f"coalesce((SELECT v.valeur {_prefixes(dict(noms.CATEGORIE_DE_LA_THEMATIQUE))} ORDER BY v.valeur LIMIT 1), "
    "'sociale')"
)
VALEURS = {
    "intitule": "t.nom",
    "categorie": CATEGORIE,
    "objectifs": _lignes("description"),
    "publics": f"CASE WHEN t.publics_precisions IS NOT NULL THEN {_lignes('publics_precisions')} "
    f"WHEN t.publics IS NULL THEN ARRAY['Tous publics'] ELSE {_traduits('publics', _PUBLICS)} END",
    "publics_vises": _traduits("publics", _VISES),
    "conditions_acces": _HORS_DOCUMENTS,
    "documents": _LES_DOCUMENTS,
    "thematiques": _traduits("thematiques", _THEMES),
    "modalites": "coalesce(t.mobilisation_precisions, '')",
    "contact_nom": "coalesce(t.contact_nom_prenom, '')",
    "contact_telephone": "coalesce(t.telephone, '')",
    "contact_courriel": "coalesce(t.courriel, '')",
    "heures_hebdo": "round(t.volume_horaire_hebdomadaire, 1)",
    "duree_max_mois": "round(t.nombre_semaines * 12 / 52.0, 2)",
    "prescription_referent": "coalesce(t.mobilisable_par LIKE '%%professionnels%%', true)",
    "auto_prescription": "coalesce(t.mobilisable_par LIKE '%%usagers%%', false)",
    "modifiee_le": "(t.date_maj + time '12:00') AT TIME ZONE 'Europe/Paris'",
}
_SUR_PLACE = (
    "coalesce(t.adresse, t.code_postal, t.commune, t.code_insee) IS NOT NULL "
    "OR t.modes_accueil LIKE '%%en-presentiel%%'"
)
_LIEU = {
    "nom": "coalesce(t.complement_adresse, '')",
    "adresse": "coalesce(t.adresse, '')",
    "code_postal": "coalesce(t.code_postal, '')",
    "commune_id": "(SELECT v.code FROM territoires_commune v WHERE v.code = t.code_insee)",
    "latitude": "round(t.latitude, 6)",
    "longitude": "round(t.longitude, 6)",
    "horaires": "coalesce(t.horaires_accueil, '')",
}


def appliquer(travail: Travail) -> None:
    """Write the sheets that are ready, their operator, obstacles and places, and where they come from."""
    t, par = travail.table, auteur(travail)
    publier = travail.option(PUBLIER.code)
    travail.numeroter("offre_offreinsertion")
    etat = "publiee" if publier else "en_relecture"
    inserer(travail, OffreInsertion, {
        **VALEURS, "id": "t.cible", "departement_id": f"'{settings.DEPARTEMENT_CODE}'", "ordre": str(ORDRE),
        "etat": f"'{etat}'", "modifiee_par_id": par, "source": "left(t.source || ', ' || t.identifiant, 200)",
        "publiee_le": "statement_timestamp()" if publier else "NULL", "publiee_par_id": par if publier else "NULL",
    })  # fmt: skip
    fixees = ", ".join(f"{colonne} = {sql}" for colonne, sql in VALEURS.items())
    travail.executer(
        f"UPDATE offre_offreinsertion c SET {fixees}, version = c.version + 1, modifiee_par_id = {par} "  # nosec B608
        f"FROM {t} t WHERE c.id = t.cible AND t.etat = 'modifiee'",
        [],
    )
    transitions(travail, "offre_transitionoffre", "offre_id", f"'{etat}'")
    _liens(travail)
    _lieux(travail)
    _references(travail)
    garder_versions(cibles(travail, "nouvelle", "modifiee"), travail.par)
    travail.journaliser(objet_type="offre.offreinsertion", libelle="t.nom", ecran=ecran_courant())


def _liens(travail: Travail) -> None:
    t, pretes = travail.table, "t.etat IN ('nouvelle', 'modifiee')"
    nommes = f"SELECT t.cible, t.structure_id_id FROM {t} t WHERE {pretes}"  # nosec B608
    lier(travail, "offre_offreinsertion_operateurs", "structure_id", nommes)
    travail.executer(
        f"DELETE FROM offre_offreinsertion_freins l USING {t} t "  # nosec B608
        "WHERE l.offreinsertion_id = t.cible AND t.etat = 'modifiee' AND t.changements ? 'thematiques'"
    )
    freins = (
        f"SELECT DISTINCT t.cible, x.id FROM {t} t CROSS JOIN LATERAL "  # nosec B608
        f"(SELECT v.valeur {_prefixes(dict(noms.FREIN_DE_LA_CATEGORIE))}) v JOIN offre_frein x ON x.code = v.valeur "
        f"WHERE {pretes}"
    )
    lier(travail, "offre_offreinsertion_freins", "frein_id", freins)


def _lieux(travail: Travail) -> None:
    """Write the place, and « at a distance » when the service is given so too; a place that sessions name stays."""
    fixees = ", ".join(f"{colonne} = {sql}" for colonne, sql in _LIEU.items())
    travail.executer(
        f"UPDATE offre_lieuoffre c SET {fixees} FROM {travail.table} t WHERE t.etat = 'modifiee' AND c.id = "  # nosec B608
        "(SELECT min(l.id) FROM offre_lieuoffre l WHERE l.offre_id = t.cible AND NOT l.a_distance)",
        [],
    )
    sans = "NOT EXISTS (SELECT 1 FROM offre_lieuoffre l WHERE l.offre_id = t.cible AND {}l.a_distance)"
    pretes = "t.etat IN ('nouvelle', 'modifiee')"
    inserer(
        travail,
        LieuOffre,
        {**_LIEU, "offre_id": "t.cible"},
        ou=f"{pretes} AND ({_SUR_PLACE}) AND {sans.format('NOT ')}",
    )
    inserer(travail, LieuOffre, {"offre_id": "t.cible", "a_distance": "true", "ordre": "1"},
            ou=f"{pretes} AND t.modes_accueil LIKE '%%a-distance%%' AND {sans.format('')}")  # fmt: skip


def _references(travail: Travail) -> None:
    record = contenu(GARDES, LISTES)
    inserer(travail, ReferenceExterne, {
        "nature": "'service'", "source": "t.source", "identifiant": "t.identifiant", "offre_id": "t.cible",
        "contenu": record, "creee": "true", "maj_le": "t.date_maj", "version_lue": "1",
    })  # fmt: skip
    travail.executer(
        f"UPDATE offre_referenceexterne r SET contenu = {record}, maj_le = t.date_maj, lue_le = statement_timestamp(), "  # nosec B608
        f"version_lue = o.version FROM {travail.table} t JOIN offre_offreinsertion o ON o.id = t.cible "
        "WHERE r.offre_id = t.cible AND t.etat = 'modifiee'",
        [],
    )


GENRE_SERVICES_DI = Genre(
    code="di-services", titre="Services d’un partenaire (data·inclusion)", un="service", plusieurs="services",
    description="La feuille ou la liste « services » d’un fichier data·inclusion v1, XLSX ou JSON. Importez d’abord "
    "ses structures. Un service nouveau arrive en relecture.", ordre=91, feuilles=("Services",),
    champs=CHAMPS, cles=("Le producteur et l’identifiant",), nommee=("nom", "identifiant", "date_maj"),
    tables=("offre_offreinsertion", "offre_offreinsertion_operateurs", "offre_offreinsertion_freins",
            "offre_lieuoffre", "offre_referenceexterne", "offre_versionoffre"),
    droit=peut_importer_offre, controler=controler, appliquer=appliquer, options=(PUBLIER, REMPLACER),
    reprise="identifiant",
)  # fmt: skip
