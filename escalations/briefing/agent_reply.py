"""The reply that the agent has drafted, as a person reads and changes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from escalations.text import differences, mask, untrusted
from escalations.text.differences import Chunk
from escalations.text.untrusted import lines

_LANGUAGES = {
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "ja": "Japanese",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "sv": "Swedish",
    "tr": "Turkish",
    "zh": "Chinese",
}
_SHOWN_MAX = 6_000


@dataclass(frozen=True, slots=True)
class ReplyDraft:
    """The draft and what stands in its field; `changes` is the difference of the two."""

    text: str
    entered: str
    shown: untrusted.Shown
    is_markdown: bool
    facts: str
    channel: str
    instructs: bool
    changes: tuple[Chunk, ...]

    @property
    def is_masked(self) -> bool:
        """Whether some of it is masked, so that it cannot be edited."""
        return mask.stands_in(self.text)

    @classmethod
    def read(
        cls, package: Mapping[str, Any], *, entered: Mapping[str, str] | None = None
    ) -> Self | None:
        """The draft of the package, or nothing where there is none."""
        draft = package.get("draft_response")
        if not draft:
            return None
        text = draft["text"]
        # A browser sends other line ends than it was given, and that is no change.
        was = lines(text)
        now = lines((entered or {}).get("reply", text))
        return cls(
            text=text,
            entered=now,
            shown=untrusted.whole(text.strip(), _SHOWN_MAX),
            is_markdown=draft.get("format") == "text/markdown" and len(text) <= _SHOWN_MAX,
            facts=_facts(draft, text),
            channel=untrusted.line(draft.get("channel") or "", 40),
            instructs=untrusted.instructs(text, outside=False),
            changes=tuple(differences.words(was, now)) if now != was else (),
        )


def _facts(draft: Mapping[str, Any], text: str) -> str:
    count = len(text[:200_000].split())
    code = draft.get("language") or ""
    language = _LANGUAGES.get(code.split("-")[0].lower(), untrusted.line(code, 12))
    words = f"{count:,} {'word' if count == 1 else 'words'}"
    return f"{language}, {words}" if language else words
