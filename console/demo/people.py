"""Who works in the demo world."""

from dataclasses import dataclass, field

PASSWORD = "baton-demo"  # noqa: S105 - printed by bin/dev, good for the demo world only
# Stands in the name, so that nobody takes what they decide for a person's judgement.
SIMULATED_MARK = "(sim)"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    username: str
    first: str
    last: str
    role: str
    skills: dict[str, int] = field(default_factory=dict)


PEOPLE = (
    DemoPerson("dana", "Dana", "Whitlock", "reviewer",
           {"refunds": 4, "complaints": 5, "deliveries": 3, "identity": 3, "payments": 3,
            "maintenance": 2, "French": 2}),
    DemoPerson("amara", "Amara", f"Osei {SIMULATED_MARK}", "reviewer", {"refunds": 4, "complaints": 3, "deliveries": 2, "French": 5}),
    DemoPerson("tomasz", "Tomasz", f"Zieliński {SIMULATED_MARK}", "reviewer",
           {"refunds": 3, "deliveries": 5, "complaints": 1, "payments": 3, "privacy": 3, "German": 2}),
    DemoPerson("sofia", "Sofia", f"Marchetti {SIMULATED_MARK}", "reviewer", {"complaints": 3, "identity": 5, "fraud": 3, "Italian": 5}),
    DemoPerson("jonas", "Jonas", f"Lindqvist {SIMULATED_MARK}", "reviewer", {"payments": 5, "fraud": 4, "identity": 2, "German": 3}),
    DemoPerson("kofi", "Kofi", "Mensah", "reviewer", {"payments": 3, "identity": 4, "fraud": 2, "French": 3}),
    DemoPerson("meilin", "Mei-Lin", f"Huang {SIMULATED_MARK}", "reviewer", {"privacy": 4, "identity": 2, "payments": 1, "German": 3}),
    DemoPerson("rasmus", "Rasmus", f"Berg {SIMULATED_MARK}", "reviewer", {"maintenance": 5, "lettings": 2}),
    DemoPerson("leila", "Leila", f"Haddad {SIMULATED_MARK}", "reviewer", {"maintenance": 3, "lettings": 5, "complaints": 2}),
    DemoPerson("priya", "Priya", "Raman", "supervisor",
           {"refunds": 5, "payments": 4, "complaints": 3, "fraud": 3, "lettings": 3}),
    DemoPerson("nadia", "Nadia", "Petrova", "admin", {"privacy": 3, "identity": 3}),
    DemoPerson("oliver", "Oliver", "Brandt", "auditor"),
)  # fmt: skip
SIMULATED = tuple(one.username for one in PEOPLE if SIMULATED_MARK in one.last)
SIMULATOR = "Simulator"
AGENTS = ("Mira", "Atlas", "Ledger", "Vera", "Otto", "Wren")


def log_ins() -> str:
    """What `demo` prints: everybody who can sign in."""
    width = max(len(person.username) for person in PEOPLE)
    lines = [f"  {p.username:<{width}}  {p.first} {p.last}, {p.role}" for p in PEOPLE]
    simulated = (
        f"Those marked {SIMULATED_MARK} decide by themselves until you sign in as one of them."
    )
    return "\n".join([f"Demo log-ins, password {PASSWORD}:", *lines, simulated])
