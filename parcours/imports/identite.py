"""Who a row is about: the columns that name a person, and how she is found, by sets, in a documented order.

1. Same social security number (13 characters, by its keyed hash) and same name.
2. Same RSA file number, same first name, same birth date.
3. Same name (of birth or of use), same first name, same birth date.
Names are compared without accents, case nor punctuation; « Ali » is « Ali Jean », « Jean-Pierre » is not « Jean-Paul ».
Several answers, two numbers that disagree, a newcomer who looks like somebody known: somebody chooses.
Source: DOMAINE annex, section 3; what looks alike is what the screens say (parcours.regles.doublons).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from parcours.models import Adresse, Personne
from parcours.operations.identite import INVALIDE, chiffrer_nir
from parcours.regles.identite import nir_valide, normaliser_nir
from pdi.socle.imports.controle import Travail, cle_sql
from pdi.socle.imports.corrections import DESIGNE_NOUVEAU
from pdi.socle.imports.declarations import Champ
from pdi.socle.imports.valeurs import EXPOSANT, Lecture

NIR_ATTENDU = "13 caractères, ou 15 avec la clé"
CLES = (
    "Même numéro de sécurité sociale et même nom",
    "Même n° de demande RSA, même prénom et même date de naissance",
    "Même nom, même prénom et même date de naissance",
)


def lire_nir(texte: str) -> Lecture:
    """Read a social security number; what is wrong with it is said without it."""
    if EXPOSANT.match(texte.replace(" ", "")):
        message = "Le tableur a écrit ce numéro en notation scientifique : des chiffres sont perdus."
        return Lecture(None, "numero_abime", message, NIR_ATTENDU)
    if not nir_valide(texte):
        return Lecture(None, "nir_invalide", INVALIDE, NIR_ATTENDU)
    return Lecture(normaliser_nir(texte))


def sceller_nir(nir: str) -> dict[str, str]:
    """Return the encrypted number and its keyed hash, all that is kept of it."""
    jeton, empreinte = chiffrer_nir(nir)
    return {"nir_chiffre": jeton.decode(), "nir_empreinte": empreinte}


NIR = Champ(
    "nir", "N° de sécurité sociale", synonymes=("NIR", "numéro de sécurité sociale", "NIR13", "NIR15", "n° sécu",
    "numéro sécurité sociale", "n° SS"), lecteur=lire_nir, sceller=sceller_nir,
    scelles=("nir_chiffre", "nir_empreinte"),
    aide="Sert à reconnaître la personne ; chiffré dès la lecture, jamais montré.", exemple="",
)  # fmt: skip
NOM = Champ(
    "nom_naissance", "Nom de naissance", requis=True, longueur=80, exemple="MODÈLE",
    synonymes=("nom", "nom de famille", "nom patronymique", "NOMNAI", "nom naissance"),
)  # fmt: skip
PRENOMS = Champ(
    "prenoms", "Prénoms", requis=True, longueur=120, exemple="Ali", synonymes=("prénom", "prénom 1", "PRENOM"),
)  # fmt: skip
NAISSANCE = Champ(
    "date_naissance", "Date de naissance", "date", requis=True, passe=True, exemple="02/07/1984",
    synonymes=("naissance", "né le", "née le", "né(e) le", "date naissance", "DTNAI", "ddn"),
)  # fmt: skip
DOSSIER = Champ(
    "numero_dossier", "N° de demande RSA", longueur=11, exemple="",
    synonymes=("n° dossier", "numéro de dossier", "NUMDEMRSA", "dossier RSA", "n° demande"),
    aide="Sert à reconnaître la personne.",
)  # fmt: skip
QUI = (NOM, PRENOMS, NAISSANCE, DOSSIER, NIR)

_NOMS = (cle_sql("p.nom_naissance"), cle_sql("p.nom_usage"))
_MEME_NOM = f"t.nom_naissance_cle IN ({_NOMS[0]}, {_NOMS[1]})"
_PRENOM = cle_sql("p.prenoms")
_MEME_PRENOM = (
    f"({_PRENOM} = t.prenoms_cle OR {_PRENOM} LIKE t.prenoms_cle || ' %%' OR t.prenoms_cle LIKE {_PRENOM} || ' %%')"
)


def reconnaitre(travail: Travail, *, creer: bool) -> None:
    """Fill `personne_id` of each row and signal what somebody must settle. `creer`: an unknown person is a new one."""
    t = travail.table
    travail.executer(f"ALTER TABLE {t} ADD COLUMN personne_id bigint")
    travail.executer("DROP TABLE IF EXISTS import_candidat")
    travail.executer(
        f"""CREATE TEMP TABLE import_candidat ON COMMIT DROP AS
        SELECT t.ligne_id, p.id AS personne_id, 1 AS rang FROM {t} t
          JOIN parcours_personne p ON p.nir_empreinte = t.nir_empreinte WHERE {_MEME_NOM}
        UNION SELECT t.ligne_id, p.id, 2 FROM {t} t JOIN parcours_dossierrsa d ON d.numero = t.numero_dossier
          JOIN parcours_membrefoyer m ON m.foyer_id = d.foyer_id
          JOIN parcours_personne p ON p.id = m.personne_id AND p.date_naissance = t.date_naissance WHERE {_MEME_PRENOM}
        UNION SELECT t.ligne_id, p.id, 3 FROM {t} t
          JOIN parcours_personne p ON p.date_naissance = t.date_naissance WHERE {_MEME_NOM} AND {_MEME_PRENOM}""",  # nosec B608
        (),
    )
    if creer:
        _ressemblances(travail)
    travail.executer("ANALYZE import_candidat")
    travail.executer(
        f"""UPDATE {t} t SET personne_id = CASE WHEN t.designe > 0 THEN t.designe WHEN t.designe IS NULL THEN c.seul END
        FROM {t} u LEFT JOIN (
          SELECT ligne_id, CASE WHEN count(*) = 1 THEN min(personne_id) END AS seul FROM (
            SELECT ligne_id, personne_id FROM (
              SELECT *, min(rang) OVER (PARTITION BY ligne_id) AS meilleur FROM import_candidat) x
            WHERE rang = meilleur AND rang < 4 GROUP BY ligne_id, personne_id) y GROUP BY ligne_id) c
          ON c.ligne_id = u.ligne_id
        WHERE u.ligne_id = t.ligne_id""",  # nosec B608
    )
    nouveau = f" || {DESIGNE_NOUVEAU}::bigint" if creer else ""
    travail.signaler(
        code="reconnaitre_homonymes", colonne="nom_naissance", valeur="t.nom_naissance",
        message="c.combien || ' dossiers possibles : même nom, même prénom et même date de naissance.'",
        attendu="'choisissez le dossier'", candidats=f"c.ids{nouveau}",
        jointure="JOIN (SELECT ligne_id, count(DISTINCT personne_id) AS combien, "
        "array_agg(DISTINCT personne_id) AS ids FROM import_candidat WHERE rang < 4 GROUP BY ligne_id) c "
        "ON c.ligne_id = t.ligne_id",
        ou="t.designe IS NULL AND t.personne_id IS NULL AND c.combien > 1",
    )  # fmt: skip
    if creer:
        travail.signaler(
            code="reconnaitre_ressemblance", colonne="nom_naissance", valeur="t.nom_naissance",
            message="'Cette personne est peut-être déjà connue : son identité ressemble à celle d’un dossier.'",
            attendu="'choisissez le dossier, ou une nouvelle personne'", candidats=f"c.ids{nouveau}",
            jointure="JOIN (SELECT ligne_id, array_agg(personne_id) AS ids, min(rang) AS rang FROM import_candidat "
            "GROUP BY ligne_id) c ON c.ligne_id = t.ligne_id AND c.rang = 4",
            ou="t.designe IS NULL",
        )  # fmt: skip
    _numeros_en_desaccord(travail, nouveau)
    if not creer:
        _inconnues(travail)


def _ressemblances(travail: Travail) -> None:
    """Add, in rank 4, who looks like a newcomer: born the same day with names alike; same names, date mistyped."""
    t = travail.table
    seules = "NOT EXISTS (SELECT 1 FROM import_candidat k WHERE k.ligne_id = t.ligne_id)"
    semblables = " OR ".join(f"similarity({nom}, t.nom_naissance_cle) > 0.4" for nom in _NOMS)
    travail.executer(
        f"""INSERT INTO import_candidat SELECT t.ligne_id, p.id, 4 FROM {t} t
        JOIN parcours_personne p ON p.date_naissance = t.date_naissance WHERE {seules}
        AND (({semblables}) AND similarity({_PRENOM}, t.prenoms_cle) > 0.4
          OR {_PRENOM} = t.nom_naissance_cle AND t.prenoms_cle IN ({_NOMS[0]}, {_NOMS[1]}))""",  # nosec B608
        (),
    )
    # The keys of those who share the first word of a name with a newcomer, worked out once for all.
    travail.executer("DROP TABLE IF EXISTS import_connus")
    travail.executer(
        f"""CREATE TEMP TABLE import_connus ON COMMIT DROP AS SELECT p.id, p.date_naissance, {_NOMS[0]} AS nom,
        split_part({_PRENOM}, ' ', 1) AS prenom, to_char(p.date_naissance, 'YYYYMMDD') AS jour FROM parcours_personne p
        WHERE split_part(p.recherche, ' ', 1) IN
          (SELECT split_part(t.nom_naissance_cle, ' ', 1) FROM {t} t WHERE {seules})"""  # nosec B608
    )
    parties = ", ".join(
        f"(extract({partie} FROM p.date_naissance) = extract({partie} FROM t.date_naissance))::int"
        for partie in ("year", "month", "day")
    )
    travail.executer(
        f"""INSERT INTO import_candidat SELECT t.ligne_id, p.id, 4 FROM {t} t JOIN import_connus p
        ON p.nom = t.nom_naissance_cle AND p.prenom = split_part(t.prenoms_cle, ' ', 1) WHERE {seules} AND (
          p.date_naissance IS NULL OR p.jour = to_char(t.date_naissance, 'YYYYDDMM')
          OR (SELECT sum(x) FROM unnest(array[{parties}]) x) = 2)"""  # nosec B608
    )


def distinguer(travail: Travail) -> None:
    """Remember, as the screens do, that a newcomer was told apart from those who look like her."""
    travail.executer(
        "INSERT INTO parcours_personnesdistinctes (premiere_id, seconde_id, par_id) SELECT DISTINCT c.personne_id, "
        f"t.cible, %s::bigint FROM {travail.table} t JOIN import_candidat c ON c.ligne_id = t.ligne_id "
        f"WHERE t.etat = 'nouvelle' AND t.designe = {DESIGNE_NOUVEAU} ON CONFLICT DO NOTHING",  # nosec B608
        [travail.par.pk if travail.par else None],
    )


def _numeros_en_desaccord(travail: Travail, nouveau: str) -> None:
    travail.signaler(
        code="reconnaitre_nir", colonne="nir",
        message="'Ce numéro de sécurité sociale est déjà celui d’une personne d’un autre nom.'",
        attendu="'choisissez le dossier'", candidats=f"c.ids{nouveau}",
        jointure=f"JOIN (SELECT t.ligne_id, array_agg(p.id) AS ids FROM {travail.table} t "  # nosec B608
        f"JOIN parcours_personne p ON p.nir_empreinte = t.nir_empreinte WHERE NOT {_MEME_NOM} GROUP BY t.ligne_id) c "
        "ON c.ligne_id = t.ligne_id",
        ou="t.designe IS NULL AND NOT EXISTS (SELECT 1 FROM import_candidat k "
        "WHERE k.ligne_id = t.ligne_id AND k.rang = 1)",
    )  # fmt: skip
    travail.signaler(
        code="reconnaitre_nir_different", colonne="nir",
        message="'Même nom et même naissance qu’un dossier qui porte un autre numéro de sécurité sociale.'",
        attendu="'choisissez le dossier'", candidats=f"ARRAY[p.id]{nouveau}",
        jointure="JOIN parcours_personne p ON p.id = t.personne_id",
        ou="t.designe IS NULL AND p.nir_empreinte <> t.nir_empreinte",
    )  # fmt: skip


def _inconnues(travail: Travail) -> None:
    """Signal the rows about nobody known, with those born the same day whose name looks alike."""
    nom = cle_sql("p.nom_naissance || ' ' || p.prenoms")
    travail.signaler(
        code="reconnaitre_inconnue", colonne="nom_naissance", valeur="t.nom_naissance",
        message="'Aucune personne connue de ce nom, née ce jour-là.' || CASE WHEN c.ids IS NULL THEN "
        "' Importez d’abord les personnes, ou corrigez le nom ou la date.' ELSE ' Est-ce l’une de celles-ci ?' END",
        attendu="'une personne connue'", candidats="coalesce(c.ids, '{}'::bigint[])",
        jointure=f"""LEFT JOIN LATERAL (SELECT array_agg(x.id) AS ids FROM (
          SELECT p.id FROM parcours_personne p WHERE p.date_naissance = t.date_naissance
          AND similarity({nom}, t.nom_naissance_cle || ' ' || t.prenoms_cle) > 0.4
          ORDER BY similarity({nom}, t.nom_naissance_cle || ' ' || t.prenoms_cle) DESC, p.id LIMIT 3) x) c ON true""",  # nosec B608
        ou="t.personne_id IS NULL AND t.date_naissance IS NOT NULL AND t.nom_naissance IS NOT NULL AND "
        "t.prenoms IS NOT NULL AND NOT EXISTS (SELECT 1 FROM socle_anomalieimport a WHERE a.ligne_id = t.ligne_id "
        "AND a.code LIKE 'reconnaitre%%')",
    )  # fmt: skip


def nommer_personnes(ids: Collection[int]) -> Mapping[int, tuple[str, str, str]]:
    """Return (name, birth and commune, URL) of people proposed to choose from."""
    ici = Adresse.objects.filter(personne=OuterRef("pk"), periode__contains=timezone.localdate())
    trouvees = Personne.objects.filter(pk__in=ids).defer("nir_chiffre", "nir_empreinte", "recherche")
    trouvees = trouvees.annotate(lieu=Subquery(ici.values("commune__nom")[:1]))
    noms = {}
    for p in trouvees:
        naissance = f"{p.date_naissance:%d/%m/%Y}" if p.date_naissance else ""
        lieu = getattr(p, "lieu", None) or ""
        noms[p.pk] = (str(p), ", ".join(filter(None, (naissance, lieu))), p.get_absolute_url())
    return noms
