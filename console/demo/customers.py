"""Invented customers, tenants and suppliers."""

from datetime import datetime, timedelta
from random import Random
from typing import Any
from unicodedata import normalize

FIRST = (
    "Inès", "Marek", "Chiara", "Yusuf", "Lena", "Bram", "Anouk", "Dafydd", "Tuomas", "Ola", "Petra", "Ewa",
    "Gareth", "Hana", "Isak", "Joana", "Katarina", "Liam", "Maeve", "Nils", "Orla", "Pavel", "Rosa", "Siân",
    "Theo", "Ursula", "Viktor", "Wanda", "Xenia", "Zoltán",
)  # fmt: skip
LAST = (
    "Carvalho", "Dvořák", "Russo", "Demir", "Hoffmann", "de Wit", "Petit", "Rees", "Laine", "Nygård", "Novak",
    "Kowalska", "Evans", "Suzuki", "Lund", "Ferreira", "Horvat", "Byrne", "Doyle", "Bergström", "Kelly",
    "Svoboda", "Gallo", "Morgan", "Papadakis", "Weber", "Popescu", "Wójcik", "Ivanova", "Nagy",
)  # fmt: skip
SUPPLIERS = (
    "Brill Optik", "Norvik Metals", "Tessel Freight", "Calder Print", "Ostrava Glas", "Harrow Packaging",
    "Lumen Facilities", "Bexley Catering", "Marlow & Finch", "Aurelia Textiles",
)  # fmt: skip
TIERS = ("Standard", "Standard", "Standard", "Plus", "Plus", "Trade")


def customer(
    rng: Random, now: datetime, *, name: str = "", tier: str | None = None
) -> dict[str, Any]:
    """Somebody with a history; the same numbers give the same person."""
    drawn = f"{rng.choice(FIRST)} {rng.choice(LAST)}"
    name = name or drawn
    since = (now - timedelta(days=rng.randrange(40, 2600))).date()
    first, _, last = name.partition(" ")
    past = rng.sample(PAST, k=rng.randrange(1, 4))
    return {
        "id": f"c_{rng.randrange(10**6):06d}",
        "name": name,
        "tier": tier or rng.choice(TIERS),
        "since": since.isoformat(),
        "locale": "en-IE",
        "time_zone": "Europe/Dublin",
        "contact": {"email": f"{_plain(first)}.{_plain(last)}@example.com"},
        "lifetime_value": {"value": f"{rng.randrange(60, 4200)}.00", "currency": "EUR"},
        "history": [
            {
                "at": (now - timedelta(days=40 * (n + 1))).strftime("%Y-%m-%dT10:00:00Z"),
                "label": text,
            }
            for n, text in enumerate(past)
        ],
    }


def tenant(rng: Random, now: datetime, *, name: str = "", flat: str = "") -> dict[str, Any]:
    """Somebody who rents a flat."""
    person = customer(rng, now, name=name, tier="Tenant")
    drawn = f"{rng.choice('ABCDEF')}{rng.randrange(1, 40)}"
    person["attributes"] = {"flat": f"{flat or drawn}, Alder Court"}
    return person


PAST = (
    "Asked where an order was; answered the same day",
    "Returned a kettle within 14 days",
    "Rated us 5 of 5",
    "Complained about a late parcel; credited €10.00",
    "Changed address",
    "Bought a gift card",
    "Asked for an invoice copy",
)


def _plain(name: str) -> str:
    """The name as it stands in an address: ASCII only."""
    plain = normalize("NFKD", name.lower().translate(str.maketrans("łø", "lo")))
    return "".join(c for c in plain if c.isascii() and c.isalpha())
