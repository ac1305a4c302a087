"""What is imported about people. Read at start-up by the engine (`pdi.socle.imports`)."""

from pdi.socle.imports.declarations import declarer

from .contrats import CONTRATS
from .orientations import ORIENTATIONS
from .personnes import PERSONNES
from .referents import REFERENTS

for _genre in (PERSONNES, ORIENTATIONS, REFERENTS, CONTRATS):
    declarer(_genre)
