"""A person asked for, and a reason not to go on, wherever a package says it: in the name of a tool,
in a flag, in a sentence of the agent's own, in what stands under a key that no field has."""

import pytest

from escalations.package import unknown_keys, wanted_people
from escalations.policy import hard_rules
from escalations.triage import prose
from tests.escalations.recognition.test_recogniser import LANGUAGES, NONE
from tests.escalations.recognition.test_recogniser import sentences as customers_sentences
from tests.escalations.triage.judging import judge, package, policy

ALONE = policy(refund={"title": "Refunds", "level": 1})
ACTION = {"id": "a1", "name": "note.write", "args": {"text": "x"}}
TOOLS = """
    raise_to_supervisor consult_expert speak_to_manager alert_team pagerduty.trigger approval
    call_customer_service
    escalate escalate_case escalateToTier2 escalate_if_needed handoff hand_over handover_to_agent
    mcp__desk__handoff_to_agent request_approval getApproval humanApproval await_approval
    wait_for_approval submit_for_approval queue_for_approval open_approval_request request_signoff
    send_for_review flag_for_review human_review create_human_task request_human_input
    connect_to_live_agent transferToSupport transfer_call_to_agent route_to_specialist
    reassign_to_agent delegateToTeam loop_in_manager page_oncall page_on_call contact_manager
    notify_manager ask_colleague desk.askSupervisor HITLTool
    an_mitarbeiter_übergeben anMitarbeiterWeiterleiten freigabe_anfordern transferir_a_humano
    solicitar_aprobacion_de_gerente transférer_à_un_conseiller demander_approbation
    chiedere_approvazione goedkeuring_vragen eskaluj przekaż_do_konsultanta onay_iste
    temsilciye_aktar 转人工 转接人工客服 人工审核 طلب_موافقة إنسان 상담원_연결
""".split()
OTHER_TOOLS = """
    refund note.write get_order cancel_pending_order exchange_delivered_order_items call_api ask
    modify_user_address send_confirmation send_email notify_customer contact_customer ask_customer
    transfer_funds forward_email humanize_text request_refund approve_refund create_ticket
    send_message jobs.order payments.transfer thermostat.set schedule_viewing issue_voucher
    assign_seat route_order page_list post_review get_reviews create_review decision.log
    update_person verify_address check_status hold_funds review_summary lookup_customer
    unlock_account confirm_order open_account request_return_label contact_details_update
""".split()
FLAGS = """
    do_not_send dont_contact not_safe not_authorized low_confidence out_of_policy tool_error unclear
    needs_attention complaint prompt_injection data_leak unknown_intent
    do_not_proceed doNotSend_auto do_not_continue no_auto hold on_hold payment_hold manual stop stopped
    halt paused human person escalated escalation blocked high_risk risk_high very_high_risk risky
    verify unverified needs_supervisor oversight approval sperre gesperrt bloqueado 暂停
""".split()
OTHER_FLAGS = """
    review odd vip low_risk high_value no_hold hold_released unblocked not_blocked verified
    escalation_resolved no_human_needed repeat_customer photo_attached first_order express
    manually_optional gift long_wait new_device
""".split()
SENTENCES = [
    "A human must approve this before it goes out.", "A person should check this.",
    "Please have a manager confirm.", "Escalate to a supervisor.", "Do not proceed yet.",
    "The customer asked for a manager.", "I am not sure; somebody should look at it.",
    "Needs manual review before the refund.", "Human approval is needed.",
    "Ask a colleague to verify the invoice.", "Wait for approval by finance.",
    "Hand over to a human agent.", "I cannot proceed without sign-off.",
    "I may not do this, a team lead has to decide.", "Ein Mensch muss das freigeben.",
    "Bitte von einem Mitarbeiter prüfen lassen.", "Un humain doit valider.",
    "Transférer à un conseiller humain.", "Una persona debe aprobar esto.",
    "Pasar el caso a un supervisor.", "Een medewerker moet dit goedkeuren.",
    "Człowiek musi to zatwierdzić.", "需要人工审核。", "Bir insan onaylamalı.",
    "Uma pessoa precisa aprovar.", "Una persona deve approvare.", "يجب أن يوافق شخص على ذلك.",
    "किसी इंसान को इसे मंज़ूर करना चाहिए।", "This needs a manager.", "A supervisor is required.",
    "I cannot do this without permission.", "Please double-check this before sending.",
    "Ich kann das nicht ohne Freigabe tun.", "Bitte vor dem Absenden noch einmal prüfen.",
    "Je ne peux pas faire cela sans autorisation.", "Veuillez vérifier avant l’envoi.",
    "No puedo hacerlo sin permiso.", "Revisar antes de enviar, por favor.",
    "Não posso fazer isso sem permissão.", "Verifique antes de enviar.",
    "Non posso farlo senza permesso.", "In attesa di approvazione della contabilità.",
    "Ik kan dit niet doen zonder toestemming.", "Controleer voor verzending.",
    "Nie mogę tego zrobić bez zgody.", "Proszę sprawdzić przed wysłaniem.",
    "Bunu izin olmadan yapamam.", "Göndermeden önce lütfen kontrol edin.",
    "لا يمكنني فعل ذلك بدون إذن", "यह भेजने से पहले जाँच लें", "发送前请检查",
    "I am not allowed to do this.", "This is above my limit.", "Ich darf nicht erstatten.",
    "No estoy autorizado.", "Nie wolno mi tego robić.", "我无权处理。", "Dafür braucht es einen Vorgesetzten.",
]  # fmt: skip
OTHER_SENTENCES = [
    "The customer has a valid receipt and the order was delivered last week.",
    "A colleague approved the same refund in March.", "The supervisor on shift was told.",
    "No human is needed for this.", "It runs without a person having to approve it.",
    "The amount is below the limit; nobody has to approve it.", "The payment did not go through.",
    "I checked the invoice against the purchase order.", "Please say yes or no before I proceed.",
    "Please confirm your address and I will proceed.", "The tenant needs a plumber.",
    "Return request summary for your approval:", "Order the repair, then tell the tenant.",
    "The customer checked it before sending it back.", "Unauthorised charge of 2026: 未经授权的扣款",
    "The customer is not allowed to return it.", "It is within my limit.", "My boss needs the invoice by Monday.", "The customer needs support with the setup.",
    "Someone must be at home when it comes.", "Mein Chef braucht die Rechnung.",
    "The support policy allows a refund within 30 days.", "Der Kunde hat die Ware zurückgeschickt.",
]  # fmt: skip
PLACES = {
    "summary": lambda said: {"summary": f"Refund for a lamp. {said}"},
    "colleague": lambda said: {
        "context": {"conversation": {"messages": [{"role": "operator", "text": said}]}}
    },
    "fact": lambda said: {
        "proposed_actions": [ACTION | {"facts": [{"label": "Finance", "value": said}]}]
    },
    "rationale": lambda said: {"context": {"reasoning": {"rationale": said}}},
    "uncertainties": lambda said: {"context": {"reasoning": {"uncertainties": ["x", said]}}},
    "steps": lambda said: {"context": {"reasoning": {"steps": ["x", {"thought": said}]}}},
    "next_steps": lambda said: {"next_steps": ["Refund", said]},
    "reason": lambda said: {"trigger": {"type": "scheduled", "reason": said}},
    "factors": lambda said: {"risk": {"level": "low", "factors": [said]}},
    "description": lambda said: {"proposed_actions": [ACTION | {"description": said}]},
    "label of a flag": lambda said: {"flags": [{"code": "odd", "label": said}]},
    "pending": lambda said: {"context": {"process": {"pending": [{"label": "x", "detail": said}]}}},
    "after much": lambda said: {"context": {"reasoning": {"rationale": "It is so. " * 500 + said}}},
    "no field": lambda said: {"context": {"order": {"lines": [{"remark": said}]}}},
    "its own": lambda said: {"extra": {"remark": said}},
    "beside an id": lambda said: {"shop": said},
}  # fmt: skip
CALLS = {"role": "agent", "text": "", "tool_call": {"name": "request_human_approval"}}
ELSEWHERE = [
    {"type": "approval_request"}, {"type": "human_review"}, {"type": "escalation"},
    {"process": {"steps": [{"name": "check", "status": "waiting_for_human"}]}},
    {"process": {"position": "Awaiting approval"}},
    {"context": {"process": {"pending_steps": ["Human approval"]}}},
    {"context": {"process": {"steps": [{"name": "check", "status": "blocked"}]}}},
    {"context": {"process": {"next": {"who": "manager", "what": "approval_required"}}}},
    {"context": {"attempts": [{"what": "redirect", "result": "failed"}]}},
    {"context": {"order": {"payment": {"status": "failed"}}}},
    {"context": {"flags": ["odd"]}}, {"context": {"trigger": "policy"}},
    {"context": {"recommended_action": "reject"}}, {"context": {"risk_level": "high"}},
    {"channel": "escalate_to_human"}, {"locale": "needs human"}, {"x_note": "Wait for approval."},
    {"proposed_actions": [ACTION | {"dry_run": True}]}, {"test_run": True},
    {"proposed_actions": [ACTION | {"response_schema": {"type": "string"}}]},
    {"risk": {"factors": ["irreversible"]}}, {"risk": {"factors": ["a large sum", "possible fraud"]}},
    {"context": {"process": {"pending": [{"label": "Approval by finance"}]}}},
    {"context": {"process": {"pending": [{"label": "Manager sign-off"}, {"label": "Send"}]}}},
    {"proposed_actions": [ACTION | {"claims": [{"text": "A manager must approve it."}]}]},
    {"next_steps": ["ask_manager"]}, {"context": {"reasoning": {"steps": ["request_human_approval"]}}},
    {"context": {"conversation": {"messages": [CALLS]}}},
    {"context": {"process": {"pending": [{"label": "Refund", "actor": "manager"}]}}},
    {"context": {"process": {"pending": [{"label": "Refund", "type": "human_task"}]}}},
    {"context": {"process": {"pending": [{"label": "Refund", "status": "blocked"}]}}},
    {"context": {"process": {"pending": [{"label": "Legal review"}, {"label": "Send"}]}}},
    {"risk": {"score": 1.0}}, {"risk": {"score": 0.95}},
    {"proposed_actions": [ACTION | {"risk": {"score": 0.9}}]},
]  # fmt: skip
HARMLESS = [
    {"type": "refund"}, {"type": "order_update"}, {"kind": "chat"}, {"dry_run": False},
    {"context": {"order": {"status": "delivered", "state": "approved", "steps": ["paid", "sent"]}}},
    {"context": {"tags": ["new"], "title": "A lamp", "description": "It does not shine."}},
    {"context": {"customer": {"account_status": "active", "contact": {"name": "Jane Doe"}}}},
    {"source": {"sdk": "py", "sdk_version": "1.2"}, "trace_id": "t1", "locale": "de-DE", "shop": "north"},
    {"proposed_actions": [ACTION | {"response_schema": None, "title": "Approve the refund"}]},
    {"risk": {"score": 0.5, "level": "high"}}, {"risk": {"score": True}},
    {"trigger": {"type": "scheduled", "reason": "Every morning at eight."}},
    {"next_steps": ["Send the label", "Tell the customer"]},
    {"context": {"process": {"pending": [{"label": "Tell the manager"}, {"label": "Order"}]}}},
    {"context": {"order": {"items": [{"gearbox": "manual", "grade": "hold", "for": "person"}]}}},
    {"context": {"conversation": {"messages": [{"role": "customer", "text": "Hi", "type": "human"}]}}},
    {"risk": {"factors": ["A large sum", "no fraud"]}},
    {"metadata": {"note": "A human must approve this."}},
    {"next_steps": ["send_label", "tell_customer"]},
    {"context": {"conversation": {"messages": [CALLS, {"role": "customer", "text": "No need."}]}}},
    {"context": {"process": {"pending": [{"label": "Refund", "actor": "billing bot"}]}}},
    {"context": {"process": {"pending": [{"label": "Refund", "status": "not_blocked"}]}}},
    {"context": {"customer": {"do_not_call": True, "manager": "Jane Doe", "no_reply": True}}},
]  # fmt: skip


def sure_of(sent):
    context = sent.get("context", {})
    reasoning = {**context.get("reasoning", {}), "confidence": 0.99}
    return package() | sent | {"context": {**context, "reasoning": reasoning}}


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_that_gives_the_case_to_a_person_gets_one(name):
    sent = sure_of({"proposed_actions": [ACTION | {"name": name}]})
    assert judge(sent, ALONE).level == 2
    assert judge(sure_of({"type": name}), ALONE).level == 2


@pytest.mark.parametrize("name", ["stop", "interrupt", "hold", "approval", "Abort"])
def test_so_does_one_that_does_nothing_but_stop(name):
    assert judge(sure_of({"proposed_actions": [ACTION | {"name": name}]}), ALONE).level == 2


@pytest.mark.parametrize("name", OTHER_TOOLS)
def test_other_tools_do_not(name):
    assert not wanted_people.brings_somebody(name)
    assert judge(sure_of({"proposed_actions": [ACTION | {"name": name}]}), ALONE).level == 1


@pytest.mark.parametrize("code", FLAGS)
def test_a_flag_that_says_not_to_go_on_stops(code):
    assert unknown_keys.is_stop(code) or wanted_people.asks(code)
    assert judge(sure_of({"flags": [{"code": code}]}), ALONE).level == 2


def test_its_sentence_names_the_flag():
    verdict = judge(sure_of({"flags": [{"code": "do_not_proceed"}]}), ALONE)
    assert verdict.reasons[0].sentence == "The flag “do_not_proceed” says not to go on."


@pytest.mark.parametrize("code", OTHER_FLAGS)
def test_other_flags_do_not(code):
    assert judge(sure_of({"flags": [{"code": code}]}), ALONE).level == 1


@pytest.mark.parametrize("said", SENTENCES)
@pytest.mark.parametrize("place", PLACES)
def test_a_sentence_that_wants_a_person_gets_one_wherever_it_stands(place, said):
    # In the summary it may be the customer's own wish, which is more.
    levels = {2, 3} if place == "summary" else {2}
    assert judge(sure_of(PLACES[place](said)), ALONE).level in levels


def test_the_sentence_is_quoted():
    said = "A person should check this."
    written = judge(sure_of(PLACES["rationale"](f"It is late. {said}")), ALONE)
    assert written.reasons[0].sentence == f"The agent writes that a person is wanted: “{said}”."
    under = judge(sure_of(PLACES["beside an id"](said)), ALONE)
    assert under.reasons[0].sentence == (
        f"The agent asks for a person under “shop”, which is not read: “{said}”."
    )


@pytest.mark.parametrize("said", OTHER_SENTENCES)
def test_other_sentences_do_not(said):
    assert prose.wish(said, hard_rules.current()) is None
    for place in ("rationale", "next_steps", "reason", "no field", "its own"):
        assert judge(sure_of(PLACES[place](said)), ALONE).level == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_customers_write_is_seldom_taken_for_it(language):
    """The sentences with which the recogniser is measured, near misses of every kind among them."""
    silent = [said for topic, said in customers_sentences(language) if topic == NONE]
    wrong = [said for said in silent if prose.wish(said, hard_rules.current())]
    assert len(wrong) <= 0.03 * len(silent), wrong


def test_what_a_task_type_acts_despite_may_give_its_reason():
    despite = policy(refund={"level": 1, "act_despite": ["policy"]})
    sent = sure_of({"trigger": {"type": "policy", "reason": "A person must approve refunds."}})
    assert judge(sent, despite).level == 1


@pytest.mark.parametrize("sent", ELSEWHERE, ids=str)
def test_what_stands_where_nobody_looks_is_looked_at(sent):
    verdict = judge(sure_of(sent), ALONE)
    assert verdict.level == 2
    assert verdict.reasons[0].rule in {"unread", "requested", "critical"}


@pytest.mark.parametrize("sent", HARMLESS, ids=str)
def test_what_is_said_every_day_is_not(sent):
    assert judge(sure_of(sent), ALONE).level == 1


@pytest.mark.parametrize("text", ["x" * 20_000, "no " * 5_000, "not " * 4_000 + "human " * 4_000])
def test_long_texts_are_read_in_no_time(text):
    assert prose.wish(text, hard_rules.current()) in {None, "human", text.strip()}


PROMISES = [
    "I've forwarded your case to our specialists.", "Please hold while I connect you to an agent",
    "Le transfiero con un agente", "Un compañero se pondrá en contacto con usted",
    "Unser Team ruft Sie morgen an", "Łączę z pracownikiem", "Kolega skontaktuje się z Panią",
    "मैं आपको एक एजेंट से जोड़ रहा हूँ", "我已上报给主管", "سأحولك إلى أحد زملائي الآن.",
    "أحلت طلبك إلى فريق المختصين", "سيتصل بك أحد زملائنا غدا", "تم رفع طلبك إلى المدير",
    "Je vous passe un conseiller", "Votre dossier a été transmis à nos spécialistes",
    "Un spécialiste vous rappellera demain", "Ein Spezialist meldet sich bei Ihnen",
    "Ich gebe Ihren Fall an einen Spezialisten weiter", "La pongo en contacto con un especialista",
    "He pasado su caso a un especialista", "Um especialista entrará em contato",
    "Encaminhei o seu caso a um especialista", "Uno specialista la contatterà",
    "Ho inoltrato il caso a uno specialista", "Een specialist belt u terug",
    "Ik heb uw zaak aan een specialist overgedragen", "Uzmanımız sizi arayacak",
    "Talebinizi uzman ekibimize ilettim", "हमारी टीम आपसे संपर्क करेगी", "我们的专员会联系您",
    "Nasz specjalista oddzwoni jutro", "One of our specialists will call you tomorrow.",
    "A member of our team will be in touch",
    "I’m transferring you to a colleague now.", "I'll connect you with a human agent right away.",
    "A colleague will call you within the hour.", "I have escalated this to a supervisor.",
    "Someone from our team will be in touch.", "YOU ARE BEING TRANSFERRED TO A HUMAN AGENT.",
    "Ich verbinde Sie mit einem Kollegen.", "Ein Mitarbeiter meldet sich morgen bei Ihnen.",
    "Je vous transfère à un conseiller.", "Un conseiller vous rappellera demain.",
    "Le paso con un asesor.", "Un asesor le llamará hoy.", "Um atendente entrará em contato.",
    "La metto in contatto con un operatore.", "Un operatore la richiamerà.",
    "Ik verbind u door met een medewerker.", "Een medewerker belt u terug.",
    "Przekazuję sprawę do konsultanta.", "Konsultant zadzwoni jutro.",
    "Sizi temsilciye aktarıyorum.", "Bir yetkili sizi arayacak.", "سأحولك إلى موظف الآن.",
    "سيتصل بك مدير قريبًا.", "मैं आपको अधिकारी से जोड़ रहा हूँ।", "正在为您转接人工客服。", "专员会联系您。",
]  # fmt: skip
NO_PROMISES = [
    "Our team is happy to answer any question.", "You can reach our team at any time.",
    "The agent at the counter can print it.", "Your parcel was handed to the courier.",
    "I have transferred the money to your account.", "Unser Team wünscht Ihnen einen schönen Tag",
    "El agente inmobiliario tiene las llaves", "Notre équipe vous remercie",
    "Our specialists packed it with care.", "Connect the cable and call it a day.", "您的包裹已转交快递",
    "Wir haben den Betrag an Ihre Bank weitergeleitet", "تم تحويل المبلغ إلى حسابك",
    "Il nostro specialista ha progettato la lampada", "Hemos transferido el importe a su cuenta",
    "If you want, I can transfer you to a human agent.", "Would you like to speak with a colleague?",
    "Feel free to contact our support team any time.", "We will not call you.", "I cannot transfer you to a person.",
    "Your refund has been transferred to your card.", "You can reach us at any time.",
    "The courier's driver will call you before delivery.", "Thank you for reaching out to us.",
    "Your team plan was upgraded to 5 agents.", "Take your time; nobody will call you.",
    "I have forwarded the invoice to your email address.", "Ihr Betrag wurde überwiesen.",
    "Wenn Sie möchten, verbinde ich Sie mit einem Kollegen.",
    "Si vous le souhaitez, je vous transfère à un conseiller.",
    "Je vous contacte au sujet de votre commande.",
    "Uw bestelling is doorgestuurd naar het afhaalpunt.",
]  # fmt: skip


@pytest.mark.parametrize("said", PROMISES)
def test_a_reply_that_promises_a_person_gets_one(said):
    verdict = judge(sure_of({"draft_response": {"text": said}}), ALONE)
    told = f"The agent’s reply tells the customer that a person comes: “{said}”."
    assert (verdict.level, told in [one.sentence for one in verdict.reasons]) == (2, True)


@pytest.mark.parametrize("said", NO_PROMISES)
def test_one_that_offers_or_says_something_else_does_not(said):
    assert judge(sure_of({"draft_response": {"text": said}}), ALONE).level == 1


def written(said: str) -> dict:
    call = {"id": "a1", "name": "email.send", "args": {"mail": {"body": [said]}}}
    return sure_of({"proposed_actions": [call]})


@pytest.mark.parametrize("said", PROMISES)
def test_so_does_a_call_that_would_write_it(said):
    verdict = judge(written(said), ALONE)
    told = f"“email.send” would write that a person comes: “{said}”."
    assert (verdict.level, told in [one.sentence for one in verdict.reasons]) == (2, True)


@pytest.mark.parametrize("said", [*NO_PROMISES, "call_me_back", "Call me"])
def test_a_call_that_writes_something_else_does_not(said):
    assert judge(written(said), ALONE).level == 1


LEAVE = """
    Should I send the mail?|Shall I cancel the order?|May I send this?|Send it?|Soll ich die Mail senden?
    Darf ich das verschicken?|Abschicken?|Dois-je annuler la commande ?|Puis-je l'envoyer ?|Faut-il renvoyer le colis ?
    ¿Cancelo el pedido?|¿Debo enviarlo?|¿Lo mando?|Devo inviare la mail?|Lo spedisco?|Va bene così?
    Devo cancelar o pedido?|Posso enviar?|Mando assim?|Zal ik de mail versturen?|Mag ik het versturen?|Versturen?
    Czy mam wysłać tę wiadomość?|Czy wysłać paczkę ponownie?|Wysłać?|Siparişi iptal edeyim mi?|E-postayı göndereyim mi?
    هل ألغي الطلب؟|هل أرسل البريد؟|أرسله؟|क्या मैं ऑर्डर रद्द कर दूँ?|भेज दूँ?|要我取消订单吗？|这样可以吗？|要不要退款？
"""
NO_LEAVE = """
    Can I return my lamp?|Should I send my old grinder back?|May I keep my discount?|How do I cancel my order?
    Soll ich meine alte Lampe zurückschicken?|Kann ich das umtauschen?|Dois-je renvoyer ma lampe ?|¿Puedo cambiar mi pedido?
    Posso cambiare il mio ordine?|Posso trocar o meu pedido?|Mag ik mijn bestelling wijzigen?|Czy mam prawo do zwrotu?
    Faturam nerede?|هل وصل الطلب؟|क्या मेरा ऑर्डर आया?|我的订单到了吗？|The customer asks: where is it?
"""


def questions(listed: str) -> list[str]:
    return [one.strip() for line in listed.strip().splitlines() for one in line.split("|")]


@pytest.mark.parametrize("place", ["summary", "rationale"])
@pytest.mark.parametrize("asked", questions(LEAVE))
def test_an_agent_that_asks_for_leave_to_act_waits_for_it(asked, place):
    """“Shall I proceed?” stopped it, and “Shall I cancel the order?” did not."""
    said = (
        {"summary": asked}
        if place == "summary"
        else {"context": {"reasoning": {"rationale": asked}}}
    )
    assert judge(sure_of(said), ALONE).level == 2


@pytest.mark.parametrize("asked", questions(NO_LEAVE))
def test_what_a_customer_asks_is_for_the_agent(asked):
    assert judge(sure_of({"summary": asked}), ALONE).level == 1


def test_nor_does_an_agent_wait_that_asks_the_customer():
    said = "You would like to cancel your order HP-12. Shall I cancel it?"
    assert judge(sure_of({"summary": said}), ALONE).level == 1


def test_what_the_agent_wrote_before_the_customer_wrote_again_is_past():
    said = {"role": "agent", "text": PROMISES[0]}
    answer = {"role": "customer", "text": "No need, thanks."}
    for messages, level in (([answer, said], 2), ([said, answer], 1)):
        sent = sure_of({"context": {"conversation": {"messages": messages}}})
        assert judge(sent, ALONE).level == level
