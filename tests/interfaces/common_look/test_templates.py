"""What every template keeps: nothing inline for the policy to refuse, and no name that leads nowhere."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

SRC = Path(__file__).parents[3] / "src" / "giftwell"
PAGES = sorted(SRC.glob("interfaces/*/templates/**/*.html"))
ICONS = set(
    re.findall(r'id="([a-z0-9-]+)"', (SRC / "interfaces/common/static/giftwell/art/icons.svg").read_text())
)

INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+\s*=\s*[\"']|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE
)


def ids(path: Path) -> str:
    """A page's short name."""
    return str(path.relative_to(SRC / "interfaces"))


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_no_page_has_inline_style_or_script(page):
    assert INLINE.findall(page.read_text()) == []


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_icon_on_a_page_is_drawn(page):
    named = set(re.findall(r'{% icon "([a-z0-9-]+)"', page.read_text()))
    named |= set(re.findall(r'symbol="([a-z0-9-]+)"', page.read_text()))
    assert named <= ICONS


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_static_file_on_a_page_exists(page):
    for name in re.findall(r'{% static "([^"]+)" %}', page.read_text()):
        assert finders.find(name), name


def test_every_import_of_the_stylesheet_exists():
    sheet = SRC / "interfaces/common/static/giftwell/css/app.css"
    imported = re.findall(r'@import url\("([^"]+)"\)', sheet.read_text())
    assert imported
    assert all((sheet.parent / name).is_file() for name in imported)
    components = {f"components/{path.name}" for path in (sheet.parent / "components").glob("*.css")}
    assert components <= set(imported)
