"""From a kind and its context to a mail's subject, text, HTML and pictures."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import mrml
import segno
from django.template.loader import render_to_string

from giftwell.foundation.messaging.colours import mail_colour
from giftwell.foundation.messaging.gateway import InlineImage
from giftwell.foundation.messaging.kinds import KINDS

QR = "qr"
_SUBJECT_LENGTH = 200
# By default it fetches web fonts from Google for some names of fonts: every reader would be told to them.
_OPTIONS = mrml.RenderOptions(fonts={})


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a mail shows, in both forms."""

    text: str
    html: str
    images: tuple[InlineImage, ...]


def subject_line(kind: str, context: Mapping[str, Any]) -> str:
    """Return the subject, on one line.

    It goes into the log, so what is secret is not given to its template.
    """
    shown = {name: value for name, value in context.items() if name not in KINDS[kind].secret}
    return " ".join(render_to_string(f"messages/{kind}.subject.txt", shown).split())[:_SUBJECT_LENGTH]


def render(kind: str, context: Mapping[str, Any]) -> Rendered:
    """Return text, HTML and, for kinds that have one, the QR code as an inline picture."""
    spec = KINDS[kind]
    filled = {
        name: mail_colour(str(value)) if name in spec.colours else value for name, value in context.items()
    }
    images = (InlineImage(QR, _qr(str(context[spec.qr]))),) if spec.qr else ()
    html = mrml.to_html(render_to_string(f"messages/{kind}.mjml", filled), render_options=_OPTIONS).content
    return Rendered(render_to_string(f"messages/{kind}.txt", filled).strip() + "\n", html, images)


def _qr(text: str) -> bytes:
    picture = io.BytesIO()
    # Never segno.make: for short texts it draws Micro QR codes, which phones do not read.
    segno.make_qr(text, error="m").save(picture, kind="png", scale=6, border=4)
    return picture.getvalue()
