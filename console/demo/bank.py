"""The back office of Kestrel Bank: what its agents Ledger and Vera stop for."""

from datetime import datetime, timedelta
from random import Random

from console.demo import customers
from console.demo.drafting import (
    DraftedPackage,
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

SHOPS = (
    "Cobalt Games",
    "FastFit Gym",
    "Luma Streaming",
    "Riverside Taxi",
    "Hotel Arden",
    "Parcel Hub",
)
DOCUMENTS = ("passport", "identity card", "driving licence")
COUNTRIES = ("Portugal", "Finland", "the Netherlands", "Ireland", "Poland")


def invoice_payment(rng: Random, now: datetime) -> DraftedPackage:
    """A supplier's invoice; above €10,000.00, or on a changed account, two people agree."""
    supplier, changed = rng.choice(customers.SUPPLIERS), rng.random() < 0.25
    value = rng.choice([840, 1290, 2460, 3875, 5120, 7430, 12900, 18400])
    number = f"INV-{rng.randrange(4000, 9999)}"
    iban = f"IE{rng.randrange(10, 99)} KEST {rng.randrange(1000, 9999)} {rng.randrange(1000, 9999)}"
    flags = [{"code": "account_changed", "label": "Bank account changed", "severity": "critical"}]
    due = (now + timedelta(days=rng.randrange(1, 9))).strftime("%-d %B")
    return DraftedPackage(
        "Ledger",
        package(
            "Ledger", "invoice_payment", f"Pay €{value:,}.00 to {supplier} for invoice {number}?", rng,
            correlation=f"invoice-{number}",
            trigger={"type": "high_risk_action",
                     "reason": "The bank account on the invoice changed two days before it is due."
                     if changed else f"A payment of €{value:,}.00 cannot be taken back once it is sent."},
            flags=flags if changed else [],
            proposed_actions=[{
                "id": "a1", "name": "payments.transfer", "title": f"Transfer €{value:,}.00 to {supplier}",
                "args": {"invoice": number, "amount": f"{value}.00", "currency": "EUR", "iban": iban,
                         "execute_on": "next_working_day"},
                "editable_args": ["amount", "execute_on"],
                "risk": {"amount": money(value), "reversible": False},
                "claims": [claim("The goods were received", log(0)), claim("The amount matches", log(1))],
            }],
            risk={"level": "high" if value > 10000 or changed else "medium", "amount": money(value),
                  "reversible": False, "factors": ["Cannot be taken back"]},
            next_steps=[f"Call {supplier} on the number we have on file"] if changed else [],
            context={
                "customer": {"id": f"s_{number}", "name": supplier, "tier": "Supplier"},
                "reasoning": reasoning(round(rng.uniform(0.6, 0.96), 2),
                                       "Order, delivery note and invoice agree line by line.",
                                       alternatives=[("Hold until the supplier confirms", 0.3,
                                                      "The discount for early payment would be lost")]),
                "process": process("Payment run", "Release the payment",
                                   ["Invoice read", "Matched with the order"], ["Release", "Book"]),
                "environment": environment(now, f"orders.match {number}: three-way match complete",
                                           f"invoices.read {number}: €{value:,}.00, due {due}",
                                           *(["!suppliers.iban: differs from the last 6 payments"]
                                             if changed else []), matched_lines=rng.randrange(3, 40)),
            },
        ),
        args={"execute_on": "due_date"},
        reason=rng.choice(["account_unverified", "duplicate", "no_order"]),
    )  # fmt: skip


def card_dispute(rng: Random, now: datetime) -> DraftedPackage:
    """A card payment that the customer does not know."""
    who, shop = customers.customer(rng, now), rng.choice(SHOPS)
    value, charges = rng.choice([18.9, 34.5, 59.0, 74.2, 129.0, 219.9]), rng.randrange(1, 5)
    return DraftedPackage(
        "Ledger",
        package(
            "Ledger", "card_dispute", f"Open a dispute over €{value:.2f} at {shop} for {who['name']}?", rng,
            correlation=f"dispute-{who['id']}",
            trigger={"type": "low_confidence",
                     "reason": f"The customer paid {shop} {charges} {'time' if charges == 1 else 'times'} before without a complaint."},
            proposed_actions=[
                {"id": "a1", "name": "disputes.open", "title": f"Dispute €{value:.2f}",
                 "args": {"merchant": shop, "amount": f"{value:.2f}", "code": "not_recognised"},
                 "risk": {"amount": money(value), "reversible": True},
                 "claims": [claim("The customer does not know the payment", message(0))]},
                {"id": "a2", "name": "cards.block", "title": "Block the card",
                 "args": {"card": f"…{rng.randrange(1000, 9999)}", "replace": True},
                 "risk": {"reversible": False}},
            ],
            context={
                "customer": who,
                "conversation": conversation(now, "web_chat", [
                    ("customer", f"There is €{value:.2f} from {shop} on my card. I do not know them.", -0.3),
                    ("agent", "Could somebody in your family have paid there?"),
                    ("customer", "Not that I know of.", -0.2),
                ]),
                "reasoning": reasoning(round(rng.uniform(0.45, 0.88), 2),
                                       "The amount fits a subscription that renewed.",
                                       evidence=[{"label": "Earlier payments", "source": "card ledger",
                                                  "quote": f"{charges} payments to {shop}"}]),
                "process": process("Disputes", "Decide on the dispute", ["Payments read"], ["Open", "Inform"]),
                "environment": environment(now, f"ledger.search {shop}: {charges} earlier payments"),
            },
        ),
        args={"code": "subscription_cancelled"},
        reason=rng.choice(["recognised", "out_of_time", "ask_customer"]),
    )  # fmt: skip


def kyc_review(rng: Random, now: datetime) -> DraftedPackage:
    """A document that has to match a person."""
    who, document, country = (
        customers.customer(rng, now),
        rng.choice(DOCUMENTS),
        rng.choice(COUNTRIES),
    )
    score = round(rng.uniform(0.62, 0.94), 2)
    return DraftedPackage(
        "Vera",
        package(
            "Vera", "kyc_review", f"Accept the {document} of {who['name']} from {country}?", rng,
            correlation=f"kyc-{who['id']}",
            trigger={"type": "low_confidence",
                     "reason": f"Face and photo match at {score:.0%}; 95 % are needed to accept alone."},
            proposed_actions=[{
                "id": "a1", "name": "kyc.accept", "title": f"Accept the {document}",
                "args": {"customer": who["id"], "document": document, "country": country, "valid_years": 5},
                "risk": {"reversible": True},
                "claims": [claim("The document is valid", log(0)), claim("The birth date matches", log(1))],
            }],
            requested={"options": [{"id": "accept", "label": "Accept", "recommended": True},
                                   {"id": "video", "label": "Ask for a video call",
                                    "effect": "Costs the customer about ten minutes."}]},
            context={
                "customer": who,
                "reasoning": reasoning(score, "Number and birth date agree; the photo is seven years old."),
                "process": process("New customer", "Check identity", ["Document read"], ["Accept", "Welcome"]),
                "environment": environment(now, f"documents.check: {document}, {country}, valid",
                                           "registry.birth_date: same", face_match=score),
            },
        ),
        args={"valid_years": 1},
        reason=rng.choice(["document_expired", "mismatch", "image_quality"]),
        answer="" if rng.random() < 0.88 else "video",
    )  # fmt: skip


def account_recovery(rng: Random, now: datetime) -> DraftedPackage:
    """Somebody is locked out; a person decides, the agent only prepares."""
    who, tries = customers.customer(rng, now), rng.randrange(3, 6)
    first = who["name"].split()[0]
    draft = f"Dear {first}, we keep your account locked until we have spoken. We call you within the hour."
    return DraftedPackage(
        "Vera",
        package(
            "Vera", "account_recovery", f"Keep the account of {who['name']} locked after {tries} failed checks?",
            rng, correlation=f"lock-{who['id']}",
            trigger={"type": "verification",
                     "reason": f"{tries} failed identity checks in 10 minutes from two countries."},
            proposed_actions=[{
                "id": "a1", "name": "accounts.keep_locked", "title": "Keep it locked and call back",
                "args": {"account": who["id"], "call_back_within_min": 60},
                "risk": {"level": "high", "reversible": True},
            }],
            draft_response={"text": draft, "channel": "sms"},
            context={
                "customer": who,
                "conversation": conversation(now, "email", [
                    ("customer", "I cannot get in since this morning and I have a payment to make.", -0.4),
                ]),
                "reasoning": reasoning(round(rng.uniform(0.5, 0.8), 2), "Two countries in ten minutes."),
                "process": process("Recovery", "Keep or unlock", ["Checks counted"], ["Call", "Unlock"]),
                "environment": environment(now, "!sign_in: failed from Ireland", "!sign_in: failed from Brazil"),
            },
        ),
        args={"call_back_within_min": 30},
        reply=draft.replace("within the hour", "within 30 minutes on the number we have"),
        reason="not_proven",
    )  # fmt: skip


def data_deletion(rng: Random, now: datetime) -> DraftedPackage:
    """What the law lets people ask for, as far as other laws allow."""
    who, kept = customers.customer(rng, now), rng.randrange(2, 9)
    draft = f"Dear {who['name'].split()[0]}, we have deleted your data but for {kept} invoices the law keeps."
    return DraftedPackage(
        "Vera",
        package(
            "Vera", "data_deletion", f"Delete the personal data of {who['name']} but for {kept} invoices?", rng,
            correlation=f"erase-{who['id']}",
            trigger={"type": "compliance",
                     "reason": f"{kept} invoices are younger than ten years and have to be kept."},
            proposed_actions=[{
                "id": "a1", "name": "privacy.erase", "title": "Delete, keep the invoices",
                "args": {"customer": who["id"], "keep": ["invoices"], "confirm_by": "letter"},
                "risk": {"level": "high", "reversible": False},
            }],
            draft_response={"text": draft, "channel": "letter"},
            context={
                "customer": who,
                "conversation": conversation(now, "email", [
                    ("customer", "Please delete everything you have about me.", -0.1),
                ]),
                "reasoning": reasoning(round(rng.uniform(0.7, 0.95), 2), "Article 17 with its exceptions."),
                "process": process("Privacy", "Confirm the deletion", ["Data found"], ["Delete", "Confirm"]),
                "environment": environment(now, f"privacy.find: 214 records, {kept} invoices", systems=7),
            },
        ),
        args={"confirm_by": "email"},
        reply=draft.replace("the law keeps", "that tax law makes us keep until 2035"),
        reason=rng.choice(["must_keep", "not_the_person"]),
    )  # fmt: skip
