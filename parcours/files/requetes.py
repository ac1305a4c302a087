"""The rows of each queue. `annoter_x` says since when and until when; `garder_x` who is in the queue.

Apart, because the edge of a page is found again by its dates once the row has left the queue.
The same rules in plain Python are in the tests, which compare both on generated people.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import (
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    Max,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Greatest, TruncDate

from parcours.models import (
    AffectationReferent,
    Contrat,
    Entretien,
    EtatContrat,
    EtatDemande,
    EtatEntretien,
    EtatPrescription,
    NatureContrat,
    NatureEntretien,
    OrganismeOarsa,
    Orientation,
    Personne,
    SituationDroitsDevoirs,
    SuiviPostSortie,
    TransitionContrat,
)
from parcours.querysets import contrat_valide_au
from parcours.regles import delais
from parcours.regles.delais import Duree, Regime, plus_mois

from .horloges import AUCUNE, Branche, Cadre, EcheanceDe, bornes, echeance, limite, plus, selon, sous

Q_ = Any  # a queryset of the model of the queue, annotated: stubs have no type for it
ALERTE_FIN_CONTRAT, ALERTE_REEXAMEN, ALERTE_SUIVI, ALERTE_BILAN = 60, 30, 7, 15  # days before, the row comes in
MOIS_REVOLUS = 12  # a contract over for longer is past renewing, and its bilan past writing
SUIVIS_ICI = (NatureContrat.CER, NatureContrat.CONTRAT_ENGAGEMENT)
EN_CIRCUIT = (EtatContrat.SIGNE, EtatContrat.SOUMIS, EtatContrat.A_CORRIGER)
ACQUIS = (EtatContrat.VALIDE, EtatContrat.CLOS)
PREMIER_RDV = Duree(delais.PREMIER_RDV_PAR_DEFAUT, "jours")


def _en_vie(lignes: Q_, personne: str = "personne") -> Q_:
    """Leave out the dead: few, and found by an index of their own, so that nobody else is looked up."""
    return lignes.exclude(Exists(Personne.objects.filter(pk=OuterRef(personne), deces_le__isnull=False)))


def _orientee(cadre: Cadre) -> Exists:
    """Return « the person of the row is oriented today »."""
    return Exists(Orientation.objects.au(cadre.jour).filter(personne=OuterRef("personne")))


def _valides(cadre: Cadre, **autres: Any) -> Q_:
    lus = Contrat.objects.valides_au(cadre.jour).filter(personne=OuterRef("personne"), nature__in=SUIVIS_ICI)
    return lus.filter(**autres)


def _tenu(depuis: str, **autres: Any) -> Exists:
    """Return « a meeting was held on `depuis` or after », that is not the orientation's own."""
    minuit = Func(
        OuterRef(depuis), Value(settings.TIME_ZONE), template="(%(expressions)s)",
        arg_joiner="::timestamp AT TIME ZONE ", output_field=DateTimeField(),
    )  # fmt: skip
    tenus = Entretien.objects.filter(
        personne=OuterRef("personne"), etat=EtatEntretien.TENU, debut__gte=minuit, **autres
    )
    return Exists(tenus.exclude(nature=NatureEntretien.ORIENTATION))


# -- not oriented ---------------------------------------------------------------------------------


def annoter_a_orienter(lignes: Q_, cadre: Cadre) -> Q_:
    """Since the file came, or since her last orientation ended; until the legal deadline.

    `cible`: the département's own target.
    """
    finies = Orientation.objects.filter(personne=OuterRef("personne"), periode__endswith__lte=cadre.jour).order_by()
    fin = finies.values("personne").annotate(fin=Max("periode__endswith")).values("fin")
    depuis = Greatest("periode__startswith", Subquery(fin), output_field=DateField())
    return lignes.annotate(
        depuis=depuis, echeance=EcheanceDe(depuis, bornes(cadre, "delai_orientation")),
        cible=EcheanceDe(depuis, bornes(cadre, "cible_interne_orientation")),
    )  # fmt: skip


def garder_a_orienter(lignes: Q_, cadre: Cadre) -> Q_:
    """Keep who is subject to rights and duties today, without an orientation in force."""
    return _en_vie(lignes.filter(recu=True, periode__contains=cadre.jour)).exclude(_orientee(cadre))


# -- without référent, without appointment --------------------------------------------------------


def annoter_sans_referent(lignes: Q_, cadre: Cadre) -> Q_:  # noqa: ARG001
    """Due as soon as the orientation is decided."""
    return lignes.annotate(depuis=F("decidee_le"), echeance=F("decidee_le"))


def garder_sans_referent(lignes: Q_, cadre: Cadre) -> Q_:
    """Keep the orientations in force of those whom nobody follows today."""
    suivie = AffectationReferent.objects.filter(personne=OuterRef("personne"), periode__contains=cadre.jour)
    return _en_vie(lignes.filter(periode__contains=cadre.jour)).exclude(Exists(suivie))


def annoter_premier_rdv(lignes: Q_, cadre: Cadre) -> Q_:
    """Fifteen days after the orientation."""
    datees = lignes.annotate(depuis=F("decidee_le"))
    return datees.annotate(echeance=echeance(cadre, "delai_premier_rdv", "depuis", PREMIER_RDV))


def garder_premier_rdv(lignes: Q_, cadre: Cadre) -> Q_:
    """Keep the orientations in force without a meeting held since; France Travail's are not known here."""
    en_cours = lignes.filter(periode__contains=cadre.jour).exclude(organisme=OrganismeOarsa.FRANCE_TRAVAIL)
    return _en_vie(en_cours).exclude(_tenu("decidee_le"))


def annoter_sans_contact(lignes: Q_, cadre: Cadre) -> Q_:
    """Three months after the last contact, or the orientation when there has been none."""
    datees = lignes.annotate(depuis=Coalesce("personne__dernier_contact", "decidee_le", output_field=DateField()))
    return datees.annotate(echeance=limite(cadre, delais.CONTACT, "depuis"))


def garder_sans_contact(lignes: Q_, cadre: Cadre) -> Q_:
    """Keep the orientations in force, outside France Travail, whose limit has passed."""
    en_cours = lignes.filter(periode__contains=cadre.jour).exclude(organisme=OrganismeOarsa.FRANCE_TRAVAIL)
    return _en_vie(en_cours).filter(echeance__lt=cadre.jour)


# -- contracts ------------------------------------------------------------------------------------


def annoter_contrat_a_signer(lignes: Q_, cadre: Cadre) -> Q_:
    """From the orientation or its notification, as the regime of the orientation says."""

    def depart(regime: Regime) -> Any:
        notifie = regime.parametres.get("contrat_depuis") == "notification"
        return Coalesce("notifiee_le", "decidee_le") if notifie else F("decidee_le")

    def terme(regime: Regime) -> list[Branche]:
        exclus = Q(organisme__in=list(regime.parametres.get("contrat_non_du", ())))
        sociale, autre = regime.duree("delai_contrat_social_mois"), regime.duree("delai_contrat")
        branches: list[Branche] = [(exclus, AUCUNE)]
        if sociale:
            branches.append((Q(type_decide=delais.SOCIAL), plus(depart(regime), sociale)))
        return [*branches, (Q(), plus(depart(regime), autre))] if autre else branches

    debuts = selon(cadre.regimes, "decidee_le", lambda regime: [(Q(), depart(regime))], F("decidee_le"))
    return lignes.annotate(depuis=debuts, echeance=selon(cadre.regimes, "decidee_le", terme))


def garder_contrat_a_signer(lignes: Q_, cadre: Cadre) -> Q_:
    """Keep the orientations in force that owe a contract, none being valid nor signed since and less than a year over.

    Only people subject to rights and duties owe one. One that is over but recent is to renew: the other queue.
    """
    tenu = Contrat.objects.filter(
        Q(signe_personne_le__gte=OuterRef("decidee_le")) | contrat_valide_au(cadre.jour),
        personne=OuterRef("personne"), nature__in=SUIVIS_ICI, etat__in=(*EN_CIRCUIT, *ACQUIS),
        fin__gte=plus_mois(cadre.jour, -MOIS_REVOLUS),
    )  # fmt: skip
    soumise = SituationDroitsDevoirs.objects.filter(
        personne=OuterRef("personne"), periode__contains=cadre.jour, recu=True
    )  # fmt: skip
    dues = _en_vie(lignes.filter(Exists(soumise), periode__contains=cadre.jour, echeance__isnull=False))
    return dues.exclude(Exists(tenu))


def annoter_contrat_a_renouveler(lignes: Q_, cadre: Cadre) -> Q_:  # noqa: ARG001
    """Until its last day, or the day it was closed."""
    return lignes.annotate(depuis=F("debut"), echeance=Coalesce("clos_le", "fin"))


def garder_contrat_a_renouveler(lignes: Q_, cadre: Cadre) -> Q_:
    """Keep the last contract of those who are oriented, over or ending within sixty days.

    Over before the orientation of today, or for more than a year, it is not to renew: a first contract is due.
    """
    oriente = Orientation.objects.au(cadre.jour).filter(personne=OuterRef("personne"))
    oriente = oriente.annotate(terme=ExpressionWrapper(OuterRef("echeance"), DateField())).filter(
        Q(decidee_le__lte=OuterRef("signe_personne_le")) | Q(terme__gte=cadre.jour)
    )
    ici = lignes.filter(
        nature__in=SUIVIS_ICI, etat__in=ACQUIS, fin__gte=plus_mois(cadre.jour, -MOIS_REVOLUS),
        echeance__lte=cadre.dans(ALERTE_FIN_CONTRAT),
    )  # fmt: skip
    suite = Contrat.objects.filter(
        personne=OuterRef("personne"), nature__in=SUIVIS_ICI, etat__in=(*EN_CIRCUIT, *ACQUIS)
    ).filter(Q(debut__gt=OuterRef("debut")) | Q(debut=OuterRef("debut"), pk__gt=OuterRef("pk")))
    return _en_vie(ici.filter(Exists(oriente))).exclude(Exists(suite))


def annoter_contrat_a_valider(lignes: Q_, cadre: Cadre) -> Q_:
    """Since it was submitted."""
    soumis = TransitionContrat.objects.filter(contrat=OuterRef("pk"), vers=EtatContrat.SOUMIS).order_by("-le")
    depuis = Coalesce(
        Subquery(soumis.annotate(j=TruncDate("le")).values("j")[:1]), "signe_referent_le", output_field=DateField()
    )
    return lignes.annotate(depuis=depuis).annotate(echeance=limite(cadre, delais.VALIDATION, "depuis"))


def garder_contrat_a_valider(lignes: Q_, cadre: Cadre) -> Q_:  # noqa: ARG001
    """Keep the submitted ones."""
    return lignes.filter(etat=EtatContrat.SOUMIS)


def annoter_bilan_contrat(lignes: Q_, cadre: Cadre) -> Q_:  # noqa: ARG001
    """Until the last day of the contract."""
    return lignes.annotate(depuis=F("debut"), echeance=F("fin"))


def garder_bilan_contrat(lignes: Q_, cadre: Cadre) -> Q_:
    """Keep the valid ones of those who are oriented, ending within fifteen days or over for less than a year.

    Not those that a later contract has replaced: its own bilan will tell. A person is there once.
    """
    bornes = {"fin__lte": cadre.dans(ALERTE_BILAN), "fin__gte": plus_mois(cadre.jour, -MOIS_REVOLUS)}
    ici = lignes.filter(nature__in=SUIVIS_ICI, etat=EtatContrat.VALIDE, bilan="", **bornes)
    remplace = Contrat.objects.filter(
        personne=OuterRef("personne"), nature__in=SUIVIS_ICI, etat__in=ACQUIS, debut__lte=cadre.jour
    ).filter(Q(debut__gt=OuterRef("debut")) | Q(debut=OuterRef("debut"), pk__gt=OuterRef("pk")))
    return _en_vie(ici.filter(_orientee(cadre))).exclude(Exists(remplace))


# -- reviews --------------------------------------------------------------------------------------


def annoter_reexamen(lignes: Q_, cadre: Cadre) -> Q_:
    """The day written in the contract, else six months after its signature, twelve for the protected cases."""

    def terme(regime: Regime) -> list[Branche]:
        simple, protege = regime.duree("revision_mois"), regime.duree("revision_protegee_mois")
        if simple is None or regime.parametres.get("revision_types") is not None:
            return []  # that regime reviews the orientation, not the contract
        long = Q(dispense_motif__code__in=delais.MOTIFS_PROTEGES)
        return [*([(long, plus("depuis", protege))] if protege else []), (Q(), plus("depuis", simple))]

    datees = lignes.annotate(depuis=F("signe_personne_le"))
    calculee = selon(cadre.regimes, "depuis", terme)
    return datees.annotate(echeance=Coalesce("revision_le", calculee, output_field=DateField()))


def garder_reexamen(lignes: Any, cadre: Cadre) -> Q_:
    """Keep the latest valid contract of each, due within thirty days, without a review held since its signature."""
    ici = lignes.valides_au(cadre.jour).filter(nature__in=SUIVIS_ICI)
    suite = _valides(cadre).filter(Q(debut__gt=OuterRef("debut")) | Q(debut=OuterRef("debut"), pk__gt=OuterRef("pk")))
    dues = ici.filter(echeance__lte=cadre.dans(ALERTE_REEXAMEN)).exclude(Exists(suite))
    return _en_vie(dues).exclude(_tenu("signe_personne_le", nature=NatureEntretien.BILAN))


def annoter_reexamen_social(lignes: Q_, cadre: Cadre) -> Q_:
    """Six months of social orientation, under a regime that reviews orientations."""

    def terme(regime: Regime) -> list[Branche]:
        duree, types = regime.duree("revision_mois"), regime.parametres.get("revision_types")
        return [(Q(type_decide__in=types), plus("depuis", duree))] if duree and types else []

    datees = lignes.annotate(depuis=F("decidee_le"))
    return datees.annotate(echeance=selon(cadre.regimes, "depuis", terme))


def garder_reexamen_social(lignes: Q_, cadre: Cadre) -> Q_:
    """Keep the orientations in force, due within thirty days, without a review since nor a contract of a later regime.

    A contract signed under a later regime brings its own review.
    """
    dues = _en_vie(lignes.filter(periode__contains=cadre.jour, echeance__lte=cadre.dans(ALERTE_REEXAMEN)))
    suivants = [sous(r, "signe_personne_le") for r in cadre.regimes if r.parametres.get("revision_types") is None]
    for suivant in suivants:
        dues = dues.exclude(Exists(_valides(cadre).filter(suivant)))
    return dues.exclude(_tenu("decidee_le", nature=NatureEntretien.BILAN))


# -- prescriptions, requests, follow-ups ----------------------------------------------------------


def annoter_prescription(lignes: Q_, cadre: Cadre) -> Q_:
    """Since it was sent."""
    return lignes.annotate(depuis=F("transmise_le")).annotate(echeance=limite(cadre, delais.REPONSE, "depuis"))


def garder_prescription(lignes: Q_, cadre: Cadre) -> Q_:  # noqa: ARG001
    """Keep those sent and not answered."""
    return _en_vie(lignes.filter(etat=EtatPrescription.TRANSMISE))


def annoter_reorientation(lignes: Q_, cadre: Cadre) -> Q_:
    """Since it was asked."""
    return lignes.annotate(depuis=F("demandee_le")).annotate(echeance=limite(cadre, delais.REORIENTATION, "depuis"))


def garder_reorientation(lignes: Q_, cadre: Cadre) -> Q_:  # noqa: ARG001
    """Keep those that wait for a decision."""
    return _en_vie(lignes.filter(etat=EtatDemande.EN_ATTENTE))


def annoter_suivi(lignes: Q_, cadre: Cadre) -> Q_:  # noqa: ARG001
    """Since the exit, until the anniversary."""
    return lignes.annotate(depuis=F("sortie__date"), echeance=F("du_le"))


def garder_suivi(lignes: Q_, cadre: Cadre) -> Q_:
    """Keep those not entered, due within a week; of one exit, the latest due: one call tells how the person is."""
    proches = {"situation": "", "du_le__lte": cadre.dans(ALERTE_SUIVI)}
    plus_recent = SuiviPostSortie.objects.filter(
        sortie=OuterRef("sortie"), du_le__gt=OuterRef("du_le"), du_le__lte=cadre.dans(ALERTE_SUIVI)
    )
    dus = lignes.filter(**proches).exclude(Exists(plus_recent))
    return _en_vie(dus, "sortie__personne")
