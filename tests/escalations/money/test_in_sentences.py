"""Money in sentences of every language, in every form in which a currency is named there."""

from decimal import Decimal

import pytest

from escalations.money import currencies, in_sentences
from escalations.money.currencies import MoneyCertainty

# By language a sentence, and forms of an amount of 6000 with the currency that each means; none
# where it may be of several.
LANGUAGES = {
    "en": ("We will refund {} to you by Friday.", """
        US dollars=USD|American dollars=USD|dollars=USD|Canadian dollars=CAD|Australian dollars=AUD|Hong Kong dollars=HKD
        New Zealand dollars=NZD|Jamaican dollars=JMD|pounds sterling=GBP|British pounds=GBP|Egyptian pounds=EGP|Swiss francs=CHF
        francs=|Swedish kronor=SEK|Danish kroner=DKK|Czech crowns=CZK|Saudi riyals=SAR|riyals=|Kuwaiti dinars=KWD
        Emirati dirhams=AED|Indian rupees=INR|Pakistani rupees=PKR|yen=JPY|yuan=CNY|roubles=RUB|rubles=RUB|hryvnias=UAH
        forints=HUF|zlotys=PLN|shekels=ILS|shillings=|Mexican pesos=MXN|Turkish liras=TRY|rupiahs=IDR|nairas=NGN|rands=ZAR"""),
    "de": ("Wir erstatten Ihnen {} bis Freitag.", """
        Euro=EUR|Euros=EUR|US-Dollar=USD|kanadische Dollar=CAD|Dollars=USD|Pfund=GBP|Pfunden=GBP|Schweizer Franken=CHF
        Rupien=INR|Rubel=RUB|Rubeln=RUB|Kronen=|schwedische Kronen=SEK|tschechische Kronen=CZK|Dinare=|Schekel=ILS
        türkische Lira=TRY|Forint=HUF|Schilling="""),
    "fr": ("Nous vous remboursons {} avant vendredi.", """
        euros=EUR|dollars américains=USD|dollars canadiens=CAD|livres sterling=GBP|francs suisses=CHF|roupies=INR
        roubles=RUB|couronnes suédoises=SEK|yens=JPY|yuans=CNY|dinars tunisiens=TND|livres turques=TRY|francs CFA=XAF"""),
    "es": ("Le devolvemos {} antes del viernes.", """
        euros=EUR|dólares=USD|dólares estadounidenses=USD|dólares canadienses=CAD|libras esterlinas=GBP|francos suizos=CHF
        yenes=JPY|yuanes=CNY|rublos=RUB|rupias=INR|pesos mexicanos=MXN|pesos argentinos=ARS|coronas suecas=SEK|liras turcas=TRY
        bolívares=VES|quetzales=GTQ|lempiras=HNL"""),
    "it": ("Le rimborsiamo {} entro venerdì.", """
        euro=EUR|dollari=USD|dollari canadesi=CAD|sterline=GBP|franchi svizzeri=CHF|yen=JPY|rubli=RUB|rupie=INR
        corone svedesi=SEK|lire turche=TRY|zloti=PLN|fiorini="""),
    "pt": ("Devolvemos {} até sexta-feira.", """
        euros=EUR|dólares=USD|dólares americanos=USD|reais=BRL|libras=GBP|ienes=JPY|iuanes=CNY|rublos=RUB|rupias=INR
        francos suíços=CHF|coroas suecas=SEK|dirhams=AED"""),
    "nl": ("Wij betalen u {} terug.", """
        euro=EUR|euro's=EUR|dollar=USD|Amerikaanse dollars=USD|pond=GBP|ponden=GBP|roepies=INR|roebels=RUB
        Zwitserse frank=CHF|Zweedse kronen=SEK|Turkse lira=TRY"""),
    "pl": ("Zwrócimy {} do piątku.", """
        euro=EUR|dolarów=USD|dolarami=USD|dolara=USD|dolarach=USD|dolarów kanadyjskich=CAD|funtów=GBP|funtami=GBP
        złotych=PLN|złotymi=PLN|złotego=PLN|złotówek=PLN|złotówkami=PLN|franków=|franków szwajcarskich=CHF|koron=
        koron czeskich=CZK|jenów=JPY|juanów=CNY|rubli=RUB|rublami=RUB|rupii=INR|lirów=TRY|forintów=HUF|hrywien=UAH"""),
    "tr": ("Size {} iade edilecek.", """
        euro=EUR|euroluk=EUR|euro'yu=EUR|avro=EUR|avroluk=EUR|avroya=EUR|dolar=USD|doları=USD|dolarlık=USD|dolara=USD
        Kanada doları=CAD|Amerikan doları=USD|sterlin=GBP|sterlini=GBP|Türk lirası=TRY|lira=TRY|liralık=TRY|liraya=TRY
        TL=TRY|TL'lik=TRY|ruble=RUB|rublelik=RUB|yuan=CNY|İsviçre frangı=CHF|riyal=|Suudi riyali=SAR|rupi=INR|dinar="""),
    "ar": ("سنعيد لك {} غدا", """
        يورو=EUR|يورواً=EUR|دولار=USD|دولاراً=USD|دولارات=USD|دولار أمريكي=USD|دولار كندي=CAD|بالدولار=USD
        جنيه إسترليني=GBP|جنيه مصري=EGP|ريال سعودي=SAR|ريالاً=|درهم إماراتي=AED|درهما=|دينار كويتي=KWD|ديناراً=
        ليرة تركية=TRY|روبية=INR|يوان=CNY|فرنك سويسري=CHF"""),
    "hi": ("हम आपको {} लौटाएँगे", """
        यूरो=EUR|डॉलर=USD|डॉलरों=USD|अमेरिकी डॉलर=USD|रुपये=INR|रुपयों=INR|रूपये=INR|रु=INR|रु.=INR|पाउंड=GBP|येन=JPY
        युआन=CNY|रूबल=RUB|दिरहम=AED"""),
}  # fmt: skip
# What leads, in Chinese and Japanese, and what stands about the number everywhere.
WHOLE = """
    退款¥6000=|退您6000元=CNY|6000块=CNY|6000块钱=CNY|退您6000块。=CNY|退您6000块吧=CNY|6000欧元=EUR|6000美元=USD|6000美金=USD
    6000英镑=GBP|6000日元=JPY|6000港币=HKD|6000港元=HKD|6000新台币=TWD|6000加元=CAD|6000澳元=AUD|6000瑞郎=CHF|6000卢布=RUB
    6000韩元=KRW|6000新加坡元=SGD|6000人民币=CNY|人民币6000=CNY|退款US$6000=USD|返金6000円=JPY|6000ドル=USD|6000米ドル=USD
    退款EUR6000=EUR|6000EUR退款=EUR|退您USD 6000=USD|6000ユーロ=EUR|6000ポンド=GBP|6000원=KRW|6000달러=USD
    6000-Euro-Gutschein=EUR|6000-Dollar-Gutschein=USD|6000€-Gutschein=EUR|6000-EUR-voucher=EUR|a 6000-dollar voucher=USD
    $6000-voucher=USD|6000€/Monat=EUR|refund:€6000=EUR|plus$6000=USD|price—$6000=USD|($6000)=USD|US$6000=USD|6000 $US=USD
    KD 6000=KWD|6000 KD=KWD|SR 6000=SAR|BD 6000=BHD|Dhs 6000=AED|KSh 6000=KES|Tk 6000=BDT|LE 6000=EGP|Rs 6000=INR|Rs.6000=INR
    R$ 6.000=BRL|A$6000=AUD|C$6000=CAD|HK$6000=HKD|S$6000=SGD|NT$6000=TWD|6000 руб=RUB|6000 рублями=RUB|6000 долларов=USD
    6000 гривен=UAH|6000 тенге=KZT|6.000 Kč=CZK|6 000 Ft=HUF|6 thousand US dollars=USD|6k dollars canadiens=CAD
    6 tys. dolarów=USD|6 bin Türk lirası=TRY
""".strip()  # fmt: skip
LAKHS = [
    "Rs 6 lacs",
    "Rs 6 lakh",
    "₹6L",
    "₹ 6 L",
    "Rs 6L",
    "6 lakh",
    "6 lakhs",
    "6 lacs",
    "₹6 lakh",
    "6 लाख",
]


def split(listed):
    """Each form with its currency."""
    each = [one.strip() for one in listed.replace("\n", "|").split("|") if one.strip()]
    return [tuple(one.rsplit("=", 1)) for one in each]


def most(text):
    """Its largest amount that something says is money."""
    found = [one for one in in_sentences.named_in(text) if one.marked]
    return max(((one.amount, one.currency) for one in found), default=None)


FORMS = [
    pytest.param(sentence.format(f"6000 {form}"), currency, id=f"{language} {form}")
    for language, (sentence, listed) in LANGUAGES.items()
    for form, currency in split(listed)
    if form != "fiorini"
] + [pytest.param(form, currency, id=form) for form, currency in split(WHOLE)]


def test_there_are_many_forms():
    assert len(FORMS) > 250


@pytest.mark.parametrize(("text", "currency"), FORMS)
def test_every_form_of_a_currency_is_money(text, currency):
    assert most(text) == (Decimal(6000), currency)


@pytest.mark.parametrize("said", LAKHS)
def test_lakhs_are_rupees(said):
    assert most(f"We refund {said} today.") == (Decimal(600_000), "INR")
    assert most("6L of water") is None


@pytest.mark.parametrize("code", sorted(currencies.CODES | currencies.UNMISTAKABLE))
def test_every_code_is_money_on_either_side(code):
    stated = "BTC" if code == "XBT" else code
    assert most(f"We refund 6000 {code} today.") == (Decimal(6000), stated)
    assert most(f"We refund {code} 6000 today.") == (Decimal(6000), stated)
    assert most(f"We refund {code}6000 today.") == (Decimal(6000), stated)


@pytest.mark.parametrize(
    ("said", "certainty"),
    [
        ("900 SAR", MoneyCertainty.SURE), ("900 sar", MoneyCertainty.DOUBTFUL), ("TRY 900", MoneyCertainty.SURE),
        ("try 900", MoneyCertainty.WORD), ("all 900", MoneyCertainty.WORD), ("ALL 900", MoneyCertainty.WORD),
        ("900 ALL", MoneyCertainty.DOUBTFUL), ("900 PEN", MoneyCertainty.DOUBTFUL), ("900 pounds", MoneyCertainty.DOUBTFUL),
        ("900 livres", MoneyCertainty.DOUBTFUL), ("900 euros", MoneyCertainty.SURE), ("900 chf", MoneyCertainty.SURE),
        ("KD 900", MoneyCertainty.DOUBTFUL), ("$900", MoneyCertainty.SURE), ("€ 900 pounds", MoneyCertainty.SURE),
    ],
)  # fmt: skip
def test_how_sure_it_is_that_it_is_money(said, certainty):
    found = [one for one in in_sentences.named_in(f"You get {said} of it") if one.marked]
    assert [one.certainty for one in found] == [certainty]


@pytest.mark.parametrize(
    "said",
    [
        "我今年6000块砖", "6000块石头", "order 6000 $5", "Order 6000 Total $5", "SKU 6000-7000", "6000-mal",
        "kd 6000", "sr 6000", "Bestellung 6000 Herr Müller", "6000 US customers", "6000 Canadian items", "a 6000-piece set",
        "6000 e-mails", "6000, US dollars", "6000/7000", "ISO 6000", "6000L tank", "6000 Turkish delights", "plus 6000",
        "credit_card_6000 brand", "6000 Items in dollars", "juan 6000", "Jen 6000", "yeni 6000",
    ],
)  # fmt: skip
def test_what_is_no_money_is_none(said):
    assert (most(said) or (Decimal(0), ""))[0] <= 5


SIGNS = "!\"#&'()*+,-./:;<=>?@[\\]^_`{|}~।॥؟؛۔،【】「」『』《》‹›•…·。，、：；！？–—«»“”„‘’§†°→"


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_beside_a_currency_hides_no_amount(sign):
    said = [
        f"pay {form}"
        for form in (
            f"6000 EUR{sign}", f"EUR{sign} 6000", f"{sign}EUR 6000", f"x{sign}EUR 6000",
            f"6000{sign}EUR", f"6000 {sign}EUR",
        )
    ]  # fmt: skip
    assert [one for one in said if marked(one) != [(Decimal(6000), "EUR")]] == []


@pytest.mark.parametrize("particle", "بـ ب الـ ال لـ ل و فـ والـ وب بال لل".split())
def test_a_particle_that_is_written_with_the_digits_hides_no_amount(particle):
    assert marked(f"نعيد لك {particle}6000 يورو") == [(Decimal(6000), "EUR")]


@pytest.mark.parametrize(
    "said", ["Your case BTN-334 is closed.", "您的编号BTN-334。", "3单元501室", "地址：2單元1203室"]
)
def test_what_names_a_case_or_a_house_is_no_money(said):
    assert marked(said) == []


def marked(said):
    return [(one.amount, one.currency) for one in in_sentences.named_in(said) if one.marked]
