"""Enrolments as a reader sees them: who, where in the list, what the reader may do. Set-based: two queries a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from offre.droits import acteurs_de_session
from offre.models import QuotaSession
from offre.regles.sessions import OPERATEUR as OPERATEUR_SESSION
from parcours.droits import Acces, acces, avec_acces
from parcours.droits.inscriptions import peut_agir_inscription
from parcours.forms.inscriptions import ACTES
from parcours.models import ACTIVES, EtatInscription, Inscription, Personne
from parcours.regles.inscriptions import OPERATEUR, PRESCRIPTEUR

TONS = {
    EtatInscription.EN_ATTENTE: "neutre", EtatInscription.PROPOSEE: "veille", EtatInscription.CONFIRMEE: "info",
    EtatInscription.PRESENTE: "bon", EtatInscription.ABSENTE: "neutre", EtatInscription.LIBEREE: "neutre",
    EtatInscription.ANNULEE: "neutre",
}  # fmt: skip
UNE_FOIS_COMMENCEE = ("entree", "absence")  # refused before the first day of the session: not shown until then
PUBLICS = dict(QuotaSession.Public.choices)


@dataclass(frozen=True)
class InscriptionLue:
    """One enrolment; `position` in the waiting list, `heures` used, `gestes` (code, gesture) of the reader."""

    i: Inscription
    position: int | None
    heures: Decimal
    gestes: list[tuple[str, Any]]

    @property
    def ton(self) -> str:
        """Return the tone of the state."""
        return TONS[EtatInscription(self.i.etat)]

    @property
    def active(self) -> bool:
        """Return whether it holds a place or a turn."""
        return self.i.etat in ACTIVES

    @property
    def parts(self) -> list[str]:
        """Return the shares the person counts in, in words."""
        return [PUBLICS[code] for code in self.i.publics]


def lire_inscriptions(inscriptions: Any, utilisateur: Any) -> list[InscriptionLue]:
    """Return `inscriptions` in their order, each with what the reader may do."""
    lues: Sequence[Any] = list(
        inscriptions.avec_position()
        .select_related("personne", "session__offre", "session__operateur", "session__lieu__commune", "prescription")
        .defer("personne__nir_chiffre", "personne__nir_empreinte", "personne__recherche")
        .annotate(heures_notees=Sum("heures__heures"))
    )
    personnes = avec_acces(Personne.objects.visibles_par(utilisateur), utilisateur)
    ouvertes = {p.pk: p for p in personnes.filter(pk__in={i.personne_id for i in lues})} if lues else {}
    resultat, jour = [], timezone.localdate()
    for lue in lues:
        acteurs = _acteurs(utilisateur, lue, ouvertes.get(lue.personne_id))
        gestes = [
            (code, acte)
            for code, acte in ACTES.items()
            if not (code in UNE_FOIS_COMMENCEE and lue.session.debut > jour)
            and peut_agir_inscription(utilisateur, lue, acte.verbe, acteurs=acteurs)
        ]
        resultat.append(InscriptionLue(lue, lue.position, lue.heures_notees or Decimal(0), gestes))
    return resultat


def _acteurs(utilisateur: Any, inscription: Inscription, personne: Any) -> set[str]:
    """Return what `acteurs_de_l_inscription` does, the person having been read with her access."""
    if personne is None:
        return set()
    acteurs = {PRESCRIPTEUR} if acces(utilisateur, personne) is Acces.LIBRE else set()
    if personne.a_recevoir and OPERATEUR_SESSION in acteurs_de_session(utilisateur, inscription.session.operateur_id):
        acteurs.add(OPERATEUR)
    return acteurs
