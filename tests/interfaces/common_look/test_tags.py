"""The tags answer with the look's markup, and nothing a person typed becomes markup."""

from datetime import UTC, datetime

import pytest
from django import forms
from django.template import engines

from giftwell.domain.catalog.models import PATTERNS as CATALOG_PATTERNS
from giftwell.interfaces.common.templatetags.look import PATTERNS


def rendered(source: str, **context: object) -> str:
    """A template's text with the look's tags loaded."""
    return engines["django"].from_string("{% load look %}" + source).render(context)


class Contact(forms.Form):
    """A form with one of each kind of control."""

    email = forms.EmailField(label="Your e-mail", help_text="For the receipt.")
    nickname = forms.CharField(required=False)
    agreed = forms.BooleanField(required=False, label="I agree")
    way = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)


def test_the_look_draws_every_pattern_that_a_design_may_have():
    assert set(PATTERNS) == set(CATALOG_PATTERNS)


def test_a_gift_card_names_its_pattern_its_colours_and_its_words():
    html = rendered(
        '{% gift_card "tide" "theme-d-1" brand="Lido" value="€50" name="For Maja" last4="7K4M" %}'
    )
    assert "art/tide.svg#art" in html
    assert 'class="gift-card theme-d-1"' in html
    for word in ("Lido", "€50", "For Maja", "7K4M"):
        assert word in html


def test_an_unknown_pattern_is_drawn_all_the_same():
    assert "art/guilloche.svg#art" in rendered('{% gift_card "../../secrets" %}')


def test_a_thumbnail_shows_no_words_and_is_silent():
    html = rendered('{% gift_card "tide" kind="mini thumb" brand="Lido" %}')
    assert "Lido" not in html
    assert 'aria-hidden="true"' in html


@pytest.mark.parametrize("words", ["brand=name", "value=name", "name=name", "last4=name"])
def test_what_a_person_wrote_on_a_card_is_never_markup(words):
    html = rendered("{% gift_card 'tide' " + words + " %}", name="<script>alert(1)</script>")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_an_amount_has_tabular_figures():
    assert rendered('{% money 5000 "EUR" whole=True %}') == '<span class="num">€50</span>'
    assert rendered('{% figure 127500 "EUR" %}') == '€1,275<span class="minor">.00</span>'


def test_an_instant_carries_the_exact_one():
    html = rendered('{% instant at "day" zone="Europe/Dublin" %}', at=datetime(2026, 12, 1, 9, tzinfo=UTC))
    assert html == (
        '<time datetime="2026-12-01T09:00:00+00:00" title="1 December 2026, 09:00:00 in Dublin">'
        "1 December 2026</time>"
    )


def test_an_instant_that_has_not_come_is_a_dash():
    assert rendered("{% instant at %}", at=None) == "\u2013"


def test_a_badge_has_a_word_beside_its_colour():
    assert rendered('{% badge "frozen" %}') == '<span class="badge bad">Frozen</span>'
    assert (
        rendered('{% badge "online" tone="good" label="Online" %}')
        == '<span class="badge good">Online</span>'
    )


def test_a_field_ties_its_hint_and_its_error_to_the_control():
    form = Contact({"email": "maja@"})
    html = rendered("{% field form.email data_fills='mail' %}", form=form)
    assert 'aria-describedby="id_email_helptext id_email_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_email_helptext"' in html
    assert 'id="id_email_error"' in html
    assert 'data-fills="mail"' in html
    assert 'class="input"' in html


def test_only_a_field_that_may_stay_empty_is_called_optional():
    form = Contact()
    assert "optional" in rendered("{% field form.nickname %}", form=form)
    assert "optional" not in rendered("{% field form.nickname needed=True %}", form=form)
    assert "optional" not in rendered("{% field form.email %}", form=form)


def test_choices_stand_in_a_group_with_a_legend():
    html = rendered("{% field form.way %}{% field form.agreed %}", form=Contact())
    assert "<fieldset" in html
    assert "<legend>Way</legend>" in html
    assert html.count('type="radio"') == 2
    assert 'class="tick"' in html


def test_what_is_wrong_with_a_whole_form_is_said_above_it():
    form = Contact({"email": "maja@example.com", "way": "a"})
    form.add_error(None, "The shop is closed.")
    html = rendered("{% form_errors form %}", form=form)
    assert 'role="alert"' in html
    assert "The shop is closed." in html


def test_a_pager_links_only_where_there_is_more():
    html = rendered('{% pager "2 of 9" older="?after=x" %}')
    assert 'href="?after=x"' in html
    assert "Newer" not in html


def test_an_empty_place_teaches_the_next_step():
    html = rendered('{% empty "No order yet" "It will stand here." href="/go/" action="Make a product" %}')
    for word in ("No order yet", "It will stand here.", 'href="/go/"', "Make a product"):
        assert word in html
