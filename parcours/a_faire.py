"""« À faire maintenant »: the next steps of one path, each with who, its deadline and its gesture. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pdi.socle.formats import echeance, ton_echeance

from . import chronologie as c
from .adresses import adresse, de_fait
from .chronologie import Fait
from .etat import ALERTE_ECHEANCE, Parcours
from .models import NatureEntretien, RoleFoyer
from .regles import delais

HORS_DROITS = (RoleFoyer.ENFANT, RoleFoyer.AUTRE)  # they live in the household, rights and duties are not theirs
# What becomes of a prescription that an exit leaves open, by its state: a step, its gesture.
A_CONCLURE = {
    "renseignee": ("Annuler la prescription ou la transmettre", "Ouvrir"),
    "signee": ("Annuler la prescription ou la transmettre", "Ouvrir"),
    "transmise": ("Prévenir l’opérateur ou annuler la prescription", "Ouvrir"),
    "retenue": ("Dire si l’action commence malgré la sortie", "Ouvrir"),
    "en_action": ("Dire comment l’action finit", "Ouvrir"),
}
INSCRIPTIONS_OUVERTES = ("en_attente", "proposee", "confirmee")
VEILLE = 15  # days before a deadline when it turns ochre

ORIENTATION, REFERENT, ENCADRANT, OPERATEUR, PERSONNE = (
    "Agent d’orientation", "Référent", "Encadrant", "Opérateur", "Les deux",
)  # fmt: skip
# Screens where each gesture is done, by the key of the person.
ORIENTER = "parcours:orienter"
DESIGNER = "parcours:referent_designer"
PLANIFIER = "parcours:entretien_planifier"
CONTRACTUALISER = "parcours:contrat_nouveau"
OUVRIR_DOSSIER = "parcours:dossier_ajouter"
DIRE_DROITS = "parcours:droits_devoirs_ajouter"


@dataclass(frozen=True)
class Etape:
    """One next step. `le` None: no date; `reference` is the legal text behind the deadline."""

    titre: str
    qui: str
    le: datetime.date | None = None
    sous: str = ""
    reference: str = ""
    geste: str = ""
    url: str = ""
    jour: datetime.date | None = None
    cible: bool = False

    @property
    def ton(self) -> str:
        """Return the tone of the deadline: a target of the département missed is worth a look, not a fault."""
        if self.le is None:
            return "neutre"
        ton = ton_echeance(self.le, VEILLE, self.jour)
        return "veille" if self.cible and ton == "retard" else ton

    @property
    def quand(self) -> str:
        """Return « 16/02/2026, reste 4 jours », empty without a date."""
        return f"{self.le:%d/%m/%Y}, {echeance(self.le, self.jour)}" if self.le else ""


class AFaire:
    """The next steps of `parcours`, by the key of its person. `ecrit`: the reader may do the gestures.

    `fermes`: the screens among these gestures that another role opens; the step is said, without its link.
    """

    def __init__(self, parcours: Parcours, personne: int, *, ecrit: bool, fermes: frozenset[str] = frozenset()) -> None:
        """Keep what the steps are read from."""
        self.parcours, self.personne, self.ecrit, self.fermes = parcours, personne, ecrit, fermes
        self.jour, self.regimes = parcours.jour, parcours.regimes

    def etapes(self) -> list[Etape]:
        """Return the steps, the most urgent first; those without a date last."""
        regles: list[Callable[[], Iterator[Etape]]] = [self._entree, self._rendez_vous, self._suivis, self._aides]
        if self.parcours.sortie:
            regles.append(self._a_fermer)
        elif not self.parcours.clos:
            regles = [
                self._orientation, self._referent, self._premier, self._contrat, self._revision, self._contact,
                self._prescriptions, self._inscriptions, self._reorientation, *regles,
            ]  # fmt: skip
        trouvees = [etape for regle in regles for etape in regle()]
        return sorted(trouvees, key=lambda e: (e.le is None, e.le or self.jour))

    def _ecran(self, ecran: str) -> str:
        return "" if ecran in self.fermes else adresse(ecran, self.personne)

    def _faire(self, titre: str, qui: str, geste: str, url: str, **plus: object) -> Etape:
        url = url if self.ecrit else ""
        return Etape(titre, qui, geste=geste if url else "", url=url, jour=self.jour, **plus)  # type: ignore[arg-type]

    def _objet(self, fait: Fait, titre: str, qui: str, geste: str, **plus: object) -> Etape:
        return self._faire(titre, qui, geste, de_fait(fait), **plus)

    def _legale(
        self, calcul: Callable[[], delais.Echeance | None], titre: str, qui: str, geste: str, ecran: str
    ) -> Iterator[Etape]:
        """Yield the step of a legal deadline, without date when no regime is recorded for that day."""
        try:
            due = calcul()
        except LookupError:
            yield self._faire(titre, qui, geste, self._ecran(ecran))
            return
        if due is not None:
            yield self._faire(
                titre, qui, geste, self._ecran(ecran), le=due.le, reference=due.reference,
                sous=f"{due.intitule}\u00a0: {due.duree} depuis le {due.depuis:%d/%m/%Y}", cible=due.cible,
            )  # fmt: skip

    def _entree(self) -> Iterator[Etape]:
        """What someone new still lacks to enter: the RSA file, then whether she is under rights and duties."""
        p, lu = self.parcours, self.parcours.identite
        if lu is None or lu.role in HORS_DROITS or p.sortie or p.de(c.ENTREE):
            return
        if not lu.demande:
            yield self._faire(
                "Enregistrer le dossier RSA", ORIENTATION, "Enregistrer", self._ecran(OUVRIR_DOSSIER),
                sous="sans lui, aucun délai ne court",
            )  # fmt: skip
        else:
            yield self._faire(
                "Dire si les droits et devoirs s’appliquent", ORIENTATION, "Dire", self._ecran(DIRE_DROITS),
                sous=f"dossier {lu.demande}\u00a0: le délai d’orientation part de ce jour", reference="CASF L262-28",
            )  # fmt: skip

    def _orientation(self) -> Iterator[Etape]:
        entree = self.parcours.entree
        if self.parcours.orientation is None and entree is not None:
            yield from self._legale(
                lambda: delais.echeance_orientation(self.regimes, entree.le),
                "Orienter",
                ORIENTATION,
                "Orienter",
                ORIENTER,
            )

    def _referent(self) -> Iterator[Etape]:
        if self.parcours.orientation is not None and self.parcours.referent is None:
            depuis = f"orientation du {self.parcours.orientation.le:%d/%m/%Y}"
            yield self._faire(
                "Désigner un référent", ENCADRANT, "Désigner", self._ecran(DESIGNER), sous=depuis,
                reference="CASF L262-27",
            )  # fmt: skip

    def _qui(self) -> str:
        return self.parcours.referent.a if self.parcours.referent else REFERENT

    def _prevu(self) -> Fait | None:
        prevus = [f for f in self.parcours.de(c.ENTRETIEN) if f.b == "prevu" and f.le >= self.jour]
        return prevus[-1] if prevus else None

    def _tenu_depuis(self, jour: datetime.date) -> bool:
        return any(f.b == "tenu" and f.le >= jour for f in self.parcours.de(c.ENTRETIEN))

    def _premier(self) -> Iterator[Etape]:
        orientation = self.parcours.orientation
        if orientation is None or self._tenu_depuis(orientation.le) or self._prevu():
            return
        yield from self._legale(
            lambda: delais.echeance_premier_rendez_vous(self.regimes, orientation.le),
            "Fixer le premier rendez-vous", self._qui(), "Planifier", PLANIFIER,
        )  # fmt: skip

    def _rendez_vous(self) -> Iterator[Etape]:
        """Meetings whose outcome is to be said or whose account is unfinished, then the next one planned."""
        for fait in self.parcours.de(c.ENTRETIEN):
            nom = NatureEntretien(fait.a).label
            if fait.b == "prevu" and fait.le < self.jour:
                yield self._objet(
                    fait, "Dire l’issue du rendez-vous", self._qui(), "Dire l’issue", le=fait.le, sous=nom
                )
            elif fait.d == "brouillon":
                yield self._objet(fait, "Terminer la saisie de l’entretien", self._qui(), "Reprendre", sous=nom)
        if prevu := self._prevu():
            nom = NatureEntretien(prevu.a).label
            yield self._objet(prevu, "Tenir le rendez-vous", PERSONNE, "Ouvrir", le=prevu.le, sous=nom)

    def _contact(self) -> Iterator[Etape]:
        tenus = [f for f in self.parcours.de(c.ENTRETIEN) if f.b == "tenu" and f.le <= self.jour]
        if not tenus or self._prevu():
            return
        limite = delais.limite_interne(self.regimes, delais.CONTACT, tenus[0].le)
        if limite.le <= self.jour:
            yield self._faire(
                "Reprendre contact", self._qui(), "Planifier", self._ecran(PLANIFIER), le=limite.le,
                sous=f"dernier entretien le {tenus[0].le:%d/%m/%Y}", cible=True,
            )  # fmt: skip

    def _contrat(self) -> Iterator[Etape]:
        p = self.parcours
        mots = {
            "brouillon": ("Faire signer le contrat", PERSONNE, "Ouvrir"),
            "signe": ("Soumettre le contrat", self._qui(), "Ouvrir"),
            "soumis": ("Valider le contrat", ENCADRANT, "Valider"),
            "a_corriger": ("Corriger le contrat", self._qui(), "Corriger"),
        }
        en_cours = next((f for f in p.de(c.CONTRAT) if f.b in mots), None)
        lue = p.identite.orientee if p.identite else None
        if en_cours is not None:
            titre, qui, geste = mots[en_cours.b]
            yield self._objet(en_cours, titre, qui, geste)
        elif p.contrat is None and lue is not None and (echu := self._echu(lue.decidee_le)) is not None:
            yield self._objet(echu, "Renouveler le contrat échu", PERSONNE, "Ouvrir", le=echu.fin)
        elif p.contrat is None and lue is not None:
            yield from self._legale(
                lambda: delais.echeance_contrat(self.regimes, lue), "Conclure le contrat", PERSONNE, "Préparer",
                CONTRACTUALISER,
            )  # fmt: skip
        elif p.contrat is not None and p.contrat.fin and (p.contrat.fin - self.jour).days <= ALERTE_ECHEANCE:
            titre = f"Préparer la suite du contrat n°\u00a0{p.rang_contrat}"
            yield self._objet(
                p.contrat, titre, PERSONNE, "Préparer", le=p.contrat.fin, sous="bilan, puis renouvellement"
            )

    def _echu(self, depuis: datetime.date) -> Fait | None:
        """Return the last contract of this orientation that has run its time: the clock of the first is met."""
        return next((f for f in self.parcours.de(c.CONTRAT) if f.b == "valide" and f.le >= depuis and f.fin), None)

    def _revision(self) -> Iterator[Etape]:
        prevue = self.parcours.identite.revision if self.parcours.identite else None
        if prevue and self.parcours.contrat and (prevue - self.jour).days <= ALERTE_ECHEANCE:
            yield self._objet(self.parcours.contrat, "Réexaminer la situation", self._qui(), "Ouvrir", le=prevue)

    def _prescriptions(self) -> Iterator[Etape]:
        for fait in self.parcours.de(c.PRESCRIPTION):
            if fait.b in ("renseignee", "signee"):
                geste = "Faire signer" if fait.b == "renseignee" else "Transmettre"
                yield self._objet(fait, "Transmettre la prescription", self._qui(), geste, sous=fait.a)
            elif fait.b == "transmise" and fait.d:
                transmise = datetime.date.fromisoformat(fait.d)
                limite = delais.limite_interne(self.regimes, delais.REPONSE, transmise)
                if limite.le < self.jour:
                    yield self._objet(
                        fait, "Relancer l’opérateur", self._qui(), "Relancer", le=limite.le, cible=True,
                        sous=f"{fait.a}\u00a0: réponse attendue {limite.duree} après le {transmise:%d/%m/%Y}",
                    )  # fmt: skip

    def _inscriptions(self) -> Iterator[Etape]:
        for fait in self.parcours.de(c.INSCRIPTION):
            if fait.b == "proposee" and fait.d:
                limite = datetime.date.fromisoformat(fait.d)
                yield self._objet(fait, "Répondre à la place proposée", PERSONNE, "Répondre", le=limite, sous=fait.a)

    def _reorientation(self) -> Iterator[Etape]:
        for fait in self.parcours.de(c.REORIENTATION):
            if fait.b == "en_attente":
                yield self._objet(
                    fait, "Décider de la réorientation", ORIENTATION, "Décider", sous=f"demandée le {fait.le:%d/%m/%Y}"
                )

    def _a_fermer(self) -> Iterator[Etape]:
        """What an exit leaves open: contract, prescriptions, enrolments, the request nobody will decide."""
        contrat = self.parcours.contrat
        if contrat is not None and contrat.b == "valide":
            yield self._objet(contrat, "Clore le contrat avec son bilan", self._qui(), "Ouvrir")
        for fait in self.parcours.de(c.PRESCRIPTION):
            if fait.b in A_CONCLURE:
                quoi, geste = A_CONCLURE[fait.b]
                yield self._objet(fait, quoi, self._qui(), geste, sous=f"{fait.a}, restée ouverte après la sortie")
        for fait in self.parcours.de(c.INSCRIPTION):
            if fait.b in INSCRIPTIONS_OUVERTES:
                yield self._objet(fait, "Annuler l’inscription ou la garder", self._qui(), "Ouvrir", sous=fait.a)
        for fait in self.parcours.de(c.REORIENTATION):
            if fait.b == "en_attente":
                sous = f"demandée le {fait.le:%d/%m/%Y}, avant la sortie"
                yield self._objet(fait, "Retirer la demande de réorientation", self._qui(), "Ouvrir", sous=sous)

    def _aides(self) -> Iterator[Etape]:
        for fait in self.parcours.de(c.AIDE):
            if fait.b == "demandee":
                sous = f"{fait.d}, demandée le {fait.le:%d/%m/%Y}"
                yield self._objet(fait, f"Décider de l’aide «\u00a0{fait.a}\u00a0»", ENCADRANT, "Décider", sous=sous)

    def _suivis(self) -> Iterator[Etape]:
        for fait in self.parcours.de(c.SUIVI):
            if not fait.b and fait.debut and (fait.debut - self.jour).days <= VEILLE:
                titre = f"Prendre des nouvelles à {fait.a}\u00a0mois de la sortie"
                yield self._objet(fait, titre, self._qui(), "Noter l’appel", le=fait.debut)
