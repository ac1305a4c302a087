"""Ask /sante whether the application is in service. Standard library only; the image's health check calls it.

    python pdi/outillage/sonde.py http://127.0.0.1:8000/sante base courtier stockage

Exit code 0 when the named parts answer (all of them when none is named), 1 otherwise.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request


def interroger(url: str, *, hote: str | None = None, delai_s: float = 5.0) -> dict[str, bool]:
    """Return the state of each part, or an empty dictionary when nothing answers. `hote` sets the Host header."""
    requete = urllib.request.Request(url, headers={"Host": hote} if hote else {})  # noqa: S310  # address of our own server
    try:
        with urllib.request.urlopen(requete, timeout=delai_s) as reponse:  # noqa: S310  # nosec B310
            corps = json.load(reponse)
    except urllib.error.HTTPError as erreur:
        try:
            corps = json.load(erreur)
        except ValueError:
            return {}
    except (OSError, ValueError):
        return {}
    return {nom: valeur for nom, valeur in corps.items() if isinstance(valeur, bool)}


def main() -> None:
    """Read the address and the parts from the command line."""
    url, *parties = sys.argv[1:]
    hote = os.environ.get("PDI_HOTES", "").split(",", 1)[0].strip() or None
    etat = interroger(url, hote=hote)
    muettes = [nom for nom in (parties or etat) if not etat.get(nom)]
    if not etat or muettes:
        sys.exit(f"en panne : {', '.join(muettes) or 'aucune réponse'}")


if __name__ == "__main__":
    main()
