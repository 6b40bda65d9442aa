"""Alder Court, which lets and looks after flats: what its agents Otto and Wren stop for."""

from datetime import datetime, timedelta
from random import Random

from console.demo import customers
from console.demo.drafting import (
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

JOBS = (
    ("dripping tap", "plumber", 85), ("cold radiator", "heating engineer", 120),
    ("broken window lock", "locksmith", 95), ("blocked sink", "plumber", 110),
    ("dead hall light", "electrician", 70), ("mould behind the wardrobe", "surveyor", 320),
    ("leak under the bath", "plumber", 480), ("boiler that will not start", "heating engineer", 640),
)  # fmt: skip
FIRMS = {
    "plumber": ("Doyle & Sons", "Northside Repairs"), "heating engineer": ("Harper Heating", "Doyle & Sons"),
    "locksmith": ("Northside Repairs", "Quay Locks"), "electrician": ("Beacon Electrical", "Northside Repairs"),
    "surveyor": ("Alder Surveys", "Coyle Damp & Timber"),
}  # fmt: skip


def maintenance(rng: Random, now: datetime) -> DraftedPackage:
    """Something is broken in a flat; small repairs are ordered alone."""
    who, (fault, trade, cost) = customers.tenant(rng, now), rng.choice(JOBS)
    firm = rng.choice(FIRMS[trade])
    flat, cost = who["attributes"]["flat"], cost + rng.randrange(-15, 40)
    return DraftedPackage(
        "Otto",
        package(
            "Otto", "maintenance", f"Send {a(trade)} for {a(fault)} in flat {flat}, about £{cost}.00?", rng,
            correlation=f"repair-{who['id']}",
            trigger={"type": "policy", "reason": f"The quote of £{cost}.00 decides who may order it."},
            proposed_actions=[{
                "id": "a1", "name": "jobs.order", "title": f"Order {firm} for £{cost}.00",
                "args": {"firm": firm, "job": fault, "flat": flat, "cap": f"{cost}.00", "when": "tomorrow"},
                "risk": {"amount": money(cost, "GBP"), "reversible": True},
                "claims": [claim(f"There is {a(fault)}", message(0)), claim("The quote is fair", log(0))],
            }],
            context={
                "customer": who,
                "conversation": conversation(now, "app", [
                    ("customer", f"Hello, we have {a(fault)}. Could somebody come this week?", -0.1),
                    ("agent", "Thank you. When are you at home?"),
                    ("customer", "Any day after four.", 0.1),
                ]),
                "reasoning": reasoning(round(rng.uniform(0.6, 0.98), 2),
                                       f"{firm} is nearest and did the last three jobs well.",
                                       alternatives=[("Ask for a second quote", 0.35, "Takes two days")]),
                "process": process("Repairs", "Order the repair", ["Quote received"], ["Order", "Tell tenant"]),
                "environment": environment(now, f"quotes.get: {firm} £{cost}.00, tomorrow after 16:00",
                                           open_jobs=rng.randrange(1, 12)),
            },
        ),
        args={"when": "today"},
        reason=rng.choice(["second_quote", "tenant_pays", "not_urgent"]),
    )  # fmt: skip


def deposit_return(rng: Random, now: datetime) -> DraftedPackage:
    """What is paid back at the end, and what is kept."""
    who, deposit = customers.tenant(rng, now), rng.choice([900, 1150, 1400, 2100])
    kept, why = (
        rng.choice([0, 60, 120, 180]),
        rng.choice(["cleaning", "a scratched worktop", "two lost keys"]),
    )
    back, first = deposit - kept, who["name"].split()[0]
    draft = f"Dear {first}, we return £{back:,}.00 of your deposit of £{deposit:,}.00" + (
        f"; £{kept}.00 is kept for {why}." if kept else "."
    )
    return DraftedPackage(
        "Wren",
        package(
            "Wren", "deposit_return", f"Return £{back:,}.00 of £{deposit:,}.00 deposit to {who['name']}?", rng,
            correlation=f"deposit-{who['id']}",
            trigger={"type": "high_risk_action",
                     "reason": f"Keeping £{kept}.00 for {why} may be disputed." if kept
                     else "A deposit is paid back only once."},
            proposed_actions=[{
                "id": "a1", "name": "deposits.return", "title": f"Return £{back:,}.00",
                "args": {"tenant": who["id"], "amount": f"{back}.00", "kept": f"{kept}.00", "for": why},
                "risk": {"amount": money(back, "GBP"), "reversible": False},
                "claims": [claim(f"The report names {why}", log(1))] if kept else [],
            }],
            draft_response={"text": draft, "channel": "email"},
            context={
                "customer": who,
                "conversation": conversation(now, "email", [
                    ("customer", "We moved out on Friday. When do we get the deposit?", 0.0),
                ]),
                "reasoning": reasoning(round(rng.uniform(0.55, 0.93), 2),
                                       f"The report of moving out names {why}.",
                                       uncertainties=["No photos from moving in"] if kept else []),
                "process": process("Moving out", "Return the deposit", ["Flat inspected"], ["Pay", "Close"]),
                "environment": environment(now, "rent.balance: £0.00", f"inspection.report: {why}"),
            },
        ),
        args={"amount": f"{deposit}.00", "kept": "0.00"},
        reply=draft.replace("Dear", "Thank you for leaving the flat so tidy. Dear"),
        reason=rng.choice(["wear", "no_photos"]),
    )  # fmt: skip


def rent_arrears(rng: Random, now: datetime) -> DraftedPackage:
    """A letter to somebody who is behind; what it says matters."""
    who, weeks = customers.tenant(rng, now), rng.randrange(1, 6)
    late = "1 week" if weeks == 1 else f"{weeks} weeks"
    owed, first = weeks * 265, who["name"].split()[0]
    by = (now + timedelta(days=14)).strftime("%-d %B")
    draft = f"Dear {first}, £{owed:,}.00 of rent is open. Please pay by {by} or call us to agree a plan."
    return DraftedPackage(
        "Wren",
        package(
            "Wren", "rent_arrears", f"Write to {who['name']} about £{owed:,}.00 of open rent?", rng,
            correlation=f"rent-{who['id']}",
            trigger={"type": "policy", "reason": f"The rent is {late} late; letters go out by a person."},
            draft_response={"text": draft, "channel": "letter"},
            requested={"options": [
                {"id": "plan", "label": "Offer a plan of six months", "recommended": weeks > 2},
                {"id": "call", "label": "Call first", "recommended": weeks <= 2}]},
            context={
                "customer": who,
                "reasoning": reasoning(round(rng.uniform(0.6, 0.9), 2),
                                       "Paid on time for two years before; a first letter should be mild."),
                "process": process("Arrears", "First letter", ["Balance read"], ["Letter", "Plan"]),
                "environment": environment(now, f"rent.balance: £{owed:,}.00 open, {late}"),
            },
        ),
        reply=draft + " If something has happened, tell us; we would rather help early.",
        reason=rng.choice(["too_hard", "plan_agreed"]),
        answer="call" if rng.random() < 0.5 else "plan",
    )  # fmt: skip


def viewing(rng: Random, now: datetime) -> DraftedPackage:
    """Somebody wants to see a flat; nearly all are booked alone."""
    who = customers.customer(rng, now, tier="Applicant")
    flat, at = (
        f"{rng.choice('ABCDEF')}{rng.randrange(1, 40)}",
        now + timedelta(days=rng.randrange(1, 5)),
    )
    when = at.strftime("%-d %B at 17:00")
    return DraftedPackage(
        "Wren",
        package(
            "Wren", "viewing", f"Book a viewing of flat {flat} for {who['name']} on {when}?", rng,
            correlation=f"viewing-{who['id']}",
            proposed_actions=[{
                "id": "a1", "name": "calendar.book", "title": f"Book {when}",
                "args": {"flat": flat, "applicant": who["id"], "when": when, "minutes": 20},
                "risk": {"reversible": True},
            }],
            context={
                "customer": who,
                "conversation": conversation(now, "email", [
                    ("customer", f"I would like to see {flat}, after work if possible.", 0.3),
                ]),
                "reasoning": reasoning(round(rng.uniform(0.55, 0.99), 2), "The flat is empty that day."),
                "process": process("Letting", "Book a viewing", ["Flat found"], ["Book", "Remind"]),
                "environment": environment(now, f"calendar.free {flat}: 17:00 and 18:00"),
            },
        ),
        args={"minutes": 30},
        reason="occupied",
    )  # fmt: skip
