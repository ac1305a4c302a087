"""What the histories are tuned to. Control values: DREES, end of 2023 (86 % oriented, 49 % with a CER…).

The rates of the defects are announced: the tests hold them, the lists of anomalies find them.
"""

from __future__ import annotations

from types import MappingProxyType

from .hasard import Tirage

ANNEES = 5
JOURS_AN = 365.25

# -- defects, put in on purpose --------------------------------------------------------------------
DEFAUTS = MappingProxyType(
    {
        "sexe_inconnu": 0.010,  # of people
        "naissance_inconnue": 0.010,  # of people
        "formation_inconnue": 0.080,  # of people
        "doublon": 0.006,  # of people: a second sheet for the same one
        "commune_inconnue": 0.005,  # of people: their first address has no commune
        "famille_inconnue": 0.020,  # of households
        "recu_contredit": 0.020,  # of periods of rights and duties: received ≠ recomputed
        "recu_absent": 0.006,  # of periods of rights and duties: nothing received
        "mois_absent": 0.004,  # of months of files: nothing received
        "orientation_avant_entree": 0.004,  # of first orientations: decided before the entry
    }
)

# -- households and files ----------------------------------------------------------------------------
PART_STOCK = 0.35  # files already open when the five years begin
ANCIENNETE_STOCK_J, SEJOUR_STOCK_J = 3.2 * JOURS_AN, 8 * JOURS_AN
PART_SEJOUR_COURT, SEJOUR_COURT_J, SEJOUR_LONG_J = 0.38, 210, 6 * JOURS_AN
PART_RETOUR = 0.25
PART_COUPLE, PART_CONJOINT_SUIVI, PART_CONJOINT_SOUMIS = 0.2, 0.75, 0.88
PART_NON_SOUMIS, PART_INTERRUPTION = 0.012, 0.08
SUSPENSIONS_PAR_AN = 0.05
DEMENAGEMENTS_PAR_AN = 0.07
PART_MSA = 0.03
SITUATIONS_SEUL = Tirage({"CEL": 55, "SEF": 14, "DIV": 14, "ISO": 12, "VEU": 3, "SEL": 2})
SITUATIONS_COUPLE = Tirage({"MAR": 55, "VIM": 35, "PAC": 7, "RVM": 2, "RVC": 1})
ENFANTS_SEUL = Tirage({0: 62, 1: 18, 2: 12, 3: 6, 4: 2})
ENFANTS_COUPLE = Tirage({0: 22, 1: 24, 2: 28, 3: 17, 4: 9})
PART_ENFANTS_CONNUS = 0.4  # households that told the ages of their children
NAISSANCES_PAR_AN, DERNIERE_NAISSANCE_ANS = 0.08, 43  # of a couple; of its younger adult
AGES_ENTREE = Tirage({(18, 24): 7, (25, 29): 20, (30, 39): 29, (40, 49): 21, (50, 59): 17, (60, 63): 6})
FORMATIONS = Tirage({"Vbis-VI": 38, "V": 30, "IV": 18, "I-II-III": 14})
CANAUX = Tirage({"courrier": 30, "telephone": 25, "sms": 30, "courriel": 15})
# RSA for one person, by year: what the monthly amount is drawn from.
MONTANTS = MappingProxyType({2020: 56499, 2021: 56534, 2022: 59854, 2023: 60775, 2024: 63571, 2025: 64652})

# -- orientation ----------------------------------------------------------------------------------
JAMAIS_ORIENTEES, TRES_TARD = 0.055, 0.04
DELAI_MOYEN_J = MappingProxyType({2021: 84, 2022: 80, 2023: 74, 2024: 66, 2025: 54})
DELAI_AVANT_J, DELAI_APRES_J = 88, 46
ORGANISMES = Tirage(
    {
        "france_travail": 40, "departement": 32, "mission_locale": 5, "mde_plie": 5, "creation": 2, "iae": 3,
        "autre_spe": 2, "caf": 3, "msa": 1, "ccas": 3, "autre_hors_spe": 4,
    }
)  # fmt: skip
ORGANISMES_JEUNES = Tirage({"mission_locale": 45, "france_travail": 27, "departement": 25, "autre_hors_spe": 3})
VERS_SPE = Tirage({"france_travail": 68, "mde_plie": 12, "mission_locale": 6, "iae": 8, "creation": 6})
HORS_SPE = Tirage({"departement": 74, "ccas": 8, "caf": 6, "autre_hors_spe": 12})
SPE = frozenset({"france_travail", "mission_locale", "mde_plie", "creation", "iae", "autre_spe"})
TYPES = MappingProxyType(
    {
        "spe": Tirage({"emploi": 86, "socio_pro": 14}),
        "departement": Tirage({"social": 52, "socio_pro": 44, "emploi": 4}),
        "autre": Tirage({"social": 58, "socio_pro": 42}),
    }
)
REORIENTATION_J, PART_CHANGE_COTE = 6 * JOURS_AN, 0.6
PART_PROPOSITION, PART_PROPOSITION_SUIVIE = 0.7, 0.88
PART_REFERENT, REFERENT_CHANGE_J = 0.86, 7 * JOURS_AN
PART_DIAGNOSTIC = 0.3
# What a diagnosis says of those whom each type suits: how often an answer is no difficulty, … a blocking one.
NIVEAUX = MappingProxyType(
    {
        "emploi": MappingProxyType({0: 78, 1: 19, 2: 3, 3: 0}),
        "socio_pro": MappingProxyType({0: 46, 1: 33, 2: 20, 3: 1}),
        "social": MappingProxyType({0: 27, 1: 23, 2: 32, 3: 18}),
    }
)
PORTEFEUILLE_NOMME = 60  # people followed by the demonstration's référente
PERSONNES_PAR_REFERENT = 65

# -- meetings ----------------------------------------------------------------------------------------
ENTRE_ENTRETIENS_J = (45, 75)  # a fixed part, then an exponential one
ETATS_ENTRETIEN = Tirage({"tenu": 70, "manque": 14, "excuse": 8, "annule": 7, "prevu": 1})
PART_PROCHAIN_RDV = 0.45

# -- contracts --------------------------------------------------------------------------------------
PART_CONTRAT_HORS_FT, PART_CONTRAT_FT_B, PART_PPAE = 0.74, 0.66, 0.6
SIGNATURE_A_J, SIGNATURE_B_J = 48, 32
DUREES_MOIS = Tirage({3: 6, 4: 8, 6: 46, 9: 8, 12: 32})
PART_RENOUVELLEMENT, PART_AVENANT, PART_DISPENSE = 0.7, 0.04, 0.13
HEURES = Tirage({15: 62, 16: 8, 18: 8, 20: 22})

# -- actions, aids, exits ------------------------------------------------------------------------------
ENTRE_PRESCRIPTIONS_J, ENTRE_AIDES_J = 900, 2600
ORIGINES = Tirage({"referent": 70, "plateforme": 13, "prestataire": 9, "auto": 8})
ISSUES_PRESCRIPTION = Tirage(
    {"annulee": 6, "refusee": 9, "transmise": 5, "absente": 6, "abandonnee": 13, "achevee": 61}
)
SORTIES_ACTION = Tirage({"durable": 12, "transition": 15, "positive": 21, "autre": 47, "neutralisee": 5})
SORTIES_ABANDON = Tirage({"autre": 88, "neutralisee": 8, "transition": 4})
SORTIES_ACCOMPAGNEMENT = Tirage({"durable": 27, "transition": 20, "positive": 9, "autre": 39, "neutralisee": 5})
PART_SORTIE_DECLAREE = 0.8
MOTIFS_FIN = MappingProxyType(
    {
        "creation": "creation", "formation_qualifiante": "formation", "retraite": "retraite",
        "demenagement": "demenagement", "inconnu": "sans_nouvelles", "deces": "deces",
    }
)  # fmt: skip
SUIVIS = MappingProxyType({1: (0.68, 0.91), 3: (0.62, 0.83), 6: (0.55, 0.74), 12: (0.46, 0.66)})  # answer, in work
ETATS_AIDE = Tirage({"versee": 78, "accordee": 5, "refusee": 12, "annulee": 2, "demandee": 3})
