"""The queue of the requests of the public: who asks for what, since when; the same rows exported."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from parcours.models import DemandePublique, EtatDemandePublique
from parcours.regles.demandes_publiques import DELAI_TRAITEMENT_JOURS, TONS, est_tardive
from parcours.vues_de_liste import ListeAVues
from pdi.socle.exports import Colonne as ColonneExport
from pdi.socle.filtres import FiltreChoix, Filtres, FiltreTexte
from pdi.socle.pagination import PageParCle
from pdi.socle.tri import Colonne, Tri

E = EtatDemandePublique
OUVERTES = (E.A_TRAITER, E.A_RAPPELER)
TRIS = {
    "attente": ("rang", "confirmee_le", "pk"),
    "personne": ("nom", "prenom", "pk"),
    "offre": ("offre__intitule", "confirmee_le", "pk"),
}
COLONNES = (
    Colonne("Qui demande, naissance", "personne"), Colonne("Offre", "offre"), Colonne("Commune"),
    Colonne("Reçue le", "attente"), Colonne("État"),
)  # fmt: skip


class FiltresDemandes(Filtres):
    """Filters of the queue."""

    mot = FiltreTexte("Nom ou offre", champs=("nom", "prenom", "offre__intitule"), large=True, ephemere=True)
    etat = FiltreChoix("État", champ="etat", choix=[(e.value, e.label) for e in E if e != E.A_CONFIRMER])
    offre = FiltreChoix("Offre", champ="offre_id", vide="Toutes les offres")
    connue = FiltreChoix(
        "Personne", choix=[("oui", "Déjà suivie"), ("non", "Pas encore connue")],
        q=lambda valeur: Q(personne__isnull=valeur == "non"), vide="Toutes",
    )  # fmt: skip


@dataclass(frozen=True)
class Ligne:
    """One row: the request, the tone of its state, how long it has waited in words (empty once handled)."""

    d: DemandePublique
    ton: str
    attente: str
    tardive: bool


class ListeDemandes(ListeAVues[DemandePublique]):
    """The requests one reader may handle."""

    def __init__(self, utilisateur: Any, get: Any, jour: datetime.date) -> None:
        """Read the query string; rows are read when asked."""
        self.utilisateur, self.get, self.jour = utilisateur, get, jour
        offres = DemandePublique.objects.visibles_par(utilisateur).order_by("offre__intitule")
        self.filtres = FiltresDemandes(
            get, choix={"offre": list(offres.values_list("offre_id", "offre__intitule").distinct())}
        )
        self.tri = Tri.lire(get, TRIS, defaut="attente")
        self.vue = get.get("vue", "")

    @cached_property
    def conditions(self) -> dict[str, tuple[str, Q, str]]:
        """Return {code: (words, condition, tone)} of the ready-made filters."""
        limite = self.jour - datetime.timedelta(days=DELAI_TRAITEMENT_JOURS)
        ouvertes = Q(etat__in=OUVERTES)
        return {
            "a_traiter": ("À traiter", Q(etat=E.A_TRAITER), "veille"),
            "a_rappeler": ("À rappeler aujourd’hui", Q(etat=E.A_RAPPELER, rappeler_le__lte=self.jour), "info"),
            "retard": ("Plus de sept jours", ouvertes & Q(confirmee_le__date__lt=limite), "retard"),
            "traitees": ("Traitées", ~ouvertes, "bon"),
        }

    @cached_property
    def du_lecteur(self) -> QuerySet[DemandePublique]:
        """Return the rows the reader may see, through the other filters."""
        return self.filtres.appliquer(DemandePublique.objects.visibles_par(self.utilisateur))

    @property
    def decorees(self) -> QuerySet[DemandePublique]:
        """Return the rows with what a line shows; open ones first, the longest wait at the top."""
        return self.trouvees.select_related("offre", "commune").annotate(
            rang=Case(When(etat__in=OUVERTES, then=Value(0)), default=Value(1), output_field=IntegerField())
        )

    @cached_property
    def page(self) -> PageParCle[DemandePublique]:
        """Return one page."""
        return PageParCle(self.decorees, self.tri.cles, self.get.get("curseur"))

    @property
    def lignes(self) -> list[Ligne]:
        """Return the rows of the page."""
        return [self._ligne(d) for d in self.page.objets]

    def _ligne(self, d: DemandePublique) -> Ligne:
        if d.etat not in OUVERTES or d.confirmee_le is None:
            return Ligne(d, TONS[E(d.etat)], "", tardive=False)
        depuis = timezone.localtime(d.confirmee_le).date()
        jours = (self.jour - depuis).days
        attente = f"attend depuis {jours}\u00a0jour{'s' if jours > 1 else ''}" if jours else "reçue aujourd’hui"
        return Ligne(d, TONS[E(d.etat)], attente, est_tardive(depuis, self.jour))


COLONNES_EXPORT = (
    ColonneExport("Nom", "nom", largeur=24),
    ColonneExport("Prénom", "prenom", largeur=20),
    ColonneExport("Date de naissance", "date_naissance", type="date", largeur=14),
    ColonneExport("Téléphone", "telephone", largeur=16),
    ColonneExport("Courriel", "courriel", largeur=28),
    ColonneExport("Commune", lambda d: str(d.commune or ""), largeur=24),
    ColonneExport("Offre", lambda d: str(d.offre), largeur=44),
    ColonneExport("Reçue le", "confirmee_le", type="date", largeur=14),
    ColonneExport("État", lambda d: d.get_etat_display(), largeur=16),
    ColonneExport("À rappeler le", "rappeler_le", type="date", largeur=14),
    ColonneExport("Motif", lambda d: d.get_motif_display(), largeur=36),
    ColonneExport("Personne déjà suivie", lambda d: d.personne_id is not None, largeur=12),
    ColonneExport("Demande fictive", "fictive", largeur=10),
)
