"""What is imported about the offer. Read at start-up by the engine (`pdi.socle.imports`)."""

from pdi.socle.imports.declarations import Genre, declarer

GENRES: tuple[Genre, ...] = ()
for _genre in GENRES:
    declarer(_genre)
