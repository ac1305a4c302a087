"""Import of people: identity, contacts, address."""

from __future__ import annotations

from parcours.droits.imports import peut_importer
from parcours.models import Canal, NiveauFormation
from pdi.socle.contexte import ecran_courant
from pdi.socle.imports.controle import PRETES, Comparaison, Travail, cle_sql
from pdi.socle.imports.declarations import MASQUE, Champ, Genre
from pdi.territoires.references import COMMUNES

from .identite import CLES, QUI, distinguer, nommer_personnes, reconnaitre

_SEXES = {"F": "Femme", "H": "Homme"}
CHAMPS = (
    *QUI,
    Champ("nom_usage", "Nom d’usage", longueur=80, synonymes=("nom marital", "nom d’époux", "NOM USAGE")),
    Champ("lieu_naissance", "Lieu de naissance", longueur=120, synonymes=("commune de naissance", "né à")),
    Champ("sexe", "Sexe", "choix", choix=_SEXES, synonymes=("genre", "civilité", "qual"), exemple="Homme",
          mots={"M": "H", "Masculin": "H", "Monsieur": "H", "M.": "H", "1": "H", "Féminin": "F", "Madame": "F",
                "Mme": "F", "Mlle": "F", "2": "F"}),
    Champ("telephone", "Téléphone", "telephone", exemple="06 12 34 56 78",
          synonymes=("tel", "mobile", "portable", "n° de téléphone", "numéro de téléphone")),
    Champ("courriel", "Courriel", "courriel", synonymes=("e-mail", "email", "mail", "adresse électronique", "mél"),
          exemple="ali.modele@exemple.fr"),
    Champ("canal", "Moyen de contact préféré", "choix", choix=dict(Canal.choices), synonymes=("canal", "contact"),
          mots={"mail": "courriel", "email": "courriel", "tel": "telephone", "lettre": "courrier"}),
    Champ("niveau_formation", "Niveau de formation", "choix", synonymes=("formation", "diplôme", "NIVETU"),
          choix={v: t for v, t in NiveauFormation.choices if v},
          mots={"CAP": "V", "BEP": "V", "bac": "IV", "baccalauréat": "IV", "sans diplôme": "Vbis-VI", "VI": "Vbis-VI",
                "supérieur": "I-II-III", "bac+2": "I-II-III", "licence": "I-II-III", "master": "I-II-III",
                # NIVETU, as CAF files write it
                "1201": "I-II-III", "1202": "I-II-III", "1203": "IV", "1204": "V", "1205": "Vbis-VI",
                "1206": "Vbis-VI", "1207": "Vbis-VI"}),
    Champ("inscrit_france_travail", "Inscrit à France Travail", "booleen",
          synonymes=("France Travail", "inscrit Pôle emploi", "Pôle emploi", "DE")),
    Champ("adresse", "Adresse", longueur=200, synonymes=("rue", "voie", "adresse 1", "n° et rue"),
          exemple="12 rue de l’Exemple"),
    Champ("complement", "Complément d’adresse", longueur=120, synonymes=("complément", "adresse 2", "bâtiment")),
    Champ("code_postal", "Code postal", "code_postal", synonymes=("CP", "CODEPOS"), exemple="91100"),
    Champ("commune", "Commune", "reference", reference=COMMUNES, exemple="Corbeil-Essonnes",
          synonymes=("ville", "localité", "NOMCOM", "code INSEE", "NUMCOM"), aide="Nom ou code INSEE d’une commune."),
    Champ("adresse_depuis", "Adresse depuis le", "date", passe=True,
          synonymes=("date d’emménagement", "adresse depuis"), aide="Vide : le jour de l’import."),
)  # fmt: skip

_COLONNES = (
    "nom_usage", "lieu_naissance", "sexe", "telephone", "courriel", "canal", "niveau_formation",
    "inscrit_france_travail",
)  # fmt: skip
_COMPARAISONS = (
    Comparaison("prenoms", "c.prenoms"),
    Comparaison("date_naissance", "c.date_naissance"),
    *(Comparaison(code, f"c.{code}") for code in _COLONNES if code != "telephone"),
    Comparaison(
        "telephone", "c.telephone",
        differe="regexp_replace(t.telephone, '[^0-9+]', '', 'g') <> regexp_replace(c.telephone, '[^0-9+]', '', 'g')",
    ),
)  # fmt: skip
_DEPUIS = "coalesce(t.adresse_depuis, %(jour)s)"
_ICI = f"a.personne_id = t.cible AND a.periode @> {_DEPUIS}"


def controler(travail: Travail) -> None:
    """Find each person, check postcode against commune, compare with what is known."""
    t, jour = travail.table, {"jour": travail.jour}
    reconnaitre(travail, creer=True)
    travail.executer(f"UPDATE {t} SET cible = personne_id")  # nosec B608
    travail.memes_lignes(
        code="meme_personne", colonne="nom_naissance", cles="cible", message="Même personne que la ligne"
    )
    _codes_postaux(travail)
    travail.executer(
        "INSERT INTO socle_anomalieimport (ligne_id, origine, colonne, code, valeur, message, attendu, suggestion, "
        "bloquante, candidats) SELECT t.ligne_id, 'controle', 'adresse_depuis', 'adresse_plus_recente', "
        f"to_char({_DEPUIS}, 'DD/MM/YYYY'), 'Une adresse plus récente est déjà connue, depuis le ' || "  # nosec B608
        "to_char(min(lower(a.periode)), 'DD/MM/YYYY') || '.', 'une date postérieure, ou pas d’adresse', '', true, "
        f"'{{}}' FROM {t} t JOIN parcours_adresse a ON a.personne_id = t.cible AND lower(a.periode) > {_DEPUIS} "
        "WHERE coalesce(t.adresse, t.code_postal, t.commune) IS NOT NULL GROUP BY t.ligne_id, t.adresse_depuis",
        jour,
    )
    travail.differences("parcours_personne c WHERE c.id = t.cible", _COMPARAISONS)
    travail.executer(
        f"UPDATE {t} t SET changements = t.changements || jsonb_build_object('nir', jsonb_build_array(NULL, %s)) "
        "FROM parcours_personne c WHERE c.id = t.cible AND c.nir_empreinte IS NULL AND t.nir_empreinte IS NOT NULL",  # nosec B608
        [MASQUE],
    )
    travail.executer(
        f"""UPDATE {t} t SET changements = t.changements || jsonb_strip_nulls(jsonb_build_object(
          'adresse', CASE WHEN t.adresse IS DISTINCT FROM nullif(x.lignes, '') AND t.adresse IS NOT NULL
            THEN jsonb_build_array(nullif(x.lignes, ''), t.adresse) END,
          'complement', CASE WHEN t.complement IS DISTINCT FROM nullif(x.complement, '') AND t.complement IS NOT NULL
            THEN jsonb_build_array(nullif(x.complement, ''), t.complement) END,
          'code_postal', CASE WHEN t.code_postal IS DISTINCT FROM nullif(x.code_postal, '')
            AND t.code_postal IS NOT NULL THEN jsonb_build_array(nullif(x.code_postal, ''), t.code_postal) END,
          'commune', CASE WHEN t.commune_id IS DISTINCT FROM x.commune_id AND t.commune_id IS NOT NULL
            THEN jsonb_build_array(x.nom, (SELECT nom FROM territoires_commune WHERE code = t.commune_id)) END))
        FROM {t} u LEFT JOIN LATERAL (SELECT a.*, k.nom FROM parcours_adresse a
          LEFT JOIN territoires_commune k ON k.code = a.commune_id
          WHERE a.personne_id = u.cible AND a.periode @> coalesce(u.adresse_depuis, %(jour)s)) x ON true
        WHERE u.ligne_id = t.ligne_id AND t.cible IS NOT NULL""",  # nosec B608
        jour,
    )


def _codes_postaux(travail: Travail) -> None:
    """Propose the postcode of the commune where the one written cannot be; say when the two disagree."""
    t = travail.table
    travail.executer(
        f"UPDATE socle_anomalieimport n SET suggestion = k.codes_postaux[1], message = left(n.message || ' Proposé : ' "
        "|| k.codes_postaux[1] || ', celui de ' || k.nom || '.', 500) "
        f"FROM {t} t JOIN territoires_commune k ON k.code = t.commune_id WHERE n.ligne_id = t.ligne_id "  # nosec B608
        "AND n.code = 'code_postal_invalide' AND n.suggestion = '' AND cardinality(k.codes_postaux) = 1",
    )
    travail.signaler(
        code="code_postal_commune", colonne="code_postal", valeur="t.code_postal", bloquante=False,
        message="'Ce code postal n’est pas de ceux de ' || k.nom || ' : ' || array_to_string(k.codes_postaux, ', ') "
        "|| '.'",
        jointure="JOIN territoires_commune k ON k.code = t.commune_id",
        ou="cardinality(k.codes_postaux) > 0 AND NOT t.code_postal = ANY(k.codes_postaux)",
    )  # fmt: skip


_RECHERCHE = (
    "concat_ws(' ', nullif({noms}, ''), to_char({date}, 'DDMMYYYY'), to_char({date}, 'DD MM YYYY'))"  # texte_recherche
)


def appliquer(travail: Travail) -> None:
    """Write the people who are ready, then where they live."""
    t = travail.table
    travail.numeroter("parcours_personne")
    noms = cle_sql("concat_ws(' ', t.nom_naissance, t.nom_usage, t.prenoms)")
    valeurs = ", ".join(
        f"t.{c}" if c == "inscrit_france_travail" else f"coalesce(t.{c}, '{'courrier' if c == 'canal' else ''}')"
        for c in _COLONNES
    )
    travail.executer(
        f"INSERT INTO parcours_personne (id, nom_naissance, prenoms, date_naissance, {', '.join(_COLONNES)}, "  # nosec B608
        "nir_chiffre, nir_empreinte, recherche, fictive, version) "
        f"SELECT t.cible, t.nom_naissance, t.prenoms, t.date_naissance, {valeurs}, "
        "convert_to(t.nir_chiffre, 'UTF8'), t.nir_empreinte, "
        f"{_RECHERCHE.format(noms=noms, date='t.date_naissance')}, false, 1 FROM {t} t WHERE t.etat = 'nouvelle'"
    )
    affectations = ", ".join(
        f"{c} = CASE WHEN t.changements ? '{c}' THEN t.{c} ELSE p.{c} END"
        for c in (*_COLONNES, "prenoms", "date_naissance")
    )
    apres = cle_sql(
        "concat_ws(' ', p.nom_naissance, coalesce(t.nom_usage, p.nom_usage), coalesce(t.prenoms, p.prenoms))"
    )
    travail.executer(
        f"UPDATE parcours_personne p SET {affectations}, version = p.version + 1, "  # nosec B608
        "nir_chiffre = CASE WHEN p.nir_empreinte IS NULL THEN convert_to(t.nir_chiffre, 'UTF8') "
        "ELSE p.nir_chiffre END, "
        "nir_empreinte = coalesce(p.nir_empreinte, t.nir_empreinte), "
        f"recherche = {_RECHERCHE.format(noms=apres, date='coalesce(t.date_naissance, p.date_naissance)')} "
        f"FROM {t} t WHERE p.id = t.cible AND t.etat = 'modifiee'"
    )
    distinguer(travail)
    _adresses(travail)
    travail.journaliser(
        objet_type="parcours.personne", libelle="upper(t.nom_naissance) || ' ' || t.prenoms", ecran=ecran_courant()
    )


def _adresses(travail: Travail) -> None:
    """Write the new address from its day on: the one before ends the day before; of the same day, it is corrected."""
    t, jour = travail.table, {"jour": travail.jour}
    travail.executer("DROP TABLE IF EXISTS import_adresse")
    travail.executer(
        f"""CREATE TEMP TABLE import_adresse ON COMMIT DROP AS
        SELECT t.cible, {_DEPUIS} AS depuis, a.id AS avant, lower(a.periode) AS debut, upper(a.periode) AS fin,
          coalesce(t.adresse, CASE WHEN t.changements ? 'commune' THEN '' ELSE a.lignes END, '') AS lignes,
          coalesce(t.complement, CASE WHEN t.changements ? 'adresse' OR t.changements ? 'commune' THEN ''
            ELSE a.complement END, '') AS complement,
          coalesce(t.code_postal, CASE WHEN t.changements ? 'commune' THEN '' ELSE a.code_postal END, '')
            AS code_postal,
          coalesce(t.commune_id, CASE WHEN t.changements ? 'code_postal' THEN NULL ELSE a.commune_id END) AS commune_id
        FROM {t} t LEFT JOIN parcours_adresse a ON {_ICI} WHERE {PRETES}
        AND coalesce(t.adresse, t.complement, t.code_postal, t.commune_id) IS NOT NULL
        AND (t.etat = 'nouvelle' OR t.changements ?| array['adresse', 'complement', 'code_postal', 'commune'])""",  # nosec B608
        jour,
    )
    travail.executer(
        "UPDATE parcours_adresse a SET lignes = n.lignes, complement = n.complement, code_postal = n.code_postal, "
        "commune_id = n.commune_id FROM import_adresse n WHERE a.id = n.avant AND n.debut = n.depuis"
    )
    travail.executer(
        "UPDATE parcours_adresse a SET periode = daterange(n.debut, n.depuis) FROM import_adresse n "
        "WHERE a.id = n.avant AND n.debut IS DISTINCT FROM n.depuis"
    )
    travail.executer(
        "INSERT INTO parcours_adresse (personne_id, lignes, complement, code_postal, commune_id, domiciliation, "
        "periode) SELECT cible, lignes, complement, code_postal, commune_id, false, daterange(depuis, fin) "
        "FROM import_adresse "
        "WHERE avant IS NULL OR debut IS DISTINCT FROM depuis"
    )


PERSONNES = Genre(
    code="personnes", titre="Personnes", un="personne", plusieurs="personnes", ordre=10,
    description="Identité, contacts et adresse. Une personne déjà connue est complétée, jamais doublée ; une cellule "
    "vide n’efface rien.",
    champs=CHAMPS, cles=(*CLES, "Sinon, c’est une nouvelle personne"),
    nommee=("nom_naissance", "prenoms", "date_naissance"),
    tables=("parcours_personne", "parcours_adresse", "parcours_personnesdistinctes"),
    droit=peut_importer, controler=controler, appliquer=appliquer,
    memes=(("nir_empreinte",), ("nom_naissance", "prenoms", "date_naissance")), nommer=nommer_personnes,
)  # fmt: skip
