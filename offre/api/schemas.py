"""What the API answers. Descriptions are in French: they are the documentation its readers see."""

from __future__ import annotations

import datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")


class Objet(BaseModel):
    """The base of every answer: each field is always there, null when nothing is known."""

    model_config = ConfigDict(extra="forbid")


class Reference(Objet):
    """Un objet cité : son identifiant et son nom."""

    id: Annotated[int, Field(description="Identifiant stable dans cette API.", examples=[12])]
    nom: Annotated[str, Field(description="Nom lisible.", examples=["Mission locale"])]


class Terme(Objet):
    """Une valeur d’une liste : son code et son libellé."""

    code: Annotated[str, Field(description="Code stable, à utiliser dans les filtres.", examples=["mobilite"])]
    libelle: Annotated[str, Field(description="Libellé lisible.", examples=["Mobilité"])]


class Lieu(Objet):
    """Un lieu où l’offre se déroule."""

    nom: Annotated[str | None, Field(description="Nom du lieu.")]
    adresse: Annotated[str | None, Field(description="Numéro et voie.")]
    code_postal: Annotated[str | None, Field(description="Code postal.", examples=["91000"])]
    commune: Annotated[str | None, Field(description="Nom de la commune.")]
    code_insee: Annotated[str | None, Field(description="Code officiel géographique.", examples=["91228"])]
    latitude: Annotated[float | None, Field(description="Latitude, WGS 84.")]
    longitude: Annotated[float | None, Field(description="Longitude, WGS 84.")]
    a_distance: Annotated[bool, Field(description="Vrai quand l’offre s’y suit à distance.")]
    acces: Annotated[str | None, Field(description="Transports, mobilité réduite.")]
    horaires: Annotated[str | None, Field(description="Horaires, en clair.")]


class Conditions(Objet):
    """Les conditions structurées. Null ou liste vide : aucune condition."""

    age_min: Annotated[int | None, Field(description="Âge minimal, compris.")]
    age_max: Annotated[int | None, Field(description="Âge maximal, compris.")]
    sexe: Annotated[str | None, Field(description="F ou H quand l’offre est réservée.")]
    beneficiaires_rsa_seulement: Annotated[bool, Field(description="Réservée aux bénéficiaires du RSA.")]
    inscription_france_travail: Annotated[bool, Field(description="Inscription à France Travail exigée.")]
    contrat_requis: Annotated[bool, Field(description="Contrat d’engagement validé exigé.")]
    types_orientation: Annotated[list[str], Field(description="Types d’orientation admis : emploi, socio_pro, social.")]
    en_clair: Annotated[list[str], Field(description="Conditions d’accès, telles que la fiche les écrit.")]


class Offre(Objet):
    """Une offre d’insertion publiée."""

    id: Annotated[int, Field(description="Identifiant stable.", examples=[12])]
    numero: Annotated[str | None, Field(description="Numéro au catalogue.", examples=["2.6"])]
    intitule: Annotated[str, Field(description="Intitulé.")]
    categorie: Annotated[Terme, Field(description="Catégorie du catalogue.")]
    objectifs: Annotated[list[str], Field(description="Objectifs, un par élément.")]
    contenu: Annotated[list[str], Field(description="Contenu, un point par élément.")]
    publics: Annotated[list[str], Field(description="Publics visés, tels que la fiche les écrit.")]
    publics_codes: Annotated[list[str], Field(description="Publics, dans la nomenclature de data·inclusion.")]
    thematiques: Annotated[list[str], Field(description="Thématiques, dans la nomenclature de data·inclusion.")]
    freins: Annotated[list[Terme], Field(description="Freins que l’offre aide à lever.")]
    conditions: Annotated[Conditions, Field(description="Conditions d’accès.")]
    places: Annotated[int | None, Field(description="Capacité annoncée par la fiche, dans `places_unite`.")]
    places_unite: Annotated[str | None, Field(description="Ce que compte `places`.")]
    duree: Annotated[str | None, Field(description="Durée, en clair.")]
    duree_min_mois: Annotated[float | None, Field(description="Durée minimale, en mois.")]
    duree_max_mois: Annotated[float | None, Field(description="Durée maximale, en mois.")]
    heures_par_semaine: Annotated[float | None, Field(description="Heures par semaine.")]
    documents: Annotated[str | None, Field(description="Documents à apporter.")]
    acces: Annotated[str | None, Field(description="Comment y accéder.")]
    prescrite_par: Annotated[list[str], Field(description="Qui peut la prescrire : referent, prestataire, personne.")]
    telephone: Annotated[str | None, Field(description="Téléphone à joindre.")]
    courriel: Annotated[str | None, Field(description="Courriel à joindre.")]
    operateurs: Annotated[list[Reference], Field(description="Structures qui la mettent en œuvre.")]
    lieux: Annotated[list[Lieu], Field(description="Lieux où elle se déroule.")]
    confirmee_le: Annotated[datetime.date | None, Field(description="Dernier jour où la fiche a été dite juste.")]
    modifiee_le: Annotated[datetime.datetime, Field(description="Dernière modification, avec le fuseau.")]
    demonstration: Annotated[bool, Field(description="Vrai pour une donnée fictive de démonstration.")]
    page: Annotated[str, Field(description="Adresse de la ressource dans cette API.")]
    page_publique: Annotated[str, Field(description="Adresse de la page à montrer au public.")]


class Structure(Objet):
    """Une structure qui met en œuvre au moins une offre publiée."""

    id: Annotated[int, Field(description="Identifiant stable.", examples=[34])]
    nom: Annotated[str, Field(description="Nom.")]
    sigle: Annotated[str | None, Field(description="Sigle.")]
    nature: Annotated[Terme, Field(description="Nature de l’organisme.")]
    siret: Annotated[str | None, Field(description="SIRET, 14 chiffres.")]
    adresse: Annotated[str | None, Field(description="Adresse sur une ligne.")]
    telephone: Annotated[str | None, Field(description="Téléphone.")]
    courriel: Annotated[str | None, Field(description="Courriel.")]
    site: Annotated[str | None, Field(description="Site internet.")]
    offres: Annotated[int, Field(description="Nombre d’offres publiées.")]


class Session(Objet):
    """Une session ouverte ou close d’une offre publiée, qui n’est pas terminée."""

    id: Annotated[int, Field(description="Identifiant stable.", examples=[56])]
    intitule: Annotated[str, Field(description="Intitulé, ou la date de début.")]
    offre: Annotated[Reference, Field(description="L’offre.")]
    operateur: Annotated[Reference | None, Field(description="L’opérateur, null quand le Département la tient.")]
    debut: Annotated[datetime.date, Field(description="Premier jour.")]
    fin: Annotated[datetime.date | None, Field(description="Dernier jour ; null : entrées permanentes.")]
    inscription_jusqu_au: Annotated[datetime.date | None, Field(description="Dernier jour pour s’inscrire.")]
    lieu: Annotated[Lieu | None, Field(description="Le lieu, null quand il n’est pas fixé.")]
    horaires: Annotated[str | None, Field(description="Horaires, en clair.")]
    unite: Annotated[str, Field(description="Ce que comptent les capacités : places ou heures.")]
    capacite: Annotated[float, Field(description="Capacité.")]
    libres: Annotated[float, Field(description="Ce qui reste à l’instant de la réponse.")]
    situation: Annotated[Terme, Field(description="Où elle en est : ouverte, complete, close.")]
    demonstration: Annotated[bool, Field(description="Vrai pour une donnée fictive de démonstration.")]


class Page(Objet, Generic[T]):
    """Une page de résultats."""

    total: Annotated[int, Field(description="Nombre de résultats, toutes pages comprises.")]
    suivant: Annotated[str | None, Field(description="Adresse de la page suivante, null à la dernière.")]
    resultats: Annotated[list[T], Field(description="Les résultats de cette page.")]


class PageOffres(Page[Offre]):
    """Une page d’offres."""


class PageStructures(Page[Structure]):
    """Une page de structures."""


class PageSessions(Page[Session]):
    """Une page de sessions."""


class Erreur(Objet):
    """Ce qui ne va pas : où, quoi, ce qui était attendu."""

    code: Annotated[str, Field(description="Code stable.", examples=["parametre_inconnu"])]
    message: Annotated[str, Field(description="Phrase en français.")]
    parametre: Annotated[str | None, Field(description="Le paramètre en cause.")] = None
    attendu: Annotated[str | None, Field(description="Ce qui était attendu.")] = None
    proche: Annotated[str | None, Field(description="La valeur acceptée la plus proche.")] = None
