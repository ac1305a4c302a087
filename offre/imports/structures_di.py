"""Import of the structures of a data·inclusion file: new ones are created, ours are recognised and never rewritten."""

from __future__ import annotations

from collections.abc import Collection

from data_inclusion.schema.v1 import ReseauPorteur
from django.conf import settings

from offre.droits import peut_importer_offre
from offre.echanges.fiches import source_locale
from offre.models import ReferenceExterne
from pdi.socle.contexte import ecran_courant
from pdi.socle.imports.controle import Travail
from pdi.socle.imports.declarations import Champ, Genre
from pdi.socle.imports.valeurs import Lecture
from pdi.structures.models import Structure
from pdi.structures.regles import siret_valide

from .commun import inserer, modifier
from .partenaires import IDENTITE, comparaisons, contenu, liste, nom, nombre, signaler_les_notres, texte, url


def lire_siret(brut: str) -> Lecture:
    """Read a SIRET, spaces ignored."""
    compact = "".join(brut.split())
    if siret_valide(compact):
        return Lecture(compact)
    return Lecture(None, "siret_invalide", "Ce SIRET n’est pas valide.", "14 chiffres, clé de contrôle comprise")


CHAMPS = (
    *IDENTITE,
    nom(),
    Champ("date_maj", "date_maj", "date", requis=True, passe=True),
    Champ("siret", "siret", lecteur=lire_siret),
    texte("description", 10_000),
    texte("telephone", 20),
    Champ("courriel", "courriel", "courriel"),
    url("site_web"), url("lien_source"), url("accessibilite_lieu"),
    texte("adresse", 180), texte("complement_adresse"),
    Champ("code_postal", "code_postal", "code_postal"),
    texte("commune", 60), texte("code_insee", 5),
    nombre("latitude", -90, 90), nombre("longitude", -180, 180),
    texte("horaires_accueil"),
    liste("reseaux_porteurs", ReseauPorteur),
)  # fmt: skip
LISTES = ("reseaux_porteurs",)
_ADRESSE = "concat_ws(', ', t.adresse, nullif(concat_ws(' ', t.code_postal, t.commune), ''))"
_LIEU_CHANGE = ("adresse", "code_postal", "commune")


def controler(travail: Travail) -> None:
    """Find the structure: by its reference, our own identifier, its SIRET; by its name only when somebody says so."""
    t = travail.table
    travail.executer(f"ALTER TABLE {t} ADD COLUMN creee boolean DEFAULT false, ADD COLUMN connue boolean DEFAULT false")
    travail.executer(
        f"UPDATE {t} t SET cible = r.structure_id, creee = r.creee, connue = true FROM offre_referenceexterne r "
        "WHERE r.nature = 'structure' AND r.source = t.source AND r.identifiant = t.identifiant"  # nosec B608
    )
    travail.executer(
        f"UPDATE {t} t SET cible = s.id, connue = true FROM structures_structure s "  # nosec B608
        "WHERE t.cible IS NULL AND t.source = %s AND t.identifiant = %s || s.id",
        [source_locale(), f"{source_locale()}--structure-"],
    )
    travail.executer(
        f"UPDATE {t} t SET cible = s.id FROM structures_structure s "
        "WHERE t.cible IS NULL AND t.siret IS NOT NULL AND s.siret = t.siret"  # nosec B608
    )
    travail.executer(f"UPDATE {t} t SET cible = t.designe WHERE t.cible IS NULL AND t.designe > 0")  # nosec B608
    _reconnaitre(travail)
    travail.memes_lignes(code="doublon_fichier", colonne="identifiant", cles="source, identifiant",
                         message="Même identifiant que la ligne")  # fmt: skip
    travail.executer(f"ALTER TABLE {t} ADD COLUMN nom_nouveau text")
    travail.executer(f"UPDATE {t} SET nom_nouveau = nom_cle WHERE cible IS NULL")  # nosec B608
    travail.memes_lignes(code="meme_nom", colonne="nom", cles="nom_nouveau", message="Même nom que la ligne")
    signaler_les_notres(travail)
    travail.differences(
        "offre_referenceexterne c WHERE c.nature = 'structure' AND c.source = t.source "
        "AND c.identifiant = t.identifiant AND t.creee",
        comparaisons(CHAMPS, LISTES),
    )
    travail.executer(  # a structure of ours that the partner names too: it is noted, nothing of it changes
        f"UPDATE {t} t SET changements = jsonb_build_object('identifiant', jsonb_build_array(NULL, t.identifiant)) "
        "WHERE t.cible IS NOT NULL AND NOT t.connue"  # nosec B608
    )


def _reconnaitre(travail: Travail) -> None:
    """Ask, when a structure of ours bears the same name and nothing else tells whether it is the same."""
    travail.signaler(
        code="reconnaitre_structure", colonne="nom", valeur="t.nom",
        message="'Une structure porte déjà ce nom : est-ce elle ? Sinon, changez le nom dans le fichier.'",
        jointure="JOIN LATERAL (SELECT array_agg(s.id ORDER BY s.id) AS ids FROM structures_structure s "
        "WHERE s.cle = t.nom_cle) s ON s.ids IS NOT NULL",
        candidats="s.ids", ou="t.cible IS NULL",
    )  # fmt: skip


def nommer(ids: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """Return (name, detail, URL) of structures."""
    lues = Structure.objects.filter(pk__in=ids)
    return {s.pk: (str(s), s.siret_lisible or s.adresse, "") for s in lues}


def appliquer(travail: Travail) -> None:
    """Write the structures that are ready, and where they come from."""
    t = travail.table
    travail.numeroter("structures_structure")
    ici = f"(SELECT d.code FROM territoires_departement d WHERE d.code = '{settings.DEPARTEMENT_CODE}')"  # nosec B608
    inserer(travail, Structure, {
        "id": "t.cible", "nom": "t.nom", "cle": "t.nom_cle", "departement_id": ici, "siret": "coalesce(t.siret, '')",
        "description": "coalesce(t.description, '')", "site": "coalesce(t.site_web, '')",
        "telephone": "coalesce(t.telephone, '')", "courriel": "coalesce(t.courriel, '')", "adresse": _ADRESSE,
        "active": "true",
    })  # fmt: skip
    modifier(travail, "structures_structure", {
        "nom": ("nom", "t.nom"), "siret": ("siret", "t.siret"), "description": ("description", "t.description"),
        "site_web": ("site", "t.site_web"), "telephone": ("telephone", "t.telephone"),
        "courriel": ("courriel", "t.courriel"),
    }, plus=f", cle = CASE WHEN t.changements ? 'nom' THEN t.nom_cle ELSE c.cle END, adresse = CASE WHEN "
            f"t.changements ?| array{list(_LIEU_CHANGE)} THEN {_ADRESSE} ELSE c.adresse END")  # fmt: skip
    record = contenu(CHAMPS, LISTES)
    inserer(travail, ReferenceExterne, {
        "nature": "'structure'", "source": "t.source", "identifiant": "t.identifiant", "structure_id": "t.cible",
        "contenu": record, "creee": "t.etat = 'nouvelle'", "maj_le": "t.date_maj",
    }, ou="t.etat = 'nouvelle' OR t.etat = 'modifiee' AND t.changements ? 'identifiant'")  # fmt: skip
    travail.executer(
        f"UPDATE offre_referenceexterne r SET contenu = {record}, maj_le = t.date_maj, lue_le = statement_timestamp() "
        f"FROM {t} t WHERE r.nature = 'structure' AND r.source = t.source AND r.identifiant = t.identifiant "  # nosec B608
        "AND t.etat = 'modifiee' AND NOT t.changements ? 'identifiant'",
        [],
    )
    travail.journaliser(objet_type="structures.structure", libelle="t.nom", ecran=ecran_courant())


GENRE_STRUCTURES_DI = Genre(
    code="di-structures", titre="Structures d’un partenaire (data·inclusion)", un="structure", plusieurs="structures",
    description="La feuille ou la liste « structures » d’un fichier data·inclusion v1, XLSX ou JSON. "
    "Une structure déjà connue ici n’est jamais réécrite.", ordre=90, feuilles=("Structures",),
    champs=CHAMPS, cles=("Le producteur et l’identifiant", "Le SIRET", "Le nom, si vous le dites"),
    nommee=("nom", "identifiant", "date_maj"), tables=("structures_structure", "offre_referenceexterne"),
    droit=peut_importer_offre, controler=controler, appliquer=appliquer, nommer=nommer,
)  # fmt: skip
