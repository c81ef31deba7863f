"""What the title of a column usually means, in the languages of the lists.

Rules of this file:
- A title is only a guess for a person to confirm; nothing is imported on its strength.
- Case, spaces and hyphens do not count, and neither do points and colons.
- A title that may mean two columns stands in the table for neither; but "name" is the whole
  name where no other column says a family name.
"""

# ruff: noqa: RUF001 - letters that look alike are the subject of this file

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from homeward.records.model import COLUMNS, ListKind
from homeward.records.table import column_name

EXTRA: Final = "extra"
"""What a title means that is kept as a further column."""

ERROR_COLUMN: Final = "error"
"""Name of the column with which bad rows are given back; it is never imported."""

_TITLES: dict[str, tuple[str, ...]] = {
    "ref": (
        *("reference", "our ref", "our reference", "case number", "file number", "id"),
        *("обліковий номер", "номер справи", "ідентифікатор", "реєстраційний номер"),
        *("учетный номер", "учётный номер", "номер дела", "идентификатор"),
        *("регистрационный номер", "الرقم المرجعي", "المرجع", "رقم الملف"),
    ),
    "family_name": (
        *("surname", "last name", "lastname", "family", "прізвище", "фамилия"),
        *("اسم العائلة", "اللقب", "العائلة", "الكنية"),
    ),
    "given_name": (
        *(
            "first name",
            "firstname",
            "forename",
            "given names",
            "name",
            "names",
            "імʼя",
            "ім'я",
            "ім’я",
        ),
        *("имя", "الاسم", "الاسم الأول"),
    ),
    "father_name": (
        *("patronymic", "middle name", "fathers name", "father's name", "по батькові"),
        *("побатькові", "отчество", "اسم الأب"),
    ),
    "name_as_written": (
        *("full name", "fullname", "name in full", "піб", "п і б", "повне імʼя", "повне ім'я"),
        *("прізвище імʼя по батькові", "прізвище ім'я по батькові", "фио", "ф и о"),
        *("полное имя", "фамилия имя отчество", "الاسم الكامل", "الاسم الثلاثي"),
        *("name and surname", "surname and name", "прізвище імʼя", "прізвище та імʼя"),
        *("фамилия имя", "фамилия и имя", "الاسم واللقب", "الاسم الرباعي"),
    ),
    "birth_date": (
        *("date of birth", "birthdate", "born", "dob", "дата народження", "день народження"),
        *("дата рождения", "день рождения", "تاريخ الميلاد", "تاريخ الولادة"),
        *("year of birth", "birth year", "рік народження", "год рождения", "سنة الميلاد"),
        *("д н", "д р", "г р", "р н"),
    ),
    "birth_place": (
        *("place of birth", "birthplace", "місце народження", "место рождения"),
        *("مكان الميلاد", "مكان الولادة", "محل الميلاد"),
    ),
    "sex": ("gender", "стать", "пол", "الجنس"),
    "power": (
        *("country", "state", "nationality", "держава", "країна", "громадянство"),
        *("государство", "страна", "гражданство", "الدولة", "البلد", "الجنسية"),
    ),
    "status": ("category", "статус", "категорія", "категория", "الحالة", "الصفة", "الفئة"),
    "rank": (
        *("military rank", "звання", "військове звання", "звание", "воинское звание"),
        *("الرتبة", "الرتبة العسكرية"),
    ),
    "service_number": (
        *("service no", "military number", "personal number", "id tag", "tag number"),
        *("особистий номер", "військовий номер", "номер жетона", "жетон", "личный номер"),
        *("военный номер", "الرقم العسكري", "رقم الخدمة"),
    ),
    "unit": (
        *("military unit", "частина", "військова частина", "підрозділ", "часть"),
        *("воинская часть", "подразделение", "الوحدة", "الوحدة العسكرية"),
    ),
    "alive": ("is alive", "living", "живий", "жива", "жив", "على قيد الحياة"),
    "captured_on": (
        *("capture date", "date of capture", "captured", "дата полону", "дата взяття в полон"),
        *("дата полонення", "дата пленения", "дата взятия в плен", "تاريخ الأسر"),
    ),
    "captured_at": (
        *("capture place", "place of capture", "місце полону", "місце взяття в полон"),
        *("место пленения", "место взятия в плен", "مكان الأسر"),
    ),
    "held_at": (
        *("place of detention", "camp", "facility", "місце утримання", "табір"),
        *("место содержания", "лагерь", "مكان الاحتجاز", "المعسكر"),
    ),
    "health": (
        *("state of health", "medical state", "стан здоровʼя", "стан здоров'я", "здоровʼя"),
        *("состояние здоровья", "здоровье", "الحالة الصحية", "الصحة"),
    ),
    "article_109": ("art 109", "article 109", "стаття 109", "статья 109", "المادة 109"),
    "fit_to_travel": (
        *("can travel", "fit for travel", "придатний до дороги", "може їхати"),
        *("может ехать", "годен к перевозке", "قادر على السفر", "صالح للسفر"),
    ),
    "consent": (
        *("wishes to return", "wants to return", "згода", "згода на повернення"),
        *("согласие", "согласие на возвращение", "الموافقة", "الموافقة على العودة"),
    ),
    "missing_since": (
        *("date missing", "missing from", "зник", "дата зникнення", "зник безвісти"),
        *("пропал", "дата пропажи", "дата исчезновения", "пропал без вести"),
        *("مفقود منذ", "تاريخ الفقدان"),
    ),
    "last_seen_at": (
        *("last seen", "place last seen", "востаннє бачили", "місце зникнення"),
        *("последний раз видели", "место исчезновения", "آخر مشاهدة", "مكان الفقدان"),
    ),
}


def _plain(title: str) -> str:
    kept = (" " if char in ".:;,/()№#*" else char for char in title.replace("’", "ʼ"))
    return column_name("".join(kept).replace("'", "ʼ"))


_MEANINGS: dict[str, str] = {
    _plain(title): column for column, titles in _TITLES.items() for title in titles
}
_WHOLE_OR_GIVEN = frozenset(map(_plain, ("name", "names", "ім'я", "имя", "الاسم")))
_NUMBERS = frozenset(
    map(_plain, ("№", "no", "n", "nr", "№ п/п", "№ з/п", "номер", "порядковий номер", "الرقم", "م"))
)
_OURS = frozenset(column for columns in COLUMNS.values() for column in columns)

KNOWN_TITLES: Final = _OURS | frozenset(
    column_name(title) for titles in _TITLES.values() for title in titles
)
"""Names of columns, ours and usual ones, by which the separator of a file is told."""


def guess_columns(
    titles: Iterable[str], kind: ListKind, *, is_theirs: bool = False
) -> dict[str, tuple[str, str]]:
    """Guess what the titles of a file mean.

    Args:
        titles: As the file writes them.
        kind: Which list it is.
        is_theirs: Somebody else wrote the list: without references, its lines are called by
            their numbers. In a list of our own they would be others the next time.

    Returns:
        Title → column and how it is known: `same` (it is our own name, or the column of
        errors, which means nothing), `guessed`, or `unknown` with `EXTRA`. No column is
        given twice: our own name goes before a guess, the first guess before the next.
    """
    names = {title: column_name(title) for title in titles if title}
    meant: dict[str, tuple[str, str]] = {}
    for title, name in names.items():
        if name in COLUMNS[kind]:
            meant[title] = name, "same"
        elif name == ERROR_COLUMN:
            meant[title] = "", "same"
    taken = {column for column, _ in meant.values()}
    for title in names:
        column = _MEANINGS.get(_plain(title), "")
        if title not in meant and column in COLUMNS[kind] and column not in taken:
            taken.add(column)
            meant[title] = column, "guessed"
    number = next((title for title in names if _plain(title) in _NUMBERS), "")
    if is_theirs and number and number not in meant and "ref" not in taken:
        meant[number] = "ref", "guessed"
    given = next((title for title, (column, _) in meant.items() if column == "given_name"), "")
    alone = not {"family_name", "name_as_written"} & taken
    if alone and given and _plain(given) in _WHOLE_OR_GIVEN:
        meant[given] = "name_as_written", "guessed"
    return {title: meant.get(title, (EXTRA, "unknown")) for title in names}
