"""What changed while somebody had a case open is said in words, by the answer that brings it."""

import json

import pytest
from django.test import Client

from escalations import intake, lifecycle
from escalations.lifecycle import rejudging
from escalations.models import Escalation
from tests import factories
from tests.factories import REFUND, after

pytestmark = pytest.mark.django_db
(ACTION,) = REFUND["proposed_actions"]
NOTHING = "</div> </div>"


@pytest.fixture
def dana():
    return factories.person("dana")


def said(user, case, since) -> str:
    """The words at the foot of the case, as whoever had `since` reads them."""
    page = _head(user, case, since)
    _, _, rest = page.partition('<div id="case-news" role="status">')
    return " ".join(rest.partition("</article>")[0].split())


def revised(case, **keys):
    body = json.dumps({**REFUND, **keys}).encode()
    intake.revise(case_key(case), Escalation.objects.get(pk=case.pk), body, now=after(60))
    return Escalation.objects.get(pk=case.pk)


def case_key(case):
    return case.agent.keys.first()


def test_an_amount_stands_with_its_old_and_its_new_value(dana):
    case = factories.escalation()
    other = {**ACTION, "args": {**ACTION["args"], "amount": "50.00"}}
    now = revised(case, proposed_actions=[other])
    words = said(dana, now, case.version)
    assert "The agent revised it." in words
    assert "Refund <del>€184.00</del>" in words
    assert "<ins>€50.00</ins>" in words
    assert f'data-since="{case.version}"' in _head(dana, now, case.version)
    assert said(dana, now, now.version) == NOTHING
    assert said(dana, now, "x") == NOTHING


def _head(user, case, since):
    client = Client(headers={"HX-Request": "true"})
    client.force_login(user)
    return client.get(f"/escalations/{case.id}/?since={since}").content.decode()


def test_what_the_customer_wrote_meanwhile_is_quoted(dana):
    case = factories.escalation()
    wrote = {"role": "customer", "text": "I found the <receipt>."}
    context = {"messages": [wrote]}
    rejudging.add_context(case, context, agent="mira", now=after(60))
    now = Escalation.objects.get(pk=case.pk)
    words = said(dana, now, case.version)
    assert "The agent added to it." in words
    assert "I found the &lt;receipt&gt;." in words
    assert "Inès Carvalho" in words


def test_who_passed_it_on_and_with_which_words(dana):
    case = factories.escalation()
    amara = factories.viewer("amara")
    lifecycle.pass_on(case, by=amara, version=case.version, text="Needs finance.", now=after(60))
    words = said(dana, Escalation.objects.get(pk=case.pk), case.version)
    assert "Amara Whitlock passed it on to a supervisor." in words
    assert "“Needs finance.”" in words
    assert "Next case" not in words


def test_who_ended_it_and_the_way_to_the_next(dana):
    case = factories.escalation()
    now = lifecycle.cancel(case, agent="mira", superseded_by="BTN-7", now=after(60))
    # The note of how it ended says it, at the foot, and no second one there or above.
    words = said(dana, now, case.version)
    assert "<b>Cancelled by the agent</b> at <baton-time>" in words
    assert 'data-act="next-case">' in words
    assert _head(dana, now, case.version).count('class="note ') == 1
    assert said(dana, now, now.version) == NOTHING
    page = _head(dana, now, "")
    assert 'data-act="next-case">' not in page
    assert "Cancelled by the agent" in page
    assert "BTN-7 takes its place." in " ".join(page.split())


@pytest.mark.parametrize(
    ("idle_s", "why"),
    [(700, "nothing was done in it for 10 minutes"), (0, "your screen was gone")],
)
def test_whoever_held_it_hears_why_not_any_more(dana, idle_s, why):
    case = factories.escalation()
    now = lifecycle.claim(case, by=factories.viewer_of(dana), now=after(1))
    Escalation.objects.update(active_at=after(800 - idle_s))
    assert lifecycle.lose_lease(now, now=after(800))
    case.refresh_from_db()
    words = said(dana, case, now.version)
    assert f"Your hold ended, as {why}. It waits again." in words
    assert "Changed while" not in words
    assert said(factories.person("kofi"), case, now.version) == NOTHING


def test_ones_own_acts_are_no_news(dana):
    case = factories.escalation()
    now = lifecycle.claim(case, by=factories.viewer_of(dana), now=after(1))
    assert said(dana, now, case.version) == NOTHING
