"""Build static/vendor/ from the npm packages: Bootstrap's CSS, the typeface, the pictograms in use, Leaflet.

Standard library only: runs before Django is installed, and in the image build. Third-party files come from
packages and are never kept in the repository. The full icon sheet weighs 1.1 MB, so ours holds only the symbols
that templates and Python name:

- templates: `{% ico "search" %}`, `icone="search"`, `…/icones.svg…#search`;
- Python: an assignment to a name starting with ICONE, a keyword argument or class attribute `icone`.

An unknown name stops the build with the file and the line.
"""

from __future__ import annotations

import ast
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent.parent
APPLICATIONS = ("pdi", "actions", "offre", "parcours", "gouvernance")
POLICE = "atkinson-hyperlegible-next"
CARTE = "leaflet"
FEUILLES_POLICE = ("wght.css", "wght-italic.css")

_DANS_GABARIT = re.compile(
    r"""\{%\s*ico\s+["']([^"']+)["']"""
    r"""|\bicone=["']([^"'{}]+)["']"""
    r"""|icones\.svg["']?\s*(?:%\}|\}\})?#([a-z0-9-]+)"""
)
_PLAN_DES_SOURCES = re.compile(rb"\n?(?:/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=\S*)\s*$")
_SYMBOLE = re.compile(r'<symbol\b[^>]*?\bid="([^"]+)".*?</symbol>', re.DOTALL)


class RessourceInconnue(RuntimeError):
    """A package is missing, or a pictogram does not exist; the message says which and where."""


def _dans_les_gabarits(racine: Path) -> Iterator[tuple[str, str]]:
    gabarits = [racine / "templates", *(racine / nom for nom in APPLICATIONS)]
    for dossier in gabarits:
        for chemin in sorted([*dossier.rglob("*.html"), *dossier.rglob("*.svg")]):
            texte = chemin.read_text(encoding="utf-8")
            for trouve in _DANS_GABARIT.finditer(texte):
                ligne = texte.count("\n", 0, trouve.start()) + 1
                yield next(filter(None, trouve.groups())), f"{chemin.relative_to(racine)}:{ligne}"


def _chaines(noeud: ast.AST) -> Iterator[ast.Constant]:
    """Yield the strings of a value: those of a list, the values (not the keys) of a dictionary."""
    if isinstance(noeud, ast.Dict):
        for valeur in noeud.values:
            yield from _chaines(valeur)
    elif isinstance(noeud, (ast.Tuple, ast.List, ast.Set)):
        for element in noeud.elts:
            yield from _chaines(element)
    elif isinstance(noeud, ast.Call) and noeud.args:
        for argument in noeud.args:  # frozenset({...})
            yield from _chaines(argument)
    elif isinstance(noeud, ast.Constant) and isinstance(noeud.value, str) and noeud.value:
        yield noeud


def _designe_icones(cible: ast.expr) -> bool:
    return isinstance(cible, ast.Name) and (cible.id.lstrip("_").startswith("ICONE") or cible.id == "icone")


def _valeur_designee(noeud: ast.AST) -> ast.AST | None:
    """Return what `noeud` gives to a name or a keyword that holds pictograms, else None."""
    if isinstance(noeud, ast.Assign):
        return noeud.value if any(map(_designe_icones, noeud.targets)) else None
    if isinstance(noeud, ast.AnnAssign):
        return noeud.value if _designe_icones(noeud.target) else None
    if isinstance(noeud, ast.keyword):
        return noeud.value if noeud.arg == "icone" else None
    return None


def _dans_le_code(racine: Path) -> Iterator[tuple[str, str]]:
    for nom in APPLICATIONS:
        for chemin in sorted((racine / nom).rglob("*.py")):
            texte = chemin.read_text(encoding="utf-8")
            if "icone" not in texte.lower():
                continue
            for valeur in filter(None, map(_valeur_designee, ast.walk(ast.parse(texte)))):
                for constante in _chaines(valeur):
                    yield str(constante.value), f"{chemin.relative_to(racine)}:{constante.lineno}"


def pictogrammes_cites(racine: Path = RACINE) -> dict[str, str]:
    """Return the pictograms in use, each with the first place that names it."""
    cites: dict[str, str] = {}
    for nom, lieu in [*_dans_les_gabarits(racine), *_dans_le_code(racine)]:
        cites.setdefault(nom, lieu)
    return cites


def planche(source: str, cites: dict[str, str]) -> str:
    """Return the sprite holding the `cites` symbols of `source` (the text of the full sprite), sorted by name."""
    symboles = {trouve.group(1): trouve.group(0) for trouve in _SYMBOLE.finditer(source)}
    inconnus = [f"« {nom} » ({lieu})" for nom, lieu in sorted(cites.items()) if nom not in symboles]
    if inconnus:
        raise RessourceInconnue(f"Pictogramme inconnu de bootstrap-icons : {', '.join(inconnus)}.")
    corps = "\n".join(symboles[nom] for nom in sorted(cites))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{corps}\n</svg>\n'


def _ecrire(chemin: Path, contenu: bytes) -> None:
    """Write only what changed: file dates stay, and nobody reads a half-written file."""
    if chemin.exists() and chemin.read_bytes() == contenu:
        return
    chemin.parent.mkdir(parents=True, exist_ok=True)
    provisoire = chemin.with_name(f"{chemin.name}.nouveau")
    provisoire.write_bytes(contenu)
    provisoire.replace(chemin)


def construire(racine: Path = RACINE) -> Path:
    """Bring static/vendor/ up to date and return its path. Quick when nothing changed.

    Raises RessourceInconnue when a package or a pictogram is missing.
    """
    paquets, destination = racine / "node_modules", racine / "static" / "vendor"
    bootstrap = paquets / "bootstrap" / "dist" / "css" / "bootstrap.min.css"
    police = paquets / "@fontsource-variable" / POLICE
    icones = paquets / "bootstrap-icons" / "bootstrap-icons.svg"
    carte = paquets / CARTE / "dist"
    for chemin in (bootstrap, police, icones, carte):
        if not chemin.exists():
            raise RessourceInconnue(f"{chemin.relative_to(racine)} est absent : lancez « make preparer ».")
    # Without its source map's address: the map is not shipped, and the manifest storage would look for it.
    feuille = _PLAN_DES_SOURCES.sub(b"\n", bootstrap.read_bytes())
    attendus = {
        destination / "bootstrap.min.css": feuille,
        destination / "icones.svg": planche(icones.read_text(encoding="utf-8"), pictogrammes_cites(racine)).encode(),
    }
    sources = [police / nom for nom in (*FEUILLES_POLICE, "LICENSE")] + sorted((police / "files").glob("*.woff2"))
    attendus[destination / CARTE / "leaflet.js"] = _PLAN_DES_SOURCES.sub(b"\n", (carte / "leaflet.js").read_bytes())
    for source in [carte / "leaflet.css", carte.parent / "LICENSE", *sorted((carte / "images").glob("*.png"))]:
        attendus[destination / CARTE / source.relative_to(carte if carte in source.parents else carte.parent)] = (
            source.read_bytes()
        )
    for source in sources:
        attendus[destination / POLICE / source.relative_to(police)] = source.read_bytes()
    for chemin, contenu in attendus.items():
        _ecrire(chemin, contenu)
    for chemin in sorted(destination.rglob("*"), reverse=True):
        if chemin.is_file() and chemin not in attendus and chemin.suffix != ".nouveau":
            chemin.unlink()
        elif chemin.is_dir() and not any(chemin.iterdir()):
            shutil.rmtree(chemin, ignore_errors=True)
    return destination


if __name__ == "__main__":
    try:
        construire()
    except RessourceInconnue as erreur:
        sys.exit(str(erreur))
