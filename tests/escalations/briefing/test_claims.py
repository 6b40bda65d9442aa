from escalations.briefing import claims
from escalations.briefing.claims import Citation
from tests import packages

MESSAGES = [
    {"role": "customer", "text": "It came broken."},
    {"role": "customer", "text": "Money back please, I bought another one."},
]


def read(*raw, **package):
    return claims.read(
        {
            "context": {
                "conversation": {"messages": MESSAGES},
                "customer": {"name": "Ann"},
                "environment": {"logs": [{"text": "x"}]},
            },
            "proposed_actions": [{"id": "a", "name": "refund", "claims": list(raw)}],
            **package,
        }
    )


def test_turns_of_one_claim_stand_together():
    case = read(
        {
            "text": "Broken.",
            "evidence": [
                "/context/conversation/messages/1",
                "/context/conversation/messages/0/text",
            ],
        }
    )
    assert case.claims == (
        claims.Claim(
            "Broken.", (Citation("Turns 1, 2", "chat", ("turn-1", "turn-2")),), "unchecked"
        ),
    )
    assert case.supported == 1


def test_other_evidence_names_its_place():
    (claim,) = read(
        {
            "text": "x",
            "evidence": [
                "/context/customer/name",
                "/context/environment/logs/0",
                "/attachments/0",
                "/metadata/score",
            ],
        },
        attachments=[{"name": "photo.jpg"}],
        metadata={"score": 1},
    ).claims
    assert claim.sources == (
        Citation("Customer record", "db", ("customer",)),
        Citation("Log line 1", "db", ("environment",)),
        Citation("photo.jpg", "image", ("attachments",)),
        Citation("metadata score", "doc", ("environment",)),
    )


def test_a_claim_without_evidence_is_unsupported_and_a_dead_pointer_is_broken():
    case = read(
        {"text": "Trust me."},
        {"text": "See.", "evidence": ["/context/conversation/messages/7", "nonsense", "/a~2"]},
    )
    assert [(c.standing, c.sources) for c in case.claims] == [
        ("unsupported", ()),
        ("broken", (Citation("3 not in the package", "no"),)),
    ]
    assert case.supported == 0


def test_quoted_passages_are_found_in_their_turn():
    case = read(
        {"text": "She says “Money back please”.", "evidence": ["/context/conversation/messages/1"]}
    )
    assert case.cited == {2: ("Money back please",)}


def test_the_agents_own_list_of_evidence_is_kept_as_text():
    case = read(
        context={
            "reasoning": {
                "evidence": [
                    {
                        "label": "Mail",
                        "source": "inbox",
                        "quote": "hello",
                        "href": "javascript:alert(1)",
                    }
                ]
            }
        }
    )
    assert case.exhibits == (claims.Exhibit("Mail", "inbox", "hello", "javascript:alert(1)"),)


def test_very_many_claims_are_cut():
    case = read(
        *[{"text": "x"}] * 50,
        proposed_actions=[
            {"id": str(n), "name": "x", "claims": [{"text": "x"}] * 50} for n in range(3)
        ],
    )
    assert (len(case.claims), case.more) == (60, 90)


def test_tricks_are_read():
    assert len(claims.read(packages.HOSTILE).claims) == 8
