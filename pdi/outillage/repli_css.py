"""Write the fallback of the charter for browsers without light-dark(): the same tokens, spelled once per theme.

The tokens are declared once, as `--nom: light-dark(clair, sombre)`. Older browsers (before Firefox 120,
Chrome 123, Safari 17.5) get the block written here at the end of jetons.css; a test checks that it is up to date.
"""

from __future__ import annotations

import re
from pathlib import Path

JETONS = Path(__file__).resolve().parent.parent.parent / "static" / "css" / "jetons.css"
DEBUT = "/* Repli sans light-dark(), écrit par pdi.outillage.repli_css : ne pas modifier à la main. */"

_JETON = re.compile(r"(--[\w-]+):\s*light-dark\(([^,()]+),\s*([^()]+)\)")


def jetons(css: str) -> dict[str, tuple[str, str]]:
    """Return each token with its value in the light and in the dark theme."""
    return {nom: (clair.strip(), sombre.strip()) for nom, clair, sombre in _JETON.findall(css.partition(DEBUT)[0])}


def repli(css: str) -> str:
    """Return the fallback block for the tokens declared in `css`."""
    declares = jetons(css)
    clair, sombre = ("\n".join(f"    {nom}: {valeurs[i]};" for nom, valeurs in declares.items()) for i in (0, 1))
    return f"""{DEBUT}
@supports not (color: light-dark(#000, #fff)) {{
  :root {{
{clair}
  }}
  [data-theme="sombre"] {{
{sombre}
  }}
}}
@supports not (color: light-dark(#000, #fff)) {{
  @media (prefers-color-scheme: dark) {{
    [data-theme="auto"] {{
{sombre}
    }}
  }}
}}
"""


def avec_repli(css: str) -> str:
    """Return `css` with its fallback block rewritten."""
    return f"{css.partition(DEBUT)[0].rstrip()}\n\n{repli(css)}"


def main() -> None:
    """Rewrite the end of jetons.css."""
    JETONS.write_text(avec_repli(JETONS.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
