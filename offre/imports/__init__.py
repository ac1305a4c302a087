"""What is imported about the offer. Read at start-up by the engine (`pdi.socle.imports`)."""

from pdi.socle.imports.declarations import declarer

from .conventions import GENRE_CONVENTIONS, GENRE_MONTANTS
from .offres import GENRE_OFFRES
from .realisations import GENRES_REALISATIONS
from .services_di import GENRE_SERVICES_DI
from .sessions import GENRE_SESSIONS
from .structures_di import GENRE_STRUCTURES_DI

GENRES = (
    GENRE_OFFRES,
    GENRE_SESSIONS,
    GENRE_CONVENTIONS,
    GENRE_MONTANTS,
    *GENRES_REALISATIONS,
    GENRE_STRUCTURES_DI,
    GENRE_SERVICES_DI,
)
for _genre in GENRES:
    declarer(_genre)
