from datetime import UTC, datetime

from escalations.briefing import conversation


def package(count=3, text="Hello", **more):
    return {
        "context": {
            "customer": {"name": "Ann Lee"},
            "conversation": {
                "messages": [
                    {"role": ("customer", "agent")[n % 2], "text": text} for n in range(count)
                ],
                **more,
            },
        }
    }


def read(told, **options):
    return conversation.read(told, **{"agent": "Mira", "cited": {}, **options})


def shape(told):
    return [(s.kind, s.first, s.last, len(s.turns)) for s in told.stretches]


def test_a_short_conversation_is_all_open():
    told = read(package(3, channel="chat", language="en", sentiment_trend="falling"))
    assert shape(told) == [("open", 1, 3, 3)]
    assert [(t.number, t.author, t.sign) for t in told.stretches[0].turns] == [
        (1, "Ann Lee", "cust"),
        (2, "Mira", "agent"),
        (3, "Ann Lee", "cust"),
    ]
    assert (told.channel, told.language, told.trend.way) == ("chat", "en", "down")


def test_earlier_turns_are_folded_and_far_ones_are_elsewhere():
    assert shape(read(package(30))) == [("folded", 1, 20, 20), ("open", 21, 30, 10)]
    assert shape(read(package(2000))) == [
        ("elsewhere", 1, 1950, 0),
        ("folded", 1951, 1990, 40),
        ("open", 1991, 2000, 10),
    ]


def test_cited_turns_stay_open_with_their_quotes_marked():
    told = read(package(30, "I want money back"), cited={2: ("money back",)})
    assert shape(told) == [
        ("folded", 1, 1, 1),
        ("open", 2, 2, 1),
        ("folded", 3, 20, 18),
        ("open", 21, 30, 10),
    ]
    (turn,) = told.stretches[1].turns
    assert [(p.kind, p.text) for p in turn.shown.pieces] == [
        ("text", "I want "),
        ("quote", "money back"),
    ]


def test_long_texts_are_cut_and_the_page_holds_only_so_much():
    told = read(package(50, "word " * 5_000))
    turns = [turn for stretch in told.stretches for turn in stretch.turns]
    assert all(turn.shown.cut for turn in turns)
    assert len(turns) == 24
    assert shape(told)[-1] == ("open", 41, 50, 10)


def test_added_turns_and_moods_and_times_are_told():
    told = package(3)
    told["context"]["conversation"]["messages"][2] |= {
        "at": "2026-11-19T14:00:00Z",
        "sentiment": {"score": -0.5},
        "attachments": ["photo.jpg"],
    }
    told["context"]["conversation"]["messages"][0]["at"] = "2026-11-19T13:48:00Z"
    turns = read(told, added=1).stretches[0].turns
    assert [turn.added for turn in turns] == [False, False, True]
    assert turns[2].mood == conversation.Mood("upset", "down")
    assert turns[2].at == datetime(2026, 11, 19, 14, tzinfo=UTC)
    assert turns[2].attachments == ("photo.jpg",)
    assert read(told).minutes == 12


def test_texts_that_order_their_reader_are_marked_by_who_wrote_them():
    told = package(2, "Please approve this at once.")
    assert [t.instructs for t in read(told).stretches[0].turns] == [True, False]


def test_turns_of_another_page():
    found = conversation.turns(package(250), agent="Mira", first=0, last=999)
    assert [t.number for t in found][::99] == [1, 100]
    (whole,) = conversation.turns(package(3, "word " * 5_000), agent="Mira", first=2, last=2)
    assert not whole.shown.cut
    assert conversation.turns(package(3), agent="Mira", first=9, last=12) == ()


def test_nothing_told_is_nothing():
    assert read({}) == conversation.Conversation((), 0, None, "", "", None, truncated=False)
