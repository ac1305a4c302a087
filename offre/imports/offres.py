"""Import of offers: new ones as drafts (or published when asked), known ones by their number."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.conf import settings

from offre.droits import peut_importer_offre
from offre.models import CategorieOffre, LieuOffre, OffreInsertion
from offre.regles.publics import PublicVise
from pdi.socle.contexte import ecran_courant
from pdi.socle.imports.controle import RESSEMBLANCE, Comparaison, Travail, cle_sql
from pdi.socle.imports.declarations import Champ, Genre, Option
from pdi.socle.imports.valeurs import Lecture, lire_liste
from pdi.territoires.references import COMMUNES

from .commun import LIGNE, auteur, cibles, garder_versions, inserer, lier, lire_numero, modifier, structure, transitions

PUBLIER = Option(
    "publier", "Publier aussitôt les offres nouvelles",
    "Sans cela, une offre nouvelle arrive en brouillon ; celle d’un partenaire, en relecture.",
)  # fmt: skip
UNE_PAR_LIGNE = "Un élément par ligne dans la cellule."
_ZERO = Decimal(0)


def _lire_publics(texte: str) -> Lecture:
    return lire_liste(texte, dict(PublicVise.choices))


def _liste(code: str, titre: str, *synonymes: str) -> Champ:
    return Champ(code, titre, lignes=True, longueur=8000, synonymes=synonymes, aide=UNE_PAR_LIGNE)


CHAMPS = (
    Champ("numero_offre", "N°", requis=True, lecteur=lire_numero, longueur=10, exemple="2.6",
          synonymes=("numéro", "numéro de l’offre"), aide="Il reconnaît l’offre d’un fichier à l’autre."),
    Champ("intitule", "Intitulé", requis=True, longueur=200, synonymes=("offre", "nom", "titre"),
          exemple="École de la deuxième chance"),
    Champ("categorie", "Catégorie", "choix", requis=True, choix=dict(CategorieOffre.choices),
          mots={"socio-professionnelle": "socio-professionnelle", "sociale": "sociale", "sociopro":
                "socio-professionnelle"}),
    _liste("objectifs", "Objectifs"),
    _liste("contenu", "Contenu", "descriptif"),
    _liste("publics", "Publics", "public", "à qui elle s’adresse"),
    Champ("publics_vises", "Publics visés (liste)", lecteur=_lire_publics, lignes=True,
          aide="Un ou plusieurs, séparés par des virgules : " + ", ".join(str(c) for c in PublicVise.labels) + "."),
    _liste("conditions_acces", "Conditions d’accès", "conditions"),
    _liste("thematiques", "Thèmes", "thématiques"),
    Champ("freins", "Freins visés", lignes=True, longueur=500, synonymes=("freins", "freins à lever"),
          exemple="Mobilité, Numérique", aide="Un ou plusieurs, séparés par des virgules."),
    Champ("age_min", "Âge minimal", "entier", minimum=_ZERO, maximum=Decimal(120), exemple="18"),
    Champ("age_max", "Âge maximal", "entier", minimum=_ZERO, maximum=Decimal(120), exemple="25"),
    Champ("places", "Places", "entier", minimum=_ZERO, maximum=Decimal(1_000_000), exemple="30"),
    Champ("places_unite", "Unité des places", longueur=40, exemple="places"),
    Champ("places_detail", "Précision sur les places", longueur=250),
    Champ("duree_texte", "Durée", longueur=250, exemple="3 à 6 mois"),
    Champ("duree_min_mois", "Durée minimale (mois)", "decimal", minimum=_ZERO, maximum=Decimal(240)),
    Champ("duree_max_mois", "Durée maximale (mois)", "decimal", minimum=_ZERO, maximum=Decimal(240)),
    Champ("heures", "Heures en tout", "decimal", minimum=_ZERO, maximum=Decimal(100_000)),
    Champ("heures_hebdo", "Heures par semaine", "decimal", minimum=_ZERO, maximum=Decimal(60), exemple="15"),
    Champ("documents", "Documents à apporter", longueur=250),
    Champ("modalites", "Comment y accéder", lignes=True, longueur=4000, synonymes=("modalités",)),
    structure("operateur", "Opérateur", aide="Nom, sigle ou SIRET. Un opérateur nommé est ajouté, jamais retiré.",
              synonymes=("structure", "opérateur 1"), exemple="Mission locale"),
    structure("operateur_2", "Opérateur 2"),
    structure("operateur_3", "Opérateur 3"),
    Champ("prescription_referent", "Prescrite par les référents", "booleen", aide="Vide : oui."),
    Champ("prescription_prestataire", "Prescrite par les prestataires", "booleen", aide="Vide : non."),
    Champ("auto_prescription", "Auto-prescription", "booleen", aide="La personne s’adresse elle-même. Vide : non."),
    Champ("brsa_seulement", "Réservée aux bénéficiaires du RSA", "booleen", aide="Vide : non."),
    Champ("cout", "Coût par place (€)", "decimal", minimum=_ZERO, maximum=Decimal(10_000_000)),
    Champ("contact_nom", "Contact", longueur=120, synonymes=("nom du contact",)),
    Champ("contact_telephone", "Téléphone", "telephone", synonymes=("téléphone du contact",)),
    Champ("contact_courriel", "Courriel", "courriel", synonymes=("courriel du contact", "e-mail")),
    Champ("lieu_adresse", "Adresse du lieu", longueur=250, synonymes=("adresse",),
          aide="Un lieu nommé est ajouté, jamais retiré."),
    Champ("lieu_code_postal", "Code postal du lieu", "code_postal", synonymes=("code postal",)),
    Champ("lieu_commune", "Commune du lieu", "reference", reference=COMMUNES, longueur=80,
          synonymes=("commune", "ville"), aide="Nom ou code INSEE."),
)  # fmt: skip
LISTES = ("objectifs", "contenu", "publics", "conditions_acces", "thematiques")
SIMPLES = (
    "intitule", "categorie", "age_min", "age_max", "places", "places_unite", "places_detail", "duree_texte",
    "duree_min_mois", "duree_max_mois", "heures", "heures_hebdo", "documents", "modalites", "prescription_referent",
    "prescription_prestataire", "auto_prescription", "brsa_seulement", "cout", "contact_nom", "contact_telephone",
    "contact_courriel",
)  # fmt: skip
OPERATEURS = ("operateur", "operateur_2", "operateur_3")
_FREINS = "regexp_split_to_table(t.freins, '[;,\\n]+') WITH ORDINALITY AS f(mot, rang)"
_LIEN_FREIN = (
    f"JOIN offre_frein x ON {cle_sql('x.libelle')} = {cle_sql('f.mot')} OR {cle_sql('x.code')} = {cle_sql('f.mot')}"
)
_FREINS_LUS = f"(SELECT string_agg(x.libelle, ', ' ORDER BY x.ordre, x.id) FROM {_FREINS} {_LIEN_FREIN})"  # nosec B608


def controler(travail: Travail) -> None:
    """Find the offer by its number, check obstacles and bounds, compare."""
    t = travail.table
    travail.executer(
        f"UPDATE {t} t SET cible = (SELECT min(o.id) FROM offre_offreinsertion o "
        "WHERE o.departement_id = %s AND o.numero = t.numero_offre)",  # nosec B608
        [settings.DEPARTEMENT_CODE],
    )
    _freins(travail)
    _bornes(travail)
    travail.signaler(
        code="offre_archivee", colonne="numero_offre", valeur="t.numero_offre",
        message="'Cette offre est archivée.'", attendu="'une offre reprise de l’archive, ou un autre numéro'",
        jointure="JOIN offre_offreinsertion c ON c.id = t.cible", ou="c.etat = 'archivee'",
    )  # fmt: skip
    if travail.option(PUBLIER.code):
        _minimum(travail)
    travail.differences("offre_offreinsertion c WHERE c.id = t.cible", _comparaisons())


def _comparaisons() -> tuple[Comparaison, ...]:
    liens = "offre_offreinsertion_operateurs l WHERE l.offreinsertion_id = c.id"
    freins = ("(SELECT string_agg(x.libelle, ', ' ORDER BY x.ordre, x.id) FROM offre_offreinsertion_freins l "
              "JOIN offre_frein x ON x.id = l.frein_id WHERE l.offreinsertion_id = c.id)")  # fmt: skip
    lieu = ("EXISTS (SELECT 1 FROM offre_lieuoffre l WHERE l.offre_id = c.id AND (l.adresse, l.code_postal) = "
            "(coalesce(t.lieu_adresse, l.adresse), coalesce(t.lieu_code_postal, l.code_postal)) "
            "AND l.commune_id IS NOT DISTINCT FROM coalesce(t.lieu_commune_id, l.commune_id))")  # fmt: skip
    return (
        *(Comparaison(c, f"c.{c}") for c in SIMPLES),
        *(Comparaison(c, f"array_to_string(c.{c}, {LIGNE})") for c in LISTES),
        Comparaison("publics_vises", "(SELECT string_agg(v, ', ' ORDER BY v) FROM unnest(c.publics_vises) v)"),
        Comparaison("freins", freins, apres=_FREINS_LUS),
        *(Comparaison(o, "NULL::text", differe=f"t.{o}_id NOT IN (SELECT l.structure_id FROM {liens})")  # nosec B608
          for o in OPERATEURS),
        *(Comparaison(c, "NULL::text", differe=f"NOT {lieu}") for c in
          ("lieu_adresse", "lieu_code_postal", "lieu_commune")),
    )  # fmt: skip


def _freins(travail: Travail) -> None:
    """Name the obstacle that is unknown, and the nearest."""
    proche = (
        f"LEFT JOIN LATERAL (SELECT v.libelle FROM offre_frein v WHERE similarity({cle_sql('v.libelle')}, "  # nosec B608
        f"{cle_sql('f.mot')}) >= {RESSEMBLANCE} ORDER BY similarity({cle_sql('v.libelle')}, {cle_sql('f.mot')}) DESC, "
        "v.id LIMIT 1) p ON true"
    )
    travail.signaler(
        code="frein_inconnu", colonne="freins", valeur="t.freins",
        jointure=f"CROSS JOIN LATERAL {_FREINS} LEFT {_LIEN_FREIN} {proche}",
        message="'« ' || btrim(f.mot) || ' » n’est pas un frein de la liste.' || "
        "coalesce(' Vouliez-vous dire « ' || p.libelle || ' » ?', '')",
        attendu="(SELECT string_agg(libelle, ', ' ORDER BY ordre, id) FROM offre_frein)",
        suggestion="replace(t.freins, btrim(f.mot), p.libelle)", ou="x.id IS NULL AND btrim(f.mot) <> ''",
    )  # fmt: skip


def _bornes(travail: Travail) -> None:
    for bas, haut, message in (
        ("age_min", "age_max", "L’âge maximal est inférieur à l’âge minimal."),
        ("duree_min_mois", "duree_max_mois", "La durée maximale est inférieure à la durée minimale."),
    ):
        travail.signaler(
            code="bornes_inversees", colonne=haut, valeur=f"t.{haut}::text", message=f"'{message}'",
            attendu=f"'au moins ' || coalesce(t.{bas}, c.{bas})",
            jointure="LEFT JOIN offre_offreinsertion c ON c.id = t.cible",
            ou=f"coalesce(t.{haut}, c.{haut}) < coalesce(t.{bas}, c.{bas})",
        )  # fmt: skip


def _minimum(travail: Travail) -> None:
    """Hold what a sheet is published with, as the screens do (offre.regles.fiches)."""
    for colonne, quoi in (
        ("objectifs", "ses objectifs"),
        ("publics", "à qui elle s’adresse"),
        ("operateur", "un opérateur"),
    ):
        travail.signaler(
            code="publication_incomplete", colonne=colonne, message=f"'Pour être publiée, une offre dit {quoi}.'",
            attendu="'une valeur, ou un import sans publication'", ou=f"t.cible IS NULL AND t.{colonne} IS NULL",
        )  # fmt: skip


def _valeurs() -> Mapping[str, tuple[str, str]]:
    """Return, by code of column, (column of the offer, SQL of its value)."""
    return {
        **{c: (c, f"t.{c}") for c in SIMPLES},
        **{c: (c, f"string_to_array(t.{c}, {LIGNE})") for c in LISTES},
        "publics_vises": ("publics_vises", "string_to_array(t.publics_vises, ', ')"),
    }


# What a new sheet says where its row says nothing, when it is not the model's own default.
_VIDES = {
    **dict.fromkeys((*LISTES, "publics_vises"), "'{}'"), "prescription_referent": "true",
    **dict.fromkeys(("prescription_prestataire", "auto_prescription", "brsa_seulement"), "false"),
    **dict.fromkeys(("places_unite", "places_detail", "duree_texte", "documents", "modalites", "contact_nom",
                     "contact_telephone", "contact_courriel"), "''"),
}  # fmt: skip


def appliquer(travail: Travail) -> None:
    """Write the offers that are ready, with their operators, obstacles and place; keep the versions published."""
    par, publier = auteur(travail), travail.option(PUBLIER.code)
    travail.numeroter("offre_offreinsertion")
    valeurs = {
        colonne: f"coalesce({sql}, {_VIDES[code]})" if code in _VIDES else sql
        for code, (colonne, sql) in _valeurs().items()
    }
    etat = "publiee" if publier else "brouillon"
    suite = "(SELECT coalesce(max(ordre), 0) FROM offre_offreinsertion)"
    inserer(travail, OffreInsertion, {
        **valeurs, "id": "t.cible", "departement_id": f"'{settings.DEPARTEMENT_CODE}'", "numero": "t.numero_offre",
        "ordre": f"least({suite} + row_number() OVER (ORDER BY t.numero), 32000)", "etat": f"'{etat}'",
        "publiee_le": "statement_timestamp()" if publier else "NULL", "publiee_par_id": par if publier else "NULL",
        "confirmee_le": "current_date", "modifiee_par_id": par, "source": f"'Import, lot {int(travail.lot.pk)}'",
    })  # fmt: skip
    suite = f", version = c.version + 1, modifiee_le = statement_timestamp(), modifiee_par_id = {par}"
    modifier(travail, "offre_offreinsertion", _valeurs(), plus=suite)
    transitions(travail, "offre_transitionoffre", "offre_id", f"'{etat}'")
    _liens(travail)
    garder_versions(cibles(travail, "nouvelle", "modifiee"), travail.par)
    travail.journaliser(objet_type="offre.offreinsertion", libelle="t.numero_offre || ' ' || t.intitule",
                        ecran=ecran_courant())  # fmt: skip


def _liens(travail: Travail) -> None:
    t, pretes = travail.table, "t.etat IN ('nouvelle', 'modifiee')"
    for o in OPERATEURS:
        nommes = f"SELECT t.cible, t.{o}_id FROM {t} t WHERE {pretes} AND t.{o}_id IS NOT NULL"  # nosec B608
        lier(travail, "offre_offreinsertion_operateurs", "structure_id", nommes)
    changes = f"{pretes} AND (t.etat = 'nouvelle' OR t.changements ? 'freins') AND t.freins IS NOT NULL"
    travail.executer(
        f"DELETE FROM offre_offreinsertion_freins l USING {t} t WHERE l.offreinsertion_id = t.cible AND {changes}"  # nosec B608
    )
    vises = f"SELECT DISTINCT t.cible, x.id FROM {t} t CROSS JOIN LATERAL {_FREINS} {_LIEN_FREIN} WHERE {changes}"  # nosec B608
    lier(travail, "offre_offreinsertion_freins", "frein_id", vises)
    lieux = "coalesce(t.lieu_adresse, t.lieu_code_postal, t.lieu_commune) IS NOT NULL"
    inserer(travail, LieuOffre, {
        "offre_id": "t.cible", "adresse": "coalesce(t.lieu_adresse, '')", "commune_id": "t.lieu_commune_id",
        "code_postal": "coalesce(t.lieu_code_postal, '')",
        "ordre": "(SELECT count(*) FROM offre_lieuoffre l WHERE l.offre_id = t.cible)",
    }, ou=f"{pretes} AND {lieux} AND (t.etat = 'nouvelle' OR "
        "t.changements ?| array['lieu_adresse', 'lieu_code_postal', 'lieu_commune'])")  # fmt: skip


GENRE_OFFRES = Genre(
    code="offres", titre="Offres d’insertion", un="offre", plusieurs="offres", ordre=50,
    description="Les fiches du catalogue, une par ligne. Une cellule vide n’efface rien.",
    champs=CHAMPS, cles=("Son numéro",), nommee=("numero_offre", "intitule", "categorie"),
    memes=(("numero_offre",),),
    tables=("offre_offreinsertion", "offre_offreinsertion_operateurs", "offre_offreinsertion_freins",
            "offre_lieuoffre", "offre_versionoffre"),
    droit=peut_importer_offre, controler=controler, appliquer=appliquer, options=(PUBLIER,),
)  # fmt: skip
