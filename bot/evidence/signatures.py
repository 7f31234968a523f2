"""What a file is, by how it begins. Its name and what its sender calls it are never believed."""

from enum import Enum

_LOOKED_AT = 16


class Signature(Enum):
    """What the first bytes say."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    GIF = "GIF"
    PDF = "PDF"
    HEIC = "HEIC"
    UNKNOWN = "UNKNOWN"
    """A text, perhaps."""


_BEGINNINGS = {
    b"\xff\xd8\xff": Signature.JPEG,
    b"\x89PNG\r\n\x1a\n": Signature.PNG,
    b"GIF87a": Signature.GIF,
    b"GIF89a": Signature.GIF,
    b"%PDF-": Signature.PDF,
}
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"hevm", b"mif1", b"msf1", b"avif", b"avis"})


def signature(content: bytes) -> Signature:
    """The signature of a file."""
    for beginning, found in _BEGINNINGS.items():
        if content.startswith(beginning):
            return found
    head = content[:_LOOKED_AT]
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Signature.WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return Signature.HEIC
    return Signature.UNKNOWN
