"""The indicators about people, one declaration each. Definitions: docs/indicateurs.md; SQL: parcours/sql.

Found at start-up by the registry of the first storey, which runs them for the fiches.
"""

from __future__ import annotations

from actions.models import SensIndicateur
from parcours.statistiques.formule import MOIS, OFFRE, PERSONNE, STRUCTURE, TYPE, Formule
from parcours.statistiques.variantes import declarer_aux_fiches

ORIENTATION, CONTRACTUALISATION, SUIVI, SORTIES, OFFRES = (
    "Orientation et référents", "Contractualisation", "Accompagnement", "Sorties", "Prescriptions et offre",
)  # fmt: skip
RUBRIQUES = (ORIENTATION, CONTRACTUALISATION, SUIVI, SORTIES, OFFRES)
TOUS = (*PERSONNE, STRUCTURE, TYPE)
COHORTE = (*PERSONNE, STRUCTURE, MOIS)
A_L_ACTION = (*PERSONNE, STRUCTURE, OFFRE)
SDD = "personnes soumises aux droits et devoirs, droit ouvert et versable"
SDD_INCONNUES = "Personnes dont la situation n’a pas été transmise, ou dont l’état du dossier manque pour le mois."
CHAMP = "hors France Travail avant 2025, tous organismes depuis"

FORMULES = (
    Formule(
        "taux_orientation", "Taux d’orientation",
        "Part des personnes soumises aux droits et devoirs qui ont un organisme référent à la date.",
        f"{SDD}, avec une orientation en cours", "%", "stock", "sdd AND oriente", SDD, "sdd", "NOT sdd",
        axes=TOUS, rubrique=ORIENTATION, manquants=SDD_INCONNUES, source="CASF L262-29 ; enquête OARSA, tableau 1",
    ),
    Formule(
        "taux_referencement", "Taux de référencement",
        "Part des personnes orientées qui ont un référent nommément désigné à la date.",
        "celles dont un référent est désigné par son nom", "%", "stock", "sdd AND oriente AND referent",
        f"{SDD}, avec une orientation en cours", "sdd AND oriente",
        axes=TOUS, rubrique=ORIENTATION, source="CASF L262-27",
    ),
    Formule(
        "taux_orientation_flux", "Taux d’orientation des entrants",
        "Part des entrées de l’année suivies d’une première orientation, par mois d’entrée.",
        "entrées suivies d’une orientation", "%", "cohortes", "oriente", "entrées dans l’année", "true",
        axes=COHORTE, rubrique=ORIENTATION, date="jour de l’entrée", source="CASF L262-29",
    ),
    Formule(
        "orientation_1_mois", "Orientations en un mois au plus",
        "Part des entrants orientés en 31 jours au plus. Seuls comptent les mois d’entrée terminés depuis 31 jours : "
        "chacun a eu le temps d’être orienté.",
        "entrées orientées en 31 jours au plus", "%", "cohortes", "mure AND en_un_mois",
        "entrées des mois terminés depuis 31 jours", "mure",
        axes=COHORTE, rubrique=ORIENTATION, date="jour de l’entrée", source="Essonne, fiche 2.1",
    ),
    Formule(
        "delai_orientation", "Délai moyen d’orientation",
        "Moyenne des jours entre la dernière entrée et la première orientation, pour les personnes orientées pour la "
        "première fois dans l’année et soumises aux droits et devoirs à la date. La médiane est donnée à côté.",
        "somme des jours", "jours", "delais", "jours_orientation IS NOT NULL", "personnes orientées dans l’année",
        "jours_orientation IS NOT NULL", "manque", somme="jours_orientation", mediane="jours_orientation",
        axes=TOUS, sens=SensIndicateur.BAISSE, rubrique=ORIENTATION,
        manquants="Personnes dont l’orientation en cours précède la dernière entrée : leur délai n’a pas de sens.",
        source="CASF R262-65-2 ; enquête OARSA, tableau 5",
    ),
    Formule(
        "delai_premier_rdv_15j", "Premiers rendez-vous en 15 jours",
        "Part des orientations de l’année suivies d’un premier rendez-vous, tenu ou non, en 15 jours au plus.",
        "orientations suivies d’un rendez-vous en 15 jours", "%", "premiers_rdv", "connu AND recu",
        "orientations hors France Travail, vieilles de 15 jours", "connu", "NOT connu",
        axes=TOUS, date="jour de la décision", rubrique=ORIENTATION, source="Essonne, fiche 2.1",
        manquants="Orientations vers France Travail : leurs rendez-vous ne sont pas connus ici.",
    ),
    Formule(
        "reorientations", "Réorientations",
        "Part des personnes qui ont changé de côté du service public de l’emploi dans l’année (dernier changement).",
        "celles qui ont changé de côté dans l’année", "%", "stock", "sdd AND change", SDD, "sdd",
        sens=SensIndicateur.NEUTRE, rubrique=ORIENTATION, source="CASF L262-31 ; enquête OARSA, tableau 6",
    ),
    Formule(
        "reorientations_vers_spe", "Réorientations vers le service public de l’emploi",
        "Part des personnes dont le dernier changement de l’année va vers le service public de l’emploi.",
        "celles qui y sont entrées", "%", "stock", "sdd AND change AND vers_spe", SDD, "sdd",
        rubrique=ORIENTATION, source="Enquête OARSA, tableau 6",
    ),
    Formule(
        "reorientations_hors_spe", "Réorientations hors du service public de l’emploi",
        "Part des personnes dont le dernier changement de l’année sort du service public de l’emploi.",
        "celles qui en sont sorties", "%", "stock", "sdd AND change AND NOT vers_spe", SDD, "sdd",
        sens=SensIndicateur.NEUTRE, rubrique=ORIENTATION, source="Enquête OARSA, tableau 6",
    ),
    Formule(
        "taux_contractualisation", "Taux de contractualisation",
        f"Part des personnes orientées ({CHAMP}) qui ont un contrat validé en cours à la date.",
        "celles dont un contrat est validé et en cours", "%", "stock", "sdd AND oriente AND dans_champ AND contrat",
        f"{SDD}, orientées ({CHAMP})", "sdd AND oriente AND dans_champ",
        axes=TOUS, rubrique=CONTRACTUALISATION, source="CASF L262-34 à L262-36 ; enquête OARSA, tableau 2",
    ),
    Formule(
        "taux_contractualisation_flux", "Contractualisation des personnes orientées",
        f"Part des premières orientations de l’année ({CHAMP}) suivies d’un premier contrat signé des deux, par mois "
        "d’orientation.",
        "premières orientations suivies d’un contrat signé", "%", "contractualisations", "contrat",
        f"premières orientations de l’année ({CHAMP})", "true",
        axes=(*TOUS, MOIS), date="jour de la première orientation", rubrique=CONTRACTUALISATION,
        source="CASF L262-35, L262-36",
    ),
    Formule(
        "taux_contractualisation_delegataires", "Taux de contractualisation des délégataires",
        f"Part des personnes suivies par une structure délégataire ({CHAMP}) qui ont un contrat validé en cours.",
        "celles dont un contrat est validé et en cours", "%", "stock",
        "sdd AND oriente AND dans_champ AND delegataire AND contrat", "personnes suivies par un délégataire",
        "sdd AND oriente AND dans_champ AND delegataire",
        axes=TOUS, rubrique=CONTRACTUALISATION, source="Essonne, fiche 2.6",
    ),
    Formule(
        "delai_orientation_contrat", "Délai moyen entre orientation et contrat",
        f"Moyenne des jours entre la première orientation ({CHAMP}) et la signature du premier contrat, signé dans "
        "l’année. La médiane est donnée à côté.",
        "somme des jours", "jours", "delais", "jours_contrat IS NOT NULL", "personnes au premier contrat de l’année",
        "jours_contrat IS NOT NULL", somme="jours_contrat", mediane="jours_contrat",
        axes=TOUS, sens=SensIndicateur.BAISSE, rubrique=CONTRACTUALISATION, source="CASF L262-35, L262-36",
    ),
    Formule(
        "file_active", "File active",
        "Personnes distinctes qui ont eu dans l’année un suivi ouvert ou un acte : entretien tenu, contrat signé, "
        "orientation, prescription, demande d’aide. Ce n’est pas un stock à une date.",
        "personnes suivies ou reçues dans l’année", "nombre", "file_active", "true",
        axes=PERSONNE, sens=SensIndicateur.NEUTRE, rubrique=SUIVI, source="Essonne, fiche 2.5",
    ),
    Formule(
        "suivis_delegataires", "Part des suivis confiés aux délégataires",
        "Part des personnes orientées dont l’accompagnement est confié à une structure délégataire à la date.",
        "celles que suit un délégataire", "%", "stock", "sdd AND oriente AND delegataire",
        f"{SDD}, avec une orientation en cours", "sdd AND oriente",
        axes=TOUS, sens=SensIndicateur.NEUTRE, rubrique=SUIVI, source="Essonne, fiche 2.6",
    ),
    Formule(
        "taux_presence", "Taux de présence aux rendez-vous",
        "Part des rendez-vous tenus parmi ceux tenus ou manqués ; excusés, annulés et à venir ne comptent pas.",
        "rendez-vous tenus", "%", "presences", "tenu", "rendez-vous tenus ou manqués", "compte", "a_renseigner",
        date="jour du rendez-vous", rubrique=SUIVI, source="Essonne, fiche 2.2",
        manquants="Rendez-vous passés dont l’issue n’est pas renseignée.",
    ),
    Formule(
        "taux_sortie_positive", "Taux de sortie positive",
        "Part des sorties d’action de l’année qui mènent à un emploi, durable ou de transition, ou à une autre sortie "
        "positive. Les sorties neutralisées (décès, longue maladie) et trop brèves ne comptent pas.",
        "sorties en emploi durable, de transition ou positives", "%", "sorties", "nature = 'action' AND positive",
        "sorties d’action de l’année", "nature = 'action'",
        axes=A_L_ACTION, date="jour de la sortie", rubrique=SORTIES, source="Référentiel des sorties ; fiche 3.7",
    ),
    Formule(
        "taux_sortie_positive_participants", "Sorties positives rapportées aux participants",
        "Sorties positives de l’année rapportées à toutes les participations de l’année, terminées ou non.",
        "sorties en emploi durable, de transition ou positives", "%", "participants", "sorti",
        "participations à une action dans l’année", "NOT sorti", disjoint=False,
        axes=A_L_ACTION, date="sortie, fin de participation ou fin d’année", rubrique=SORTIES,
        source="Référentiel des sorties",
    ),
    Formule(
        "taux_retour_emploi", "Taux de retour à l’emploi",
        "Part des fins d’accompagnement de l’année motivées par un emploi, durable ou de transition.",
        "fins d’accompagnement pour un emploi", "%", "sorties", "nature = 'accompagnement' AND emploi",
        "fins d’accompagnement de l’année, hors sorties neutralisées", "nature = 'accompagnement'",
        date="jour de la sortie", rubrique=SORTIES, source="Référentiel des sorties",
    ),
    Formule(
        "taux_retour_emploi_suivis", "Retours à l’emploi rapportés aux personnes suivies",
        "Personnes retournées à l’emploi dans l’année, rapportées aux personnes suivies par un référent dans l’année.",
        "personnes retournées à l’emploi", "%", "retours_suivis", "retour", "personnes suivies par un référent",
        "suivi", disjoint=False, rubrique=SORTIES, source="Variante locale",
    ),
    *(
        Formule(
            f"maintien_{n}_mois", f"Maintien dans l’emploi à {n} mois",
            f"Part des personnes encore en emploi {n} mois après une fin d’accompagnement pour un emploi. Celles qui "
            "n’ont pas répondu restent au dénominateur.",
            "celles qui sont en emploi", "%", "maintiens", f"mois = {n} AND en_emploi",
            f"sorties en emploi dont le {n}ᵉ mois tombe dans l’année" if n > 1
            else "sorties en emploi dont le 1ᵉʳ mois tombe dans l’année", f"mois = {n}", f"mois = {n} AND manque",
            date="jour de la sortie", rubrique=SORTIES, source="Essonne, fiche 3.7",
            manquants="Personnes sans réponse : suivi non fait ou injoignables.",
        )
        for n in (1, 3, 6, 12)
    ),
    Formule(
        "prescriptions", "Prescriptions",
        "Prescriptions renseignées dans l’année, non annulées, sur l’offre d’insertion ou une action hors catalogue.",
        "prescriptions de l’année", "nombre", "prescriptions", "true",
        axes=A_L_ACTION, date="jour de la prescription", rubrique=OFFRES, source="Essonne, fiche 3.6",
    ),
    *(
        Formule(
            f"prescriptions_{origine}", f"Part des prescriptions {par}",
            f"Part des prescriptions de l’année faites {par}.", f"prescriptions {par}", "%", "prescriptions",
            f"origine = '{origine}'", "prescriptions de l’année", "true",
            axes=A_L_ACTION, date="jour de la prescription", sens=SensIndicateur.NEUTRE, rubrique=OFFRES,
            source="Essonne, fiches 2.1 et 3.6",
        )
        for origine, par in (
            ("referent", "par les référents de parcours"), ("prestataire", "par les prestataires"),
            ("auto", "par les personnes elles-mêmes"), ("plateforme", "par la plateforme d’orientation"),
        )
    ),
    Formule(
        "participants", "Personnes qui participent à une action",
        "Personnes distinctes engagées dans une action de l’offre d’insertion à un moment de l’année.",
        "participants distincts", "nombre", "genres", "true", personnes=True, disjoint=False,
        axes=A_L_ACTION, rubrique=OFFRES, source="Essonne, fiches 3.2 et 3.4",
    ),
    Formule(
        "usagers_genres", "Part des femmes parmi les participants",
        "Part des femmes parmi les personnes distinctes engagées dans une action dans l’année, par prestation.",
        "femmes", "%", "genres", "genre = 'F'", "participants de sexe connu", "genre <> ''", "genre = ''",
        personnes=True, disjoint=False, axes=A_L_ACTION, sens=SensIndicateur.NEUTRE, rubrique=OFFRES,
        manquants="Participants dont le sexe n’est pas renseigné.", source="Essonne, fiche 3.7",
    ),
    Formule(
        "taux_occupation", "Taux d’occupation de l’offre",
        "Entrées de l’année rapportées aux places des offres dont les places sont connues, hors heures et sessions.",
        "entrées de l’année", "%", "occupations", "entrees >= 0", "places", "places >= 0",
        somme="entrees", somme_base="places", axes=(OFFRE,), disjoint=False, rubrique=OFFRES, source="Conventions",
    ),
    Formule(
        "cout_par_usager", "Coût moyen des aides par usager",
        "Aides individuelles versées dans l’année, rapportées aux personnes distinctes aidées.",
        "montant versé (€)", "€", "couts", "true", "personnes aidées", "true", somme="montant", personnes=True,
        disjoint=False, axes=(*PERSONNE, "reglement"), sens=SensIndicateur.NEUTRE, rubrique=OFFRES,
        source="Essonne, fiche 3.7",
    ),
)  # fmt: skip

PAR_CODE = {formule.code: formule for formule in FORMULES}

declarer_aux_fiches(FORMULES)
