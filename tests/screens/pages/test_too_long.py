"""A field keeps what is pasted into it, however short it is, and says that it is too long."""

from playwright.sync_api import expect

from tests import factories

PASTE = "text => document.execCommand('insertText', false, text)"


def test_what_is_pasted_stays_and_is_refused(desk, faults):
    page = desk(factories.person("ada", "admin"))
    page.goto("/levels/")
    page.evaluate(
        """() => {
          const form = document.createElement('form');
          form.innerHTML = '<label>Why <input name="why" maxlength="12"></label><button>Send</button>';
          form.addEventListener('submit', (event) => { event.preventDefault(); form.dataset.sent = form.why.value; });
          form.id = 'short';
          document.querySelector('main').prepend(form);
        }"""
    )
    field = page.locator("#short input")
    field.focus()
    page.evaluate(PASTE, "x" * 1_240)
    expect(field).to_have_value("x" * 1_240)
    assert (
        field.evaluate("one => one.validationMessage")
        == "Use at most 12 characters; this has 1,240."
    )
    page.locator("#short button").click()
    expect(page.locator("#short")).not_to_have_attribute("data-sent", "x" * 12)
    field.press("Control+a")
    page.evaluate(PASTE, "short")
    page.locator("#short button").click()
    expect(page.locator("#short")).to_have_attribute("data-sent", "short")
    # A form that is started over holds nothing against what is empty.
    field.focus()
    page.evaluate(PASTE, "y" * 20)
    page.locator("#short").evaluate("form => form.reset()")
    assert field.evaluate("one => one.validationMessage") == ""
    assert faults(page) == []
