"""A plain document of headings, labels and texts, and how it becomes a PDF.

The PDF's text is real text, in a font that is embedded as far as it is used. Characters the font lacks are set in the
reader's own Chinese font when they are Chinese, and written as ``{U+1F600}`` when they are not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

_FONT_FILE = Path(__file__).parent / "fonts" / "document.ttf"
_FONT, _READERS_OWN = "MingbaiDocument", "STSong-Light"
_SIZE, _HEADING, _TITLE = 10.5, 13.0, 17.0
_LEADING = 1.5
_WIDTH, _HEIGHT = A4
_MARGIN = 56.0
_INDENT = 110.0
_GREY = 0.35
_NEVER_FIRST = frozenset("，。、；：！？）》」』”’…,.;:!?)")
_CHINESE = (("\u2e80", "\u9fff"), ("\uf900", "\ufaff"), ("\uff00", "\uffef"))


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and texts with their labels."""

    heading: str
    lines: tuple[tuple[str, str], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Document:
    """``language`` is an HTML language tag; ``footer`` stands on each page, before the page's number."""

    title: str
    notice: str
    sections: tuple[Section, ...]
    language: str
    footer: str


def pdf_of(document: Document) -> bytes:
    """The document as a PDF on A4."""
    file = BytesIO()
    pen = _Pen(Canvas(file, pagesize=A4, lang=document.language), document.footer)
    pen.canvas.setTitle(document.title)
    pen.canvas.setAuthor("")
    pen.canvas.setCreator("Mingbai")
    pen.write(document.title, _TITLE)
    pen.write(document.notice, _SIZE)
    for section in document.sections:
        pen.skip(_HEADING)
        pen.keep_together(_HEADING * _LEADING + _SIZE * _LEADING)
        pen.write(section.heading, _HEADING)
        for label, text in section.lines:
            pen.labelled(label, text)
    pen.end()
    return file.getvalue()


class _Pen:
    """Writes lines from top to bottom, and turns the page."""

    def __init__(self, canvas: Canvas, footer: str) -> None:
        self.canvas = canvas
        self._footer = footer
        self._y = _HEIGHT - _MARGIN

    def write(self, text: str, size: float, x: float = _MARGIN) -> None:
        for line in lines_of(text, size, _WIDTH - _MARGIN - x):
            self.keep_together(size * _LEADING)
            self._y -= size * _LEADING
            self._set(x, self._y, line, size)

    def labelled(self, label: str, text: str) -> None:
        self.keep_together(_SIZE * _LEADING)
        top = self._y
        self.canvas.setFillGray(_GREY)
        labels = lines_of(label, _SIZE, _INDENT - _SIZE)
        for place, line in enumerate(labels, 1):
            self._set(_MARGIN, top - place * _SIZE * _LEADING, line, _SIZE)
        self.canvas.setFillGray(0)
        page = self.canvas.getPageNumber()
        self.write(text, _SIZE, _MARGIN + _INDENT)
        if page == self.canvas.getPageNumber():
            self._y = min(self._y, top - len(labels) * _SIZE * _LEADING)
        self.skip(_SIZE / 3)

    def skip(self, points: float) -> None:
        self._y -= points

    def keep_together(self, points: float) -> None:
        if self._y - points < _MARGIN:
            self._turn()

    def end(self) -> None:
        self._foot()
        self.canvas.save()

    def _turn(self) -> None:
        self._foot()
        self.canvas.showPage()
        self._y = _HEIGHT - _MARGIN

    def _foot(self) -> None:
        self.canvas.setFillGray(_GREY)
        self._set(_MARGIN, _MARGIN / 2, f"{self._footer} · {self.canvas.getPageNumber()}", _SIZE - 2)
        self.canvas.setFillGray(0)

    def _set(self, x: float, y: float, line: str, size: float) -> None:
        pen = self.canvas.beginText(x, y)
        for font, run in groupby(line, _font_of):
            pen.setFont(font, size)
            pen.textOut("".join(run))
        self.canvas.drawText(pen)


def lines_of(text: str, size: float, width: float) -> list[str]:
    """A text cut into lines of at most ``width`` points: between words, and after any Chinese character."""
    lines = []
    for paragraph in printable(text).split("\n"):
        line, used = "", 0.0
        for piece in _pieces(paragraph):
            wide = sum(_advance(char) for char in piece) * size
            if line and used + wide > width and piece not in _NEVER_FIRST:
                lines.append(line.rstrip())
                line, used = "", 0.0
            if wide <= width:
                line, used = line + piece, used + wide
                continue
            for char in piece:  # a word longer than a line, such as an address
                if used + _advance(char) * size > width:
                    lines.append(line)
                    line, used = "", 0.0
                line, used = line + char, used + _advance(char) * size
        lines.append(line.rstrip())
    return lines


def printable(text: str) -> str:
    """A text with whatever cannot be printed named instead; line ends stay."""
    return "".join(_shown(char) for char in text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


def _shown(char: str) -> str:
    if char == "\n" or _is_chinese(char) or ord(char) in _glyphs():
        return char
    return " " if char.isspace() else f"{{U+{ord(char):04X}}}"


def _is_chinese(char: str) -> bool:
    return any(first <= char <= last for first, last in _CHINESE)


def _pieces(text: str) -> Iterator[str]:
    word = ""
    for char in text:
        if char == " " or _is_chinese(char):
            if word:
                yield word
            yield char
            word = ""
        else:
            word += char
    if word:
        yield word


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    # Registered once a process; what of it a document uses is kept by document.
    font = TTFont(_FONT, str(_FONT_FILE))
    pdfmetrics.registerFont(font)
    pdfmetrics.registerFont(UnicodeCIDFont(_READERS_OWN))
    return frozenset(font.face.charToGlyph)


def _font_of(char: str) -> str:
    return _FONT if ord(char) in _glyphs() else _READERS_OWN


@lru_cache(maxsize=8192)
def _advance(char: str) -> float:
    """How wide a character is at a size of one."""
    width: float = pdfmetrics.stringWidth(char, _font_of(char), 1)
    return width
