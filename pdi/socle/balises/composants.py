"""Components of a page: states, alerts, figures, steps, timeline, job, confirmation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import Context, TemplateSyntaxError
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from pdi.socle.composants import Etape, Evenement, Lien, Maillon
from pdi.socle.models import EtatTraitement, Traitement
from pdi.socle.navigation import adresse_si, chemin_sur

from . import register, rendre, ton_connu
from .traits import ico, jauge

ICONES_TON = {
    "bon": "check-circle-fill",
    "veille": "dash-circle-fill",
    "retard": "exclamation-circle-fill",
    "info": "arrow-right-circle-fill",
    "neutre": "circle",
}
ICONES_ALERTE = {
    "bon": "check-circle-fill",
    "veille": "exclamation-triangle-fill",
    "retard": "exclamation-octagon-fill",
    "info": "info-circle-fill",
    "neutre": "info-circle",
}
ICONES_TRAITEMENT = {
    EtatTraitement.EN_ATTENTE: "hourglass-split",
    EtatTraitement.EN_COURS: "arrow-repeat",
    EtatTraitement.TERMINE: "check-circle-fill",
    EtatTraitement.ECHEC: "exclamation-octagon-fill",
    EtatTraitement.ANNULE: "x-circle",
}
TONS_TRAITEMENT = {
    EtatTraitement.EN_ATTENTE: "neutre",
    EtatTraitement.EN_COURS: "info",
    EtatTraitement.TERMINE: "bon",
    EtatTraitement.ECHEC: "retard",
    EtatTraitement.ANNULE: "neutre",
}
TONS_MESSAGES = {"debug": "neutre", "info": "info", "success": "bon", "warning": "veille", "error": "retard"}


def _vide(texte: str) -> bool:
    return not str(texte).strip()


@register.simple_tag
def url_si(nom: str, *args: Any, **kwargs: Any) -> str:
    """`{% url_si "actions:fiches" as lien %}` the URL, empty when that screen is not installed."""
    if not args and not kwargs:
        return adresse_si(nom)
    try:
        return reverse(nom, args=args or None, kwargs=kwargs or None)
    except NoReverseMatch:
        return ""


@register.simple_tag
def etat(ton: str, libelle: Any, icone: str = "", texte: bool = False) -> SafeString:
    """`{% etat "bon" "Validé" icone="lock-fill" %}` a state: tone, pictogram and word. `texte=True`: no background."""
    return format_html(
        '<span class="etat{}" data-ton="{}">{}{}</span>',
        " etat-texte" if texte else "",
        ton_connu(ton),
        ico(icone or ICONES_TON[ton]),
        libelle,
    )


@register.simple_tag
def etat_traitement(traitement: Traitement) -> str:
    """`{% etat_traitement t %}` the state of a background job."""
    cle = EtatTraitement(traitement.etat)
    return etat(TONS_TRAITEMENT[cle], cle.label, ICONES_TRAITEMENT[cle])


@register.filter
def ton_message(tags: str) -> str:
    """Return the tone of a Django message from its level tag."""
    return next((TONS_MESSAGES[mot] for mot in str(tags).split() if mot in TONS_MESSAGES), "info")


@register.simple_block_tag
def alerte(content: str, ton: str = "info", titre: str = "", icone: str = "", niveau: int = 3, ident: str = "") -> str:
    """`{% alerte ton="veille" titre="Le fait" %}<p>…</p>{% endalerte %}` fact, sums, source, choices."""
    return rendre(
        "alerte",
        {
            "ton": ton_connu(ton),
            "titre": titre,
            "icone": icone or ICONES_ALERTE[ton],
            "niveau": niveau,
            "ident": ident,
            "corps": content,
        },
    )


@register.simple_block_tag
def vide(content: str, titre: str, niveau: int = 3, dessin: str = "dossier") -> str:
    """`{% vide "Aucune fiche ne correspond" %}<p>Retirez un filtre.</p>{% endvide %}` why, and what to do.

    `dessin`: « dossier » (nothing yet), « fini » (all done) or empty.
    """
    return rendre("vide", {"titre": titre, "niveau": niveau, "dessin": dessin, "corps": content})


@register.simple_block_tag
def chiffre(
    content: str,
    titre: str,
    valeur: Any,
    unite: str = "",
    base: str = "",
    tendance: str = "",
    ton: str = "",
    icone: str = "",
    plein: Any = None,
    maximum: Any = 100,
    cible: Any = None,
    url: str = "",
) -> SafeString:
    """`{% chiffre "Taux" "86,0" unite="%" base="27 / 31" tendance="+ 2,9 pts" ton="bon" plein=86 cible=90 %}`.

    The block holds the definition as `<dt>…</dt><dd>…</dd>` (empty: none). `plein`, `maximum` and `cible` draw
    the gauge; `url` opens what is behind the figure. To be placed in `<dl class="chiffres">`.
    """
    return rendre(
        "chiffre",
        {
            "titre": titre,
            "valeur": valeur,
            "unite": unite,
            "base": base,
            "tendance": tendance,
            "ton": ton_connu(ton) if ton else "",
            "icone": icone,
            "jauge": jauge(plein, maximum, cible) if plein is not None else "",
            "url": url,
            "definition": "" if _vide(content) else content,
        },
    )


@register.simple_tag
def etapes(etapes: Iterable[Etape], libelle: str = "Étapes") -> SafeString:
    """`{% etapes etapes "Avancement du bilan" %}` where a process stands (list of Etape)."""
    return rendre("etapes", {"etapes": list(etapes), "libelle": libelle})


@register.simple_tag
def chaine(maillons: Iterable[Maillon], libelle: str = "De l’action au résultat") -> SafeString:
    """`{% chaine maillons %}` how things link: each number opens what is behind it (list of Maillon)."""
    return rendre("chaine", {"maillons": list(maillons), "libelle": libelle})


@register.simple_tag
def frise(evenements: Iterable[Evenement], niveau: int = 3) -> SafeString:
    """`{% frise evenements %}` what happened, newest first (list of Evenement)."""
    return rendre("frise", {"evenements": list(evenements), "niveau": niveau})


@register.simple_tag
def ariane(*liens: Any) -> SafeString:
    """`{% ariane "Programmes" url_programmes "Fiche 2.1" %}` pairs title, url; the last title is the page.

    A list of Lien is accepted too: `{% ariane liens %}`. The home page is added first.
    """
    if len(liens) == 1 and not isinstance(liens[0], str):
        elements = list(liens[0])
    else:
        elements = [Lien(str(liens[i]), str(liens[i + 1])) for i in range(0, len(liens) - 1, 2)]
        if len(liens) % 2:
            elements.append(Lien(str(liens[-1])))
    return rendre("ariane", {"liens": elements, "accueil": url_si("accueil:accueil")})


@register.simple_block_tag
def menu(content: str, intitule: str = "Autres actions", classe: str = "btn-outline-primary") -> str:
    """`{% menu "Autres actions" %}<li><a href="…">…</a></li>{% endmenu %}` a menu that needs no script."""
    return rendre("menu", {"intitule": intitule, "classe": classe, "corps": content})


@register.simple_tag(takes_context=True)
def travail(
    context: Context,
    traitement: Traitement,
    unite: str = "étape",
    url_fragment: str = "",
    url_annuler: str = "",
    url_reprendre: str = "",
) -> SafeString:
    """`{% travail traitement unite="fiche" %}` a background job: what, how far, may I leave, stop, start again.

    Polls `socle:traitement_fragment` every 2 s while active (that view renders this same component), and stops by
    itself: a finished job carries no trigger. URLs default to socle:traitement_annuler / _relancer (POST).
    """
    requete: HttpRequest | None = context.get("request")
    fini = not traitement.actif
    sur = requete is not None and bool(traitement.url_retour) and chemin_sur(requete, traitement.url_retour)
    return rendre(
        "travail",
        {
            "t": traitement,
            "fini": fini,
            "unite": unite,
            "url_resultat": traitement.url_retour if sur else "",
            "icone": ICONES_TRAITEMENT[EtatTraitement(traitement.etat)],
            "ton": TONS_TRAITEMENT[EtatTraitement(traitement.etat)],
            "url_fragment": "" if fini else url_fragment or url_si("socle:traitement_fragment", traitement.pk),
            "url_annuler": "" if fini else url_annuler or url_si("socle:traitement_annuler", traitement.pk),
            "url_reprendre": url_reprendre or url_si("socle:traitement_relancer", traitement.pk)
            if traitement.etat in {EtatTraitement.ECHEC, EtatTraitement.ANNULE}
            else "",
            "jeton_csrf": get_token(requete) if requete is not None else "",
        },
    )


@register.simple_block_tag(takes_context=True)
def confirmation(
    context: Context,
    content: str,
    intitule: str,
    url: str,
    titre: str,
    bouton: str = "",
    classe: str = "btn-outline-primary",
    icone: str = "",
    action: str = "",
    annuler: str = "Annuler",
    grave: bool = False,
) -> SafeString:
    """`{% confirmation "Supprimer" url "Supprimer l’étape ?" bouton="Supprimer l’étape" grave=True %}<p>…</p>…`.

    Without script the link opens `url`, a confirmation page (GET) whose form posts. With script a <dialog> asks
    the same question and posts to `action` (by default `url`). The block says what will, and will not, happen.
    """
    requete: HttpRequest | None = context.get("request")
    if not url:
        raise TemplateSyntaxError("confirmation : l’adresse est obligatoire, c’est la page sans script.")
    return rendre(
        "confirmation",
        {
            "ident": "d" + hashlib.sha256(f"{url}{titre}".encode()).hexdigest()[:10],
            "intitule": intitule,
            "url": url,
            "action": action or url,
            "titre": titre,
            "bouton": bouton or intitule,
            "classe": classe,
            "icone": icone,
            "annuler": annuler,
            "grave": grave,
            "corps": content,
            "jeton_csrf": get_token(requete) if requete is not None else "",
        },
    )


@register.simple_tag
def sommaire(sections: Sequence[tuple[str, str]], titre: str = "Dans cette page") -> SafeString:
    """`{% sommaire sections "Dans cette fiche" %}` links to the sections: [("indicateurs", "Indicateurs"), …]."""
    return rendre("sommaire", {"sections": sections, "titre": titre})


@register.filter
def icone_message(tags: str) -> str:
    """Return the pictogram of a Django message from its level tag."""
    return ICONES_ALERTE[ton_message(tags)]
