"""How long a person's file is kept: in use, then in restricted archive, then erased. Pure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from .delais import plus_mois

PREAVIS_JOURS = 30  # what falls due within that time is shown before it happens


@dataclass(frozen=True)
class Durees:
    """Months in use after the end of the file, then months in archive. Source: CNIL, RSA; the département decides."""

    active: int
    archive: int

    def archiver_si_fini_le(self, jour: datetime.date) -> datetime.date:
        """Return the last end of file that is archived on `jour`."""
        return plus_mois(jour, -self.active)

    def effacer_si_archivee_le(self, jour: datetime.date) -> datetime.date:
        """Return the last day of archiving that is erased on `jour`."""
        return plus_mois(jour, -self.archive)

    def archivage(self, fini_le: datetime.date) -> datetime.date:
        """Return when a file that ended on `fini_le` goes to the archive."""
        return plus_mois(fini_le, self.active)

    def effacement(self, archivee_le: datetime.date, conserver: datetime.date | None = None) -> datetime.date:
        """Return when a file archived on `archivee_le` is erased; no sooner than the day after `conserver`."""
        du = plus_mois(archivee_le, self.archive)
        return max(du, conserver + datetime.timedelta(days=1)) if conserver else du
