"""Pictures that merchants upload, made safe: decoded by content and drawn anew as a small PNG.

What is stored is never what was sent: no metadata, no second file hidden behind the first, no type that was
only claimed.
"""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from giftwell.kit.errors import Invalid

MAX_UPLOAD_BYTES = 2 * 1024 * 1024
MAX_PIXELS = 16_000_000
MAX_SIDE = 256
MAX_PNG_BYTES = 64 * 1024
FORMATS = ("PNG", "JPEG", "WEBP")


class LogoIsInvalid(Invalid):
    """The file is no picture that can be a logo."""

    code = "logo_is_invalid"
    detail = "Choose a PNG, JPEG or WebP picture of at most 2 MB."


class LogoIsTooLarge(LogoIsInvalid):
    """The file or its picture is larger than we decode."""

    code = "logo_is_too_large"
    detail = "The picture is too large. Choose one of at most 2 MB and 16 million pixels."


def encode_logo(data: bytes) -> bytes:
    """The picture as a small PNG within the bounds above; raises `LogoIsInvalid`, `LogoIsTooLarge`."""
    if len(data) > MAX_UPLOAD_BYTES:
        raise LogoIsTooLarge
    try:
        # The header is read first: a few bytes may claim a picture that would fill the memory.
        with Image.open(BytesIO(data), formats=FORMATS) as sent:
            if sent.width * sent.height > MAX_PIXELS:
                raise LogoIsTooLarge
            picture = ImageOps.exif_transpose(sent).convert("RGBA")
    except Image.DecompressionBombError as error:
        raise LogoIsTooLarge from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise LogoIsInvalid from error
    return _small_enough(picture)


def _small_enough(picture: Image.Image) -> bytes:
    """True colour where it fits, then 256 colours, then smaller."""
    for side in (MAX_SIDE, 192, 128, 64):
        fitted = picture.copy()
        fitted.thumbnail((side, side))
        for version in (fitted, fitted.quantize(256)):
            png = _png(version)
            if len(png) <= MAX_PNG_BYTES:
                return png
    raise LogoIsInvalid  # pragma: no cover - 64 by 64 pixels are at most 16 kB


def _png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, format="PNG", optimize=True)
    return out.getvalue()
