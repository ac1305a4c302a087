"""Import of orientations."""

from __future__ import annotations

from parcours.droits.imports import peut_importer
from parcours.models import ModeAccompagnement, OrganismeOarsa, TypeOrientation
from parcours.regles.decision import DEMANDE_EN_ATTENTE
from parcours.regles.organismes import dire, faute_d_organisme, organismes_possibles
from pdi.socle.contexte import ecran_courant
from pdi.socle.imports.controle import Comparaison, Travail
from pdi.socle.imports.declarations import Champ, Genre

from .identite import CLES, QUI, nommer_personnes, reconnaitre
from .periodes import OPTION, Periodes
from .references import STRUCTURE

CHAMPS = (
    *QUI,
    Champ("decidee_le", "Orientation décidée le", "date", requis=True, passe=True, exemple="15/01/2026",
          synonymes=("date d’orientation", "date orientation", "date de décision", "orienté le", "orientée le")),
    Champ("type_decide", "Type d’orientation", "choix", requis=True, choix=dict(TypeOrientation.choices),
          synonymes=("type", "orientation", "type orientation", "orientation décidée"),
          exemple="Emploi (professionnelle)",
          mots={"emploi": "emploi", "professionnelle": "emploi", "pro": "emploi", "socio-professionnelle": "socio_pro",
                "socio pro": "socio_pro", "global": "socio_pro", "sociale": "social", "remobilisation": "social",
                "social-remobilisation": "social"}),
    Champ("organisme", "Organisme référent (OARSA)", "choix", requis=True, choix=dict(OrganismeOarsa.choices),
          synonymes=("organisme", "organisme OARSA", "catégorie d’organisme"), exemple="Conseil départemental",
          mots={"Pôle emploi": "france_travail", "FT": "france_travail", "CD": "departement",
                "Département": "departement", "PLIE": "mde_plie", "Cap emploi": "mde_plie", "CCAS": "ccas",
                "CIAS": "ccas", "SIAE": "iae", "ML": "mission_locale"}),
    STRUCTURE,
    Champ("mode", "Accompagnement", "choix", choix=dict(ModeAccompagnement.choices),
          synonymes=("mode d’accompagnement", "mode"), aide="Vide : celui du type d’orientation.",
          mots={"emploi": "emploi", "social": "social", "socio-professionnel": "socio_pro", "global": "global"}),
    Champ("notifiee_le", "Notifiée le", "date", passe=True, synonymes=("date de notification", "notification")),
    Champ("motif_texte", "Motif de la décision", synonymes=("motif", "motif d’orientation")),
    Champ("fin", "Dernier jour", "date", synonymes=("fin", "date de fin", "fin d’orientation"),
          aide="Vide : l’orientation court toujours, ou jusqu’à la suivante du fichier."),
)  # fmt: skip
PERIODES = Periodes("parcours_orientation", "decidee_le", "L’orientation commencée")
# An orientation towards a type is accompanied that way unless the file says otherwise.
_MODE = "coalesce(t.mode, t.type_decide)"


def controler(travail: Travail) -> None:
    """Find the person and the orientation of that day, check the periods, compare."""
    t = travail.table
    reconnaitre(travail, creer=False)
    travail.executer(
        f"UPDATE {t} t SET cible = (SELECT min(o.id) FROM parcours_orientation o "
        "WHERE o.personne_id = t.personne_id AND o.decidee_le = t.decidee_le)"  # nosec B608
    )
    PERIODES.controler(travail)
    _comme_a_l_ecran(travail)
    _organismes(travail)
    travail.signaler(
        code="notifiee_avant", colonne="notifiee_le", valeur="to_char(t.notifiee_le, 'DD/MM/YYYY')",
        message="'La notification précède la décision.'",
        attendu="'le ' || to_char(t.decidee_le, 'DD/MM/YYYY') || ' ou après'", ou="t.notifiee_le < t.decidee_le",
    )  # fmt: skip
    travail.differences(
        "parcours_orientation c JOIN structures_structure s ON s.id = c.structure_id WHERE c.id = t.cible",
        (
            Comparaison("type_decide", "c.type_decide"),
            Comparaison("organisme", "c.organisme"),
            Comparaison(
                "structure", "s.nom", apres="(SELECT nom FROM structures_structure WHERE id = t.structure_id)",
                differe="t.structure_id <> c.structure_id",
            ),
            Comparaison("mode", "c.mode"),
            Comparaison("notifiee_le", "c.notifiee_le"),
            Comparaison("motif_texte", "c.motif_texte"),
            Comparaison("fin", "upper(c.periode) - 1"),
        ),
    )  # fmt: skip
    travail.signaler(
        code="ecart_sans_motif", colonne="motif_texte",
        message="'La décision s’écarte de la proposition : elle demande un motif.'", attendu="'un motif'",
        jointure="JOIN parcours_orientation c ON c.id = t.cible",
        ou="c.type_propose NOT IN ('', coalesce(t.type_decide, c.type_decide)) AND c.motif_id IS NULL "
        "AND coalesce(t.motif_texte, c.motif_texte) = ''",
    )  # fmt: skip
    PERIODES.lier(travail)


def _comme_a_l_ecran(travail: Travail) -> None:
    """Hold what the decision screen holds: a request is answered first, a full structure asks for a motive."""
    t, jour = travail.table, f"DATE '{travail.jour.isoformat()}'"
    travail.signaler(
        code="demande_en_attente", colonne="decidee_le", message=f"'{DEMANDE_EN_ATTENTE}'",
        attendu="'la réponse à la demande, dans l’application'",
        ou=f"t.cible IS NULL AND t.periode @> {jour} AND EXISTS (SELECT 1 FROM parcours_demandereorientation d "
        "WHERE d.personne_id = t.personne_id AND d.etat = 'en_attente')",  # nosec B608
    )  # fmt: skip
    travail.executer("DROP TABLE IF EXISTS import_places")
    # Taken today, but for those whom this very file sends elsewhere; then one more for each row of the file.
    travail.executer(
        f"""CREATE TEMP TABLE import_places ON COMMIT DROP AS
        WITH arrivees AS (SELECT t.ligne_id, k.id, row_number() OVER (PARTITION BY k.id ORDER BY t.numero) AS rang
            FROM {t} t JOIN parcours_capaciteaccueil k ON k.structure_id = t.structure_id
            AND k.mode IN ('', {_MODE}) AND k.periode @> {jour} WHERE t.cible IS NULL AND t.periode @> {jour}),
          prises AS (SELECT k.id, k.places, count(o.id) AS prises FROM parcours_capaciteaccueil k
            LEFT JOIN parcours_orientation o ON o.structure_id = k.structure_id AND k.mode IN ('', o.mode)
            AND o.periode @> {jour} AND NOT EXISTS (SELECT 1 FROM {t} v WHERE v.personne_id = o.personne_id
              AND v.cible IS NULL AND v.periode @> {jour})
            WHERE k.periode @> {jour} GROUP BY k.id)
        SELECT a.ligne_id, max(p.places) AS places FROM arrivees a JOIN prises p ON p.id = a.id
        WHERE p.prises + a.rang > p.places GROUP BY a.ligne_id"""  # nosec B608
    )
    travail.executer(f"ALTER TABLE {t} ADD COLUMN depassement boolean NOT NULL DEFAULT false")
    travail.executer(f"UPDATE {t} t SET depassement = true FROM import_places p WHERE p.ligne_id = t.ligne_id")  # nosec B608
    for bloquante, ou in ((True, "coalesce(t.motif_texte, '') = ''"), (False, "t.motif_texte <> ''")):
        travail.signaler(
            code="capacite_depassee", colonne="motif_texte", bloquante=bloquante, ou=ou,
            message="'La structure n’a plus de place (' || p.places || ' en tout).'",
            attendu="'un motif qui dise pourquoi orienter quand même'",
            jointure="JOIN import_places p ON p.ligne_id = t.ligne_id",
        )  # fmt: skip


def _organismes(travail: Travail) -> None:
    """Point at the organisms that a structure cannot be counted as. A past file is not refused for it: it is told."""
    paires = travail.lire(
        f"SELECT DISTINCT s.id, s.nature, s.nom, t.organisme FROM {travail.table} t "  # nosec B608
        "JOIN structures_structure s ON s.id = t.structure_id WHERE t.organisme IS NOT NULL"
    )
    for structure, nature, nom, organisme in paires:
        if faute_d_organisme(organisme, nature, nom):
            travail.signaler(
                code="organisme_structure", colonne="organisme", bloquante=False, valeur="t.organisme",
                message="'Cette structure ne se compte pas ainsi dans l’enquête OARSA : vérifiez l’un des deux.'",
                attendu="%s", ou="t.structure_id = %s AND t.organisme = %s",
                params=[dire(organismes_possibles(nature, nom)), structure, organisme],
            )  # fmt: skip


def appliquer(travail: Travail) -> None:
    """Write the orientations that are ready; ranks follow the dates."""
    t = travail.table
    PERIODES.raccourcir(travail)
    PERIODES.finir(travail)
    travail.executer(
        "UPDATE parcours_orientation o SET type_decide = coalesce(t.type_decide, o.type_decide), "
        "organisme = coalesce(t.organisme, o.organisme), structure_id = coalesce(t.structure_id, o.structure_id), "
        "mode = coalesce(t.mode, o.mode), notifiee_le = coalesce(t.notifiee_le, o.notifiee_le), "
        f"motif_texte = coalesce(t.motif_texte, o.motif_texte) FROM {t} t WHERE o.id = t.cible "
        "AND t.etat = 'modifiee'"  # nosec B608
    )
    travail.numeroter("parcours_orientation")
    travail.executer(
        "INSERT INTO parcours_orientation (id, personne_id, rang, periode, decidee_le, notifiee_le, type_propose, "
        "motif_proposition, type_decide, motif_texte, organisme, structure_id, mode, origine, decidee_par_id, "
        "depassement) "
        "SELECT t.cible, t.personne_id, 1, t.periode, t.decidee_le, t.notifiee_le, '', '', t.type_decide, "
        f"coalesce(t.motif_texte, ''), t.organisme, t.structure_id, {_MODE}, 'import', NULL, t.depassement FROM {t} t "
        "WHERE t.etat = 'nouvelle'"  # nosec B608
    )
    travail.executer(
        "UPDATE parcours_orientation o SET rang = x.rang FROM (SELECT id, row_number() OVER (PARTITION BY personne_id "
        f"ORDER BY decidee_le, id) AS rang FROM parcours_orientation WHERE personne_id IN (SELECT personne_id FROM {t} "
        "WHERE etat = 'nouvelle')) x WHERE x.id = o.id AND x.rang <> o.rang"  # nosec B608
    )
    travail.journaliser(objet_type="parcours.orientation", libelle="'Orientation du ' || to_char(t.decidee_le, "
                        "'DD/MM/YYYY')", ecran=ecran_courant())  # fmt: skip


ORIENTATIONS = Genre(
    code="orientations", titre="Orientations", un="orientation", plusieurs="orientations", ordre=20,
    description="Décisions d’orientation de personnes déjà connues. Une seule à la fois.",
    champs=CHAMPS, cles=(*CLES, "Puis l’orientation de cette personne décidée le même jour"),
    nommee=("nom_naissance", "prenoms", "date_naissance"), tables=("parcours_orientation",), droit=peut_importer,
    controler=controler, appliquer=appliquer, options=(OPTION,), nommer=nommer_personnes,
)  # fmt: skip
