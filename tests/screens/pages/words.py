"""What a page says to people, apart from what is shown as code or is somebody else's text."""

import re
from html.parser import HTMLParser

# What no person reads, and what is there to be read as code: the raw call, the stored entry, keys.
UNREAD = {"script", "style", "svg", "template"}
CODE = {"pre", "code", "textarea"}
# By class: addresses and hashes, log lines of a machine, what a customer or an agent wrote.
OTHERS = {"mono", "address", "logs", "said", "fence"}
SPOKEN = ("aria-label", "placeholder", "alt")
BLOCKS = {
    *("a", "article", "button", "caption", "dd", "div", "dt", "fieldset", "figcaption", "form"),
    *("h1", "h2", "h3", "h4", "header", "label", "legend", "li", "nav", "option", "p", "section"),
    *("small", "span", "summary", "td", "th", "time", "title", "tr"),
}
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "use", "wbr"}
# Each with why it is a fault; a code of letters only, as an id has digits and is the name of a
# thing: of an order, a customer, a key.
FAULTS = {
    "a code": r"(?<![\w@./#-])[a-z]+(?:_[a-z]+)+(?!\w|@|/|\.\w)",
    "a dotted name": r"(?<![\w@./-])[a-z]{2,}(?:_[a-z]+)*(?:\.[a-z]{2,}(?:_[a-z]+)*)+(?![\w@/-])",
    "a time of a machine": r"\b\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?",
    "an id": r"\b(?:esc|msg|dec|evt)_\w+|\b[0-9a-f]{8}-[0-9a-f]{4}-|\b[0-9a-f]{24,}\b",
    "a value of a program": r"^(?:None|null|True|False|undefined|NaN|\[\]|\{\})$|\['|': ",
    "a word twice": r"\b([a-z]+) \1\b",
    "one of many": r"(?<![\d.,:–-] )(?<![\d.,:–-])\b1 (?:cases|people|offers|answers|entries|faults|"
    r"minutes|hours|days|weeks|months|times|lines|notes|reasons|fields|actions|agents|keys|calls|"
    r"versions|changes|messages|decisions|attempts|values|skills|notices|arguments|steps)\b",
    "many of one": r"(?<![\d.,:–-])\b(?:[2-9]|[1-9]\d+) (?:case|person|offer|entry|fault|hour|week|"
    r"minute|notice|decision|attempt|value|action)\b(?! of)",
    "a code in parentheses": r"\((?!again\)|sim\))[a-z]+(?:[._]+[a-z]+)*\)",
    "a path": r"(?<![\w/.:])[a-z]+/[a-z]+(?:_[a-z]+)*\b(?!/)",
    "a lost space": r"\w [,.;:!](?:\s|$)| ,",
}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.links: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._line = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in BLOCKS:
            self._end_line()
        if tag == "a":
            self.links.append(given.get("href", ""))
        if not self._is_hidden():
            self.said += [" ".join(given[name].split()) for name in SPOKEN if given.get(name)]
        if tag not in VOID:
            classes = set(given.get("class", "").split())
            hides = tag in UNREAD | CODE or bool(classes & OTHERS) or "diff" in classes
            # Something stands there, so that what follows it follows a word.
            self._line += "…" if hides and not self._is_hidden() else ""
            self._open.append((tag, hides))

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self._end_line()
        if any(name == tag for name, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._is_hidden():
            self._line += data

    def _is_hidden(self) -> bool:
        return any(hides for _, hides in self._open)

    def _end_line(self) -> None:
        if line := " ".join(self._line.split()):
            self.said.append(line)
        self._line = ""


def of(page: str) -> tuple[list[str], list[str]]:
    """Every line that it says, and where its links lead."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.said, reader.links


def faults(line: str) -> list[str]:
    """What is wrong with one line, each as what it is and where it stands."""
    found = ((what, re.search(pattern, line)) for what, pattern in FAULTS.items())
    return [f"{what}: “{match[0]}”" for what, match in found if match]
