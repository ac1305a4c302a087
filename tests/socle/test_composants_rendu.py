"""Each component: the words and roles a reader gets, nothing unescaped, nothing unknown."""

from __future__ import annotations

import datetime
import re
from html.parser import HTMLParser

import pytest
from django.template import Context, Engine, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import timezone

from pdi.socle.composants import Etape, Evenement, Lien, Maillon
from pdi.socle.models import Traitement

pytestmark = pytest.mark.urls("tests.socle.pages_composants")
PIEGE = '<script>alert("x")</script>&\''
N = "\u00a0"


class Verificateur(HTMLParser):
    """Check that tags are balanced, and gather identifiers and text."""

    VIDES = frozenset({"input", "br", "hr", "img", "meta", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.pile: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.texte = ""

    def handle_starttag(self, tag, attrs):
        attributs = dict(attrs)
        if attributs.get("id"):
            self.ids.append(attributs["id"])
        for nom in ("aria-labelledby", "aria-describedby", "for"):
            self.references += (attributs.get(nom) or "").split()
        assert len(attributs) == len(attrs), f"attribut répété dans <{tag}>"
        if tag not in self.VIDES:
            self.pile.append(tag)

    def handle_endtag(self, tag):
        assert self.pile.pop() == tag

    def handle_data(self, data):
        self.texte += data


def rendre(source: str, requete: str = "/liste", **contexte) -> str:
    demande = RequestFactory().get(requete)
    html = str(Engine.get_default().from_string(source).render(Context({"request": demande, **contexte})))
    verifie = Verificateur()
    verifie.feed(html)
    verifie.close()
    assert verifie.pile == []
    assert len(set(verifie.ids)) == len(verifie.ids), "identifiant répété"
    assert set(verifie.references) <= set(verifie.ids), "référence vers un identifiant absent"
    assert "VARIABLE INCONNUE" not in html
    assert "<script>" not in html
    assert " style=" not in html
    return html


def texte(html: str) -> str:
    verifie = Verificateur()
    verifie.feed(html)
    return re.sub(r"[ \n]+", " ", verifie.texte).strip()


def test_state_has_a_tone_a_pictogram_and_a_word():
    html = rendre('{% etat "veille" libelle icone="arrow-return-left" %}', libelle=PIEGE)
    assert 'data-ton="veille"' in html
    assert "icones.svg#arrow-return-left" in html
    assert "&lt;script&gt;" in html
    assert "etat-texte" in rendre('{% etat "bon" "Oui" texte=True %}')


def test_unknown_tone_is_refused():
    with pytest.raises(TemplateSyntaxError, match="Ton inconnu"):
        rendre('{% etat "rouge" "Non" %}')


def test_pictogram_is_hidden_from_assistive_technology():
    assert 'aria-hidden="true"' in rendre('{% ico "search" %}')


def test_alert_says_its_fact_in_a_heading():
    html = rendre('{% alerte ton="retard" titre=t niveau=2 ident="a" %}<p>Suite</p>{% endalerte %}', t=PIEGE)
    assert "<h2>&lt;script&gt;" in html
    assert "<p>Suite</p>" in html
    assert 'id="a"' in html


def test_empty_state_says_why_and_what_to_do():
    html = rendre('{% vide "Aucune fiche" dessin="fini" %}<p>Retirez un filtre.</p>{% endvide %}')
    assert texte(html) == "Aucune ficheRetirez un filtre."


def test_figure_shows_base_trend_gauge_and_definition():
    html = rendre(
        '<dl>{% chiffre t "86,0" unite="%" base="27 / 31" tendance="+ 2" ton="bon" icone="arrow-up-right" plein=86 '
        'cible=90 url="/liste" %}<dt>Compté</dt><dd>ceci</dd>{% endchiffre %}</dl>',
        t="Taux d’orientation",
    )
    for attendu in ("27 / 31", "+ 2", "Définition", "Compté", 'class="jauge"', 'class="jauge-seuil"', 'href="/liste"'):
        assert attendu in html
    assert "Définition : Taux d’orientation" in texte(html)


def test_figure_without_definition_has_no_definition():
    html = rendre('<dl>{% chiffre "Personnes" "12" %}  {% endchiffre %}</dl>')
    assert "<details" not in html
    assert "jauge" not in html


def test_steps_say_what_is_done_and_where_we_stand():
    html = rendre(
        "{% etapes e %}", e=[Etape("Ouvert", "", "fait"), Etape(PIEGE, "en cours", "courant"), Etape("Validé")]
    )
    assert html.count('aria-current="step"') == 1
    assert "Ouvert (fait)" in texte(html)


def test_chain_links_each_number():
    html = rendre("{% chaine m %}", m=[Maillon("3", "objectifs", "programme"), Maillon("4", "offres", "offre", "/o")])
    assert 'href="/o"' in html
    assert html.count("<li") == 2


def test_timeline_gives_machine_and_human_dates():
    quand = datetime.date(2026, 2, 11)
    html = rendre("{% frise e %}", e=[Evenement(quand, PIEGE, PIEGE, "lock", ton="veille", url="/v")])
    assert '<time datetime="2026-02-11">11/02/2026</time>' in html
    assert 'href="/v"' in html


def test_breadcrumb_ends_with_the_current_page():
    html = rendre('{% ariane "Programmes" "/p" t %}', t="Fiche 2.1")
    assert '<a href="/p">Programmes</a>' in html
    assert '<li aria-current="page">Fiche 2.1</li>' in html
    assert rendre("{% ariane l %}", l=[Lien("Programmes", "/p"), Lien("Fiche 2.1")]) == html


def test_menu_needs_no_script():
    assert rendre('{% menu "Autres" %}<li><a href="/a">A</a></li>{% endmenu %}').startswith("<details")


def test_contents_list_links_to_the_sections():
    assert 'href="#bilan"' in rendre('{% sommaire s "Dans cette fiche" %}', s=[("bilan", "Bilan")])


# -- job ----------------------------------------------------------------------------------------
def traitement(**champs) -> Traitement:
    champs = {
        "nature": "n",
        "cle": "c",
        "intitule": "Rapport 2025",
        "etat": "en_cours",
        "total": 17,
        "fait": 14,
    } | champs
    return Traitement(**champs)


def test_running_job_polls_says_how_far_and_can_be_stopped():
    html = rendre('{% travail t unite="fiche" %}', t=traitement(etape="Axe 3"))
    assert 'hx-trigger="every 2s"' in html
    assert re.search(r'<progress[^>]* max="17" value="14" role="progressbar"', html)
    assert 'aria-valuetext="14 sur 17"' in html
    assert f"14 sur 17{N}fiches" in html
    assert "Axe 3" in html
    assert "Arrêter" in html
    assert 'name="csrfmiddlewaretoken"' in html
    assert "Relancer" not in html


def test_finished_job_stops_polling():
    html = rendre("{% travail t %}", t=traitement(etat="termine", fait=17, fin=timezone.now()))
    assert "hx-trigger" not in html
    assert "Terminé" in html
    assert "Arrêter" not in html


def test_failed_job_keeps_its_message_and_can_start_again():
    html = rendre("{% travail t %}", t=traitement(etat="echec", erreur=PIEGE, fin=timezone.now(), messages=["Note"]))
    assert "Relancer" in html
    assert "&lt;script&gt;" in html
    assert "<li>Note</li>" in html


def test_waiting_job_of_unknown_length_has_an_indeterminate_bar():
    html = rendre("{% travail t %}", t=traitement(etat="en_attente", total=0, fait=0))
    assert "aria-valuenow" not in html
    assert "<progress" in html


def test_job_asked_to_stop_says_so_and_offers_it_no_more():
    html = rendre("{% travail t %}", t=traitement(annulation_demandee=True))
    assert "Arrêt demandé" in html
    assert "Arrêter" not in html


# -- confirmation -------------------------------------------------------------------------------
def test_confirmation_is_a_link_first_and_a_dialog_with_the_same_words():
    html = rendre(
        '{% confirmation "Supprimer" "/s" q bouton="Supprimer l’étape" grave=True icone="trash" %}<p>Suite</p>'
        "{% endconfirmation %}",
        q=PIEGE,
    )
    ident = re.search(r'data-dialogue="(\w+)"', html)
    assert ident
    assert f'<dialog class="dialogue" id="{ident[1]}"' in html
    assert 'href="/s"' in html
    assert 'action="/s"' in html
    assert 'name="csrfmiddlewaretoken"' in html


def test_confirmation_without_address_is_refused():
    with pytest.raises(TemplateSyntaxError, match="adresse est obligatoire"):
        rendre('{% confirmation "Supprimer" "" "Sûr ?" %}{% endconfirmation %}')
