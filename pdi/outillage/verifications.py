"""Every check of the code, as `make lint` runs them: each one reports, none hides another.

python -m pdi.outillage.verifications [name…]
"""

from __future__ import annotations

import base64
import os
import secrets
import subprocess  # nosec B404
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent.parent
CODE = ("pdi", "actions", "offre", "parcours", "gouvernance")


def environnement_de_production() -> dict[str, str]:
    """Return what production settings require, with throw-away values: nothing is contacted."""
    return {
        "DJANGO_SETTINGS_MODULE": "pdi.settings.prod",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "PDI_CLES_CHIFFREMENT": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "PDI_CLE_EMPREINTE": secrets.token_urlsafe(64),
        "PDI_HOTES": "pdi.exemple.fr",
        "DATABASE_URL": "postgresql://verification@localhost/verification",
        "REDIS_URL": "redis://localhost:6379/0",
    }


@dataclass(frozen=True)
class Verification:
    """One check: a name and the arguments given to Python."""

    nom: str
    arguments: tuple[str, ...]
    environnement: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Resultat:
    """What a check answered."""

    verification: Verification
    reussie: bool
    sortie: str
    secondes: float


def verifications() -> list[Verification]:
    """Return the checks, the longest first."""
    essai = {"DJANGO_SETTINGS_MODULE": "pdi.settings.test"}
    etages = "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())"
    return [
        Verification("mypy", ("-m", "mypy")),
        # Lint only: djlint's formatter moves white space inside inline elements, which readers would see.
        Verification("djlint", ("-m", "djlint", "templates", "--quiet", "--lint")),
        Verification("deploiement", ("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
                     environnement_de_production()),
        # The warning says that no database answers: none is needed to compare models with migrations.
        Verification("migrations", ("-W", "ignore::RuntimeWarning", "manage.py", "makemigrations", "--check",
                                    "--dry-run"), essai),
        Verification("etages", ("-c", etages)),
        Verification("bandit", ("-m", "bandit", "--quiet", "--configfile", "pyproject.toml", "--recursive", *CODE)),
        Verification("longueurs", ("-m", "pdi.outillage.longueurs")),
        Verification("ruff", ("-m", "ruff", "check", ".")),
        Verification("ruff-format", ("-m", "ruff", "format", "--check", ".")),
    ]  # fmt: skip


def executer(verification: Verification) -> Resultat:
    """Run one check in the checkout's folder and keep what it says."""
    debut = time.monotonic()
    fini = subprocess.run(  # nosec B603
        [sys.executable, *verification.arguments], cwd=RACINE, check=False, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=os.environ | verification.environnement,
    )  # fmt: skip
    # bandit logs a warning for each comment it honours; the findings would drown in them.
    lignes = [ligne for ligne in fini.stdout.splitlines() if not ligne.startswith(("[manager]", "[tester]"))]
    return Resultat(verification, fini.returncode == 0, "\n".join(lignes).strip(), time.monotonic() - debut)


def main() -> None:
    """Run the named checks (all by default) and end with code 1 when one of them fails."""
    noms = sys.argv[1:]
    choisies = [une for une in verifications() if not noms or une.nom in noms]
    echecs = []
    with ThreadPoolExecutor(max_workers=min(os.cpu_count() or 1, 4)) as fils:
        for resultat in fils.map(executer, choisies):
            etat = "ok   " if resultat.reussie else "ÉCHEC"
            print(f"{etat} {resultat.verification.nom:<14} {resultat.secondes:5.1f} s", flush=True)
            if not resultat.reussie:
                echecs.append(resultat)
    for resultat in echecs:
        print(f"\n── {resultat.verification.nom} ──\n{resultat.sortie}")
    sys.exit(1 if echecs or not choisies else 0)


if __name__ == "__main__":
    main()
