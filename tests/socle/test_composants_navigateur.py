"""The shell and the components in a real browser: axe in both themes and two widths, keyboard, without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.navigateur import verifier_largeur, verifier_page

pytestmark = [
    pytest.mark.navigateur,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.socle.pages_composants"),
]
N = "\u00a0"


VARIANTES = [(1280, False), (320, True), (1280, True), (320, False)]
PUBLIQUES = ("/accessibilite", "/aide", "/donnees-personnelles", "/comptes/connexion", "/comptes/mot-de-passe/oublie")


@pytest.mark.parametrize(
    ("chemins", "statut"),
    [(("/composants", "/composants?mot=abc&retard=on&tri=-titre", "/confirmer"), 200), (PUBLIQUES, 200),
     (("/nulle-part",), 404), (("/refus",), 403)],
    ids=["composants", "publiques", "404", "403"],
)  # fmt: skip
def test_every_page_of_the_shell_is_accessible(nouvelle_page, chemins, statut):
    for largeur, sombre in VARIANTES:
        page = nouvelle_page(largeur=largeur, sombre=sombre)
        for chemin in chemins:
            reponse = page.goto(chemin)
            assert reponse.status == statut
            verifier_page(page)


def test_text_at_200_percent_does_not_scroll_sideways(nouvelle_page):
    page = nouvelle_page(largeur=640)
    page.goto("/composants")
    page.evaluate(
        """() => { const feuille = new CSSStyleSheet(); feuille.replaceSync('html { font-size: 200% }');
                   document.adoptedStyleSheets = [feuille]; }"""
    )
    verifier_largeur(page)


def test_skip_links_come_first_and_lead_to_the_content(page):
    page.goto("/composants")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_errors_take_the_focus_and_lead_to_their_field(page):
    page.goto("/composants")
    page.get_by_role("button", name="Soumettre").click()
    # The browser's own check would stop the form: the server's answer is what is tested.
    page.evaluate("document.querySelector('main form[method=post]:has(.champ)').noValidate = true")
    page.get_by_role("button", name="Soumettre").click()
    resume = page.get_by_role("alert").filter(has_text="champs à reprendre")
    expect(resume).to_be_focused()
    resume.get_by_role("link", name="Titre de l’étape").click()
    expect(page.get_by_label("Titre de l’étape")).to_be_focused()
    verifier_page(page)


def test_word_counter_follows_the_text(page):
    page.goto("/composants")
    page.get_by_label("Ce qui a été fait").fill("un deux trois quatre")
    expect(page.get_by_text(f"4{N}mots, 3 au plus, 1 de trop")).to_be_visible()


def test_confirmation_by_keyboard_in_a_dialog(page):
    page.goto("/composants")
    lien = page.get_by_role("link", name="Supprimer", exact=True)
    lien.focus()
    page.keyboard.press("Enter")
    dialogue = page.get_by_role("dialog", name="Supprimer l’étape ?")
    expect(dialogue.get_by_role("button", name="Annuler")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialogue).to_be_hidden()
    expect(lien).to_be_focused()
    lien.click()
    dialogue.get_by_role("button", name="Supprimer l’étape").click()
    expect(page.get_by_text("Supprimée")).to_be_visible()


def test_confirmation_without_script_is_a_page(nouvelle_page):
    page = nouvelle_page(javascript=False)
    page.goto("/composants")
    page.get_by_role("link", name="Supprimer", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Supprimer l’étape ?")).to_be_visible()
    page.get_by_role("button", name="Supprimer l’étape").click()
    expect(page.get_by_text("Supprimée")).to_be_visible()


def test_menu_closes_with_escape_and_by_clicking_elsewhere(page):
    page.goto("/composants")
    resume = page.locator("summary", has_text="Autres actions")
    resume.click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Proposer")).to_be_hidden()
    expect(resume).to_be_focused()
    resume.click()
    page.locator("h1").click()
    expect(page.get_by_role("link", name="Proposer")).to_be_hidden()


def test_menus_open_inside_a_narrow_screen(page_telephone):
    page = page_telephone
    page.goto("/composants")
    page.locator("summary", has_text="Autres actions").click()
    boite = page.get_by_role("link", name="Proposer").bounding_box()
    assert boite is not None
    assert boite["x"] >= 0
    assert boite["x"] + boite["width"] <= 320
    verifier_page(page)


def test_job_moves_on_its_own_then_stops_asking(page):
    page.goto("/composants")
    barre = page.get_by_role("progressbar")
    expect(barre).to_have_attribute("aria-valuenow", "0")
    expect(page.locator("section.travail[data-fini]")).to_be_visible(timeout=20_000)
    expect(barre).to_have_attribute("aria-valuenow", "3")
    expect(page.locator("#annonces")).to_have_text("Terminé")
    expect(page.locator("section.travail")).not_to_have_attribute("hx-trigger", "every 2s")


def test_exchange_is_announced_and_posts_carry_the_token(page):
    page.goto("/composants")
    page.get_by_role("button", name="Changer").click()
    expect(page.locator("#annonces")).to_have_text("4 fiches")
    page.goto("/composants")
    page.get_by_role("button", name="Poster").click()
    expect(page.get_by_text("Reçu en POST")).to_be_visible()


def test_expired_session_never_lands_inside_the_page(page):
    page.goto("/composants")
    page.get_by_label("Ce qui a été fait").fill("Un long texte")
    page.get_by_role("button", name="Session").click()
    expect(page.get_by_role("heading", name="Votre session a expiré")).to_be_visible()
    expect(page.get_by_label("Ce qui a été fait")).to_have_value("Un long texte")
    expect(page.get_by_role("button", name="Session")).to_be_visible()
    verifier_page(page)
    # The job above has been polled with success meanwhile: that does not wipe the message.
    expect(page.locator("section.travail[data-fini]")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Fermer", exact=True).click()
    expect(page.get_by_role("heading", name="Votre session a expiré")).to_be_hidden()


def test_failure_is_said_and_its_own_success_clears_it(page, surveillance):
    page.goto("/composants")
    page.route("**/fragment", lambda route: route.abort())
    page.get_by_role("button", name="Changer").click()
    expect(page.get_by_role("heading", name="Connexion interrompue")).to_be_visible()
    page.unroute("**/fragment")
    page.get_by_role("button", name="Changer").click()
    expect(page.get_by_text("4 fiches", exact=True).first).to_be_visible()
    expect(page.get_by_role("heading", name="Connexion interrompue")).to_be_hidden()
    # htmx writes the cut request to the console: that is the failure asked for.
    surveillance.plaintes[:] = [p for p in surveillance.plaintes if "htmx:" not in p]


def test_chart_changes_with_the_width_but_keeps_its_words(nouvelle_page):
    for largeur, visible, cache in ((1280, "large", "etroit"), (320, "etroit", "large")):
        page = nouvelle_page(largeur=largeur)
        page.goto("/composants")
        expect(page.locator(f"svg.{visible}").first).to_be_visible()
        expect(page.locator(f"svg.{cache}").first).to_be_hidden()


def test_print_unfolds_the_data_and_drops_the_tools(page):
    page.goto("/composants?mot=abc")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.get_by_role("cell", name=f"78,2{N}%").first).to_be_visible()
    expect(page.locator(".jeton")).to_be_visible()
    for outil in (".barre", ".filtres", ".pagination-cle", ".actions", ".barre-formulaire"):
        expect(page.locator(outil).first).to_be_hidden()
