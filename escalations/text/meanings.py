"""What the words of a name, a code or a few words of a text mean, by a table of many languages.

A name is split into words however it is written: `needsHuman`, `needs-human`, `Needs human`. Case
and accents make no other word.
"""

import re
import tomllib
import unicodedata
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path

LENGTH_MAX = 300
_PARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# What is two words to some and one to others.
_AS_ONE = {
    "hand_off": "handoff", "hand_over": "handover", "take_over": "takeover",
    "sign_off": "signoff", "on_call": "oncall", "go_ahead": "goahead", "team_lead": "teamlead",
    "team_leader": "teamlead", "co_worker": "coworker", "in_the_loop": "hitl", "in_loop": "hitl",
    "customer_service": "support", "customer_support": "support",
    "get_back": "getback", "gets_back": "getback", "getting_back": "getback",
    "only_after": "onlyafter", "not_until": "notuntil", "not_before": "notbefore",
    "erst_nachdem": "erstnachdem", "erst_nach": "erstnach", "erst_wenn": "erstwenn",
    "seulement_apres": "seulementapres", "uniquement_apres": "uniquementapres",
    "on_attend": "onattend", "solo_despues": "solodespues", "solo_tras": "solotras",
    "solo_dopo": "solodopo", "so_depois": "sodepois", "so_apos": "soapos",
    "pas_nadat": "pasnadat", "pas_na": "pasna", "dopiero_po": "dopieropo",
    "don_t": "dont", "can_t": "cannot", "can_not": "cannot", "de_escalate": "deescalate",
    "de_escalated": "deescalated",
    "visto_bueno": "vistobueno", "luz_verde": "luzverde", "feu_vert": "feuvert",
    "via_libera": "vialibera", "grunes_licht": "gruneslicht", "green_light": "greenlight",
    "second_look": "secondlook", "second_opinion": "secondopinion", "check_with": "checkwith",
    "no_go": "nogo", "to_be_approved": "tobeapproved", "goed_te_keuren": "goedtekeuren",
    "second_person": "secondperson", "zweite_person": "secondperson",
    "deuxieme_personne": "secondperson", "segunda_persona": "secondperson",
    "segunda_pessoa": "secondperson", "seconda_persona": "secondperson",
    "tweede_persoon": "secondperson", "druga_osoba": "secondperson",
    "ikinci_kisi": "secondperson", "شخص_ثان": "secondperson",
}  # fmt: skip
_AS_ONE_FOUND = re.compile(rf"(?<![^_])(?:{'|'.join(sorted(_AS_ONE, reverse=True))})(?![^_])")
# Thai, Korean, Japanese and Chinese, as `folded` leaves them.
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff]")
# Letters of their own that people write as these.
_NO_ACCENT = str.maketrans("łøđıŁØĐ", "lodiLOD")
# Who has no ä on the keys writes ae, as in `nicht_ausfuehren`.
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
# What Arabic writes onto a word, if it is no particle: and, for, with, the.
_LEADING_ARABIC = ("ال", "لل", "وال", "بال", "ل", "ب", "و")
_ARABIC = re.compile(r"[\u0620-\u064a]{3,}")
_GAP = r"(?:_[^_]+){1,3}"
Words = tuple[str, ...]


def folded(text: str) -> str:
    """In small letters, without accents and vowel signs."""
    return text.lower() if text.isascii() else unaccented(text.casefold())


def unaccented(text: str) -> str:
    """Without accents and vowel signs."""
    if text.isascii():
        return text
    signs = unicodedata.normalize("NFKD", text.translate(_NO_ACCENT))
    return "".join(sign for sign in signs if not unicodedata.category(sign).startswith("M"))


@lru_cache(maxsize=4096)
def words(name: str) -> Words:
    """`needsHuman`, `needs-human` and `Needs human!` as `needs` and `human`."""
    return of_sentence(_PARTS.sub("_", name[:LENGTH_MAX]))


def of_sentence(text: str) -> Words:
    """The words of a text of any length."""
    plain = re.sub(r"[\W_]+", "_", folded(text)).strip("_")
    return tuple(_AS_ONE_FOUND.sub(lambda two: _AS_ONE[two[0]], plain).split("_"))


def is_unspaced(word: str) -> bool:
    """Whether it is of a language that leaves no space between words."""
    return _UNSPACED.search(word) is not None


class Meaning:
    """The words of one meaning, in many languages. Some are phrases, their words joined by `_`; a
    `*` in one stands for up to three words."""

    def __init__(self, listed: Mapping[str, str], *, as_written: bool = False) -> None:
        """`as_written` takes each word also as people write it with other keys, or onto others."""
        words = [word for words in listed.values() for word in words.split()]
        every = [form for word in words for form in _written(word)] if as_written else words
        known = [folded(word) for word in every]
        gapped = [re.escape(one).replace(r"_\*", _GAP) for one in known if "*" in one]
        self._gapped = re.compile(f"_(?:{'|'.join(gapped)})_") if gapped else None
        self.words = frozenset(word for word in known if not is_unspaced(word))
        self._anywhere = tuple(word for word in known if is_unspaced(word))
        self._phrases: dict[str, list[str]] = {}
        for word in self.words:
            if "_" in word:
                self._phrases.setdefault(word.partition("_")[0], []).append(word)

    def is_in(self, parts: Collection[str]) -> bool:
        """Whether one of these words has this meaning."""
        if not self.words.isdisjoint(parts):
            return True
        whole = " ".join(parts)
        return not whole.isascii() and any(known in whole for known in self._anywhere)

    def is_said_in(self, parts: Words) -> bool:
        """Whether one of these words or phrases is."""
        if self.is_in(parts):
            return True
        said = f"_{'_'.join(parts)}_"
        begun = (one for word in parts for one in self._phrases.get(word, ()))
        if any(f"_{one}_" in said for one in begun):
            return True
        return self._gapped is not None and self._gapped.search(said) is not None


def table(path: Path, *, as_written: bool = False) -> dict[str, Meaning]:
    """The meanings in a file, by their names."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Meaning(listed, as_written=as_written) for name, listed in found.items()}


def _written(word: str) -> list[str]:
    joined = _LEADING_ARABIC if _ARABIC.fullmatch(folded(word)) else ()
    return [word, word.translate(_UMLAUTS), *(f"{lead}{word}" for lead in joined)]


_OWN = table(Path(__file__).with_suffix(".toml"), as_written=True)
HUMAN, LEADING, SOMEBODY = (_OWN[one] for one in ("human", "leading", "somebody"))
HELP, DESK, CREW = (_OWN[one] for one in ("help", "desk", "crew"))
HANDS, TELLS, CALLS = (_OWN[one] for one in ("hands", "tells", "calls"))
ESCALATES, APPROVAL, REVIEW = (_OWN[one] for one in ("escalates", "approval", "review"))
ASKS, NEEDS, NEEDED = (_OWN[one] for one in ("asks", "needs", "needed"))
PUTS, DECIDES = (_OWN[one] for one in ("puts", "decides"))
TROUBLES, WELL, BARRED = (_OWN[one] for one in ("troubles", "well", "barred"))
STOPS, HIGH, RISK, GOES_ON = (_OWN[one] for one in ("stops", "high", "risk", "goes_on"))
NOT, DENIES, STAYS, OVER = (_OWN[one] for one in ("not", "denies", "stays", "over"))
OFFERS, HANDS_ON, COMES = (_OWN[one] for one in ("offers", "hands_on", "comes"))
FORWARDS, WILL, DANGER = (_OWN[one] for one in ("forwards", "will", "danger"))
ACTS, DONTS, LETS, DONE = (_OWN[one] for one in ("acts", "donts", "lets", "done"))
FIRST, ASKS_SOMEBODY = (_OWN[one] for one in ("first", "asks_somebody"))
APPROVED, BY_HAND = (_OWN[one] for one in ("approved", "by_hand"))
LEFT_TO, OFFICE, BESIDE = (_OWN[one] for one in ("left_to", "office", "beside"))
REACHED, WE_CALL = (_OWN[one] for one in ("reached", "we_call"))
BEYOND, POWERS, UNTIL = (_OWN[one] for one in ("beyond", "powers", "until"))
