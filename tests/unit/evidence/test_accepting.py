"""Files as people and as attackers send them."""

import io
import struct
import sys
import zlib

import pypdfium2
import pytest
from PIL import Image, PngImagePlugin

from bot.evidence import MAX_BYTES, MAX_PAGES, FileKind, Refusal, RefusedFileError, accept, accept_isolated, isolated
from bot.evidence.limits import LONG_SIDE, MAX_LETTERS, MAX_NAME
from bot.evidence.model import tidy_name

MARK = "PLANTED-7f3a"
SCRIPT = b"<script>alert('PLANTED-7f3a')</script>"


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **how)
    return written.getvalue()


def picture(size: tuple[int, int] = (60, 40)) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    return image


def with_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = MARK  # description
    exif[0x0112] = orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 15.0, 7.0), 29: MARK})  # where it was taken
    return exif


def pdf(*, pages: int = 1, size: tuple[float, float] = (200, 300), catalog: str = "", trailer: str = "") -> bytes:
    """A PDF written by hand, so that anything can stand in it."""
    drawn = b"1 0 0 rg 20 20 100 100 re f"
    kids = " ".join(f"{number} 0 R" for number in range(4, 4 + pages))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        f"<< /Type /Pages /Count {pages} /Kids [{kids}] >>".encode(),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        *(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size[0]} {size[1]}] /Contents 3 0 R >>".encode()
            for _ in range(pages)
        ),
    ]
    written, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer.encode(),
        start,
    )
    return bytes(written)


def refused(content: bytes, name: str = "") -> Refusal:
    with pytest.raises(RefusedFileError) as caught:
        accept(content, name)
    return caught.value.reason


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_pictures_are_taken_whatever_they_are_called(kind: str) -> None:
    taken = accept(saved(picture(), kind), "../../合同\u202egpj.exe")
    assert taken.kind is FileKind.PICTURE
    assert taken.media_type in {"image/jpeg", "image/png"}
    assert opened(taken.pages[0]).size == (60, 40)
    assert taken.name == "合同gpj.exe"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_pixels_is_kept(kind: str) -> None:
    extra: dict[str, object] = {"exif": with_exif()}
    if kind == "PNG":
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Comment", MARK)
        notes.add_itxt("XML:com.adobe.xmp", MARK)
        extra["pnginfo"] = notes
    if kind == "JPEG":
        extra |= {"comment": MARK, "icc_profile": MARK.encode() * 20}
    sent = saved(picture(), kind, **extra)
    assert MARK.encode() in sent
    [kept] = accept(sent).pages
    assert MARK.encode() not in kept
    found = opened(kept)
    assert dict(found.getexif()) == {}
    assert {"exif", "icc_profile", "comment", "xmp", "Comment"}.isdisjoint(found.info)


def test_a_picture_taken_sideways_stands_upright() -> None:
    [kept] = accept(saved(picture(), "JPEG", exif=with_exif(orientation=6), quality=95)).pages
    upright = opened(kept)
    assert upright.size == (40, 60)
    red, _, blue = upright.getpixel((20, 5))
    assert red > 200 > blue


def test_see_through_parts_become_white_and_black_writing_stays_readable() -> None:
    [kept] = accept(saved(Image.new("RGBA", (10, 10), (0, 0, 0, 0)), "PNG")).pages
    assert opened(kept).convert("RGB").getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "LA"])
def test_every_kind_of_colour_is_read(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert accept(saved(Image.new(mode, (9, 9)), kind)).kind is FileKind.PICTURE


def test_large_pictures_become_smaller() -> None:
    taken = accept(saved(picture((4000, 3000)), "JPEG"))
    assert opened(taken.pages[0]).size == (LONG_SIDE, 1800)


def test_only_the_first_picture_of_a_moving_one_is_kept() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue", "green")]
    [kept] = accept(saved(frames[0], "GIF", save_all=True, append_images=frames[1:])).pages
    assert getattr(opened(kept), "n_frames", 1) == 1
    assert opened(kept).convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def _png_of(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [9_000, 30_000, 65_000])
def test_bombs_are_refused_before_they_are_unpacked(side: int) -> None:
    assert refused(_png_of(side, side)) is Refusal.TOO_MANY_PIXELS


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_truncated_pictures_are_refused(kind: str) -> None:
    content = saved(picture((300, 300)).effect_spread(40), kind)
    assert refused(content[: len(content) // 2]) is Refusal.UNREADABLE
    assert refused(content[:20]) is Refusal.UNREADABLE


def test_a_beginning_alone_is_no_picture() -> None:
    for beginning in (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x00\x00\x00\x00WEBPVP8 ", b"%PDF-1.7"):
        assert refused(beginning + SCRIPT) is Refusal.UNREADABLE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
def test_what_hangs_on_a_picture_is_left_behind(kind: str) -> None:
    """A picture that is a page, an archive or a document as well, to whoever reads it as one."""
    for tail in (
        SCRIPT,
        b"PK\x03\x04" + MARK.encode(),
        pdf(catalog="/OpenAction << /S /JavaScript /JS (PLANTED-7f3a) >>"),
    ):
        taken = accept(saved(picture(), kind) + tail)
        assert MARK.encode() not in taken.pages[0]
        assert taken.kind is FileKind.PICTURE


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"<?xml version='1.0'?>\n<svg/>",
        b"\xef\xbb\xbf<!DOCTYPE html><p>x",
        "\ufeff<html>".encode("utf-16-le"),
        b"  \n<HTML>",
        b"hello\n" + SCRIPT,
        b"MZ\x90\x00\x03\x00\x00\x00",
        b"PK\x03\x04\x14\x00\x06\x00word/document.xml",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x7fELF\x02\x01\x01",
        b"ID3\x04\x00\x00\x00\x00\x00#TSSE",
        b"OggS\x00\x02" + bytes(20),
        b"\x00\x00\x00\x18ftypmp42" + bytes(20),
        b"BM" + bytes(60),
        b"II*\x00" + bytes(60),
        bytes(1000),
        bytes(range(256)) * 8,
    ],
)
@pytest.mark.parametrize("name", ["合同.jpg", "x.pdf", "x.txt", ""])
def test_everything_else_is_refused_whatever_it_is_called(content: bytes, name: str) -> None:
    assert refused(content, name) is Refusal.TYPE


def test_pictures_only_some_phones_show_are_refused_by_name() -> None:
    assert refused(b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1heic" + bytes(40)) is Refusal.HEIC


def test_nothing_and_too_much() -> None:
    assert refused(b"") is Refusal.EMPTY
    assert refused(b" \n\t ") is Refusal.EMPTY
    eleven = saved(picture(), "JPEG") + bytes(11 * 1024 * 1024)
    assert refused(eleven) is Refusal.TOO_LARGE
    assert accept(saved(picture(), "JPEG").ljust(MAX_BYTES, b"\0")).kind is FileKind.PICTURE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_plain_texts_are_taken(encoding: str) -> None:
    taken = accept("对方说：\r\n“再不还就上门”\t5000元\r\n".encode(encoding), "聊天记录.txt")
    assert taken.kind is FileKind.TEXT
    assert taken.pages[0].decode() == "对方说：\n“再不还就上门”\t5000元\n"
    assert taken.media_type == "text/plain; charset=utf-8"


def test_too_long_a_text() -> None:
    assert refused("长".encode() * (MAX_LETTERS + 1)) is Refusal.TOO_LARGE


def test_a_document_becomes_pictures_of_its_pages() -> None:
    taken = accept(pdf(pages=3), "借款合同.pdf")
    assert taken.kind is FileKind.DOCUMENT
    assert len(taken.pages) == 3
    assert opened(taken.pages[0]).format == "JPEG"
    red, green, _ = opened(taken.pages[0]).getpixel((150, 700))
    assert red > 200 > green


@pytest.mark.parametrize(
    "active",
    [
        "/OpenAction << /S /JavaScript /JS (app.alert\\('PLANTED-7f3a'\\)) >>",
        "/OpenAction << /S /URI /URI (http://example.invalid/PLANTED-7f3a) >>",
        "/OpenAction << /S /Launch /F (PLANTED-7f3a.exe) >>",
        "/Names << /JavaScript << /Names [(PLANTED-7f3a) << /S /JavaScript /JS (1) >>] >> >>",
        "/AcroForm << /XFA (PLANTED-7f3a) /Fields [] >>",
    ],
)
def test_nothing_active_of_a_document_is_kept(active: str) -> None:
    taken = accept(pdf(catalog=active))
    assert len(taken.pages) == 1
    assert MARK.encode() not in taken.pages[0]


def test_documents_with_too_many_pages_or_a_password_or_damage() -> None:
    assert refused(pdf(pages=MAX_PAGES + 1)) is Refusal.TOO_MANY_PAGES
    assert refused(pdf()[:60]) is Refusal.UNREADABLE
    assert refused(pdf(pages=0)) is Refusal.UNREADABLE
    locked = f"/ID [<{'00' * 16}> <{'00' * 16}>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4"
    assert refused(pdf(trailer=f"{locked} /O <{'11' * 32}> /U <{'22' * 32}> >>")) is Refusal.LOCKED


def test_a_page_as_large_as_a_field_is_drawn_small() -> None:
    [kept] = accept(pdf(size=(200_000, 100_000))).pages
    assert max(opened(kept).size) <= LONG_SIDE
    assert max(opened(accept(pdf(size=(595, 842))).pages[0]).size) == 2339


def test_names_are_tidied_and_keep_their_ending() -> None:
    assert tidy_name("C:\\Users\\王\\聊天.png") == "聊天.png"
    assert tidy_name("..") == ""
    long = tidy_name("很" * 200 + ".pdf")
    assert len(long) <= MAX_NAME
    assert long.endswith("….pdf")


def test_in_a_process_of_its_own_it_is_the_same() -> None:
    sent = pdf(pages=2)
    assert accept_isolated(sent, "a.pdf") == accept(sent, "a.pdf")
    with pytest.raises(RefusedFileError) as caught:
        accept_isolated(b"MZ\x90\x00")
    assert caught.value.reason is Refusal.TYPE


def test_a_decoder_that_does_not_end_or_dies_is_a_refusal(monkeypatch) -> None:
    for child in ("while True: pass", "import os; os.kill(os.getpid(), 9)"):
        monkeypatch.setattr(isolated, "_COMMAND", (sys.executable, "-c", child))
        with pytest.raises(RefusedFileError) as caught:
            accept_isolated(b"x", seconds=0.3)
        assert caught.value.reason is Refusal.UNREADABLE


def test_pdfium_has_no_javascript() -> None:
    assert "V8" not in pypdfium2.PYPDFIUM_INFO.api_tag
    assert not {"V8", "XFA"} & set(pypdfium2.PDFIUM_INFO.flags)
