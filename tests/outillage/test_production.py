"""docker-compose.yml and Dockerfile: what a production deployment relies on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from celery.schedules import crontab
from django.conf import settings

from pdi.celery import app
from pdi.outillage.verifications import environnement_de_production

RACINE = Path(__file__).resolve().parent.parent.parent
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(:[?-])?([^}]*)\}")
APPLICATION = ("web", "worker", "beat", "migrate")
SECRETS = {
    "SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "PDI_SMTP_MOT_DE_PASSE", "PDI_CLES_CHIFFREMENT",
    "PDI_CLE_EMPREINTE",
}  # fmt: skip


@pytest.fixture(scope="module")
def texte() -> str:
    return (RACINE / "docker-compose.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose(texte):
    return yaml.safe_load(texte)


def _variables(texte: str) -> dict[str, set[tuple[str, str]]]:
    trouvees: dict[str, set[tuple[str, str]]] = {}
    for nom, operateur, reste in VARIABLE.findall(texte):
        trouvees.setdefault(nom, set()).add((operateur, reste))
    return trouvees


def test_les_services_attendus(compose):
    assert set(compose["services"]) == {*APPLICATION, "postgres", "valkey"}


def test_aucun_secret_n_a_de_valeur_par_defaut(texte):
    variables = _variables(texte)
    assert set(variables) >= SECRETS
    for nom in SECRETS:
        for operateur, reste in variables[nom]:
            assert operateur == ":?" or reste == "", f"{nom} a la valeur par défaut « {reste} »"


def test_les_variables_obligatoires_disent_quoi_donner(texte):
    for nom, formes in _variables(texte).items():
        for operateur, reste in formes:
            assert operateur, f"{nom} serait vide en silence"
            assert operateur != ":?" or reste.strip(), f"{nom} est exigée sans dire quoi donner"


@pytest.mark.parametrize("service", ["web", "worker"])
def test_les_processus_sans_etat_se_multiplient(compose, service):
    assert "replicas" in compose["services"][service]["deploy"]
    assert "container_name" not in compose["services"][service]


def test_un_seul_planificateur(compose):
    assert compose["services"]["beat"]["deploy"]["replicas"] == 1


@pytest.mark.parametrize("nom", sorted(settings.CELERY_BEAT_SCHEDULE))
def test_un_planificateur_qui_redemarre_ne_remet_rien_a_plus_tard(nom):
    app.loader.import_default_modules()
    entree = settings.CELERY_BEAT_SCHEDULE[nom]
    assert entree["task"] in app.tasks
    assert isinstance(entree["schedule"], crontab) or entree["schedule"] <= 600, "l’intervalle repart de zéro"


def test_les_migrations_ont_le_temps_de_construire_un_index(compose):
    services = {nom: compose["services"][nom]["environment"] for nom in APPLICATION}
    assert services["migrate"]["PDI_DELAI_REQUETE_MS"] == 0
    assert services["worker"]["PDI_DELAI_REQUETE_MS"] > settings.DELAI_REQUETE_MS
    assert all(une.keys() >= services["web"].keys() for une in services.values())


def test_ce_que_la_documentation_laisse_regler_arrive_aux_conteneurs(texte):
    """A duration of docs/rgpd.md set in the environment changes what is kept; left alone, the documented one holds."""
    pages = [RACINE / "README.md", *sorted((RACINE / "docs").glob("*.md"))]
    reglables = set(re.findall(r"PDI_[A-Z_]+", "\n".join(page.read_text() for page in pages)))
    assert reglables <= set(_variables(texte)) | {"PDI_DELAI_REQUETE_MS"}
    lus = "from pdi.settings import prod; print(prod.CONSERVATION_IMPORTS_JOURS, prod.CONSERVATION_PERSONNES_MOIS)"
    fini = subprocess.run(
        [sys.executable, "-c", lus], capture_output=True, text=True, check=True, cwd=RACINE,
        env=os.environ | environnement_de_production()
        | {"PDI_CONSERVATION_IMPORTS_JOURS": "7", "PDI_CONSERVATION_PERSONNES_MOIS": ""},
    )  # fmt: skip
    assert fini.stdout.strip() == "7 24"


def test_les_noms_du_site_se_donnent_avec_des_espaces_et_un_point():
    lus = "from pdi.settings import prod; print(prod.ALLOWED_HOSTS, prod.CSRF_TRUSTED_ORIGINS)"
    fini = subprocess.run(
        [sys.executable, "-c", lus], capture_output=True, text=True, check=True, cwd=RACINE,
        env=os.environ | environnement_de_production() | {"PDI_HOTES": "a.exemple.fr, .exemple.org ,"},
    )  # fmt: skip
    attendus = ["a.exemple.fr", ".exemple.org"], ["https://a.exemple.fr", "https://*.exemple.org"]
    assert fini.stdout.strip() == " ".join(map(str, attendus))


@pytest.mark.parametrize("service", [*APPLICATION, "postgres", "valkey"])
def test_chaque_service_durable_a_un_controle_de_sante(compose, service):
    controle = compose["services"][service]["healthcheck"]
    assert controle == {"disable": True} if service == "migrate" else controle["test"]


@pytest.mark.parametrize("service", ["web", "worker", "beat"])
def test_rien_ne_demarre_avant_les_migrations(compose, service):
    attendus = compose["services"][service]["depends_on"]
    assert attendus["migrate"]["condition"] == "service_completed_successfully"
    assert attendus["postgres"]["condition"] == attendus["valkey"]["condition"] == "service_healthy"


@pytest.mark.parametrize("service", ["web", "worker", "migrate"])
def test_les_fichiers_sont_dans_un_volume_partage(compose, service):
    assert "fichiers:/srv/pdi/fichiers" in compose["services"][service]["volumes"]
    assert set(compose["volumes"]) == {"base", "courtier", "fichiers"}


def test_ni_la_base_ni_le_courtier_ne_sont_publies(compose):
    publies = {nom for nom, service in compose["services"].items() if "ports" in service}
    assert publies == {"web"}
    assert all("127.0.0.1" in port for port in compose["services"]["web"]["ports"])


def test_la_base_donnee_aux_reglages_est_du_postgresql(compose):
    environnement = compose["services"]["web"]["environment"]
    assert environnement["DATABASE_URL"].startswith("postgresql://")
    reglages = (RACINE / "pdi" / "settings" / "prod.py").read_text(encoding="utf-8")
    for nom in re.findall(r'exigee\("(\w+)"\)', reglages):
        assert nom in environnement, f"prod.py exige {nom}, que docker-compose.yml ne donne pas"


def test_le_client_docker_accepte_le_fichier(texte):
    if not shutil.which("docker"):
        pytest.skip("le client docker est absent : docker-compose.yml n’a été vérifié que par son contenu")
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode != 0:
        pytest.skip("le client docker n’a pas la commande compose : fichier vérifié seulement par son contenu")
    variables = {nom: "essai" for nom, formes in _variables(texte).items() if any(op == ":?" for op, _ in formes)}
    fini = subprocess.run(
        ["docker", "compose", "--file", str(RACINE / "docker-compose.yml"), "config", "--quiet"],
        capture_output=True, text=True, check=False, env=os.environ | variables,
    )  # fmt: skip
    assert fini.returncode == 0, fini.stderr


def test_l_image_ne_tourne_pas_en_root():
    lignes = (RACINE / "Dockerfile").read_text(encoding="utf-8").splitlines()
    dernier_etage = lignes[max(i for i, ligne in enumerate(lignes) if ligne.startswith("FROM ")) :]
    utilisateurs = [ligne.split()[1] for ligne in dernier_etage if ligne.startswith("USER ")]
    assert utilisateurs
    assert utilisateurs[-1] not in {"root", "0"}


def test_l_image_verifie_les_empreintes_des_paquets():
    texte = (RACINE / "Dockerfile").read_text(encoding="utf-8")
    assert texte.count("--require-hashes") == 2
    assert "npm ci" in texte


def test_l_image_ne_contient_que_ce_qui_est_liste():
    lignes = (RACINE / ".dockerignore").read_text(encoding="utf-8").split()
    regles = [ligne for ligne in lignes if not ligne.startswith("#")]
    copies = {"manage.py", "pdi/", "templates/", "static/", "fixtures/", "requirements.txt", "package-lock.json"}
    assert "*" in regles
    assert {f"!{nom}" for nom in copies} <= set(regles)
    assert not any(regle.startswith(("!.env", "!.git", "!.var", "!tests")) for regle in regles)
