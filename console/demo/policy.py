"""The policy of the demo world: fourteen kinds of work in three trades."""

from typing import Any

JSON = dict[str, Any]


def _reason(code: str, label: str) -> JSON:
    return {"code": code, "label": label}


def _reply(title: str, text: str) -> JSON:
    return {"title": title, "text": text}


RETAIL: JSON = {
    "refund": {
        "title": "Refunds",
        "level": 2,
        "skills": {"refunds": 2},
        "respond_s": {"2": 2400, "3": 900},
        "amounts": {"EUR": {"approve_up_to": "1000.00", "two_people_from": "500.00"}},
        "amount_from": {"payments.refund": {"amount": "/amount"}},
        "sentiment_below": {"value": -0.8, "level": 3},
        "reject_reasons": [
            _reason("outside_policy", "Outside the return policy"),
            _reason("evidence_missing", "Evidence is missing"),
            _reason("wrong_amount", "The amount is wrong"),
            _reason("repair_first", "Repair or replace first"),
        ],
        "replies": [
            _reply("Refund on its way", "Dear {customer.name}, your refund is on its way."),
            _reply(
                "A photo, please",
                "Dear {customer.name}, please send us a photo of the damage, "
                "and name {case.number}.",
            ),
        ],
    },
    "exchange": {
        "title": "Exchanges",
        "level": 2,
        "skills": {"refunds": 1},
        "respond_s": {"2": 3600},
        "reject_reasons": [
            _reason("not_in_stock", "The new item is not in stock"),
            _reason("wrong_variant", "The variant is wrong"),
            _reason("outside_policy", "Outside the return policy"),
        ],
    },
    "delivery_address": {
        "title": "Address changes",
        "level": 1,
        "act_despite": ["verification"],
        "act_at": 0.9,
        "review_below": 0.75,
        "flag_share": 0.5,
        "skills": {"deliveries": 2},
        "respond_s": {"2": 1800},
        "failures_at_least": {"value": 2, "level": 2},
        "reject_reasons": [
            _reason("too_late", "The parcel is already sorted"),
            _reason("address_unclear", "The address is not clear"),
        ],
    },
    "goodwill": {
        "title": "Goodwill credits",
        "level": 1,
        "act_despite": ["policy"],
        "act_at": 0.88,
        "review_below": 0.7,
        "skills": {"complaints": 1},
        "respond_s": {"2": 5400},
        "amounts": {"EUR": {"alone_up_to": "15.00", "approve_up_to": "100.00"}},
        "amount_from": {"credit.grant": {"amount": "/amount"}},
        "reject_reasons": [
            _reason("twice", "Already credited for this"),
            _reason("too_much", "More than the trouble was worth"),
        ],
    },
    "complaint_reply": {
        "title": "Replies to complaints",
        "level": 2,
        "undo_s": 0,
        "skills": {"complaints": 3},
        "respond_s": {"2": 1200, "3": 300},
        "turns_above": {"value": 12, "level": 3},
        "tiers": {"Trade": 3},
        "replies": [
            _reply(
                "I have read it",
                "Hello {customer.name}, this is {person.name}. I have read everything; "
                "you do not need to repeat it.",
            ),
            _reply("A moment", "One moment, please: I am looking into it now."),
            _reply(
                "Whom to ask",
                "If anything is missing, write again and name {case.number}; it comes back to me.",
            ),
        ],
        "reject_reasons": [
            _reason("tone", "The tone is wrong"),
            _reason("promise", "Promises what we cannot keep"),
            _reason("wrong_facts", "A fact is wrong"),
        ],
    },
}
BANK: JSON = {
    "invoice_payment": {
        "title": "Invoice payments",
        "level": 2,
        "undo_s": 60,
        "skills": {"payments": 3},
        "respond_s": {"2": 10800, "3": 3600},
        "amounts": {"EUR": {"approve_up_to": "50000.00", "two_people_from": "10000.00"}},
        "amount_from": {"payments.transfer": {"amount": "/amount"}},
        "rules": [
            {
                "field": "flags.code",
                "operator": "is",
                "value": "account_changed",
                "level": 2,
                "priority": "high",
                "approvals": 2,
                "reason": "A changed bank account needs two people",
            }
        ],
        "reject_reasons": [
            _reason("account_unverified", "The bank account is not verified"),
            _reason("duplicate", "Already paid"),
            _reason("no_order", "No matching purchase order"),
        ],
    },
    "card_dispute": {
        "title": "Card disputes",
        "level": 2,
        "undo_s": 30,
        "skills": {"fraud": 2},
        "respond_s": {"2": 3600, "3": 900},
        "reject_reasons": [
            _reason("recognised", "The customer made the payment"),
            _reason("out_of_time", "Too late for a dispute"),
            _reason("ask_customer", "The customer must say more"),
        ],
    },
    "kyc_review": {
        "title": "Identity checks",
        "level": 2,
        "skills": {"identity": 3},
        "respond_s": {"2": 7200, "3": 1800},
        "reject_reasons": [
            _reason("document_expired", "The document is expired"),
            _reason("mismatch", "Name or date does not match"),
            _reason("image_quality", "The picture cannot be read"),
        ],
    },
    "account_recovery": {
        "title": "Account recovery",
        "level": 3,
        "skills": {"identity": 2},
        "respond_s": {"3": 900, "4": 300},
        "reject_reasons": [_reason("not_proven", "Identity is not proven")],
    },
    "data_deletion": {
        "title": "Data deletion",
        "level": 3,
        "undo_s": 120,
        "skills": {"privacy": 3},
        "respond_s": {"3": 14400},
        "reject_reasons": [
            _reason("must_keep", "The law says we must keep it"),
            _reason("not_the_person", "Not asked by the person itself"),
        ],
    },
}
HOMES: JSON = {
    "maintenance": {
        "title": "Repairs",
        "level": 1,
        "act_despite": ["policy"],
        "act_at": 0.9,
        "review_below": 0.7,
        "flag_share": 0.4,
        "skills": {"maintenance": 2},
        "respond_s": {"2": 3600, "4": 300},
        "amounts": {"GBP": {"alone_up_to": "150.00", "approve_up_to": "2500.00"}},
        "amount_from": {"jobs.order": {"amount": "/cap", "currency": "GBP"}},
        "reject_reasons": [
            _reason("second_quote", "Ask for a second quote"),
            _reason("tenant_pays", "The tenant pays for this"),
            _reason("not_urgent", "Can wait for the yearly visit"),
        ],
    },
    "deposit_return": {
        "title": "Deposit returns",
        "level": 2,
        "skills": {"lettings": 3},
        "respond_s": {"2": 14400},
        "amounts": {"GBP": {"approve_up_to": "3000.00", "two_people_from": "2000.00"}},
        "amount_from": {"deposits.return": {"amount": "/amount", "currency": "GBP"}},
        "reject_reasons": [
            _reason("wear", "That is fair wear and tear"),
            _reason("no_photos", "There are no photos from moving in"),
        ],
    },
    "rent_arrears": {
        "title": "Rent arrears",
        "level": 2,
        "skills": {"lettings": 2},
        "respond_s": {"2": 14400, "3": 3600},
        "reject_reasons": [
            _reason("too_hard", "Too hard for a first letter"),
            _reason("plan_agreed", "A payment plan is agreed"),
        ],
    },
    "viewing": {
        "title": "Viewings",
        "level": 1,
        "act_at": 0.8,
        "review_below": 0.6,
        "skills": {"lettings": 1},
        "respond_s": {"2": 5400},
        "reject_reasons": [_reason("occupied", "The flat is still lived in")],
    },
}
TASK_TYPES: JSON = {**RETAIL, **BANK, **HOMES}
