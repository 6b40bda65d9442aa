"""An agent that waits for somebody, asks whether it may or leaves it to people gets a person, in
twelve languages; what a customer waits for or asks, and what was approved, is none of it."""

import pytest

from escalations.text import word_search
from escalations.triage import asking
from tests.escalations.recognition.test_recogniser import LANGUAGES
from tests.escalations.recognition.test_recogniser import sentences as customers_sentences
from tests.escalations.triage.judging import judge, package, policy

ALONE = policy(refund={"title": "Refunds", "level": 1})
STOPS = """
Can you approve this? | Could you please sign this off? | Do you want to allow this tool call?
Approve these actions? | Please approve or deny | Please allow or deny this call | Confirm or cancel?
Would you approve the refund? | May this run? | Diese Aktionen freigeben? | Stimmen Sie zu?
Können Sie das freigeben? | Bitte zustimmen oder ablehnen | Approuver ces actions ?
Pouvez-vous valider ceci ? | Approuvez-vous ? | Demander l'accord du responsable
¿Aprobar estas acciones? | ¿Puede aprobar esto? | Pedir aprobación a finanzas | ¿Aprueba?
Approva o rifiuta. | Può approvare? | Approvare queste azioni? | Aprovar estas ações?
Pode aprovar isto? | Pedir aprovação ao gestor | Deze acties goedkeuren? | Kunt u dit goedkeuren?
Zatwierdzić te działania? | Zatwierdź lub odrzuć | Poprosić o zgodę kierownika
Bu işlemler onaylansın mı? | Bunu onaylar mısınız? | Onayla veya reddet
هل توافق على هذه الإجراءات؟ | وافق أو ارفض | क्या इन कार्रवाइयों को मंज़ूरी दें? | स्वीकृति दें
是否批准这些操作？ | 您批准吗？ | 請核准
ask the manager first | needs sign-off | needs signoff from finance | waiting for your OK
waiting for your ok before I continue | pending approval from finance | Pending approval
awaiting confirmation from the team | awaiting sign-off | let me know if this is fine
let me know if I should go ahead | Please confirm | Please confirm before I send it.
Please advise. | Could someone look at this? | Is this OK? | Is it ok to proceed?
Should I go ahead? | Shall I proceed? | May I refund this? | OK to refund? | Okay to send?
Approve? | Approve or reject? | Needs a second pair of eyes | Needs another pair of eyes.
Run this by legal first | Check with legal before sending | check with the manager first
Ask finance first | ask my boss | Get the OK of the manager | Get approval first
Get sign off from Dana | Do not send before somebody approved | Don't execute until approved
Hold until approved | Hold for review | On hold until finance answers
Blocked until legal signs off | Blocked on approval | Waiting on finance | Waiting for finance
Waiting for feedback from the manager | Waiting for human input | Human input needed
Needs your input | Your call. | Up to you. | It is your decision | You decide
Your decision is needed | I need a decision | I need your approval | Requires manager approval
Subject to approval | Subject to sign-off by the CFO | Only with approval
Only with the manager's consent | Not to be sent without consent | For review | For your review
For approval | To be approved | To be reviewed by a person | To be signed off
Must be approved by two people | must be checked by hand | manual check | Manual check required
Manual intervention needed | Requires manual intervention | Escalate this | Please escalate
Escalating to tier 2 | Escalated to a supervisor | Handing over to a human
Handing this to the team | I am stuck | I don't know what to do | I do not know what to do.
I am not sure whether this is right | I am unsure | Not sure if I may do this | I am not confident
This is above my pay grade | This exceeds my limit | Over the limit | Four eyes needed
4-eyes principle | Four-eyes check | two-person rule | Seeking approval | Requesting approval
Request for approval | Approval request | Awaiting your go-ahead | Waiting for the green light
Waiting for a green light from finance | Needs a green light | Green light needed
Say yes and I send it | Tell me whether to send it | Tell me what to do | What should I do?
What do you think? | Thoughts? | Please look | Please have a look | Please review
Please review and approve. | Please approve | Kindly approve | PTAL | LGTM? | FYA
Sign-off required | Sign off by manager outstanding | Approval outstanding | Approval missing
No approval yet | Not yet approved | Not approved yet | Unapproved | Still to be approved
Has not been approved by the manager | The manager has not approved it yet | manager must say yes
manager has the last word | The manager decides | A manager has to decide
A colleague should decide | Legal should look at this | Legal has to approve
Finance must approve | Finance has to sign this off | double-check this please
Please double check | Needs double checking | To be verified | Verification needed
Do not proceed | Stop here | Do not run yet | Wait | Wait for me | Wait for a reply | Draft only
Draft, do not send | Proposal only | Chef fragen | Erst den Chef fragen | Bitte erst freigeben
Bitte um Freigabe | Wartet auf Freigabe | Freigabe ausstehend
Freigabe durch die Buchhaltung steht aus | Warte auf dein OK | Warte auf Ihr Okay | Bitte prüfen
Bitte prüfen und freigeben | Darf ich das? | Soll ich das machen? | Rücksprache nötig
Nach Rücksprache mit dem Vorgesetzten | Muss abgesegnet werden | Vier-Augen-Prinzip
Demander au responsable d'abord | En attente d'approbation | En attente de votre accord
Merci de valider | À valider par la comptabilité | J'attends votre feu vert | Puis-je continuer ?
Preguntar primero al gerente | Pendiente de aprobación | A la espera de tu OK
Esperando tu visto bueno | Por favor confirme | ¿Puedo continuar? | Chiedere prima al responsabile
In attesa di approvazione | In attesa del tuo ok | Si prega di approvare | Posso procedere?
Perguntar primeiro ao gerente | Aguardando aprovação | Pendente de aprovação | À espera do seu OK
Posso continuar? | Eerst de manager vragen | Wacht op goedkeuring | Wacht op je akkoord
In afwachting van goedkeuring | Graag goedkeuren | Mag ik doorgaan? | Najpierw zapytać kierownika
Czeka na akceptację | Oczekuje na zatwierdzenie | Proszę o zgodę | Czekam na Twoje OK
Czy mogę kontynuować? | Önce müdüre sor | Onay bekliyor | Onayınızı bekliyorum
Devam edebilir miyim? | اسأل المدير أولا | بانتظار الموافقة | في انتظار موافقتك
هل يمكنني المتابعة؟ | पहले मैनेजर से पूछें | अनुमोदन लंबित | आपकी मंज़ूरी का इंतज़ार
क्या मैं आगे बढ़ूँ? | 先问经理 | 等待审批 | 等待您的确认 | 请批准 | 我可以继续吗？
Change the address of order 5. Ask the team lead first.
Refund 20 EUR, pending sign off by accounting
Awaiting approval from legal before sending the contract
Finance needs to sign off on this credit. | On hold until the controller has approved
Needs a manager's approval | Need the okay of my supervisor | Please get the boss's OK
Will send once the manager confirms | I'd like a second opinion on this
We should check with compliance first | Not to be paid until signed off
This must not go out without approval | Requires two signatures | Approval by Dana is required
Waiting on Dana's approval | Waiting for Dana to approve | Subject to manager approval
Let a human decide | Someone has to look at it | I'd rather have someone look at this
Kindly confirm before I transfer the money | Do you approve? | Can I go ahead with the refund?
Is it okay if I close the account? | Please sign off | Bitte um Ihr OK
Erst nach Freigabe durch den Teamleiter senden
Wir warten noch auf die Zustimmung der Rechtsabteilung | Soll ich fortfahren?
Nur mit Zustimmung des Chefs | En attente du feu vert de la comptabilité
Il faut l'accord du responsable | Necesito el visto bueno del gerente
Pendiente de que el jefe lo apruebe | Serve l'ok del responsabile
Aguardando o aval do financeiro | Wachten op goedkeuring van de manager
Potrzebna zgoda kierownika | Müdürün onayı gerekiyor | 需要经理批准 | 等财务确认后再付款
بحاجة إلى موافقة المدير | मैनेजर की मंज़ूरी चाहिए
"""
GOES_ON = """
Refund for a lamp | The customer approved the change | Approved by finance on Monday
The manager already signed it off | Manager has approved | No approval needed | No sign-off needed
Does not need approval | No review required | Reviewed by Dana | Checked with the manager
The customer asked the manager of the store | The customer waits for the parcel
Waiting for the parcel | The order is pending | Payment pending
The customer needs help with their login | Customer asked whether the lamp is in stock
Tell the customer that the lamp ships on Monday | Confirm the address to the customer
Send the confirmation mail | Confirmed by the customer | Password reset requested
Review of the product is five stars | The customer left a review | Update the review date
Is the customer OK with blue? | The customer asks: is this OK?
Change approval status to approved in the CRM | Hold music is too loud
The customer was on hold for 10 minutes | Stop the newsletter | Close the ticket; all done
Green light bulb ordered | Waiting room booked | Manual for the grinder sent | The manual was sent
Decision sent to the customer | Double room booked | First name changed | Ask for the order number
Ask the customer for the order number | Ask the customer first | Wait for the customer's answer
Customer will confirm tomorrow | The customer decides which colour
The system checked the address | Verified the customer's address | Auto-approved
Pre-approved by policy | Permission to send newsletters was withdrawn by the customer | Draft sent
Sent the draft | The lamp is not sure to arrive on Monday | Needs a new bulb | Needs two lamps
Requires batteries | Requires a signature on delivery | Signature required on delivery
Awaiting delivery | Awaiting payment by the customer | Pending delivery
Customer asked to change the address; done as the policy allows.
The manager of the hotel confirmed the booking. | The customer wants approval of the discount.
Approved amount credited yesterday | Approval was given by finance on Monday, so refund it.
The team lead approved it already. | The order waits for stock.
Parcel on hold at customs; inform the customer. | Ask the customer for a photo first.
The customer should review the invoice | The loan was not approved by the bank
Customer needs the consent form resent | Send the approval letter to the tenant
The customer's boss needs an invoice | Confirm the booking by email
Please ship it to the new address | Please refund the customer as agreed
Can the lamp be repaired? | The guest asked whether he may check in early
Der Kunde wartet auf die Bestätigung | Die Freigabe liegt vor, also erstatten
Bitte die Adresse ändern | Le client attend la confirmation de livraison | La commande est validée
El cliente espera la confirmación | Pedido aprobado, enviar la factura
Il cliente attende la conferma | O cliente aguarda a confirmação do pedido
Klant wacht op bevestiging van de bestelling | Klient czeka na potwierdzenie | 客户等待确认邮件
العميل ينتظر تأكيد الطلب | ग्राहक पुष्टि का इंतज़ार कर रहा है
Update the shipping address and notify the customer | Two-factor authorisation was reset
Double check of the address done: it matches.
"""
TO_CUSTOMER = [
    "To confirm, you would like to change your default address. Should I proceed with this update?",
    "Thanks, Raj. I found your orders. Is this correct?",
    "Hi, I want to return some items. How can I proceed with that?",
    "Sie möchten Ihre Bestellung ändern. Soll ich fortfahren?",
    "Vous souhaitez modifier votre adresse. Puis-je continuer ?",
]


def each(listed):
    return [one.strip() for line in listed.strip().splitlines() for one in line.split(" | ")]


def levels(said):
    summary = judge({**package(sure=0.99), "summary": said}, ALONE).level
    context = {"reasoning": {"confidence": 0.99, "rationale": f"It is so.\n{said}"}}
    return summary, judge({**package(), "context": context}, ALONE).level


@pytest.mark.parametrize("said", each(STOPS))
def test_who_waits_or_asks_gets_a_person(said):
    assert min(levels(said)) >= 2


@pytest.mark.parametrize("said", each(GOES_ON))
def test_what_is_done_or_is_the_customers_is_no_reason_to_stop(said):
    assert levels(said) == (1, 1)


@pytest.mark.parametrize("said", TO_CUSTOMER)
def test_what_the_customer_is_asked_is_for_the_customer(said):
    assert asking.said(word_search.read(said)) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_customers_write_is_seldom_taken_for_it(language):
    texts = [one[-1] for one in customers_sentences(language)]
    taken = [text for text in texts if asking.said(word_search.read(text))]
    assert len(taken) <= len(texts) / 200
