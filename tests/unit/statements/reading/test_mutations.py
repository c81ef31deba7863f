"""A change of the text changes the reading in the way that follows from the change, and no other."""

import datetime as dt
import itertools

import pytest

from homeward.statements.reading import read_statement

PUBLISHED = dt.date(2024, 6, 12)  # a Wednesday

TWO_SIDES = {
    "en": "{A}'s Defence Ministry said on {day} that {n} {a} soldiers had come home. In exchange, {m} {b} prisoners of war were handed over.",
    "ru": "Минобороны {A} сообщило, что в {day} домой вернулись {n} {a} военнослужащих. Взамен переданы {m} {b} военнопленных.",
    "uk": "Міністерство оборони {A} повідомило, що у {day} додому повернулися {n} {a} військових. Натомість передано {m} {b} військовополонених.",
    "es": "El Ministerio de Defensa de {A} anunció el {day} que {n} soldados {a} volvieron a casa. A cambio fueron entregados {m} prisioneros {b}.",
    "fr": "Le ministère de la Défense {A} a annoncé {day} que {n} soldats {a} étaient rentrés. En échange, {m} prisonniers {b} ont été remis.",
    "ar": "أعلنت وزارة الدفاع {A} يوم {day} عودة {n} جندي {a}. وفي المقابل تم تسليم {m} أسير {b}.",
}
PARTIES = {
    "en": [
        ("UA", "Ukraine", "Ukrainian"),
        ("RU", "Russia", "Russian"),
        ("AM", "Armenia", "Armenian"),
        ("AZ", "Azerbaijan", "Azerbaijani"),
        ("ET", "Ethiopia", "Ethiopian"),
        ("IQ", "Iraq", "Iraqi"),
    ],
    "ru": [
        ("UA", "Украины", "украинских"),
        ("RU", "России", "российских"),
        ("AM", "Армении", "армянских"),
        ("AZ", "Азербайджана", "азербайджанских"),
    ],
    "uk": [
        ("UA", "України", "українських"),
        ("RU", "Росії", "російських"),
        ("AM", "Вірменії", "вірменських"),
        ("AZ", "Азербайджану", "азербайджанських"),
    ],
    "es": [
        ("UA", "Ucrania", "ucranianos"),
        ("RU", "Rusia", "rusos"),
        ("AM", "Armenia", "armenios"),
        ("AZ", "Azerbaiyán", "azerbaiyanos"),
    ],
    "fr": [
        ("UA", "ukrainien", "ukrainiens"),
        ("RU", "russe", "russes"),
        ("AM", "arménien", "arméniens"),
    ],
    "ar": [
        ("UA", "الأوكرانية", "أوكراني"),
        ("RU", "الروسية", "روسي"),
        ("AM", "الأرمينية", "أرميني"),
    ],
}
DAYS = {
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    "ru": ["понедельник", "вторник", "среду", "четверг", "пятницу", "субботу", "воскресенье"],
    "uk": ["понеділок", "вівторок", "середу", "четвер", "п'ятницю", "суботу", "неділю"],
    "es": ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    "fr": ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    "ar": ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"],
}
WORDS = {
    "en": {
        17: "seventeen",
        42: "forty-two",
        150: "one hundred and fifty",
        1204: "one thousand two hundred and four",
    },
    "ru": {17: "семнадцать", 42: "сорок два", 150: "сто пятьдесят", 1204: "тысяча двести четыре"},
    "uk": {17: "сімнадцять", 42: "сорок два", 150: "сто п'ятдесят", 1204: "тисяча двісті чотири"},
    "es": {
        17: "diecisiete",
        42: "cuarenta y dos",
        150: "ciento cincuenta",
        1204: "mil doscientos cuatro",
    },
    "fr": {17: "dix-sept", 42: "quarante-deux", 150: "cent cinquante", 96: "quatre-vingt-seize"},
    "ar": {17: "سبعة عشر", 42: "اثنين وأربعين", 150: "مئة وخمسين"},
}


def legs(text):
    reading = read_statement(text, PUBLISHED)
    return {
        (leg.home, leg.holder, leg.count, leg.source.partition(".")[0])
        for event in reading.events
        if event.role == "main"
        for leg in event.legs
    }


def statement(language, a, b, n, m, day=0):
    return TWO_SIDES[language].format(A=a[1], a=a[2], b=b[2], n=n, m=m, day=DAYS[language][day])


@pytest.mark.parametrize("language", TWO_SIDES)
def test_parties_and_numbers_move_with_the_text(language):
    wrong = []
    pairs = list(itertools.permutations(PARTIES[language], 2))
    for (a, b), (n, m) in itertools.product(pairs, [(90, 90), (7, 211), (1200, 38)]):
        want = {(a[0], b[0], n, a[0]), (b[0], a[0], m, a[0])}
        if legs(statement(language, a, b, n, m)) != want:
            wrong.append((a[0], b[0], n, m))
    assert len(wrong) <= len(pairs) * 3 * 0.05, wrong


@pytest.mark.parametrize("language", TWO_SIDES)
@pytest.mark.parametrize("day", range(7))
def test_a_weekday_is_the_latest_one_not_after_publication(language, day):
    a, b = PARTIES[language][:2]
    reading = read_statement(statement(language, a, b, 40, 41, day), PUBLISHED)
    back = (PUBLISHED.weekday() - day) % 7
    assert reading.events[0].date == (PUBLISHED - dt.timedelta(days=back)).isoformat()


@pytest.mark.parametrize(
    ("language", "value"), [(name, value) for name, words in WORDS.items() for value in words]
)
def test_a_number_in_words_is_the_number_in_digits(language, value):
    a, b = PARTIES[language][:2]
    spelled = statement(language, a, b, WORDS[language][value], 33)
    assert legs(spelled) == legs(statement(language, a, b, value, 33))


def test_the_order_of_independent_sentences_changes_no_leg():
    sentences = [
        "Ukraine's Coordination Headquarters said 90 soldiers had returned to Ukraine.",
        "Russia's Defence Ministry said 85 Russian servicemen had been released by Ukraine.",
        "The United Arab Emirates mediated the exchange.",
    ]
    readings = [legs(" ".join(order)) for order in itertools.permutations(sentences)]
    assert all(found == readings[0] for found in readings)


def test_a_sentence_about_something_else_changes_no_leg():
    base = statement("en", *PARTIES["en"][:2], 90, 80)
    for noise in (
        "The war has lasted 28 months.",
        "A strike killed 14 people in the city.",
        "It was the 53rd exchange.",
        "The youngest is 19 years old.",
        "Some 6,000 soldiers are still held in Russia.",
    ):
        assert legs(f"{base} {noise}") == legs(base), noise
