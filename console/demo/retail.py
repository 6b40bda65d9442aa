"""Halden & Pike, a shop for coffee machines: what its agents Mira and Atlas stop for."""

from datetime import datetime, timedelta
from random import Random

from console.demo import customers
from console.demo.drafting import (
    JSON,
    DraftedPackage,
    a,
    claim,
    conversation,
    environment,
    log,
    message,
    money,
    package,
    process,
    reasoning,
)

GOODS = (
    ("hand grinder", 184.0), ("milk frother", 62.4), ("drip kettle", 79.0), ("espresso machine", 489.0),
    ("set of cups", 38.5), ("descaling kit", 24.9), ("bean container", 31.0), ("knock box", 42.0),
    ("portafilter", 118.0), ("water filter", 27.8),
)  # fmt: skip
FAULTS = (
    ("arrived broken", "The lid was cracked when I opened the box.", "damaged_on_arrival"),
    ("stopped working after a week", "It worked for a week and now it is dead.", "defective"),
    ("was not what was ordered", "This is the 58 mm one, I ordered 54 mm.", "wrong_item"),
    ("never arrived", "The tracking has said “out for delivery” for nine days.", "lost"),
)
STREETS = ("14 Harbour Row", "3 Linden Court", "77 Mill Lane", "9 Old Quay", "21 Priory Road")
LIMIT = 50.0
REFUND_ARGS = {
    "type": "object",
    "required": ["order_id", "amount", "currency", "to"],
    "properties": {
        "order_id": {"type": "string", "title": "Order"},
        "amount": {"type": "string", "title": "Amount", "pattern": r"^\d{1,6}\.\d{2}$"},
        "currency": {"enum": ["EUR", "GBP"], "title": "Currency"},
        "to": {"enum": ["card", "store_credit"], "title": "Paid back to"},
        "reason": {"type": "string", "title": "Reason"},
    },
}


def refund(rng: Random, now: datetime) -> DraftedPackage:
    """Money back for something that was broken, wrong or lost."""
    who, (item, price) = customers.customer(rng, now), rng.choice(GOODS)
    what, words, code = rng.choice(FAULTS)
    order, first = f"HP-{rng.randrange(20000, 29999)}", who["name"].split()[0]
    amount, sure = f"{price:.2f}", round(rng.uniform(0.5, 0.93), 2)
    action = {
        "id": "a1",
        "name": "payments.refund",
        "title": f"Refund €{amount} to the card",
        "args": {"order_id": order, "amount": amount, "currency": "EUR", "to": "card", "reason": code},
        "args_schema": REFUND_ARGS,
        "risk": {"amount": money(price), "reversible": True},
        "compensation": {
            "name": "payments.reclaim",
            "note": "Possible until the card is credited.",
        },
        "claims": [
            claim(f"The {item} {what}", message(0)),
            claim(f"The order {order} is within the return window", log(0)),
        ],
    }  # fmt: skip
    half = f"{price / 2:.2f}"
    draft = f"Dear {first}, I am sorry that your {item} {what}. We have refunded €{amount} to your card."
    return DraftedPackage(
        "Mira",
        package(
            "Mira", "refund", f"Refund €{amount} to {who['name']} for {a(item)} that {what}?", rng,
            correlation=f"chat-{order}",
            original_intent=f"Get money back for {a(item)}",
            trigger=_refund_trigger(price),
            proposed_actions=[action],
            draft_response={"text": draft, "channel": "web_chat", "language": "en"},
            risk={"level": "medium", "amount": money(price), "reversible": True,
                  "factors": ["Money leaves at once", "Can be called back for 24 hours"]},
            next_steps=["Ask the warehouse to check the batch"],
            context=_refund_context(
                now, who, item=item, words=f"{what}. {words}", order=order, amount=amount, sure=sure
            ),
        ),
        args={"amount": half} if rng.random() < 0.6 else {"to": "store_credit"},
        reply=draft.replace("to your card.", "to your card. It arrives within 3 to 5 working days."),
        reason=rng.choice(["outside_policy", "evidence_missing", "wrong_amount", "repair_first"]),
    )  # fmt: skip


def _refund_trigger(price: float) -> JSON:
    if price <= LIMIT:
        reason = "No photo was sent, and the rules ask for one."
        return {"type": "missing_information", "reason": reason, "rule": "photo of the damage"}
    return {
        "type": "high_risk_action",
        "reason": f"The refund is €{price - LIMIT:.2f} above Mira’s own limit of €{LIMIT:.2f}.",
        "rule": f"refund over €{LIMIT:.2f}",
        "observed": f"{price:.2f}",
        "threshold": f"{LIMIT:.2f}",
    }


def _refund_context(
    now: datetime, who: JSON, *, item: str, words: str, order: str, amount: str, sure: float
) -> JSON:
    first = who["name"].split()[0]
    return {
        "customer": who,
        "conversation": conversation(now, "web_chat", [
            ("customer", f"Hi, my {item} {words}", -0.4),
            ("agent", "I am sorry to hear that. Could you give me the order number?"),
            ("customer", f"{order}. I just want my money back.", -0.5),
            ("agent", f"Thank you, {first}. Let me see what I can do."),
        ]),
        "reasoning": reasoning(
            sure, f"The order is paid and within 30 days; {a(item)} in this state may be refunded.",
            alternatives=[("Send a new one", round(sure - 0.2, 2), "The customer asks for money"),
                          ("Refund half", 0.2, "Nothing speaks for a shared fault")],
            evidence=[{"label": "Order", "source": "shop database",
                       "quote": f"{order}, paid €{amount}, delivered 12 days ago"}],
            uncertainties=["No photo was asked for"],
        ),
        "process": process("Returns", "Approve the refund",
                           ["Order found", "Return window checked"], ["Refund", "Reply", "Close"]),
        "environment": environment(now, f"orders.get {order}: delivered 12 days ago",
                                   "returns.window: 18 days left", tool_calls=2, latency_ms=840),
    }  # fmt: skip


def exchange(rng: Random, now: datetime) -> DraftedPackage:
    """The same thing in another size or colour."""
    who, (item, price) = customers.customer(rng, now), rng.choice(GOODS)
    old, new = rng.sample(["black", "white", "steel", "olive", "copper"], 2)
    order = f"HP-{rng.randrange(20000, 29999)}"
    draft = f"Dear {who['name'].split()[0]}, your {new} {item} is on its way; please send the {old} one back."
    return DraftedPackage(
        "Mira",
        package(
            "Mira", "exchange", f"Exchange {a(old)} {item} for {a(new)} one for {who['name']}?", rng,
            correlation=f"mail-{order}",
            trigger={"type": "high_risk_action", "reason": "An order can be exchanged only once."},
            proposed_actions=[{
                "id": "a1", "name": "orders.exchange", "title": f"Exchange for the {new} one",
                "args": {"order_id": order, "item": item, "from": old, "to": new, "free_shipping": True},
                "risk": {"amount": money(price), "reversible": False},
            }],
            draft_response={"text": draft, "channel": "email"},
            context={
                "customer": who,
                "conversation": conversation(now, "email", [
                    ("customer", f"I ordered the {old} {item} but the {new} one fits my kitchen. Swap?", 0.1),
                ]),
                "reasoning": reasoning(round(rng.uniform(0.6, 0.95), 2),
                                       f"The {new} one is in stock and costs the same."),
                "process": process("Exchange", "Book the exchange", ["Stock checked"], ["Exchange", "Label"]),
                "environment": environment(now, f"stock.get {item}/{new}: {rng.randrange(1, 9)} left"),
            },
        ),
        args={"free_shipping": False},
        reply=draft.replace("please send", "we enclose a label, so please send"),
        reason=rng.choice(["not_in_stock", "wrong_variant", "outside_policy"]),
    )  # fmt: skip


def delivery_address(rng: Random, now: datetime) -> DraftedPackage:
    """A parcel that should go somewhere else; Atlas does most of these alone."""
    who, street = customers.customer(rng, now), rng.choice(STREETS)
    parcel, failed = f"PX{rng.randrange(10**8):08d}", rng.random() < 0.3
    sure = round(rng.uniform(0.6, 0.8) if failed else rng.uniform(0.72, 0.99), 2)
    tries = [{"what": "courier.redirect", "result": "failed", "detail": "409 already sorted"}] * 3
    return DraftedPackage(
        "Atlas",
        package(
            "Atlas", "delivery_address", f"Send parcel {parcel} of {who['name']} to {street}?", rng,
            correlation=f"parcel-{parcel}",
            trigger=(
                {"type": "repeated_failure",
                 "reason": "The courier refused the change three times: the parcel is already sorted."}
                if failed else
                {"type": "verification", "reason": "The new address was given in a mail, not in the account."}
            ),
            attempted=tries if failed else [],
            proposed_actions=[{
                "id": "a1", "name": "courier.redirect", "title": f"Send it to {street}",
                "args": {"parcel": parcel, "street": street, "town": "Cork", "postcode": "T12 X8K4"},
                "risk": {"reversible": True},
                "claims": [claim(f"The customer wants it at {street}", message(0))],
            }],
            context={
                "customer": who,
                "conversation": conversation(now, "email", [
                    ("customer", f"Please send {parcel} to {street} in Cork instead, I have moved.", 0.0),
                ]),
                "reasoning": reasoning(sure, "The name matches, and the town is served by the same depot."),
                "process": process("Redirect", "Tell the courier", ["Parcel found"], ["Redirect", "Confirm"]),
                "environment": environment(
                    now, f"courier.track {parcel}: at depot Cork",
                    errors=["courier.redirect: 409 already sorted"] if failed else (), retries=3 * failed),
            },
        ),
        args={"postcode": "T12 X8K9"},
        reason=rng.choice(["too_late", "address_unclear"]),
    )  # fmt: skip


def goodwill(rng: Random, now: datetime) -> DraftedPackage:
    """A small sum for trouble; small ones go alone."""
    who, amount = customers.customer(rng, now), rng.choice([5, 10, 10, 15, 25, 40])
    order = f"HP-{rng.randrange(20000, 29999)}"
    days = rng.randrange(2, 9)
    draft = f"Dear {who['name'].split()[0]}, for the {days} days you had to wait we credit you €{amount}.00."
    return DraftedPackage(
        "Mira",
        package(
            "Mira", "goodwill", f"Credit €{amount}.00 to {who['name']} for a delivery {days} days late?", rng,
            correlation=f"late-{order}",
            trigger={"type": "policy", "reason": "Two policies disagree: late delivery gives €10.00 or €25.00."},
            proposed_actions=[{
                "id": "a1", "name": "credit.grant", "title": f"Credit €{amount}.00",
                "args": {"customer": who["id"], "amount": f"{amount}.00", "currency": "EUR"},
                "risk": {"amount": money(amount), "reversible": True},
            }],
            draft_response={"text": draft, "channel": "email"},
            context={
                "customer": who,
                "conversation": conversation(now, "email", [
                    ("customer", f"{days} days late, and nobody told me. Not good enough.", -0.5),
                ]),
                "reasoning": reasoning(round(rng.uniform(0.62, 0.97), 2),
                                       f"{days} days late; the credit table says €{amount}.00."),
                "process": process("Goodwill", "Grant the credit", ["Delay checked"], ["Credit", "Reply"]),
                "environment": environment(now, f"courier.history: delivered {days} days after the promise"),
            },
        ),
        args={"amount": "10.00" if amount > 10 else "5.00"},
        reply=draft.replace("we credit", "I am sorry; we credit"),
        reason=rng.choice(["twice", "too_much"]),
    )  # fmt: skip


def complaint_reply(rng: Random, now: datetime) -> DraftedPackage:
    """An answer to somebody who is cross; a person reads it before it goes out."""
    who, (item, _) = customers.customer(rng, now), rng.choice(GOODS)
    first, promise = who["name"].split()[0], (now + timedelta(days=3)).strftime("%-d %B")
    draft = (
        f"Dear {first}, I am sorry about your {item}. I have asked the workshop to look at it first "
        f"thing, and you will have it back by {promise}. Kind regards, Halden & Pike"
    )
    burn = rng.random() < 0.2
    said = "It burnt my hand." if burn else "This is the third time I write about the same thing."
    return DraftedPackage(
        "Mira",
        package(
            "Mira", "complaint_reply", f"Reply to the complaint of {who['name']} about {a(item)}?", rng,
            correlation=f"complaint-{who['id']}",
            trigger={"type": "sentiment", "reason": "The customer writes for the third time and is angry."},
            draft_response={"text": draft, "channel": "web_chat", "language": "en"},
            flags=[{"code": "injury", "label": "Mentions a burn", "severity": "warning"}] if burn else [],
            recommended_action="approve",
            context={
                "customer": who,
                "conversation": conversation(now, "web_chat", [
                    ("customer", f"My {item} is still at your workshop. {said}", -0.7),
                    ("agent", "I am sorry. Let me ask the workshop."),
                    ("customer", "You said that last week.", -0.75),
                ]),
                "reasoning": reasoning(round(rng.uniform(0.55, 0.9), 2),
                                       "The workshop named a day; a promise with a date calms most.",
                                       uncertainties=["The workshop has missed two dates already"]),
                "process": process("Complaints", "Answer the customer", ["Workshop asked"], ["Reply"]),
                "environment": environment(now, f"workshop.status: ready by {promise}",
                                           "!workshop.history: two dates missed"),
            },
        ),
        reply=draft.replace(f"you will have it back by {promise}", "I call you tomorrow with a date"),
        reason=rng.choice(["tone", "promise", "wrong_facts"]),
    )  # fmt: skip
