"""What the components of lists, drawings and forms render."""

from __future__ import annotations

import datetime
import re
from types import SimpleNamespace

import pytest
from django import forms
from django.db.models import Q
from django.test import RequestFactory

from pdi.socle.filtres import FiltreBooleen, FiltreChoix, Filtres, FiltreTexte
from pdi.socle.tri import Colonne, Tri

from .test_composants_rendu import PIEGE, N, rendre, texte

pytestmark = pytest.mark.urls("tests.socle.pages_composants")


COLONNES = [
    Colonne("Fiche", "titre"),
    Colonne("Échéance", "fin"),
    Colonne("Cible", nb=True),
    Colonne("Gestes", masquee=True),
]
LIGNE = (
    '<tbody><tr><th scope="row"><a href="/f?a=1&amp;b=2" title="a > b">2.1</a></th><td data-titre="Échéance">x</td>'
    '<td class="nb">1</td><td></td></tr></tbody>'
)


def test_table_has_roles_sort_links_and_hidden_headers():
    tri = Tri.lire({"tri": "-titre"}, {"titre": "titre", "fin": "fin"}, defaut="titre")
    html = rendre(
        '{% table colonnes "Fiches" tri=tri legende="Note" %}' + LIGNE + "{% endtable %}",
        "/liste?mot=a%26b&tri=-titre&curseur=s.1",
        colonnes=COLONNES,
        tri=tri,
    )
    assert html.count('aria-sort="descending"') == 1
    assert 'href="?mot=a%26b&amp;tri=titre"' in html
    assert 'href="?mot=a%26b&amp;tri=fin"' in html
    assert "curseur" not in html
    assert '<tbody role="rowgroup"><tr role="row"><th role="rowheader" scope="row">' in html
    assert '<td role="cell" data-titre="Échéance">' in html
    assert html.count('role="cell"') == 3
    assert '<span class="visually-hidden">Gestes</span>' in html
    assert "<caption>Note</caption>" in html


def test_table_accepts_plain_titles_and_keeps_given_roles():
    html = rendre('{% table c "X" %}<tbody><tr role="row"><td role="cell">a</td></tr></tbody>{% endtable %}', c=["A"])
    assert html.count('role="cell"') == 1
    assert "aria-sort" not in html


class FiltresEssai(Filtres):
    mot = FiltreTexte("Mot", champs=("titre",), large=True)
    etat = FiltreChoix("État", champ="etat", choix=[("v", "Validé")])
    retard = FiltreBooleen("En retard", si_vrai=Q())


def test_filter_bar_labels_every_control_and_keeps_the_order():
    demande = RequestFactory().get("/", {"mot": PIEGE, "tri": "-fin"})
    html = rendre("{% filtres f %}", f=FiltresEssai(demande.GET))
    assert 'method="get"' in html
    assert '<input type="hidden" name="tri" value="-fin">' in html
    assert html.count("<label") == 3
    assert "form-select" in html
    assert "form-check-input" in html


@pytest.mark.parametrize(("total", "attendu"), [(0, "Aucun résultat"), (1, f"1{N}fiche"), (1234, f"1{N}234{N}fiches")])
def test_badges_say_how_many_and_remove_themselves(total, attendu):
    demande = RequestFactory().get("/", {"mot": PIEGE, "retard": "on"})
    html = rendre('{% jetons f total "fiche" %}', f=FiltresEssai(demande.GET), total=total)
    assert attendu in texte(html)
    assert html.count("retirer ce filtre") == 2
    assert "Tout retirer" in html


class Page(list[int]):
    """A page as the tag sees it."""

    def __init__(self, *, suivant=None, precedent=None, total=3) -> None:
        super().__init__([1, 2, 3])
        self.objets, self.suivant, self.precedent, self.total = list(self), suivant, precedent, total
        self.plusieurs = bool(suivant or precedent)


def test_pagination_keeps_filters_and_says_how_many():
    html = rendre('{% pagination p "fiche" %}', "/liste?mot=a&curseur=vieux", p=Page(suivant="s.9:x", total=1234))
    assert 'href="?mot=a&amp;curseur=s.9%3Ax"' in html
    assert f"3{N}fiches sur 1{N}234" in texte(html)
    assert "précédente" not in html


def test_pagination_of_a_single_page_only_counts():
    assert texte(rendre('{% pagination p "fiche" %}', p=Page())) == f"3{N}fiches"
    vide = SimpleNamespace(objets=[])
    assert rendre('{% pagination p "fiche" %}', p=vide) == ""


def test_export_link_carries_the_filters():
    html = rendre('{% export "/x" requete=requete_ total=12 %}', requete_="?mot=a&tri=b")
    assert 'href="/x?mot=a&amp;tri=b"' in html
    assert f"12{N}lignes" in texte(html)


# -- drawings -----------------------------------------------------------------------------------
POINTS = [("2023", 81), ("2024", None), ("2025", 86.5)]


@pytest.mark.parametrize("balise", ["graphique_courbe", "graphique_barres"])
def test_chart_has_a_title_a_description_and_its_data(balise):
    html = rendre("{% " + balise + ' p titre=t unite="%" cible=90 %}', p=POINTS, t=PIEGE)
    assert html.count('role="img"') == 2, "un dessin large et un étroit"
    assert html.count("<title") == 2
    assert html.count("<desc") == 2
    assert f"81,0{N}%" in html
    assert '<th scope="row">2024</th><td>non mesuré</td>' in html
    assert html.count('role="img"') == 2
    assert rendre("{% " + balise + ' p titre="T" ouvert=True %}', p=POINTS).count('role="img"') == 1


def test_chart_shows_the_given_table():
    html = rendre(
        '{% graphique_courbe p titre="T" colonnes=c donnees=d %}',
        p=POINTS,
        c=["Année", "Orientées", "Taux"],
        d=[["2025", 27073, "86,0 %"]],
    )
    assert f"<td>27{N}073</td><td>86,0 %</td>" in html


def test_same_data_give_the_same_document():
    source = '{% graphique_courbe p titre="T" %}'
    assert rendre(source, p=POINTS) == rendre(source, p=POINTS)


def test_stacked_chart_names_each_series_and_totals():
    html = rendre(
        '{% graphique_empile l s titre="Bilans" intitule="Axe" %}',
        l=[("Axe 1", [2, 0, 1])],
        s=[("Validé", "bon"), ("Soumis", "info"), ("À rédiger", "neutre")],
    )
    assert "Axe 1 : validé 2, à rédiger 1." in html
    assert '<th scope="row">Axe 1</th><td>2</td><td>0</td><td>1</td><td>3</td>' in html


def test_sparkline_is_said_in_words():
    assert f"Cible : 90{N}%. 2023 : 81,0{N}% ; 2024 : non mesuré ; 2025 : 86,5{N}%" in texte(
        rendre('{% etincelle p 90 "%" %}', p=POINTS)
    )


def test_gauge_without_value_is_empty():
    html = rendre("{% jauge v 100 cible %}", v=None, cible=None)
    assert "jauge-plein" not in html
    assert "jauge-seuil" not in html


# -- forms --------------------------------------------------------------------------------------
class Formulaire(forms.Form):
    titre = forms.CharField(label="Titre", help_text="Un verbe.")
    bilan = forms.CharField(label="Bilan", widget=forms.Textarea, required=False)
    causes = forms.MultipleChoiceField(
        label="Causes", required=False, choices=[("a", "Règle"), ("b", "Moyens")], widget=forms.CheckboxSelectMultiple
    )
    evolue = forms.ChoiceField(label="Évolue ?", choices=[("n", "Non"), ("o", "Oui")], widget=forms.RadioSelect)
    urgent = forms.BooleanField(label="Prioritaire", required=False, help_text="En tête.")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean(self):
        raise forms.ValidationError("Les dates se contredisent.")


def test_field_ties_label_help_error_and_counter_to_its_control():
    form = Formulaire({"bilan": "un deux trois"})
    html = rendre("{% champ form.titre %}", form=form)
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_titre_faute id_titre_aide"' in html
    assert html.index("faute") < html.index("<input")
    html = rendre("{% champ form.bilan mots=500 %}", form=form)
    assert "(facultatif)" in html
    assert f"3{N}mots, 500 au plus" in html
    assert 'data-mots="500"' in html


def test_groups_are_fieldsets_and_boxes_have_their_label_after():
    html = rendre("{% champs form %}", form=Formulaire())
    assert html.count("<fieldset") == 2
    assert html.count("<legend") == 2
    assert html.count('type="radio"') == 2
    assert html.index('name="urgent"') < html.index(">Prioritaire</label>")
    assert html.count("(facultatif)") == 2
    assert html.count('type="hidden"') == 1
    assert "checked" not in html


def test_only_the_named_fields_in_order():
    html = rendre('{% champs form "urgent" "titre" %}', form=Formulaire())
    assert html.index("Prioritaire") < html.index("Titre")
    assert "Bilan" not in html


def test_error_summary_links_to_each_field():
    html = rendre("{% erreurs form %}{% champs form %}", form=Formulaire({"evolue": "x"}))
    assert f"2{N}champs à reprendre" in texte(html)
    assert 'href="#id_titre"' in html
    assert "Les dates se contredisent." in html
    cibles = set(re.findall(r'href="#([^"]+)"', html))
    assert cibles <= set(re.findall(r' id="([^"]+)"', html))


def test_no_summary_without_error():
    assert rendre("{% erreurs form %}", form=Formulaire()) == ""


def test_django_and_crispy_give_the_same_field():
    html = rendre("{{ form }}", form=Formulaire())
    assert html.count('class="champ') == 5
    crispy = rendre("{% load crispy_forms_tags %}{{ form|crispy }}", form=Formulaire())
    assert crispy.count('class="champ') == 5


# -- text filters in a template -----------------------------------------------------------------
@pytest.mark.parametrize(
    ("source", "attendu"),
    [
        ("{{ 1234.5|nombre }}", f"1{N}234,5"),
        ("{{ 3|part:4|pourcentage }}", f"75,0{N}%"),
        ("{{ 3|part:0|pourcentage }}", "non renseigné"),
        ("{{ 1350|euros }}", f"1{N}350{N}€"),
        ("{{ 2|compte:'cheval,chevaux' }}", f"2{N}chevaux"),
        ("{{ 2|accord:'est,sont' }}", "sont"),
        ("{{ vide|typo }}", ""),
        ("{{ texte|typo }}", f"l’accès{N}: &lt;b&gt;"),
        ("{{ quand|date_longue:'jour' }}", f"jeudi 12{N}février 2026"),
        ("{{ quand|date_courte }}", "12/02/2026"),
        ("{% url_si 'nulle:part' as lien %}[{{ lien }}]", "[]"),
        ("{% url_si 'accueil:aide' as lien %}[{{ lien }}]", "[/aide]"),
    ],
)
def test_filters_in_templates(source, attendu):
    html = rendre(source, vide=None, texte="l'accès : <b>", quand=datetime.date(2026, 2, 12))
    assert html == attendu
