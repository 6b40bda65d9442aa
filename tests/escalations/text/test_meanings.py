"""The words of a name, and what they mean in many languages: that a person must agree, that the
agent may not, that a flag warns, that somebody will come to the customer."""

import pytest

from escalations.package import unknown_keys
from escalations.policy import hard_rules
from escalations.text import meanings
from escalations.triage import prose

WAITS = {
    "ar": "انتظر موافقة المالية.",
    "de": "Freigabe durch die Buchhaltung abwarten.",
    "en": "Wait for approval by finance.",
    "es": "Esperar la aprobación de finanzas.",
    "fr": "Attendre l'accord de la comptabilité.",
    "hi": "वित्त विभाग की मंज़ूरी का इंतज़ार करें।",
    "it": "Attendere l'approvazione della contabilità.",
    "nl": "Wachten op goedkeuring van de boekhouding.",
    "pl": "Czekać na zgodę działu finansów.",
    "pt": "Aguardar aprovação do financeiro.",
    "tr": "Finansın onayını bekle.",
    "zh": "等待财务批准。",
}
AFTER = {
    "ar": "فقط بعد موافقة المشرف.",
    "de": "Erst nachdem ein Vorgesetzter zugestimmt hat.",
    "en": "Only after a supervisor has agreed.",
    "es": "Solo después de que un supervisor lo apruebe.",
    "fr": "Seulement après l'accord d'un responsable.",
    "hi": "सुपरवाइज़र की सहमति के बाद ही।",
    "it": "Solo dopo che un responsabile ha approvato.",
    "nl": "Pas nadat een leidinggevende akkoord is.",
    "pl": "Dopiero po zgodzie przełożonego.",
    "pt": "Só depois de um supervisor aprovar.",
    "tr": "Ancak bir yönetici onayladıktan sonra.",
    "zh": "只有在主管同意后才能退款。",
}
MAY_NOT = {
    "ar": "غير مسموح لي بفعل هذا.",
    "de": "Ich darf das nicht tun.",
    "en": "I am not allowed to do this.",
    "es": "No estoy autorizada a hacerlo.",
    "fr": "Je ne suis pas autorisé à le faire.",
    "hi": "मुझे यह करने की अनुमति नहीं है।",
    "it": "Non sono autorizzata.",
    "nl": "Ik mag dit niet doen.",
    "pl": "Nie mam uprawnień.",
    "pt": "Não tenho permissão para isso.",
    "tr": "Buna yetkim yok.",
    "zh": "我不能决定这件事。",
}
CHECKS = {"nl": "Een mens moet dit controleren.", "en": "Have Maria from finance sign this off."}
WAITS_FOR_NOTHING = {
    "ar": "العميل ينتظر الطرد.",
    "de": "Ein Vorgesetzter hat dem schon im März zugestimmt.",
    "en": "The courier must have them sign on delivery.",
    "es": "El cliente espera su pedido.",
    "fr": "Le client attend son colis.",
    "hi": "ग्राहक पार्सल का इंतज़ार कर रहा है।",
    "it": "Il cliente attende il rimborso.",
    "nl": "De klant wacht op het pakket.",
    "pl": "Klient czeka na paczkę.",
    "pt": "O cliente aguarda a entrega.",
    "tr": "Müşteri kargosunu bekliyor.",
    "zh": "客户正在等待包裹。",
}
PROMISES = {
    "ar": "سيتواصل معك فريقنا.",
    "de": "Ich habe Ihr Anliegen an die Fachabteilung weitergeleitet.",
    "en": "Our team will review your case and get back to you within 24 hours.",
    "es": "Nuestro equipo lo revisará y le contactará.",
    "fr": "Un conseiller va vous rappeler.",
    "hi": "हमारी टीम आपसे संपर्क करेगी।",
    "it": "Il nostro reparto la contatterà domani.",
    "nl": "Ons team zal contact met u opnemen.",
    "pl": "Nasz zespół skontaktuje się z Tobą.",
    "pt": "Nossa equipe entrará em contato.",
    "tr": "Ekibimiz size ulaşacak.",
    "zh": "我们的团队将联系您。",
}
PROMISES_NOBODY = {
    "de": "Bei Fragen hilft Ihnen unser Team weiter.",
    "en": "Our team is here; just reply to this e-mail.",
    "es": "No dude en contactar con nuestro equipo.",
    "fr": "N'hésitez pas à contacter notre service.",
    "nl": "Ons team wenst u een fijne dag.",
    "zh": "感谢您联系我们。",
}
DANGERS = """
    betrug betrugsverdacht fraude posible_fraude suspeita_de_fraude frode oszustwo dolandırıcılık
    dolandiricilik fraudeverdacht 欺诈 احتيال gefahr peligro geldwaesche identity_theft stolen_card
    可疑交易 धोखाधड़ी мошенничество
""".split()
NO_DANGERS = "kein_betrug sin_fraude pas_de_fraude no_fraud 无欺诈 vol_retarde neukunde".split()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("needsHuman", ("needs", "human")),
        ("Needs-human!", ("needs", "human")),
        ("HITLTool", ("hitl", "tool")),
        ("page_on_call", ("page", "oncall")),
        ("hand_over_all", ("handover", "all")),
        ("on_calls", ("on", "calls")),
        ("human in the loop", ("human", "hitl")),
        ("an_Mitarbeiter_übergeben", ("an", "mitarbeiter", "ubergeben")),
        ("złota kwotę", ("zlota", "kwote")),
        ("", ("",)),
    ],
)
def test_a_name_is_its_words_however_it_is_written(name, words):
    assert meanings.words(name) == words


@pytest.mark.parametrize("name", ["转人工客服", "상담원연결", "İNSAN", "इंसान", "إِنْسان", "ЧЕЛОВЕК"])
def test_a_meaning_is_found_in_every_script(name):
    assert meanings.HUMAN.is_in(meanings.words(name))


def test_a_word_within_another_is_none_where_words_have_spaces():
    assert not meanings.HUMAN.is_in(meanings.words("humanize inhuman"))


def each(*said):
    return [pytest.param(text, id=name) for one in said for name, text in one.items()]


@pytest.mark.parametrize("said", each(WAITS, AFTER, MAY_NOT, CHECKS))
def test_a_person_must_agree(said):
    assert prose.wish(said, hard_rules.current()) == said


@pytest.mark.parametrize("said", each(WAITS_FOR_NOTHING))
def test_what_customers_wait_for_is_no_wish(said):
    assert prose.wish(said, hard_rules.current()) is None


@pytest.mark.parametrize("said", each(PROMISES))
def test_somebody_will_come_to_the_customer(said):
    assert prose.promise({"draft_response": {"text": said}}) == said


@pytest.mark.parametrize("said", each(PROMISES_NOBODY))
def test_a_greeting_promises_nobody(said):
    assert prose.promise({"draft_response": {"text": said}}) is None


@pytest.mark.parametrize("code", DANGERS)
def test_a_flag_warns_in_any_language(code):
    assert unknown_keys.is_danger(code)


@pytest.mark.parametrize("code", NO_DANGERS)
def test_a_danger_denied_is_none(code):
    assert not unknown_keys.is_danger(code)
