"""Fields that read what people type in French: numbers, amounts, dates, lists, structures found by name."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from actions.regles.saisie import ecrire_lignes, ecrire_nombre, lire_lignes, lire_nombre, verifier_taille
from pdi.structures.models import NomAlternatif, Structure
from pdi.structures.regles import cle_nom

LISTE_STRUCTURES = "structures-connues"
FORMATS_DATE = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y")


class ChampNombre(forms.CharField):
    """A number written in the French way; None when empty. `chiffres` and `decimales` are those of the column."""

    def __init__(
        self, *, chiffres: int = 16, decimales: int = 4, positif: bool = False, unite: str = "", **kwargs: Any
    ) -> None:
        """Show a text box: a numeric one would refuse the comma and the spaces that people paste."""
        self.chiffres, self.decimales, self.positif, self.unite = chiffres, decimales, positif, unite
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "class": "nb", "size": 12}))
        kwargs.setdefault("max_length", 40)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a stored number in French; what was typed is shown as typed."""
        return ecrire_nombre(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        """Read the number. Raises ValidationError with what is expected."""
        texte = super().to_python(value)
        if not texte:
            return None
        try:
            nombre = lire_nombre(texte)
            verifier_taille(nombre, chiffres=self.chiffres, decimales=self.decimales)
        except ValueError as erreur:
            raise ValidationError(str(erreur), code="invalide") from erreur
        if self.positif and nombre < 0:
            raise ValidationError("Ce nombre ne peut pas être négatif.", code="negatif")
        return nombre

    def run_validators(self, value: Any) -> None:
        """Skip the validators of text: the length was the one of the column of text."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare numbers, not spellings."""
        try:
            return bool(self.to_python(data) != self.to_python(self.prepare_value(initial)))
        except ValidationError:
            return True


class ChampMontant(ChampNombre):
    """An amount in euros, to the cent."""

    def __init__(self, **kwargs: Any) -> None:
        """Positive, two decimals, as the columns of amounts."""
        super().__init__(chiffres=14, decimales=2, positif=True, unite="€", **kwargs)


class ChampEntier(ChampNombre):
    """A whole number."""

    def __init__(self, *, minimum: int = 0, maximum: int = 1_000_000_000, **kwargs: Any) -> None:
        """Keep the bounds, told in the error."""
        self.minimum, self.maximum = minimum, maximum
        super().__init__(chiffres=10, decimales=0, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show the number."""
        return str(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        """Read a whole number between the bounds."""
        nombre = super().to_python(value)
        if nombre is None:
            return None
        if not self.minimum <= nombre <= self.maximum:
            raise ValidationError(f"Attendu : un nombre entier de {self.minimum} à {self.maximum}.", code="bornes")
        return int(nombre)


class ChampAnnee(ChampEntier):
    """A year."""

    def __init__(self, *, minimum: int = 1988, maximum: int = 2100, **kwargs: Any) -> None:
        """Bound the year: 1988 is the creation of the RMI."""
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "class": "nb", "size": 5}))
        super().__init__(minimum=minimum, maximum=maximum, **kwargs)


class ChampDate(forms.DateField):
    """A date: the browser's calendar where there is one, else jj/mm/aaaa."""

    def __init__(self, **kwargs: Any) -> None:
        """Take ISO, which browsers send, and the usual French spellings."""
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        kwargs.setdefault("input_formats", FORMATS_DATE)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> datetime.date | None:
        """Read the date. Raises ValidationError that shows what was typed."""
        try:
            return super().to_python(value.strip() if isinstance(value, str) else value)
        except ValidationError as erreur:
            raise ValidationError(
                f"« {value} » n’est pas une date. Écrivez-la jj/mm/aaaa, par exemple 31/03/2026.", code="invalide"
            ) from erreur


class ChampListe(forms.CharField):
    """A list, one element a line."""

    widget = forms.Textarea

    def __init__(self, *, lignes: int = 5, **kwargs: Any) -> None:
        """Say « one a line » unless the field has its own help."""
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": lignes}))
        kwargs.setdefault("help_text", "Un élément par ligne.")
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show one element a line."""
        return ecrire_lignes(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        """Return the elements."""
        return lire_lignes(value or "")


class Repertoire:
    """Every structure by name, read once for a page whatever its number of rows (two queries)."""

    @cached_property
    def structures(self) -> dict[int, Structure]:
        """Return {id: structure}, in the order of names."""
        return {s.pk: s for s in Structure.objects.select_related("parent")}

    @cached_property
    def _par_cle(self) -> dict[str, list[int]]:
        index: dict[str, list[int]] = {}
        for pk, structure in self.structures.items():
            cles = {structure.cle, cle_nom(structure.sigle), cle_nom(str(structure)), cle_nom(self.nom(structure))}
            for cle in cles - {""}:
                index.setdefault(cle, []).append(pk)
        for cle, pk in NomAlternatif.objects.values_list("cle", "structure_id"):
            if pk not in index.setdefault(cle, []):
                index[cle].append(pk)
        return index

    @staticmethod
    def nom(structure: Structure) -> str:
        """Return the name shown and typed: the organism above is told, for « Service insertion » exists twice."""
        return f"{structure}, {structure.parent.nom_court}" if structure.parent else str(structure)

    @property
    def noms(self) -> list[str]:
        """Return the names offered: structures in activity."""
        return [self.nom(s) for s in self.structures.values() if s.active]

    def trouver(self, texte: str) -> Structure:
        """Return the structure of that name, acronym or other spelling, accents and case ignored.

        Raises ValidationError that names the nearest ones.
        """
        trouvees = [self.structures[pk] for pk in self._par_cle.get(cle_nom(texte), [])]
        exactes = [s for s in trouvees if self.nom(s) == texte.strip()] or [s for s in trouvees if s.active]
        trouvees = exactes or trouvees
        if len(trouvees) == 1:
            return trouvees[0]
        if trouvees:
            raise ValidationError(
                f"Plusieurs structures s’appellent ainsi : {_citer(map(self.nom, trouvees[:4]))}. Précisez laquelle.",
                code="ambigue",
            )
        proches = self._proches(texte)
        suite = f" Vouliez-vous dire {_citer(proches)} ?" if proches else ""
        raise ValidationError(
            f"Aucune structure ne s’appelle « {texte.strip()} ».{suite} Sinon, créez-la d’abord dans l’annuaire des "
            "structures.",
            code="inconnue",
        )

    def _proches(self, texte: str) -> list[str]:
        cle = cle_nom(texte)
        cles = [k for k in self._par_cle if cle and (cle in k or (len(k) > 3 and f" {k} " in f" {cle} "))][:3]
        cles += get_close_matches(cle, self._par_cle, 3, 0.6)
        noms = (self.nom(self.structures[self._par_cle[k][0]]) for k in cles)
        return list(dict.fromkeys(noms))[:3]


def _citer(noms: Iterable[str]) -> str:
    mots = [f"« {n} »" for n in noms]
    return mots[0] if len(mots) == 1 else f"{', '.join(mots[:-1])} ou {mots[-1]}"


class ChampStructure(forms.CharField):
    """A structure typed by name, with suggestions. The form gives the `repertoire`."""

    repertoire: Repertoire

    def __init__(self, **kwargs: Any) -> None:
        """Show a text box tied to the list of known names."""
        kwargs.setdefault("widget", forms.TextInput(attrs={"list": LISTE_STRUCTURES, "autocomplete": "off"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show the name."""
        return self.repertoire.nom(value) if isinstance(value, Structure) else value

    def to_python(self, value: Any) -> Any:
        """Find the structure."""
        texte = super().to_python(value)
        return self.repertoire.trouver(texte) if texte else None

    def run_validators(self, value: Any) -> None:
        """Skip the validators of text."""
