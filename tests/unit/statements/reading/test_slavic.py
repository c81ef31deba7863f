"""Forms of Russian and Ukrainian reports: cases, left out verbs, speakers behind a date, silence, stances."""

import pytest
from tests.unit.statements.reading.test_frames import omissions, stances
from tests.unit.statements.reading.test_mechanisms import legs, mediators


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (  # a comma and a dash stand for the verb, and for its time
            "Армения отпустила 14 солдат, Азербайджан — 31, рассказали в МИД Грузии.",
            {("AZ", 14, "GE"), ("AM", 31, "GE")},
        ),
        (
            "За год Ереван получил 90 тел, Баку — 12. Во вторник Ереван принял 8 тел.",
            {("AM", 8, "narrator")},
        ),
        (  # bodies told of before the colon
            "Сторони обмінялися тілами: Єреван отримав 145, Баку — 78.",
            {("AM", 145, "narrator"), ("AZ", 78, "narrator")},
        ),
        (  # a date between the word of saying and the speaker
            "До Вірменії повернулися 19 полонених, повідомило у суботу, 6 вересня, міноборони країни.",
            {("AM", 19, "AM")},
        ),
        (  # a speaker told by a place in the plural
            "Азербайджан вернул 27 армянских солдат, сообщили в Ереване.",
            {("AM", 27, "AM")},
        ),
        (  # somebody else's words inside a relative clause
            "Армении передали 60 тел, которые, по версии Баку, нашли у границы, заявил МИД Армении.",
            {("AM", 60, "AM")},
        ),
        (  # "earlier the ministry said" tells no earlier exchange
            "Ранее в среду Минобороны Армении сообщило, что домой вернулись 44 солдата.",
            {("AM", 44, "AM")},
        ),
        (
            "Накануне праздника Азербайджан вернул из плена 51 солдата, сообщил президент Алиев.",
            {("AZ", 51, "AZ")},
        ),
        (  # the name of a whole deal beside its first stage
            (
                "Армения и Азербайджан начали обмен «800 на 800», о котором договорились в мае. МИД "
                "Армении отчитался о возвращении 120 солдат; взамен переданы 120 азербайджанцев."
            ),
            {("AM", 120, "AM"), ("AZ", 120, "AM")},
        ),
        (  # a quotation of two sentences
            "«Сегодня дома 33 наших солдата. Это большой день», — написал премьер Армении.",
            {("AM", 33, "AM")},
        ),
        (  # "of the two he said nothing"
            (
                "Омбудсмен Армении рассказал о возвращении девяти армян, о двух азербайджанцах он не "
                "упомянул."
            ),
            {("AM", 9, "AM")},
        ),
        (  # people of those freed are a part; so is what a running total goes on with
            (
                "Армения вернула 32 солдата, заявил Пашинян: 31 из освобождённых попали в плен летом. "
                "Всего с начала работы в Азербайджан выехали 122 человека, в обратную сторону – 29."
            ),
            {("AM", 32, "AM")},
        ),
        (  # "its men" of whom they are handed to
            "Азербайджан передал Армении 18 её военных, сообщило минобороны в Ереване.",
            {("AM", 18, "AM")},
        ),
        (  # letters are no people
            (
                "Стороны передали письма: армянская – 235, азербайджанская – 118. Домой, в Армению, "
                "вернулись 5 человек."
            ),
            {("AM", 5, "narrator")},
        ),
        (  # a genitive says whose army
            (
                "Красный Крест перевёз 64 солдат суданской армии, которых отпустили Силы быстрой "
                "поддержки."
            ),
            {("SD", 64, "narrator")},
        ),
    ],
)
def test_legs_of_reports_in_russian_and_ukrainian(text, want):
    assert legs(text) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Переговоры Еревана и Баку прошли при посредничестве Катара, Египта и Омана.", "QA EG OM"),
        ("Иран освободил троих американцев, США — троих иранцев, посредником был Катар.", "QA"),
        ("Єреван подякував за допомогу Червоному Хресту: додому повернулися 7 вірмен.", ""),
    ],
)
def test_who_mediates_in_slavic_lists_and_genitives(text, want):
    assert mediators(text) == set(want.split())


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Подробностей об азербайджанцах в сообщении Минобороны Армении нет.", {"AM"}),
        (
            "Алиев подтвердил, что Армения отпустила солдата, но имени не назвал.",
            {"AZ"},
        ),
        ("Баку на запрос о числе пленных не ответил.", {"AZ"}),
        ("Азербайджанская сторона эти сведения пока не комментировала.", {"AZ"}),
        ("Скільки азербайджанців віддано натомість, не вказав і прем'єр Вірменії.", {"AM"}),
        (
            "Ереван и Баку обменялись пленными. Посредничество упоминает только Ереван.",
            {"AZ"},
        ),
    ],
)
def test_omissions_in_the_order_of_slavic_sentences(text, want):
    assert omissions(text) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("В Баку предложение Еревана назвали неприемлемым.", {("AZ", "rules_out")}),
        (
            "Встреча лидеров возможна лишь после работы экспертов, заявил Баку.",
            {("AZ", "willing")},
        ),
        ("Ереван отказался обсуждать вопрос границ.", {("AM", "excludes_topic")}),
        (
            "Если Пашинян готов к встрече, пусть приезжает, сказал Алиев.",
            {("AZ", "willing")},
        ),
        (
            "Прем'єр Вірменії готовий до зустрічі, але не в Баку.",
            {("AM", "willing"), ("AM", "rules_out")},
        ),
    ],
)
def test_stances_that_slavic_words_take(text, want):
    assert stances(text) == want
