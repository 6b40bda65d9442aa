"""Whether a text says anything at all to whoever reads it."""

import unicodedata

# Letters and signs by their category, drawn as nothing: fillers of Hangul, the empty braille cell.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Cn", "Cs", "Mn", "Me"})


def is_blank(text: str) -> bool:
    """Nothing in it can be seen: spaces, breaks, controls, marks without a letter."""
    return all(one in _FILLERS or unicodedata.category(one) in _UNSEEN for one in text)
