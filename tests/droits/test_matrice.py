"""Every URL × every role. A new URL without a line fails, and says what to add. See docs/droits.md."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from .conftest import Ecriture, modules_de_la_matrice, puis_tout_oublier, rien_ne_s_ecrit
from .monde import Monde
from .table import ANONYME, REFUS, ROLES, Ligne

# Namespaces that have no line, and why.
HORS_MATRICE = {
    "admin": "écrans de Django pour les référentiels : voir test_administration.py",
}

LIGNES: list[Ligne] = [ligne for module in modules_de_la_matrice() for ligne in module.MATRICE]
CODES_REFUS_POST = (403, 404, 405)

pytestmark = pytest.mark.django_db


def toutes_les_urls(resolveur: URLResolver | None = None, espace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield (full name, pattern) of every URL of the project."""
    for motif in (resolveur or get_resolver()).url_patterns:
        if isinstance(motif, URLResolver):
            prefixe = f"{espace}{motif.namespace}:" if motif.namespace else espace
            if (motif.namespace or "") not in HORS_MATRICE:
                yield from toutes_les_urls(motif, prefixe)
        else:
            yield f"{espace}{motif.name or motif.pattern}", motif


URLS = dict(toutes_les_urls())


def adresse(ligne: Ligne, monde: Monde) -> str:
    return reverse(ligne.url, kwargs=dict(ligne.objet(monde))) + ligne.requete


def demander(monde: Monde, ligne: Ligne, role: str, methode: str) -> HttpResponseBase:
    """Send the request as `role` and read the whole answer."""
    client = monde.clients[role]
    if methode == "GET":
        reponse = client.get(adresse(ligne, monde))
    else:
        donnees = ligne.donnees(monde) if ligne.methode == "POST" else {}
        reponse = client.post(adresse(ligne, monde), donnees)
    if reponse.streaming:
        b"".join(reponse.streaming_content)  # type: ignore[attr-defined]
    return reponse


def reponses(ligne: Ligne, monde: Monde) -> Iterator[tuple[str, HttpResponseBase]]:
    """Ask for the line as each role; what one writes is undone before the next. A GET writes nothing."""
    if ligne.methode == "GET":
        with puis_tout_oublier(), rien_ne_s_ecrit():
            yield from [(role, demander(monde, ligne, role, "GET")) for role in ROLES]
        return
    for role in ROLES:
        with puis_tout_oublier():
            reponse = demander(monde, ligne, role, ligne.methode)
        yield role, reponse


def vers_la_connexion(reponse: HttpResponseBase) -> bool:
    return urlsplit(reponse.headers.get("Location", "")).path == reverse("comptes:connexion")


def ligne_a_ajouter(nom: str) -> str:
    arguments = ", ".join(f'"{a}": m.…' for a in URLS[nom].pattern.converters)
    objet = f", objet=lambda m: {{{arguments}}}" if arguments else ""
    return f'    Ligne("{nom}", statuts(403, gestion=200){objet}),'


def test_chaque_url_a_sa_ligne():
    manquantes = sorted(set(URLS) - {ligne.url for ligne in LIGNES})
    assert not manquantes, (
        f"{len(manquantes)} URL sans ligne dans la matrice des droits : {', '.join(manquantes)}.\n"
        "Ajoutez-les à tests/droits/matrice_<app>.py avec les statuts voulus, par exemple :\n"
        + "\n".join(map(ligne_a_ajouter, manquantes[:5]))
        + "\nVoir docs/droits.md."
    )


def test_aucune_ligne_ne_decrit_une_url_disparue():
    disparues = sorted({ligne.url for ligne in LIGNES} - set(URLS))
    assert not disparues, f"Lignes à retirer de la matrice : {', '.join(disparues)}"


def test_aucune_ligne_n_est_ecrite_deux_fois():
    noms = [ligne.nom for ligne in LIGNES]
    doubles = sorted({nom for nom in noms if noms.count(nom) > 1})
    assert not doubles, f"Donnez un `cas` différent à chacune de ces lignes : {', '.join(doubles)}"


def test_chaque_objet_a_un_lecteur_refuse():
    """A view that forgets `visibles_par` or its verdict refuses nobody: each URL about an object shows a refusal."""
    refusees = {
        ligne.url
        for ligne in LIGNES
        if ligne.ouvert or any(ligne.attendus[role] in (403, 404) for role in ROLES if role != ANONYME)
    }
    sans_refus = sorted(nom for nom, motif in URLS.items() if motif.pattern.converters and nom not in refusees)
    assert not sans_refus, (
        f"Personne n’est refusé sur : {', '.join(sans_refus)}. Ajoutez une ligne avec un objet invisible "
        '(m.fiche_restreinte, m.autre_fiche…), ou dites pourquoi tous le voient : Ligne(…, ouvert="…").'
    )


@pytest.mark.parametrize("ligne", LIGNES, ids=lambda ligne: ligne.nom)
def test_statut_de_chaque_role(ligne: Ligne, monde: Monde):
    ecarts = []
    for role, reponse in reponses(ligne, monde):
        obtenu, attendu = reponse.status_code, ligne.attendus[role]
        vers = reponse.headers.get("Location", "")
        if obtenu != attendu:
            ecarts.append(f"{role} : {obtenu}{f' vers {vers}' if vers else ''}, attendu {attendu}")
        elif role == ANONYME and attendu == 302 and not vers_la_connexion(reponse):
            ecarts.append(f"{role} : envoyé vers {vers}, attendu : la page de connexion")
    assert not ecarts, f"{ligne.nom}\n" + "\n".join(ecarts)


@pytest.mark.parametrize("ligne", LIGNES, ids=lambda ligne: ligne.nom)
def test_un_post_refuse_n_ecrit_rien(ligne: Ligne, monde: Monde):
    """Who may not read a page may not post to it either, and nothing is written on the way."""
    if ligne.methode == "GET" and any(autre.url == ligne.url and autre.methode == "POST" for autre in LIGNES):
        return  # a POST line says what is expected
    ecarts = []
    # Allowed, or sent on after a write that is allowed: not refused.
    refuses = [r for r in ROLES if ligne.attendus[r] in REFUS and (r == ANONYME or ligne.attendus[r] != 302)]
    with puis_tout_oublier(), rien_ne_s_ecrit():
        for role in refuses:
            try:
                reponse = demander(monde, ligne, role, "POST")
            except Ecriture as ecriture:
                ecarts.append(f"{role} : {ecriture}")
                continue
            if reponse.status_code not in CODES_REFUS_POST and not vers_la_connexion(reponse):
                ecarts.append(f"{role} : POST accepté, {reponse.status_code}")
    assert not ecarts, f"{ligne.nom}\n" + "\n".join(ecarts)
