"""Ways of writing made one: doubled spaces, keycap digits, misspelt and shortened words, with the way back.

Unlike folding this changes the length of a text, so every letter remembers where it stood.
"""

import re

_REWRITTEN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), written)
    for pattern, written in (
        ("[\ufe0f\u20e3\u200b-\u200f\ufeff]", ""),
        (r"(?<=[ \t\u3000])[ \t\u3000]+", ""),
        (r"(?<![一-鿿])([一-鿿]) (?=[一-鿿](?![一-鿿]))", r"\1"),
        (r"(?<=[俩仨两])月(?!息|利|供)", "个月"),
        ("仨", "三"),
        (r"(?<=分)力(?!气|度|量)", "利"),
        (r"\bthous(?:nd|end|an|ands)\b", "thousand"),
        (r"\bmounth(?=s?\b)", "month"),
        (r"\bint(?:rest|erst|ress?t)\b", "interest"),
        (r"\bbor+ow?(?=(?:ed|ing|s)?\b)", "borrow"),
        (r"\bemi\b", "monthly payment"),
        (r"\b(?:a )?couple(?: of)? (?=thousand|hundred|grand|months|weeks|years|days)", "about 2 "),
        (r"(?<=\d)m(?= (?:yuan|rmb|dollars))", " million"),
        (r"\bbetween ([$¥£]?[\w.,%]+) and (?=[$¥£\d])", r"\1 to "),
        (r"\bcents? on the dollar\b", "percent"),
        (r"\ba fortnight\b", "2 weeks"),
        (r"(?<=\d) or (?=\d+ (?:months|years|weeks|days)\b)", " to "),
        (r"(?<=\d) ?[x×*] ?(?=[$¥£]?\d)", " payments of "),
    )
)


def rewrite(text: str) -> tuple[str, list[int]]:
    """The text in its usual spelling, and for each letter of it the place of the one it was written as."""
    places = list(range(len(text)))
    for pattern, written in _REWRITTEN:
        pieces: list[str] = []
        kept: list[int] = []
        last = 0
        for found in pattern.finditer(text):
            new = found.expand(written)
            pieces += [text[last : found.start()], new]
            kept += places[last : found.start()]
            span = places[found.start() : found.end()]
            kept += [span[min(at, len(span) - 1)] for at in range(len(new))]
            if new and span:
                kept[-1] = span[-1]
            last = found.end()
        if pieces:
            text = "".join((*pieces, text[last:]))
            places = kept + places[last:]
    return text, places
