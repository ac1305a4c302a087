"""Documents printed by a job that is followed on screen: those of a meeting, of a dialogue, of a questionnaire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from gouvernance.document.affiche import Affiche, Billets
from gouvernance.document.dialogue import FicheDialogue
from gouvernance.document.seance import GENRES as DE_SEANCE
from gouvernance.document.seance import DocumentSeance
from gouvernance.droits_participation import peut_tenir_questionnaire
from gouvernance.droits_seances import peut_imprimer
from gouvernance.models import AccesQuestionnaire, DialogueTerritorial, EtatQuestionnaire, Questionnaire, Seance
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.models import Traitement
from pdi.socle.traitements import Suivi, lancer

if TYPE_CHECKING:
    from pdi.socle.impression import Imprime

TACHE = "gouvernance.imprimer"


class _Imprimable(Protocol):
    def imprimer(self, avancer_page: Callable[[int], None] | None = None) -> Imprime: ...


@dataclass(frozen=True)
class Impression:
    """What is printed, as its requester may read it. `objet`: whose page one comes back to."""

    titre: str
    fichier: str
    objet: Any
    composer: Callable[[], _Imprimable]


def _de_seance(genre: str, pk: int, par: Any) -> Impression:
    lue = Seance.objects.visibles_par(par).select_related("instance__territoire").get(pk=pk)
    exiger(peut_imprimer(par, lue, genre))
    composer = partial(DocumentSeance.lire, lue, genre, par)
    return Impression(f"{DE_SEANCE[genre]} : {lue}", f"{genre}-seance-{pk}.pdf", lue, composer)


def _de_dialogue(pk: int, par: Any) -> Impression:
    lus = DialogueTerritorial.objects.visibles_par(par).select_related("territoire", "instance", "seance")
    lu = lus.get(pk=pk)
    if lu.contenu is None:
        raise RegleMetier("La fiche de préparation n’est pas encore générée.")
    fichier = f"dialogue-{lu.territoire.code}-{lu.annee}.pdf"
    return Impression(f"Fiche de préparation : {lu}", fichier, lu, partial(FicheDialogue, lu))


def _questionnaire(acces: AccesQuestionnaire, pk: int, par: Any) -> Questionnaire:
    lu = Questionnaire.objects.visibles_par(par).get(pk=pk)
    exiger(peut_tenir_questionnaire(par, lu))
    if lu.acces != acces or lu.etat != EtatQuestionnaire.OUVERT:
        raise RegleMetier("L’affiche, ou les billets, s’impriment quand le questionnaire est ouvert.")
    return lu


def _affiche(pk: int, par: Any) -> Impression:
    lu = _questionnaire(AccesQuestionnaire.LIEN, pk, par)
    return Impression(f"Affiche : {lu}", f"affiche-questionnaire-{pk}.pdf", lu, partial(Affiche, lu))


def _billets(pk: int, par: Any) -> Impression:
    lu = _questionnaire(AccesQuestionnaire.BILLETS, pk, par)
    return Impression(f"Billets : {lu}", f"billets-questionnaire-{pk}.pdf", lu, partial(Billets, lu))


# By what is printed: (identifier, requester) -> what to print. Raises DoesNotExist, DroitInsuffisant, RegleMetier.
GENRES: Mapping[str, Callable[[int, Any], Impression]] = {
    **{genre: partial(_de_seance, genre) for genre in DE_SEANCE},
    "dialogue": _de_dialogue, "affiche": _affiche, "billets": _billets,
}  # fmt: skip


def imprimer(*, genre: str, pk: int, par: Any) -> Traitement:
    """Launch the printing of a document, or join the one that runs for `par`. Raises as GENRES says."""
    lue = GENRES[genre](pk, par)
    traitement, _ = lancer(
        nature="impression", cle=f"{par.pk}-{genre}-{pk}", intitule=lue.titre, par=par, tache=TACHE,
        parametres={"genre": genre, "pk": pk}, url_retour=lue.objet.get_absolute_url(),
    )  # fmt: skip
    return traitement


def executer_impression(*, genre: str, pk: int, suivi: Suivi) -> None:
    """Print and keep the file, as the requester may read it at that moment. Called by the worker."""
    lue = GENRES[genre](pk, suivi.traitement.demandeur)
    suivi.demarrer(3)
    suivi.avancer("Lire les données")
    document = lue.composer()
    suivi.avancer("Mettre en page")
    octets = document.imprimer(lambda page: suivi.avancer(f"Mettre en page : page {page}", n=0)).octets
    suivi.avancer("Garder le fichier")
    suivi.terminer({"genre": genre}, (lue.fichier, octets))
