"""The cards of a questionnaire, printed by a job: they are handed out at random, and each answers once."""

from __future__ import annotations

from typing import Any

from gouvernance.document.affiche import Billets
from gouvernance.droits_participation import peut_tenir_questionnaire
from gouvernance.models import AccesQuestionnaire, EtatQuestionnaire, Questionnaire
from pdi.socle.droits import RegleMetier, exiger
from pdi.socle.models import Traitement
from pdi.socle.traitements import Suivi, lancer

TACHE = "gouvernance.imprimer_billets"


def imprimer_billets(*, questionnaire: Questionnaire, par: Any) -> Traitement:
    """Launch the printing of the cards that have not served. Raises DroitInsuffisant, RegleMetier: none to print."""
    exiger(peut_tenir_questionnaire(par, questionnaire))
    if questionnaire.acces != AccesQuestionnaire.BILLETS or questionnaire.etat != EtatQuestionnaire.OUVERT:
        raise RegleMetier("Les billets s’impriment quand un questionnaire à billets est ouvert.")
    traitement, _ = lancer(
        nature="billets", cle=f"{par.pk}-{questionnaire.pk}", intitule=f"Billets : {questionnaire}", par=par,
        tache=TACHE, parametres={"questionnaire_id": questionnaire.pk}, url_retour=questionnaire.get_absolute_url(),
    )  # fmt: skip
    return traitement


def executer_billets(*, questionnaire_id: int, suivi: Suivi) -> None:
    """Print and keep the file. Called by the worker."""
    lu = Questionnaire.objects.get(pk=questionnaire_id)
    exiger(peut_tenir_questionnaire(suivi.traitement.demandeur, lu))
    suivi.demarrer(2)
    suivi.avancer("Mettre en page")
    billets = Billets(lu)
    octets = billets.imprimer(lambda page: suivi.avancer(f"Mettre en page : page {page}", n=0)).octets
    suivi.avancer("Garder le fichier")
    suivi.terminer({"billets": len(billets.codes)}, (f"billets-questionnaire-{lu.pk}.pdf", octets))
