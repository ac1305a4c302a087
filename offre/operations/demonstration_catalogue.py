"""The catalogue of the demonstration: places, capacities, contacts and freshness that the printed sheets do not give.

All of it is invented, relative to today, and marked: an offer so completed says « donnée de démonstration ».
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from offre.models import CapaciteOffre, LieuOffre, OffreInsertion, PropositionOffre, VersionOffre
from offre.versions import A_LIRE, contenu_de
from pdi.comptes.models import Role, Utilisateur
from pdi.structures.models import Structure
from pdi.territoires.models import Commune

from .fiches import creer_offre, renvoyer_offre, soumettre_offre
from .propositions import proposer_modification, soumettre_proposition

# Middle of the town, to three decimals: enough for « à 6 km environ ».
VILLES: dict[str, tuple[str, str]] = {
    "Évry-Courcouronnes": ("48.624", "2.440"), "Massy": ("48.731", "2.271"), "Étampes": ("48.434", "2.162"),
    "Corbeil-Essonnes": ("48.611", "2.482"), "Arpajon": ("48.590", "2.247"), "Savigny-sur-Orge": ("48.679", "2.349"),
    "Draveil": ("48.685", "2.408"), "Montgeron": ("48.704", "2.460"), "Palaiseau": ("48.714", "2.246"),
    "Athis-Mons": ("48.707", "2.389"), "Dourdan": ("48.529", "2.011"), "Les Ulis": ("48.680", "2.169"),
    "Brunoy": ("48.697", "2.505"), "Milly-la-Forêt": ("48.404", "2.470"),
    "Sainte-Geneviève-des-Bois": ("48.643", "2.326"), "Grigny": ("48.656", "2.385"),
}  # fmt: skip
SANS_LIEU = ("1.6", "1.8", "2.1")  # a platform on line and two aids: no door to push
CONFIRMEES_IL_Y_A = (12, 45, 90, 150, 210, 300, 400)
HORAIRES = ("du lundi au vendredi, de 9 h à 17 h", "les mardis et jeudis, de 9 h 30 à 12 h 30", "sur rendez-vous")
ACCES = ("RER D, à 10 minutes à pied ; accessible en fauteuil", "bus 404, arrêt Mairie", "accessible en fauteuil")
OPERATEUR_DES_COMPTES = "1.3"  # the offer that the prestataire's structure is made to run
FIN_DE_FICHE = {
    "modalites": "Le référent envoie la prescription ; l’opérateur propose un premier rendez-vous sous quinze jours.",
    "documents": "Pièce d’identité, attestation de la CAF, curriculum vitae s’il existe",
}


@transaction.atomic
def charger_catalogue_demonstration(*, jour: datetime.date) -> int:
    """Complete the offers of the catalogue, once; return how many. Nothing when it is done or there is no offer."""
    offres = list(OffreInsertion.objects.publiees().prefetch_related("operateurs").order_by("ordre"))
    if not offres or any(o.demonstration for o in offres):
        return 0
    for rang, offre in enumerate(offres):
        _completer(offre, rang, jour)
    OffreInsertion.objects.bulk_update(
        offres, ["demonstration", "confirmee_le", "publiee_le", "contact_nom", "contact_telephone",
                 "contact_courriel", "modalites", "documents", "cout"],
    )  # fmt: skip
    LieuOffre.objects.bulk_create(_lieux(offres))
    CapaciteOffre.objects.bulk_create(_capacites(offres, jour))
    relues = OffreInsertion.objects.filter(pk__in=[o.pk for o in offres]).prefetch_related(*A_LIRE)
    VersionOffre.objects.bulk_create(
        VersionOffre(offre=o, numero=1, contenu=contenu_de(o), le=o.publiee_le or timezone.now()) for o in relues
    )
    _circuit(offres)
    return len(offres)


def _completer(offre: OffreInsertion, rang: int, jour: datetime.date) -> None:
    offre.demonstration = True
    if rang % 9:
        offre.confirmee_le = jour - datetime.timedelta(days=CONFIRMEES_IL_Y_A[rang % len(CONFIRMEES_IL_Y_A)])
    offre.publiee_le = timezone.now() - datetime.timedelta(days=500 - 3 * rang)
    if rang % 5:
        offre.contact_nom = "Accueil (contact fictif)"
        offre.contact_telephone = f"01 99 00 {rang:02d} {2 * rang:02d}"
        offre.contact_courriel = f"offre-{offre.numero.replace('.', '-')}@essonne.example"
        offre.modalites, offre.documents = FIN_DE_FICHE["modalites"], offre.documents or FIN_DE_FICHE["documents"]
    offre.cout = Decimal(450 + 130 * (rang % 12))


def _lieux(offres: list[OffreInsertion]) -> list[LieuOffre]:
    """Locate the places that the sessions have drawn; return those to add."""
    communes = {c.nom: c for c in Commune.objects.filter(nom__in=VILLES, departement="91")}
    villes = [nom for nom in VILLES if nom in communes]
    dessines = list(LieuOffre.objects.filter(offre__in=offres).select_related("commune"))
    for rang, lieu in enumerate(dessines):
        _situer(lieu, rang)
    LieuOffre.objects.bulk_update(dessines, ["latitude", "longitude", "code_postal", "horaires", "acces"])
    deja = {lieu.offre_id for lieu in dessines}
    lieux = []
    for rang, offre in enumerate(offres):
        if offre.numero in SANS_LIEU:
            lieux.append(LieuOffre(offre=offre, nom="À distance", a_distance=True))
            continue
        for ordre in range(1 if offre.pk in deja else 0, min(1 + rang % 3, len(villes))):
            nom = villes[(3 * rang + 5 * ordre) % len(villes)]
            lieu = LieuOffre(offre=offre, nom=f"Site fictif n°\u00a0{ordre + 1}", commune=communes[nom], ordre=ordre)
            _situer(lieu, rang + ordre)
            lieux.append(lieu)
    return lieux


def _situer(lieu: LieuOffre, rang: int) -> None:
    """Give a place the middle of its town, hours and access."""
    ville = VILLES.get(lieu.commune.nom) if lieu.commune else None
    if ville and lieu.commune:
        lieu.latitude, lieu.longitude = Decimal(ville[0]), Decimal(ville[1])
        lieu.code_postal = (lieu.commune.codes_postaux or [""])[0]
    lieu.horaires, lieu.acces = HORAIRES[rang % len(HORAIRES)], ACCES[rang % len(ACCES)]


def _capacites(offres: list[OffreInsertion], jour: datetime.date) -> list[CapaciteOffre]:
    return [
        CapaciteOffre(
            offre=offre,
            annee=annee,
            quantite=offre.places,
            unite="heures" if offre.places_unite == "heures" else "places",
            dont_brsa=Decimal(30) if offre.numero == "2.6" else None,
        )
        for offre in offres
        if offre.places
        for annee in (jour.year - 1, jour.year)
    ]


def _circuit(offres: list[OffreInsertion]) -> PropositionOffre | None:
    """Have the demonstration's operator keep a sheet: a change to review, a draft sent back, another to review."""
    operateur = _compte(Role.PRESTATAIRE)
    service = _compte(Role.CHARGE_PROGRAMME)
    tenue = next((o for o in offres if o.numero == OPERATEUR_DES_COMPTES), None)
    if operateur is None or service is None or tenue is None:
        return None
    tenue.operateurs.add(*Structure.objects.filter(pk__in=operateur.structures_du_role(Role.PRESTATAIRE)))
    lue = OffreInsertion.objects.prefetch_related(*A_LIRE).get(pk=tenue.pk)
    proposee = {
        **contenu_de(lue),
        "modalites": "Un premier contact par téléphone sous huit jours, puis une visite du chantier.",
        "places_detail": "Douze postes se libèrent d’ici l’été.",
    }
    proposition = proposer_modification(offre=lue, contenu=proposee, par=operateur)
    soumettre_proposition(proposition=proposition, par=operateur)
    PropositionOffre.objects.filter(pk=proposition.pk).update(demonstration=True)
    for intitule, renvoyee in (("Atelier de réparation de vélos", True), ("Chantier d’espaces verts", False)):
        creee = creer_offre(contenu=_brouillon(intitule), par=operateur)
        OffreInsertion.objects.filter(pk=creee.pk).update(demonstration=True)
        soumettre_offre(offre=creee, par=operateur)
        if renvoyee:
            renvoyer_offre(
                offre=creee, par=service, commentaire="Précisez les jours et les horaires, et l’accès en bus."
            )
    return proposition


def _brouillon(intitule: str) -> dict[str, Any]:
    return {
        "intitule": intitule,
        "categorie": "emploi",
        "objectifs": ["Reprendre un rythme de travail dans un collectif"],
        "publics": ["Bénéficiaires du RSA"],
        "publics_vises": ["rsa"],
        "prescription_referent": True,
    }


def _compte(role: str) -> Utilisateur | None:
    comptes = Utilisateur.objects.filter(demonstration=True, habilitations__role=role, is_active=True)
    return comptes.order_by("pk").first()
