"""Keep robots out of a public form without a third party: a trap, a time signed with the page, a limit.

The trap is a box that people do not see; the time says how long the form stayed open. Limits: see `limites`.
"""

from __future__ import annotations

import datetime
from enum import Enum
from typing import Any

from django import forms
from django.core.signing import BadSignature, dumps, loads
from django.utils import timezone

SEL = "socle.formulaire_public"
TROP_VITE = "Le formulaire est parti très vite : relisez vos réponses, puis envoyez-le de nouveau."
TROP_TARD = "La page est restée ouverte longtemps : vérifiez vos réponses, puis envoyez-les de nouveau."


class Allure(Enum):
    """How a form came back."""

    JUSTE = "juste"
    TROP_VITE = "trop_vite"
    TROP_TARD = "trop_tard"


def jeton_de_page(maintenant: datetime.datetime | None = None) -> str:
    """Return the signed time at which a page was served."""
    return dumps(int((maintenant or timezone.now()).timestamp()), salt=SEL)


def allure(jeton: str, *, au_moins: int, au_plus: int) -> Allure:
    """Judge the time between the page and now, in seconds; a forged or missing token is too late."""
    try:
        servie = int(loads(jeton, salt=SEL))
    except (BadSignature, ValueError, TypeError):
        return Allure.TROP_TARD
    passees = timezone.now().timestamp() - servie
    if passees < au_moins:
        return Allure.TROP_VITE
    return Allure.JUSTE if passees <= au_plus else Allure.TROP_TARD


class FormulairePublic(forms.Form):
    """A form open to everybody. `piege`: the box that only robots fill; `page`: the signed time.

    `piegee` tells a filled trap: the view then answers as if all was well, and writes nothing.
    """

    AU_MOINS, AU_PLUS = 4, 4 * 3600  # seconds

    piege = forms.CharField(
        label="Ne remplissez pas cette case", required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )  # fmt: skip
    page = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Date the page."""
        super().__init__(*args, **kwargs)
        self.initial["page"] = jeton_de_page()

    @property
    def piegee(self) -> bool:
        """Return whether a robot filled the trap."""
        return bool(self.data.get(self.add_prefix("piege"), "").strip())

    def clean(self) -> dict[str, Any]:
        """Refuse what came too fast or too late; the answers stay in the form, and a late page is dated again."""
        lues: dict[str, Any] = super().clean() or self.cleaned_data
        trouvee = allure(lues.get("page", ""), au_moins=self.AU_MOINS, au_plus=self.AU_PLUS)
        if trouvee is Allure.TROP_VITE and not self.errors:  # faults already make one read again
            self.add_error(None, TROP_VITE)
        elif trouvee is Allure.TROP_TARD:
            self.data = {**self.data.dict(), self.add_prefix("page"): jeton_de_page()}  # type: ignore[attr-defined]
            self.add_error(None, TROP_TARD)
        return lues
