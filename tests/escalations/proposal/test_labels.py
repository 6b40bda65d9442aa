from escalations.proposal import labels

CONTEXT = {
    "customer": {
        "name": "Yusuf Rossi",
        "id": "yusuf_1",
        "methods": {
            "c9": {"id": "c9", "brand": "mastercard", "last_four": "2478"},
            "p1": {"id": "p1", "source": "paypal"},
            "g2": {"id": "g2", "source": "gift_card", "balance": 60},
        },
    },
    "process": {
        "completed": [
            {
                "detail": {
                    "name": "Keyboard",
                    "variants": {
                        "77": {
                            "item_id": "77",
                            "options": {"switch": "clicky", "backlight": "none"},
                        },
                        "78": {
                            "item_id": "78",
                            "options": {"switch": "linear"},
                            "available": False,
                        },
                    },
                }
            },
            {"detail": {"order_id": "#W1", "items": [{"item_id": "5", "name": "Lamp"}]}},
        ]
    },
}


def test_ids_get_the_names_that_stand_beside_them():
    assert labels.read(CONTEXT).labels == {
        "yusuf_1": "Yusuf Rossi",
        "c9": "Mastercard ending 2478",
        "p1": "PayPal",
        "g2": "Gift card, balance 60.00",
        "77": "Keyboard (clicky, backlight none)",
        "78": "Keyboard (linear, not available)",
        "5": "Lamp",
    }


def test_alike_are_the_ids_of_the_same_place():
    known = labels.read(CONTEXT)
    assert known.alike(["c9"]) == ("c9", "p1", "g2")
    assert known.alike(["77"]) == ("77", "78")
    assert known.alike(["5"]) == ("5",)
    assert known.alike(["#W1", "unknown"]) == ()


def test_nothing_known_is_no_name():
    for context in (None, [], "x", {"a": [{"id": 7, "name": "n"}]}):
        assert labels.read(context) == labels.Names()


def test_endless_contexts_are_read_only_so_far():
    wide = {"items": [{"id": str(n), "name": "x"} for n in range(100_000)]}
    assert len(labels.read(wide).labels) < 40_001
    assert len(labels.read(wide).alike(["1"])) == 40
