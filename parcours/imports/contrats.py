"""Import of contracts. A contract that was decided is never rewritten: an amendment is another contract."""

from __future__ import annotations

from decimal import Decimal

from parcours.droits.imports import peut_importer
from parcours.models import EtatContrat, NatureContrat, RangContrat
from pdi.socle.contexte import ecran_courant
from pdi.socle.imports.controle import PRETES, Comparaison, Travail
from pdi.socle.imports.declarations import Champ, Genre

from .identite import CLES, QUI, nommer_personnes, reconnaitre
from .references import COMPTES, STRUCTURE

# A draft to be submitted goes through the screens; a refusal needs its words. The others are facts to take up.
_ETATS = (EtatContrat.BROUILLON, EtatContrat.SIGNE, EtatContrat.VALIDE, EtatContrat.CLOS)
CHAMPS = (
    *QUI,
    Champ("nature", "Nature du contrat", "choix", requis=True, choix=dict(NatureContrat.choices),
          synonymes=("nature", "type de contrat", "contrat"), exemple="Contrat d’engagement",
          mots={"CER": "cer", "CE": "ce", "PPAE": "ppae", "contrat engagement": "ce"}),
    Champ("debut", "Début", "date", requis=True, exemple="01/02/2026",
          synonymes=("date de début", "début du contrat", "du", "date début")),
    Champ("fin", "Fin", "date", requis=True, exemple="31/07/2026",
          synonymes=("date de fin", "fin du contrat", "au", "date fin", "échéance"), aide="Dernier jour compris."),
    STRUCTURE,
    Champ("referent", "Référent", "reference", reference=COMPTES, longueur=120, synonymes=("nom du référent",),
          aide="Prénom et nom, ou adresse électronique d’un compte de référent."),
    Champ("rang", "Rang", "choix", choix=dict(RangContrat.choices), synonymes=("premier ou renouvellement",),
          aide="Vide : premier, ou renouvellement quand un contrat précède.",
          mots={"1er": "premier", "premier": "premier"}),
    Champ("statut", "État", "choix", choix={str(e): e.label for e in _ETATS}, synonymes=("état du contrat", "statut"),
          aide="Vide : validé quand il est décidé, sinon signé ou brouillon selon les signatures.",
          mots={"en cours": "valide", "échu": "valide", "terminé": "clos", "signé": "signe"}),
    Champ("heures_hebdo", "Heures par semaine", "decimal", minimum=Decimal(0), maximum=Decimal(48), exemple="15",
          synonymes=("heures d’activité", "heures hebdomadaires", "nb heures")),
    Champ("signe_personne_le", "Signé par la personne le", "date", passe=True,
          synonymes=("signature de la personne", "signature allocataire", "date de signature", "signé le")),
    Champ("signe_referent_le", "Signé par le référent le", "date", passe=True, synonymes=("signature du référent",)),
    Champ("signe_departement_le", "Signé pour le Département le", "date", passe=True,
          synonymes=("signature du Département", "signature PCD")),
    Champ("decide_le", "Décidé le", "date", passe=True, synonymes=("date de décision", "validé le", "validation")),
    Champ("clos_le", "Clos le", "date", passe=True, synonymes=("date de clôture", "clôture")),
)  # fmt: skip
_SIGNATURES = "t.signe_personne_le IS NOT NULL AND t.signe_referent_le IS NOT NULL"
_SIGNES, _DECIDES = "('signe', 'valide', 'clos')", "('valide', 'clos')"
_RANGS = "array['brouillon', 'signe', 'soumis', 'a_corriger', 'valide', 'clos', 'refuse', 'annule']"


def controler(travail: Travail) -> None:
    """Find the person and the contract that begins that day, check dates, state, overlaps, compare."""
    t = travail.table
    reconnaitre(travail, creer=False)
    travail.executer(f"ALTER TABLE {t} ADD COLUMN vers text, ADD COLUMN validite daterange")
    travail.executer(
        f"UPDATE {t} t SET vers = coalesce(t.statut, CASE WHEN t.clos_le IS NOT NULL THEN 'clos' "
        f"WHEN t.decide_le IS NOT NULL THEN 'valide' WHEN {_SIGNATURES} THEN 'signe' ELSE 'brouillon' END), "
        "cible = (SELECT min(c.id) FROM parcours_contrat c WHERE c.personne_id = t.personne_id "
        "AND c.debut = t.debut AND c.etat NOT IN ('refuse', 'annule'))"  # nosec B608
    )
    travail.executer(
        f"UPDATE {t} SET validite = daterange(debut, least(fin + 1, clos_le)) WHERE vers IN {_DECIDES} "
        "AND fin >= debut AND (clos_le IS NULL OR clos_le > debut)"  # nosec B608
    )
    travail.memes_lignes(
        code="meme_debut",
        colonne="debut",
        cles="personne_id, debut",
        message="Même personne, même début que la ligne",
    )
    _dates(travail)
    _chevauchements(travail)
    _comparer(travail)
    _suites(travail)


def _dates(travail: Travail) -> None:
    """Hold, before the database does, what a state asks for and the order of the dates."""
    manques = (
        ("signe_personne_le", _SIGNES, "Un contrat signé porte la date de signature de la personne."),
        ("signe_referent_le", _SIGNES, "Un contrat signé porte la date de signature du référent."),
        ("signe_departement_le", _DECIDES, "Un contrat validé porte la signature du Département."),
        ("decide_le", _DECIDES, "Un contrat validé porte la date de décision."),
        ("clos_le", "('clos')", "Un contrat clos porte sa date de clôture."),
    )
    for colonne, etats, message in manques:
        travail.signaler(
            code="date_manquante", colonne=colonne, message=f"'{message}'", attendu="'une date'",
            jointure="LEFT JOIN parcours_contrat c ON c.id = t.cible",
            ou=f"t.vers IN {etats} AND coalesce(t.{colonne}, c.{colonne}) IS NULL",
        )  # fmt: skip
    ordres = (
        ("fin", "debut", "Le contrat finit avant de commencer."),
        ("clos_le", "debut", "Le contrat est clos avant de commencer."),
        ("debut", "date_naissance", "Cette date précède la naissance."),
    )
    for apres, avant, message in ordres:
        travail.signaler(
            code="dates_en_desordre", colonne=apres, valeur=f"to_char(t.{apres}, 'DD/MM/YYYY')",
            message=f"'{message}'", attendu=f"'le ' || to_char(t.{avant}, 'DD/MM/YYYY') || ' ou après'",
            ou=f"t.{apres} < t.{avant}",
        )  # fmt: skip
    travail.signaler(
        code="clos_sans_etat", colonne="statut", valeur="t.statut", message="'Clos à une date, mais pas l’état.'",
        attendu="'l’état clos, ou pas de date de clôture'", ou="t.clos_le IS NOT NULL AND t.vers <> 'clos'",
    )  # fmt: skip
    travail.signaler(
        code="nature_hors_regime", colonne="nature", bloquante=False,
        message="'À cette date, le contrat prévu est : ' || coalesce(r.parametres->>'nom_contrat', r.intitule) || '.'",
        jointure="JOIN parcours_regimejuridique r ON r.validite @> t.debut",
        ou="t.nature <> 'ppae' AND r.parametres ? 'nature_contrat' AND r.parametres->>'nature_contrat' <> t.nature",
    )  # fmt: skip


def _chevauchements(travail: Travail) -> None:
    """One valid contract at a time, amendments apart."""
    t = travail.table
    quand = "to_char(c.debut, 'DD/MM/YYYY') || ' au ' || to_char(c.fin, 'DD/MM/YYYY')"
    travail.signaler(
        code="chevauchement", colonne="debut", valeur="to_char(t.debut, 'DD/MM/YYYY')",
        message=f"'Un contrat validé couvre déjà cette période : du ' || {quand} || '.'",
        attendu="'des dates qui ne se recouvrent pas, ou un avenant'",
        jointure="JOIN LATERAL (SELECT min(c.debut) AS debut, max(c.fin) AS fin FROM parcours_contrat c "
        "WHERE c.personne_id = t.personne_id AND c.id IS DISTINCT FROM t.cible AND c.etat IN ('valide', 'clos') "
        "AND (c.clos_le IS NULL OR c.clos_le > c.debut) "
        "AND daterange(c.debut, least(c.fin + 1, c.clos_le)) && t.validite) c ON c.debut IS NOT NULL",
        ou="t.rang IS DISTINCT FROM 'avenant'",
    )  # fmt: skip
    travail.signaler(
        code="chevauchement_fichier", colonne="debut", valeur="to_char(t.debut, 'DD/MM/YYYY')",
        message="'Recouvre le contrat de la ligne ' || c.numero || '.'", attendu="'des dates qui ne se recouvrent pas'",
        jointure=f"JOIN LATERAL (SELECT min(v.numero) AS numero FROM {t} v WHERE v.personne_id = t.personne_id "
        "AND v.numero < t.numero AND v.debut <> t.debut AND v.validite && t.validite "
        "AND v.rang IS DISTINCT FROM 'avenant') c ON c.numero IS NOT NULL",  # nosec B608
        ou="t.rang IS DISTINCT FROM 'avenant'",
    )  # fmt: skip


def _comparer(travail: Travail) -> None:
    travail.differences(
        "parcours_contrat c JOIN structures_structure s ON s.id = c.structure_id "
        "LEFT JOIN comptes_utilisateur u ON u.id = c.referent_id WHERE c.id = t.cible",
        (
            Comparaison("nature", "c.nature"), Comparaison("fin", "c.fin"),
            Comparaison("heures_hebdo", "c.heures_hebdo"),
            Comparaison("structure", "s.nom", apres="(SELECT nom FROM structures_structure WHERE id = t.structure_id)",
                        differe="t.structure_id <> c.structure_id"),
            Comparaison("referent", "(u.prenom || ' ' || u.nom)",
                        differe="t.referent_id IS DISTINCT FROM c.referent_id"),
            *(Comparaison(d, f"c.{d}") for d in ("signe_personne_le", "signe_referent_le", "signe_departement_le",
                                                 "decide_le", "clos_le")),
        ),
    )  # fmt: skip
    t = travail.table
    travail.executer(
        f"UPDATE {t} t SET changements = t.changements || "
        "jsonb_build_object('statut', jsonb_build_array(c.etat, t.vers)) "
        "FROM parcours_contrat c WHERE c.id = t.cible "
        f"AND array_position({_RANGS}, t.vers) > array_position({_RANGS}, c.etat::text)"  # nosec B608
    )
    travail.signaler(
        code="contrat_decide", colonne="debut", valeur="to_char(t.debut, 'DD/MM/YYYY')",
        message="'Ce contrat est déjà décidé : l’import ne le réécrit pas.'",
        attendu="'un avenant, ou sa clôture seule'", jointure="JOIN parcours_contrat c ON c.id = t.cible",
        ou="c.etat IN ('valide', 'clos') AND (t.changements - '{statut,clos_le}'::text[]) <> '{}'",
    )  # fmt: skip
    travail.signaler(
        code="etat_anterieur", colonne="statut", valeur="t.statut",
        message="'Ce contrat est déjà plus avancé dans l’application.'", attendu="'le même état, ou un état suivant'",
        jointure="JOIN parcours_contrat c ON c.id = t.cible",
        ou=f"t.statut IS NOT NULL AND array_position({_RANGS}, t.statut) < array_position({_RANGS}, c.etat::text)",
    )  # fmt: skip


def _suites(travail: Travail) -> None:
    """A renewal or an amendment follows a contract: of the base, or of a row that will be written before it."""
    travail.signaler(
        code="sans_precedent", colonne="rang", valeur="t.rang",
        message="'Un renouvellement ou un avenant suit un contrat précédent : aucun n’est connu.'",
        attendu="'premier contrat, ou le contrat précédent dans le fichier'",
        ou="t.rang IN ('renouvellement', 'avenant') AND t.cible IS NULL AND t.personne_id IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM parcours_contrat c WHERE c.personne_id = t.personne_id AND c.debut < t.debut "
        "AND c.etat NOT IN ('refuse', 'annule')) "
        f"AND NOT EXISTS (SELECT 1 FROM {travail.table} v WHERE v.personne_id = t.personne_id AND v.debut < t.debut "
        "AND coalesce(v.rang, 'premier') = 'premier' AND NOT EXISTS (SELECT 1 FROM socle_anomalieimport a "
        "WHERE a.ligne_id = v.ligne_id AND a.bloquante))",  # nosec B608
    )  # fmt: skip


def appliquer(travail: Travail) -> None:
    """Write the contracts that are ready, each tied to the orientation of its first day and to the one before."""
    t = travail.table
    travail.executer(
        "UPDATE parcours_contrat c SET etat = CASE WHEN t.changements ? 'statut' THEN t.vers ELSE c.etat END, "
        "nature = t.nature, fin = t.fin, structure_id = t.structure_id, "
        "referent_id = coalesce(t.referent_id, c.referent_id), "
        "heures_hebdo = coalesce(t.heures_hebdo, c.heures_hebdo), "
        "signe_personne_le = coalesce(t.signe_personne_le, c.signe_personne_le), "
        "signe_referent_le = coalesce(t.signe_referent_le, c.signe_referent_le), "
        "signe_departement_le = coalesce(t.signe_departement_le, c.signe_departement_le), "
        "decide_le = coalesce(t.decide_le, c.decide_le), clos_le = coalesce(t.clos_le, c.clos_le), "
        f"version = c.version + 1, modifie_le = statement_timestamp() FROM {t} t WHERE c.id = t.cible "
        "AND t.etat = 'modifiee'"  # nosec B608
    )
    travail.numeroter("parcours_contrat")
    travail.executer(
        "INSERT INTO parcours_contrat (id, personne_id, orientation_id, nature, rang, precedent_id, structure_id, "
        "referent_id, debut, fin, heures_hebdo, engagements_personne, engagements_departement, observations_personne, "
        "observations_referent, foyer_signature, signe_personne_le, signe_referent_le, signe_departement_le, "
        "signataire_departement, etat, decide_le, clos_le, motif_decision, bilan, version) "
        "SELECT t.cible, t.personne_id, (SELECT o.id FROM parcours_orientation o WHERE o.personne_id = t.personne_id "
        "AND o.periode @> t.debut), t.nature, CASE WHEN a.id IS NULL THEN 'premier' "
        "ELSE coalesce(t.rang, 'renouvellement') END, CASE WHEN t.rang = 'premier' THEN NULL ELSE a.id END, "
        "t.structure_id, t.referent_id, t.debut, t.fin, t.heures_hebdo, '{}', '{}', '', '', '{}', t.signe_personne_le, "
        "t.signe_referent_le, t.signe_departement_le, '', t.vers, t.decide_le, t.clos_le, '', '', 1 "
        f"FROM {t} t LEFT JOIN LATERAL (SELECT x.id FROM (SELECT c.id, c.debut FROM parcours_contrat c "  # nosec B608
        "WHERE c.personne_id = t.personne_id AND c.debut < t.debut AND c.etat NOT IN ('refuse', 'annule') "
        f"UNION ALL SELECT v.cible, v.debut FROM {t} v WHERE v.etat = 'nouvelle' AND v.personne_id = t.personne_id "
        "AND v.debut < t.debut) x ORDER BY x.debut DESC, x.id DESC LIMIT 1) a ON true WHERE t.etat = 'nouvelle'"
    )
    travail.executer(
        "INSERT INTO parcours_transitioncontrat (contrat_id, de, vers, par_id, le, commentaire) "
        "SELECT t.cible, coalesce(t.changements->'statut'->>0, ''), t.vers, %s, statement_timestamp(), "  # nosec B608
        f"'Import, lot ' || %s FROM {t} t WHERE {PRETES} AND (t.etat = 'nouvelle' OR t.changements ? 'statut')",
        [travail.par.pk if travail.par else None, str(travail.lot.pk)],
    )
    travail.journaliser(objet_type="parcours.contrat", libelle="'Contrat du ' || to_char(t.debut, 'DD/MM/YYYY')",
                        ecran=ecran_courant())  # fmt: skip


CONTRATS = Genre(
    code="contrats", titre="Contrats", un="contrat", plusieurs="contrats", ordre=40,
    description="Contrats déjà conclus, ou brouillons à reprendre. Un contrat décidé n’est jamais réécrit.",
    champs=CHAMPS, cles=(*CLES, "Puis le contrat de cette personne qui commence le même jour"),
    nommee=("nom_naissance", "prenoms", "date_naissance"),
    tables=("parcours_contrat", "parcours_transitioncontrat"), droit=peut_importer, controler=controler,
    appliquer=appliquer, nommer=nommer_personnes,
)  # fmt: skip
