"""The look's template tags: icons, gift cards, money, instants, badges, fields.

Each answers with the markup of `design/look`, so a page names a thing and never repeats its drawing. No tag
ever writes a style attribute: the content security policy refuses them, and a merchant's colours arrive by a
stylesheet of their own.
"""

from collections.abc import Sequence
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from giftwell.interfaces.common.templatetags import words

register = template.Library()

PATTERNS = (
    "sprig", "tide", "dunes", "orbit", "guilloche", "contour",
    "petal", "weave", "terrazzo", "sunray", "halftone", "ribbon",
)  # fmt: skip


@register.simple_tag
def icon(name: str, kind: str = "") -> SafeString:
    """One of the look's icons, silent to screen readers; `kind` adds a class such as `large` or `turns`."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f"icon {kind}".strip(),
        static("giftwell/art/icons.svg"),
        name,
    )


@register.simple_tag
def art_url(pattern: str) -> str:
    """The address of a pattern's symbol. An unknown name is drawn as guilloche, never as a dead link."""
    return static(f"giftwell/art/{pattern if pattern in PATTERNS else 'guilloche'}.svg") + "#art"


@register.inclusion_tag("parts/_gift_card.html")
def gift_card(
    pattern: str = "guilloche",
    theme: str = "theme-giftwell",
    *,
    brand: str = "",
    value: str = "",
    name: str = "",
    last4: str = "",
    kind: str = "",
    frozen: bool = False,
    logo: str = "",
) -> dict[str, Any]:
    """A gift card. `theme` is the class of the four colours; `kind` is empty, `mini` or `mini thumb`."""
    return {
        "href": art_url(pattern), "theme": theme, "brand": brand, "value": value, "name": name,
        "last4": last4, "kind": kind, "frozen": frozen, "logo": logo,
    }  # fmt: skip


@register.simple_tag
def money(amount: Any, currency: str = "", *, whole: bool = False) -> SafeString:
    """An amount with tabular figures: a Money, or minor units and a currency; `whole` drops ".00"."""
    return format_html('<span class="num">{}</span>', words.money_text(amount, currency, whole=whole))


@register.simple_tag
def money_text(amount: Any, currency: str = "", *, whole: bool = False) -> str:
    """The same amount without markup, for a title, a label or a button's attribute."""
    return words.money_text(amount, currency, whole=whole)


@register.simple_tag
def figure(amount: Any, currency: str = "") -> SafeString:
    """An amount as a headline figure: the minor part is drawn quieter than the rest."""
    major, minor = words.split_minor(words.money_text(amount, currency))
    if not minor:
        return format_html("{}", major)
    return format_html('{}<span class="minor">{}</span>', major, minor)


@register.simple_tag
def instant(moment: Any, style: str = "day", *, zone: str = "") -> SafeString:
    """A moment in words, the exact instant in its title. Styles: day, short, time, moment."""
    if moment is None:
        return format_html("{}", "\u2013")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        words.exact(moment, zone),
        words.moment_text(moment, style, zone),
    )


@register.simple_tag
def badge(status: str, label: str = "", tone: str = "") -> SafeString:
    """A state as a word with a shape. Known states bring their own word and tone."""
    known_tone, known_label = words.state(status)
    return format_html(
        '<span class="{}">{}</span>', f"badge {tone or known_tone}".strip(), label or known_label
    )


@register.filter
def state_word(status: str) -> str:
    """The word of a state, for a sentence or a select."""
    return words.state(status)[1]


@register.inclusion_tag("parts/_field.html")
def field(
    bound: BoundField, label: str = "", hint: str = "", kind: str = "", *, needed: bool = False, **attrs: Any
) -> dict[str, Any]:
    """A labelled control with its hint and error, tied together for assistive technology.

    `kind` adds a class to the control (`code`, `code otp`); `needed` says nothing of a field that is optional
    only in some cases; other keyword arguments become attributes, with underscores written as hyphens
    (`data_fills="value"`).
    """
    hint = hint or str(bound.help_text)
    widget = bound.field.widget
    described = [f"{bound.auto_id}_helptext"] if hint else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    attributes = {key.replace("_", "-"): value for key, value in attrs.items()}
    many = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    ticks = isinstance(widget, CheckboxInput) or many
    if not ticks:
        attributes["class"] = f"input {kind} {widget.attrs.get('class', '')}".strip()
    if described and not many:
        attributes["aria-describedby"] = " ".join(described)
    return {
        "bound": bound, "label": label or bound.label, "hint": hint, "described": " ".join(described),
        "many": many, "tick": ticks and not many, "widget": bound.as_widget(attrs=attributes),
        "optional": not (bound.field.required or needed or ticks),
    }  # fmt: skip


@register.inclusion_tag("parts/_form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """What is wrong with a form as a whole, said above it."""
    return {"errors": form.non_field_errors()}


@register.inclusion_tag("parts/_pager.html")
def pager(shown: str, newer: str = "", older: str = "") -> dict[str, Any]:
    """Newer and older by cursor: `shown` says what stands here, the others are addresses or empty."""
    return {"shown": shown, "newer": newer, "older": older}


@register.inclusion_tag("parts/_empty.html")
def empty(
    title: str,
    text: str = "",
    *,
    steps: Sequence[str] = (),
    href: str = "",
    action: str = "",
    symbol: str = "plus",
) -> dict[str, Any]:
    """Nothing here yet: what will stand here, and the one step that begins it."""
    return {"title": title, "text": text, "steps": steps, "href": href, "action": action, "symbol": symbol}
