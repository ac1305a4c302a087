"""Import of référents: who follows whom, for which structure, since when."""

from __future__ import annotations

from parcours.droits.imports import peut_importer
from parcours.operations.affectations import FIN_SANS_MOTIF
from parcours.regles.affectations import AVENIR_MAX_JOURS, PERSONNE_DECEDEE
from pdi.socle.contexte import ecran_courant
from pdi.socle.imports.controle import Comparaison, Travail
from pdi.socle.imports.declarations import Champ, Genre

from .identite import CLES, QUI, nommer_personnes, reconnaitre
from .periodes import OPTION, RACCOURCIR, Periodes
from .references import COMPTES_OU_NOMS, MOTIFS_FIN, STRUCTURE

FIN = Champ(
    "motif_fin", "Motif de fin du suivi remplacé", "reference", reference=MOTIFS_FIN, longueur=150,
    synonymes=("motif de fin", "motif de changement"), aide="Pourquoi le suivi en cours prend fin, s’il y en a un.",
)  # fmt: skip
CHAMPS = (
    *QUI,
    Champ("referent", "Référent", "reference", requis=True, reference=COMPTES_OU_NOMS, longueur=120,
          synonymes=("nom du référent", "référent unique", "agent", "travailleur social", "conseiller"),
          aide="Prénom et nom, ou adresse électronique du compte. Sans compte, il est inscrit par son nom.",
          exemple="Camille Exemple"),
    STRUCTURE,
    Champ("debut", "Suivi depuis le", "date", requis=True, exemple="20/01/2026",
          synonymes=("début", "date de début", "depuis le", "date d’affectation", "désigné le")),
    Champ("fin", "Dernier jour", "date", synonymes=("fin", "date de fin", "suivi jusqu’au"),
          aide="Vide : le suivi court toujours, ou jusqu’au suivant du fichier."),
    FIN,
)  # fmt: skip
PERIODES = Periodes("parcours_affectationreferent", "debut", "Le suivi commencé")
_QUI = "(u.prenom || ' ' || u.nom)"
_NOM = "CASE WHEN t.referent_id IS NULL THEN t.referent ELSE '' END"


def controler(travail: Travail) -> None:
    """Find the person and the appointment that begins that day, check accounts and periods, compare."""
    t = travail.table
    reconnaitre(travail, creer=False)
    travail.executer(
        f"UPDATE {t} t SET cible = (SELECT min(a.id) FROM parcours_affectationreferent a "
        "WHERE a.personne_id = t.personne_id AND lower(a.periode) = t.debut)"  # nosec B608
    )
    PERIODES.controler(travail)
    travail.signaler(
        code="compte_inconnu", colonne="referent", valeur="t.referent",
        message="'Aucun compte de référent n’a cette adresse.'",
        attendu="'l’adresse d’un compte, ou le prénom et le nom'",
        ou="t.referent LIKE '%%@%%' AND t.referent_id IS NULL",
    )  # fmt: skip
    travail.signaler(
        code="texte_long", colonne="referent", valeur="t.referent", message="'Ce nom est trop long.'",
        attendu="'120 signes au plus'", ou="length(t.referent) > 120",
    )  # fmt: skip
    _comme_a_l_ecran(travail)
    travail.differences(
        "parcours_affectationreferent c JOIN structures_structure s ON s.id = c.structure_id "
        "LEFT JOIN comptes_utilisateur u ON u.id = c.referent_id WHERE c.id = t.cible",
        (
            Comparaison(
                "referent", f"coalesce({_QUI}, c.referent_nom)",
                apres=f"coalesce((SELECT {_QUI} FROM comptes_utilisateur u WHERE u.id = t.referent_id), t.referent)",  # nosec B608
                differe=f"(t.referent_id, {_NOM}) IS DISTINCT FROM (c.referent_id, c.referent_nom)",
            ),
            Comparaison(
                "structure", "s.nom", apres="(SELECT nom FROM structures_structure WHERE id = t.structure_id)",
                differe="t.structure_id <> c.structure_id",
            ),
            Comparaison("fin", "upper(c.periode) - 1"),
        ),
    )  # fmt: skip
    PERIODES.lier(travail)


def _comme_a_l_ecran(travail: Travail) -> None:
    """Hold what the appointment screen holds: nobody for the dead, within a year, why the one before ends."""
    t, jour = travail.table, f"DATE '{travail.jour.isoformat()}'"
    travail.signaler(
        code="personne_decedee", colonne="nom_naissance", message=f"'{PERSONNE_DECEDEE}'",
        attendu="'une autre personne'",
        jointure="JOIN parcours_personne p ON p.id = t.personne_id", ou="t.cible IS NULL AND p.deces_le IS NOT NULL",
    )  # fmt: skip
    travail.signaler(
        code="date_lointaine", colonne="debut", valeur="to_char(t.debut, 'DD/MM/YYYY')",
        message="'Cette date est à plus d’un an : vérifiez l’année.'", attendu="'une date dans l’année'",
        ou=f"t.debut > {jour} + {AVENIR_MAX_JOURS}",
    )  # fmt: skip
    ancien = (
        "JOIN parcours_affectationreferent c ON c.personne_id = t.personne_id AND upper_inf(c.periode) "
        f"AND lower(c.periode) < t.debut AND t.cible IS NULL AND t.debut = (SELECT min(v.debut) FROM {t} v "
        "WHERE v.personne_id = t.personne_id AND v.cible IS NULL AND v.debut > lower(c.periode))"  # nosec B608
    )  # nosec B608
    travail.signaler(
        code="suit_deja", colonne="referent", valeur="t.referent", jointure=ancien,
        message="'Ce référent suit déjà cette personne, depuis le ' || to_char(lower(c.periode), 'DD/MM/YYYY') || '.'",
        attendu="'un autre référent, ou pas de ligne'",
        ou=f"(c.referent_id, c.referent_nom) IS NOT DISTINCT FROM (t.referent_id, {_NOM}) "
        "AND c.structure_id = t.structure_id",
    )  # fmt: skip
    if travail.option(RACCOURCIR):
        travail.signaler(
            code="fin_sans_motif", colonne="motif_fin", message=f"'{FIN_SANS_MOTIF}'", attendu="'un motif de la liste'",
            jointure=ancien, ou="t.motif_fin IS NULL",
        )  # fmt: skip


def _motif_de_fin(travail: Travail) -> None:
    """Give its reason to the follow-up that the first new row of a person ended."""
    travail.executer(
        "UPDATE parcours_affectationreferent c SET motif_fin_id = t.motif_fin_id "
        f"FROM {travail.table} t WHERE t.etat = 'nouvelle' AND c.personne_id = t.personne_id "
        "AND c.motif_fin_id IS NULL AND t.motif_fin_id IS NOT NULL AND upper(c.periode) = lower(t.periode)"  # nosec B608
    )


def appliquer(travail: Travail) -> None:
    """Write the appointments that are ready."""
    t = travail.table
    PERIODES.raccourcir(travail)
    _motif_de_fin(travail)
    PERIODES.finir(travail)
    travail.executer(
        f"UPDATE parcours_affectationreferent a SET referent_id = t.referent_id, referent_nom = {_NOM}, "
        f"structure_id = coalesce(t.structure_id, a.structure_id) FROM {t} t "
        "WHERE a.id = t.cible AND t.etat = 'modifiee'"  # nosec B608
    )
    travail.numeroter("parcours_affectationreferent")
    travail.executer(
        "INSERT INTO parcours_affectationreferent (id, personne_id, structure_id, referent_id, referent_nom, periode, "
        f"designe_par_id) SELECT t.cible, t.personne_id, t.structure_id, t.referent_id, {_NOM}, t.periode, %s "
        f"FROM {t} t WHERE t.etat = 'nouvelle'",  # nosec B608
        [travail.par.pk if travail.par else None],
    )
    travail.journaliser(objet_type="parcours.affectationreferent", libelle="t.referent", ecran=ecran_courant())


REFERENTS = Genre(
    code="referents", titre="Référents", un="suivi par un référent", plusieurs="suivis par un référent", ordre=30,
    description="Qui suit qui, pour quelle structure, depuis quand. Un seul référent à la fois.",
    champs=CHAMPS, cles=(*CLES, "Puis le suivi de cette personne qui commence le même jour"),
    nommee=("nom_naissance", "prenoms", "date_naissance"), tables=("parcours_affectationreferent",),
    droit=peut_importer, controler=controler, appliquer=appliquer, options=(OPTION,),
    nommer=nommer_personnes,
)  # fmt: skip
