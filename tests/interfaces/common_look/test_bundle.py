"""The stylesheet in one piece, as it is collected, and what a first visit weighs."""

import gzip
import re
from pathlib import Path

import brotli
import pytest
from django.core.files.storage import storages
from django.core.management import call_command

MODULES = ("kit.js", "light.js", "preview.js", "gift.js", "live.js")


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> Path:
    """A folder with the static files as production serves them."""
    from django.test import override_settings

    folder = tmp_path_factory.mktemp("static")
    backends = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "giftwell.interfaces.common.bundle.OneSheetStorage"},
    }
    with override_settings(STATIC_ROOT=str(folder), STORAGES=backends):
        call_command("collectstatic", interactive=False, verbosity=0)
        assert storages["staticfiles"].url("giftwell/css/app.css") != "/static/giftwell/css/app.css"
    return folder / "giftwell"


def the_sheet(collected: Path) -> Path:
    """The hashed stylesheet."""
    (found,) = collected.glob("css/app.????????????.css")
    return found


def test_the_collected_stylesheet_asks_for_no_other(collected):
    text = the_sheet(collected).read_text()
    assert "@import" not in text
    assert text.index("@layer tokens, base, layout, components, utilities;") < text.index(".gift-card")
    assert ".till-head" in text


def test_addresses_in_the_stylesheet_still_lead_somewhere(collected):
    sheet = the_sheet(collected)
    addresses = re.findall(r'url\("([^"]+)"\)', sheet.read_text())
    assert addresses
    assert all((sheet.parent / address).resolve().is_file() for address in addresses)


def test_a_first_visit_is_light(collected):
    sheet = len(brotli.compress(the_sheet(collected).read_bytes()))
    icons = len(gzip.compress(next(collected.glob("art/icons.????????????.svg")).read_bytes()))
    pattern = max(len(gzip.compress(path.read_bytes())) for path in collected.glob("art/*.svg"))
    script = sum(len(gzip.compress((collected / "js" / name).read_bytes())) for name in MODULES)
    assert script <= 30_000
    assert sheet + icons + pattern + script + 10_000 <= 100_000
