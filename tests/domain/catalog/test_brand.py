"""A merchant's look."""

from io import BytesIO

import pytest
from PIL import Image

from giftwell.domain.catalog.colours import TooLittleContrast
from giftwell.domain.catalog.create_design import DesignIsInvalid, DesignNameIsTaken, create_design
from giftwell.domain.catalog.logo import LogoIsInvalid
from giftwell.domain.catalog.models import PATTERNS, Brand, Design
from giftwell.domain.catalog.queries import brand_of, designs_of, merchant_css
from giftwell.domain.catalog.set_brand import TaglineIsInvalid, set_brand
from giftwell.domain.catalog.set_logo import BrandIsMissing, set_logo
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, make_merchant

pytestmark = pytest.mark.django_db

FERN = {
    "ground": "oklch(0.375 0.062 158)",
    "figure": "oklch(0.462 0.08 153)",
    "foil": "oklch(0.86 0.105 92)",
    "ink": "oklch(0.985 0.018 100)",
}


def _picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (300, 300), (10, 80, 50)).save(out, format="JPEG")
    return out.getvalue()


def _brand(merchant: Merchant) -> Brand:
    with scope.merchant(merchant.id), reading():
        return Brand.objects.get(merchant=merchant)


def _set(merchant: Merchant, tagline: str = "Bread", **changed: str) -> Brand:
    return set_brand(merchant=merchant, colours=FERN | changed, tagline=tagline, actor=TESTS, now=now())


def test_a_merchant_has_one_brand_and_it_changes() -> None:
    mine, other = make_shop(), make_shop()
    _set(mine, ground="#1f4d3a")
    assert _brand(mine).tagline == "Bread"
    assert _brand(mine).ground.startswith("oklch(0.38")
    assert _brand(other).tagline == ""


def test_colours_that_hide_the_words_are_refused_and_nothing_changes() -> None:
    merchant = make_shop()
    before = _brand(merchant).ink
    with pytest.raises(TooLittleContrast):
        _set(merchant, ink="oklch(0.5 0.05 158)")
    assert _brand(merchant).ink == before


@pytest.mark.parametrize("tagline", ["x" * 161, "two\nlines"])
def test_a_tagline_is_one_short_line(tagline: str) -> None:
    with pytest.raises(TaglineIsInvalid):
        _set(make_shop(), tagline)


def test_a_logo_is_kept_drawn_anew_and_can_be_taken_away() -> None:
    merchant = make_shop()
    set_logo(merchant=merchant, picture=_picture(), actor=TESTS, now=now())
    kept = _brand(merchant)
    assert kept.logo is not None
    assert Image.open(BytesIO(bytes(kept.logo))).format == "PNG"
    assert len(kept.logo_hash) == 64
    _set(merchant)
    assert _brand(merchant).logo_hash == kept.logo_hash
    set_logo(merchant=merchant, picture=None, actor=TESTS, now=now())
    assert (_brand(merchant).logo, _brand(merchant).logo_hash) == (None, "")


def test_what_is_no_picture_does_not_replace_the_logo() -> None:
    merchant = make_shop()
    set_logo(merchant=merchant, picture=_picture(), actor=TESTS, now=now())
    with pytest.raises(LogoIsInvalid):
        set_logo(merchant=merchant, picture=b"<svg/>", actor=TESTS, now=now())
    assert _brand(merchant).logo is not None


def test_a_logo_needs_a_brand() -> None:
    with pytest.raises(BrandIsMissing):
        set_logo(merchant=make_merchant(), picture=_picture(), actor=TESTS, now=now())


def test_every_pattern_can_be_a_design_and_the_database_agrees() -> None:
    merchant = make_shop()
    for position, pattern in enumerate(PATTERNS):
        create_design(
            merchant=merchant,
            name=f"Our {pattern}",
            pattern=pattern,
            colours=FERN,
            position=position,
            actor=TESTS,
            now=now(),
        )
    with scope.merchant(merchant.id), reading():
        drawn = [design.pattern for design in designs_of(merchant) if design.name.startswith("Our ")]
    assert drawn == list(PATTERNS)


def test_a_design_that_does_not_hold_is_refused() -> None:
    merchant = make_shop()
    with pytest.raises(DesignIsInvalid) as refusal:
        create_design(merchant=merchant, name="", pattern="paisley", colours=FERN, actor=TESTS, now=now())
    assert set(refusal.value.errors) == {"name", "pattern"}
    with pytest.raises(DesignNameIsTaken):
        create_design(merchant=merchant, name="Tide", pattern="tide", colours=FERN, actor=TESTS, now=now())


def test_the_stylesheet_has_the_brand_and_each_design() -> None:
    merchant = make_shop()
    with scope.public(), reading():
        css = merchant_css(merchant)
        for design in Design.objects.filter(merchant=merchant):
            assert f".{design.theme} {{" in css
    assert f".theme-m-{merchant.slug} {{" in css
    assert css.count("--card-ink") == 5


def test_a_merchant_without_a_brand_has_an_empty_stylesheet() -> None:
    merchant = make_merchant()
    with scope.public(), reading():
        assert brand_of(merchant) is None
        assert "--card" not in merchant_css(merchant)
