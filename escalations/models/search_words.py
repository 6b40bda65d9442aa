"""The words of each case, so that a search reads a piece of an index and not every case."""

# ruff: noqa: S608 - only words of our own are spliced into statements; every value is bound.

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import connection, models

from console.database import statements
from escalations.text import search_words

if TYPE_CHECKING:
    from escalations.models import Escalation
    from escalations.models.querysets import EscalationQuerySet

AT_ONCE = 200
# Beginnings that more words share are looked up as whole words.
SHARED_MAX = 5_000
_AFTER_ALL = "\U0010ffff"
_BEFORE_ALL = 2**62
TABLE = "escalations_searchword"
# From one word to the next by the index, however often each of them stands.
SHARING = (
    f"WITH RECURSIVE found(word) AS ("
    f"SELECT (SELECT min(word) FROM {TABLE} WHERE word >= %s AND word < %s) UNION ALL"
    f" SELECT (SELECT min(word) FROM {TABLE} WHERE word > found.word AND word < %s) FROM found"
    " WHERE found.word IS NOT NULL)"
    f" SELECT word FROM found WHERE word IS NOT NULL LIMIT {SHARED_MAX + 1}"
)


class SearchWord(models.Model):
    """One word of the summary or the customer's name of one case, as people are shown them.
    Derived: losing every row loses nothing but the search."""

    pk = models.CompositePrimaryKey("word", "number")
    word = models.CharField(max_length=search_words.LENGTH_MAX)
    number = models.BigIntegerField(help_text="Of the case.")

    objects: ClassVar[Any] = models.Manager()

    def __str__(self) -> str:
        return f"{self.word} in BTN-{self.number}"


def newest(
    among: "EscalationQuerySet", text: str, *, at_most: int, below: int | None = None
) -> list[int]:
    """The numbers of the newest of these cases with this id, of this matter or with all these
    words; the last word may be a beginning."""
    exact = _named(among, text, below)
    found: set[int] = set()
    place, at_once = below or _BEFORE_ALL, AT_ONCE
    words = _words(text)
    while True:
        listed = _listed(words, place, at_once)
        seen = among.filter(number__among=[*listed, *exact])
        found.update(seen.values_list("number", flat=True))
        if len(found) >= at_most or len(listed) < at_once:
            return sorted(found, reverse=True)[:at_most]
        # Few of them are among those asked for: larger pieces, so that there are few statements.
        place, at_once, exact = listed[-1], at_once * 4, []


def of(case: "Escalation") -> list[str]:
    """The words by which this case is found."""
    return search_words.of(case.summary, case.customer)


def replace(case: "Escalation", before: Sequence[str]) -> None:
    """Store the words that it has now, for those before; in the transaction that changes it."""
    were, are = set(before), set(of(case))
    SearchWord.objects.filter(number=case.number, word__among=sorted(were - are)).delete()
    SearchWord.objects.bulk_create(
        SearchWord(word=word, number=case.number) for word in sorted(are - were)
    )


def add(cases: Sequence[tuple[int, str, str]]) -> None:
    """The words of many cases that have none yet, each with its number and two texts."""
    rows = [(word, number) for number, *texts in cases for word in sorted(search_words.of(*texts))]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"INSERT INTO {TABLE} (word, number)"
                " SELECT * FROM unnest(%s::text[], %s::bigint[])",
                [[word for word, _ in rows], [number for _, number in rows]],
            )
        else:
            cursor.executemany(f"INSERT INTO {TABLE} (word, number) VALUES (%s, %s)", rows)


def _named(among: "EscalationQuerySet", text: str, below: int | None) -> list[int]:
    """By id, or by the matter: of any agent, as the index on matters begins with it."""
    found = statements.rows(
        "SELECT number FROM escalations_escalation WHERE id = %s UNION"
        " SELECT number FROM escalations_escalation WHERE correlation_id = %s"
        " AND agent_id IN (SELECT id FROM escalations_agent)",
        [text, text],
    )
    return [number for (number,) in found if below is None or number < below]


def _words(text: str) -> list[list[str]]:
    """Of each word all that it may mean, the rarest first, as the others are looked up for each
    case that has it. Empty where one of them stands nowhere."""
    meant = [_sharing(word) if begins else [word] for word, begins in search_words.sought(text)]
    if len(meant) < 2:
        return meant
    # Of many cases each, the one whose newest reach back furthest is the rarer.
    newest = [_listed([words], _BEFORE_ALL, AT_ONCE) for words in meant]
    if not all(newest):
        return []
    placed = sorted(range(len(meant)), key=lambda n: (len(newest[n]), newest[n][-1]))
    return [meant[place] for place in placed]


def _sharing(beginning: str) -> list[str]:
    after = beginning + _AFTER_ALL
    found = statements.rows(SHARING, [beginning, after, after])
    return [beginning] if len(found) > SHARED_MAX else [word for (word,) in found]


def _listed(words: Sequence[list[str]], below: int, limit: int) -> list[int]:
    """The newest numbers with all these words: of each that the first may mean the newest by the
    index, whatever else there is."""
    if not words or not words[0]:
        return []
    first, *others = words
    also = (
        f" AND EXISTS (SELECT 1 FROM {TABLE} AS other WHERE other.number = one.number"
        f" AND other.word {_among()})"
    )
    each = (
        f"SELECT one.number FROM {TABLE} AS one WHERE one.word = each_word.value"
        f" AND one.number < %s{also * len(others)} ORDER BY one.number DESC LIMIT {int(limit)}"
    )
    if statements.on_postgres():
        source = f"unnest(%s::text[]) AS each_word(value) CROSS JOIN LATERAL ({each}) AS found"
    else:
        source = (
            f"json_each(%s) AS each_word CROSS JOIN {TABLE} AS found"
            f" WHERE found.word = each_word.value AND found.number IN ({each})"
        )
    rows = statements.rows(
        f"SELECT DISTINCT found.number FROM {source} ORDER BY 1 DESC LIMIT {int(limit)}",
        [_list(first), below, *map(_list, others)],
    )
    return [number for (number,) in rows]


def _among() -> str:
    if statements.on_postgres():
        return "= ANY(%s::text[])"
    else:
        return "IN (SELECT value FROM json_each(%s))"


def _list(words: list[str]) -> Any:
    return words if statements.on_postgres() else json.dumps(words)
