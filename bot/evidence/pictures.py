"""Pictures drawn anew: nothing but the pixels of the first frame, upright and not larger than needed."""

import warnings
from io import BytesIO

from PIL import Image, ImageOps

from bot.evidence.limits import LONG_SIDE, MAX_PIXELS
from bot.evidence.model import Refusal, RefusedFileError

JPEG = "image/jpeg"
PNG = "image/png"
_QUALITY = 85
_LARGEST_PNG = 3 * 1024 * 1024


def redraw(content: bytes, kind: str) -> tuple[str, bytes]:
    """Media type and content of the picture as it is kept. ``kind`` is Pillow's name of the only decoder to try.

    Raises ``RefusedFileError``.
    """
    with warnings.catch_warnings():
        # Pillow only warns of half a bomb, and of damage it reads over.
        warnings.simplefilter("ignore")
        try:
            return _redraw(content, kind)
        except RefusedFileError:
            raise
        except Image.DecompressionBombError:
            raise RefusedFileError(Refusal.TOO_MANY_PIXELS) from None
        except Exception:  # noqa: BLE001 - decoders of hostile bytes fail in every way there is
            raise RefusedFileError(Refusal.UNREADABLE) from None


def _redraw(content: bytes, kind: str) -> tuple[str, bytes]:
    with Image.open(BytesIO(content), formats=[kind]) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise RefusedFileError(Refusal.TOO_MANY_PIXELS)
        # A JPEG can be read at a fraction of its size: a third of the time and memory.
        opened.draft(None, (LONG_SIDE, LONG_SIDE))
        opened.load()
        upright = ImageOps.exif_transpose(opened)
        upright.thumbnail((LONG_SIDE, LONG_SIDE))
        return encode(upright, as_png=kind in {"PNG", "GIF"})


def encode(image: Image.Image, *, as_png: bool) -> tuple[str, bytes]:
    """Write pixels alone. Sharp pictures of screens stay sharp, unless they would be large."""
    clean = _pixels(image)
    if as_png:
        written = BytesIO()
        clean.save(written, "PNG", optimize=True)
        if written.tell() <= _LARGEST_PNG:
            return PNG, written.getvalue()
    written = BytesIO()
    clean.save(written, "JPEG", quality=_QUALITY, optimize=True)
    return JPEG, written.getvalue()


def _pixels(image: Image.Image) -> Image.Image:
    """A new picture on white, so that nothing of the old one's notes (``Image.info``) goes with it."""
    see_through = image.has_transparency_data
    coloured = image.convert("RGBA" if see_through else "RGB")
    clean = Image.new("RGB", image.size, "white")
    clean.paste(coloured, mask=coloured.getchannel("A") if see_through else None)
    return clean
