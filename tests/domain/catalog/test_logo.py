"""A picture is judged by what it is, and stored as what we drew."""

import os
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from giftwell.domain.catalog.logo import MAX_PNG_BYTES, LogoIsInvalid, LogoIsTooLarge, encode_logo


def _picture(kind: str, size: tuple[int, int] = (40, 30), *, noise: bool = False) -> bytes:
    picture = Image.new("RGB", size, (20, 90, 60))
    if noise:
        picture = Image.frombytes("RGB", size, os.urandom(size[0] * size[1] * 3))
    out = BytesIO()
    picture.save(out, format=kind)
    return out.getvalue()


def _opened(png: bytes) -> Image.Image:
    picture = Image.open(BytesIO(png))
    assert picture.format == "PNG"
    return picture


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_three_kinds_of_picture_become_a_png(kind: str) -> None:
    assert _opened(encode_logo(_picture(kind))).size == (40, 30)


def test_a_large_picture_is_made_small_in_its_own_proportions() -> None:
    assert _opened(encode_logo(_picture("PNG", (1000, 500)))).size == (256, 128)


def test_the_noisiest_picture_fits() -> None:
    assert len(encode_logo(_picture("PNG", (700, 700), noise=True))) <= MAX_PNG_BYTES


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<!doctype html>", b"\x89PNG\r\n\x1a\n"],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(LogoIsInvalid):
        encode_logo(data)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF"])
def test_other_kinds_of_picture_are_refused(kind: str) -> None:
    with pytest.raises(LogoIsInvalid):
        encode_logo(_picture(kind))


def test_a_picture_that_ends_too_soon_is_refused() -> None:
    with pytest.raises(LogoIsInvalid):
        encode_logo(_picture("JPEG", (300, 300), noise=True)[:2000])


def test_a_file_that_is_too_large_is_not_even_opened() -> None:
    with pytest.raises(LogoIsTooLarge):
        encode_logo(b"\x89PNG" + bytes(2 * 1024 * 1024))


@pytest.mark.parametrize("side", [5000, 60_000])
def test_a_header_that_claims_a_huge_picture_is_refused_before_it_is_decoded(side: int) -> None:
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    bomb = (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", 10) + b"IDAT" + zlib.compress(b"\0")[:10].ljust(10, b"\0") + b"\0\0\0\0"
    )  # fmt: skip
    with pytest.raises(LogoIsTooLarge):
        encode_logo(bomb)


def test_nothing_of_the_upload_survives_but_the_picture() -> None:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", (20, 20)).save(out, format="JPEG", exif=exif, comment=b"hidden words")
    png = encode_logo(out.getvalue() + b"<script>alert(1)</script>")
    assert b"secret place" not in png
    assert b"hidden" not in png
    assert b"script" not in png
