"""Import of sessions: prepared or open, known by their offer, first day, operator and title."""

from __future__ import annotations

from decimal import Decimal

from offre.droits import peut_importer_offre
from offre.models import EtatSession, Session, UniteCapacite
from offre.operations.places import suivre, verrouiller
from pdi.socle.contexte import ecran_courant
from pdi.socle.imports.controle import Comparaison, Travail
from pdi.socle.imports.declarations import Champ, Genre

from .commun import OFFRE, inserer, modifier, structure, transitions

_ETATS = (EtatSession.PREPAREE, EtatSession.OUVERTE)
CHAMPS = (
    OFFRE,
    Champ("debut", "Premier jour", "date", requis=True, exemple="14/09/2026",
          synonymes=("début", "date de début", "du")),
    Champ("capacite", "Capacité", "decimal", requis=True, minimum=Decimal("0.1"), maximum=Decimal(999_999),
          synonymes=("places", "nombre de places"), exemple="12"),
    Champ("fin", "Dernier jour", "date", synonymes=("fin", "date de fin", "au"), exemple="18/12/2026",
          aide="Vide : entrées et sorties permanentes."),
    Champ("inscription_jusqu_au", "Inscriptions jusqu’au", "date", synonymes=("date limite d’inscription",)),
    structure("operateur", "Opérateur", synonymes=("structure",), exemple="Mission locale",
              aide="L’un des opérateurs de l’offre ; vide : tenue par le Département."),
    Champ("intitule", "Intitulé", longueur=150, synonymes=("session", "nom de la session")),
    Champ("lieu", "Lieu", longueur=150, aide="Nom, commune ou adresse d’un lieu de la fiche de l’offre."),
    Champ("horaires", "Horaires", longueur=200, exemple="9 h à 12 h"),
    Champ("unite", "Unité", "choix", choix=dict(UniteCapacite.choices), aide="Vide : des places."),
    Champ("delai_reponse_jours", "Jours pour répondre", "entier", minimum=Decimal(0), maximum=Decimal(90),
          aide="Pour une place proposée de la liste d’attente. Vide : 7."),
    Champ("statut", "État", "choix", choix={str(e): e.label for e in _ETATS}, synonymes=("statut",),
          mots={"ouverte": "ouverte", "en préparation": "preparee"}, aide="Vide : en préparation."),
)  # fmt: skip
SIMPLES = ("debut", "capacite", "fin", "inscription_jusqu_au", "intitule", "horaires", "delai_reponse_jours")
_LIEU = (
    "(SELECT min(l.id) FROM offre_lieuoffre l LEFT JOIN territoires_commune v ON v.code = l.commune_id "
    "WHERE l.offre_id = t.offre_id AND t.lieu_cle IN (btrim(regexp_replace(lower(unaccent(l.nom)), "
    "'[^0-9a-z]+', ' ', 'g')), btrim(regexp_replace(lower(unaccent(coalesce(v.nom, ''))), '[^0-9a-z]+', ' ', 'g')), "
    "btrim(regexp_replace(lower(unaccent(l.adresse)), '[^0-9a-z]+', ' ', 'g'))))"
)
_TITRE = "btrim(regexp_replace(lower(unaccent(s.intitule)), '[^0-9a-z]+', ' ', 'g'))"


def controler(travail: Travail) -> None:
    """Find the session and its place, check operator, dates and places taken, compare."""
    t = travail.table
    travail.executer(f"ALTER TABLE {t} ADD COLUMN lieu_id bigint, ADD COLUMN repere text")
    travail.executer(
        f"UPDATE {t} t SET lieu_id = {_LIEU}, repere = concat_ws('|', t.offre_id, t.debut, "
        "coalesce(t.operateur_id, 0), coalesce(t.intitule_cle, '')), "
        "cible = (SELECT min(s.id) FROM offre_session s WHERE s.offre_id = t.offre_id AND s.debut = t.debut "
        "AND s.etat <> 'annulee' AND (t.operateur_id IS NULL OR s.operateur_id = t.operateur_id) "
        f"AND (t.intitule IS NULL OR {_TITRE} = t.intitule_cle)) WHERE t.offre_id IS NOT NULL"  # nosec B608
    )
    travail.memes_lignes(code="meme_session", colonne="debut", cles="repere", message="Même session que la ligne")
    travail.signaler(
        code="operateur_etranger", colonne="operateur", valeur="t.operateur",
        message="'Cette structure n’est pas un opérateur de l’offre.'",
        attendu="coalesce((SELECT string_agg(s.nom, ' ; ' ORDER BY s.nom) FROM offre_offreinsertion_operateurs l "
        "JOIN structures_structure s ON s.id = l.structure_id WHERE l.offreinsertion_id = t.offre_id), "
        "'un opérateur inscrit sur la fiche')",
        ou="t.operateur_id IS NOT NULL AND t.offre_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
        "offre_offreinsertion_operateurs l WHERE l.offreinsertion_id = t.offre_id AND l.structure_id = t.operateur_id)",
    )  # fmt: skip
    travail.signaler(
        code="lieu_inconnu", colonne="lieu", valeur="t.lieu", bloquante=False,
        message="'Ce lieu n’est pas sur la fiche de l’offre : la session reste sans lieu.'",
        ou="t.lieu IS NOT NULL AND t.lieu_id IS NULL AND t.offre_id IS NOT NULL",
    )  # fmt: skip
    _dates_et_places(travail)
    travail.differences(
        "offre_session c LEFT JOIN offre_lieuoffre l ON l.id = c.lieu_id WHERE c.id = t.cible",
        (
            *(Comparaison(c, f"c.{c}") for c in SIMPLES),
            Comparaison("lieu", "coalesce(nullif(l.nom, ''), l.adresse)",
                        differe="t.lieu_id IS NOT NULL AND t.lieu_id IS DISTINCT FROM c.lieu_id"),
            Comparaison("statut", "c.etat", differe="t.statut = 'ouverte' AND c.etat = 'preparee'"),
        ),
    )  # fmt: skip


def _dates_et_places(travail: Travail) -> None:
    """Hold what the database holds: order of dates, places taken, one unit for ever."""
    cible = "LEFT JOIN offre_session c ON c.id = t.cible"
    travail.signaler(
        code="dates_en_desordre", colonne="fin", valeur="to_char(t.fin, 'DD/MM/YYYY')", jointure=cible,
        message="'La session finit avant de commencer.'",
        attendu="'le ' || to_char(t.debut, 'DD/MM/YYYY') || ' ou après'", ou="coalesce(t.fin, c.fin) < t.debut",
    )  # fmt: skip
    travail.signaler(
        code="capacite_prise", colonne="capacite", valeur="t.capacite::text", jointure=cible,
        message="'Plus de places sont déjà prises.'", attendu="'au moins ' || trim_scale(c.prises)",
        ou="t.capacite < c.prises",
    )  # fmt: skip
    travail.signaler(
        code="unite_changee", colonne="unite", valeur="t.unite", jointure=cible,
        message="'L’unité d’une session ne change pas.'", attendu="c.unite", ou="t.unite <> c.unite",
    )  # fmt: skip


def appliquer(travail: Travail) -> None:
    """Write the sessions that are ready; tell those who wait when places are added."""
    t = travail.table
    grandies = travail.lire(
        f"SELECT t.cible FROM {t} t JOIN offre_session s ON s.id = t.cible WHERE t.etat = 'modifiee' "  # nosec B608
        "AND s.en_attente > 0 AND t.changements ? 'capacite' AND t.capacite > s.capacite ORDER BY t.cible"
    )
    travail.numeroter("offre_session")
    inserer(travail, Session, {
        "id": "t.cible", "offre_id": "t.offre_id", "operateur_id": "t.operateur_id", "lieu_id": "t.lieu_id",
        "intitule": "coalesce(t.intitule, '')", "debut": "t.debut", "fin": "t.fin", "capacite": "t.capacite",
        "inscription_jusqu_au": "t.inscription_jusqu_au", "horaires": "coalesce(t.horaires, '')",
        "unite": "coalesce(t.unite, 'places')", "delai_reponse_jours": "coalesce(t.delai_reponse_jours, 7)",
        "etat": "coalesce(t.statut, 'preparee')",
    })  # fmt: skip
    transitions(travail, "offre_transitionsession", "session_id", "'preparee'")
    transitions(
        travail, "offre_transitionsession", "session_id", "'ouverte'", de="'preparee'",
        ou="t.statut = 'ouverte' AND (t.etat = 'nouvelle' OR t.etat = 'modifiee' AND t.changements ? 'statut')",
    )  # fmt: skip
    modifier(travail, "offre_session", {
        **{c: (c, f"t.{c}") for c in SIMPLES}, "lieu": ("lieu_id", "t.lieu_id"), "statut": ("etat", "t.statut"),
    })  # fmt: skip
    travail.journaliser(objet_type="offre.session", libelle="t.offre || ', ' || to_char(t.debut, 'DD/MM/YYYY')",
                        ecran=ecran_courant())  # fmt: skip
    for (session,) in grandies:
        suivre("places_rendues", verrouiller(session))


GENRE_SESSIONS = Genre(
    code="sessions", titre="Sessions", un="session", plusieurs="sessions", ordre=60,
    description="Les dates, les lieux et les places des sessions d’une offre du catalogue.",
    champs=CHAMPS, cles=("L’offre, le premier jour, puis l’opérateur et l’intitulé quand ils sont dits",),
    nommee=("offre", "intitule", "debut"), tables=("offre_session", "offre_transitionsession"),
    droit=peut_importer_offre, controler=controler, appliquer=appliquer, reprise="debut",
)  # fmt: skip
