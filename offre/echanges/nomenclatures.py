"""Our words and those of data·inclusion v1, side by side. Pure: tables first, readers after.

The nomenclatures are those of the package `data-inclusion-schema`; a test holds that every value below exists there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from offre.models import CategorieOffre
from offre.regles.publics import PublicVise
from pdi.socle.typographie import cle_nom

# An obstacle of ours (fixtures/parcours/freins.json) → what a service that targets it is about.
THEMATIQUES_DU_FREIN: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "emploi": ("trouver-un-emploi--repondre-a-des-offres-demploi",),
    "projet-professionnel": ("choisir-un-metier--identifier-ses-points-forts-et-ses-competences",),
    "qualification": ("se-former--trouver-sa-formation",),
    "langue": ("lecture-ecriture-calcul--maitriser-le-francais",),
    "numerique": ("numerique--maitriser-les-fondamentaux-du-numerique",),
    "mobilite": ("mobilite--etre-accompagne-dans-son-parcours-mobilite",),
    "logement": ("logement-hebergement--sinformer-sur-les-demarches-liees-a-lacces-au-logement",),
    "garde-enfants": ("famille--garde-denfants",),
    "budget": ("difficultes-financieres--ameliorer-sa-gestion-budgetaire",),
    "administratif": (
        "difficultes-administratives-ou-juridiques--accompagnement-aux-demarches-administratives",
    ),
    "isolement": ("remobilisation--lien-social",),
    "sante": ("sante--acces-aux-soins",),
    "handicap": ("sante--constituer-un-dossier-mdph-invalidite",),
})  # fmt: skip

# A theme written on our sheets (comparison form) → more precise than the obstacle.
THEMATIQUES_DU_THEME: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "creation d activite": ("creer-une-entreprise--definir-son-projet-de-creation-dentreprise",),
    "creation et developpement d activite": (
        "creer-une-entreprise--definir-son-projet-de-creation-dentreprise",
        "creer-une-entreprise--developper-son-entreprise",
    ),
    "travailleurs non salaries": ("creer-une-entreprise--developper-son-entreprise",),
    "microcredit": ("difficultes-financieres--acquerir-une-autonomie-budgetaire",),
    "benevolat": ("remobilisation--benevolat-action-citoyenne",),
    "engagement citoyen": ("remobilisation--benevolat-action-citoyenne",),
    "lien social": ("remobilisation--lien-social",),
    "remobilisation": ("remobilisation--bien-etre-confiance-en-soi",),
    "maintien en emploi": ("trouver-un-emploi--maintien-dans-lemploi",),
    "langue francaise": ("lecture-ecriture-calcul--maitriser-le-francais",),
    "petite enfance": ("famille--garde-denfants",),
    "modes d accueil": ("famille--garde-denfants",),
    "mobilite": ("mobilite--etre-accompagne-dans-son-parcours-mobilite",),
    "handicap": ("sante--constituer-un-dossier-mdph-invalidite",),
    "prevention": ("sante--acces-aux-soins",),
    "orientation": ("choisir-un-metier--decouvrir-un-metier-ou-un-secteur-dactivite",),
    "mise en relation": ("trouver-un-emploi--repondre-a-des-offres-demploi",),
})  # fmt: skip

# The other way: the category of a theme (what stands before « -- ») → the obstacle it lifts, the category of the sheet.
FREIN_DE_LA_CATEGORIE: Mapping[str, str] = MappingProxyType({
    "choisir-un-metier": "projet-professionnel",
    "creer-une-entreprise": "projet-professionnel",
    "difficultes-administratives-ou-juridiques": "administratif",
    "difficultes-financieres": "budget",
    "equipement-et-alimentation": "budget",
    "famille": "garde-enfants",
    "lecture-ecriture-calcul": "langue",
    "logement-hebergement": "logement",
    "mobilite": "mobilite",
    "numerique": "numerique",
    "preparer-sa-candidature": "emploi",
    "remobilisation": "isolement",
    "sante": "sante",
    "se-former": "qualification",
    "souvrir-a-linternational": "emploi",
    "trouver-un-emploi": "emploi",
})  # fmt: skip
CATEGORIE_DE_LA_THEMATIQUE: Mapping[str, str] = MappingProxyType({
    "choisir-un-metier": CategorieOffre.SOCIO_PRO.value,
    "creer-une-entreprise": CategorieOffre.EMPLOI.value,
    "preparer-sa-candidature": CategorieOffre.EMPLOI.value,
    "se-former": CategorieOffre.SOCIO_PRO.value,
    "souvrir-a-linternational": CategorieOffre.EMPLOI.value,
    "trouver-un-emploi": CategorieOffre.EMPLOI.value,
})  # fmt: skip

# Words of the public of a sheet (comparison form, whole words) → the publics of the schema.
PUBLICS_DES_MOTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("beneficiaires-des-minimas-sociaux", ("rsa", "brsa", "minima sociaux", "minimas sociaux", "allocataires caf")),
    ("demandeurs-emploi", ("demandeurs d emploi", "demandeur d emploi", "france travail", "pole emploi")),
    ("jeunes", ("jeunes", "jeune", "18 25 ans", "16 25 ans")),
    ("femmes", ("femmes", "femme")),
    ("familles", ("familles", "famille", "parents", "parent", "jeunes enfants")),
    ("personnes-en-situation-de-handicap", ("handicap", "handicape", "handicapes", "rqth")),
    ("residents-qpv-frr", ("quartier prioritaire", "quartier politique de la ville", "quartiers prioritaires", "qpv")),
    ("actifs", ("non salaries", "salaries", "actifs")),
    ("etudiants", ("etudiants", "etudiant")),
    ("seniors", ("seniors", "senior")),
    ("personnes-exilees", ("refugies", "primo arrivants", "demandeurs d asile", "exilees")),
    ("personnes-en-situation-juridique-specifique", ("detention", "detenus", "sous main de justice")),
    ("personnes-en-situation-durgence", ("sans domicile", "grande precarite", "sans abri")),
)
TOUS_PUBLICS = "tous-publics"

# The publics of the catalogue (codes) and those of the schema: both ways.
PUBLIC_DU_CODE: Mapping[str, str] = MappingProxyType({
    PublicVise.RSA.value: "beneficiaires-des-minimas-sociaux",
    PublicVise.JEUNES.value: "jeunes",
    PublicVise.PARENTS.value: "familles",
    PublicVise.INDEPENDANTS.value: "actifs",
    PublicVise.HANDICAP.value: "personnes-en-situation-de-handicap",
    PublicVise.DEMANDEURS.value: "demandeurs-emploi",
})  # fmt: skip

# Themes of a sheet → the type of service; the first that is found wins, else an accompaniment.
TYPES_DES_THEMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("aide-financiere", ("aides financieres", "microcredit")),
    ("formation", ("formation", "poec", "langue francaise")),
    ("atelier", ("actions collectives",)),
)


def thematiques(freins: Iterable[str], themes: Iterable[str]) -> list[str]:
    """Return the themes of data·inclusion for obstacles (codes) and themes (as written), sorted."""
    trouvees = {t for code in freins for t in THEMATIQUES_DU_FREIN.get(code, ())}
    trouvees |= {t for theme in themes for t in THEMATIQUES_DU_THEME.get(cle_nom(theme), ())}
    return sorted(trouvees)


def publics(textes: Collection[str]) -> set[str]:
    """Return the publics that sentences name, « tous publics » when there is no sentence at all."""
    if not textes:
        return {TOUS_PUBLICS}
    suite = f" {' '.join(cle_nom(t) for t in textes)} "
    return {code for code, mots in PUBLICS_DES_MOTS if any(f" {mot} " in suite for mot in mots)}


def type_de_service(themes: Collection[str]) -> str:
    """Return the type of service for the themes of a sheet."""
    cles = {cle_nom(t) for t in themes}
    return next((type_ for type_, mots in TYPES_DES_THEMES if cles & set(mots)), "accompagnement")
