"""The tables by which names are spelled, read backwards: from letters to sounds.

Rules of this file:
- It is data: `readings` says how it is used. A sound is one ASCII letter of a key: Z Q W for
  ж ч ш (щ is WQ), c for ц, x for х; `'` is a sign of softness, gone once the key is made.
- `TABLES` stand in the order of plausibility for a word that bears no table's mark.

Source: as in `readings`; Georgian national system (2002), BGN/PCGN for Armenian (1981), ELOT 743.
"""

# ruff: noqa: RUF001, RUF002 -- letters that look alike are the subject of this file

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """One habit of writing Cyrillic names in Latin letters, read backwards.

    `groups` are its letter groups that differ from `PLAIN`; a word with `never` is not its
    writing, a word with `mark` can hardly be another's. Tables of one `habit` are alike but for
    a letter; a table without a mark may have written any word that has one of its groups.
    """

    name: str
    habit: str
    groups: Mapping[str, str]
    never: str
    mark: str


PLAIN: Mapping[str, str] = {
    **{letter: letter for letter in "abdefgiklmnoprstuvz"},
    "y": "i", "j": "i", "h": "g", "w": "v", "q": "k", "x": "ks", "c": "k",
    "shch": "WQ", "stch": "WQ", "sh": "W", "zh": "Z", "zgh": "zg", "kh": "x", "ch": "Q",
    "ts": "c", "tz": "c", "ph": "f", "th": "t", "ck": "k",
    # Marked letters that mean the same wherever they stand.
    "š": "W", "č": "Q", "ž": "Z", "ŝ": "WQ", "šč": "WQ", "ś": "s", "ć": "Q", "ź": "z", "ż": "Z",
    "ş": "W", "ș": "W", "ç": "Q", "ğ": "g", "ġ": "g", "ı": "i", "ł": "l", "ń": "n", "ñ": "n",
    "đ": "d", "ð": "d", "þ": "t", "ß": "s", "ř": "r", "ě": "e", "ë": "io", "ә": "e", "ə": "e",
    "â": "ia", "û": "iu", "ė": "e", "ą": "a", "ę": "e", "ø": "o", "æ": "e", "œ": "e",
}  # fmt: skip

_MARKS = "čšžŝëâûì"
TABLES: tuple[Table, ...] = (
    Table("as in KMU 2010, BGN/PCGN and ICAO 9303", "plain",{}, f"[wqxj{_MARKS}]|c(?!h)", "zh|kh|shch"),
    Table("h for х", "plain",{"h": "x"}, f"[wqxj{_MARKS}]|c(?!h)|kh", ""),
    Table(
        "scientific, h for г",
        "scientific",{"c": "c", "ck": "ck", "x": "x", "ch": "x"},
        "[wq]|zh|kh|sh(?!ch)|y[aeou]|ts|ï",
        "[čšž]|j|c(?!h)",
    ),
    Table(
        "ISO 9, h for х",
        "scientific",{"c": "c", "ck": "ck", "x": "x", "h": "x", "ch": "x"},
        "[wqx]|zh|kh|sh|y[aeou]|ts|ï",
        "[čšžŝâûëìê]",
    ),
    Table(
        "GOST 7.79, system B",
        "GOST B",{"c": "c", "ck": "ck", "cz": "c", "x": "x", "shh": "WQ"},
        f"[wq{_MARKS}]|kh|ts",
        "cz|shh",
    ),
    Table("sch for щ", "plain",{"sch": "WQ"}, f"[wqx{_MARKS}]|c(?!h)|shch|tsch", ""),
    Table("x for х", "plain", {"x": "x"}, f"[wqj{_MARKS}]|c(?!h)|kh", ""),
    Table("j for й", "j for й",{}, f"[wqx{_MARKS}]|c(?!h)", "j"),
    Table("j for ж", "plain",{"j": "Z"}, f"[wqx{_MARKS}]|c(?!h)|zh|ou", ""),
    Table("h for х, j for ж", "plain",{"h": "x", "j": "Z"}, f"[wqx{_MARKS}]|c(?!h)|[zk]h|ou", ""),
    Table(
        "French spelling",
        "French",{
            "ou": "u", "tch": "Q", "chtch": "WQ", "ch": "W", "j": "Z", "dj": "dZ", "gui": "gi",
            "gue": "ge", "kh": "x", "ï": "i", "ss": "s", "tz": "c", "â": "a", "û": "u", "ë": "e",
            "qu": "k",
        },
        "sh|zh|w|[čšžŝ]|shch|iy",
        "ou|tch|ï|dj|gu[ie]|chtch",
    ),
    Table(
        "German spelling",
        "German",{
            "sch": "W", "tsch": "Q", "schtsch": "WQ", "ch": "x", "z": "c", "tz": "c", "sh": "Z",
            "ß": "s", "ä": "e", "ö": "o", "ü": "u", "y": "i", "dsch": "dZ",
        },
        "kh|zh|y[aeou]|ou|[čšžŝ]|(?<!s)ch(?=[aeo])",
        "sch|w|tz|ß",
    ),
    Table(
        "German spelling, s for з",
        "German",{
            "sch": "W", "tsch": "Q", "schtsch": "WQ", "ch": "x", "z": "c", "tz": "c", "sh": "Z",
            "ß": "s", "ss": "s", "s": "z", "sk": "sk", "st": "st", "sp": "sp", "sl": "sl", "sw": "sv",
            "ä": "e", "ö": "o", "ü": "u", "dsch": "dZ",
        },
        "kh|zh|y[aeou]|ou|[čšžŝv]",
        "sch|w|tz|ß",
    ),
    Table(
        "Polish spelling",
        "Polish",{"sz": "W", "cz": "Q", "szcz": "WQ", "rz": "Z", "ch": "x", "c": "c", "ck": "ck", "ó": "u"},
        "kh|zh|sh|[čšžŝ]|y[aeou]|v",
        "sz|cz|rz|w|ł|ż",
    ),
    Table(
        "Turkic spelling",
        "Turkic",{"c": "dZ", "q": "g", "x": "x", "j": "Z", "ö": "o", "ü": "u", "h": "x"},
        "kh|zh|sh|w|[čšž]|ch|ts|y[^aeou]",
        "[şçğıəöü]|q",
    ),
    Table("western spelling", "western",{"c": "k", "qu": "kv", "j": "dZ"}, "zh|shch|[čšžŝ]", "ph|th|x|c(?!h)"),
)  # fmt: skip
"""In the order of plausibility for a word that bears no mark."""


def _letters(sounds: Mapping[str, str]) -> dict[int, str]:
    return {ord(letter): sound for letter, sound in sounds.items()}


CYRILLIC: Mapping[int, str] = _letters({
    **dict(zip("абвгґдезиіїйклмнопрстуфхцчшыэєўѳѣ", "abvggdeziiiiklmnoprstufxcQWieevfe", strict=True)),
    "ж": "Z", "щ": "WQ", "ю": "iu", "я": "ia", "ё": "io", "ь": "'", "ъ": "'",
    # Tatar, Bashkir, Kazakh, Kyrgyz, Uzbek, Tajik, Buryat, Chechen.
    "ә": "e", "ө": "o", "ү": "u", "ұ": "u", "җ": "dZ", "ҷ": "dZ", "ң": "n", "һ": "x", "ҳ": "x",
    "қ": "k", "ғ": "g", "ҡ": "k", "ҙ": "z", "ҫ": "s", "ӣ": "i", "ӯ": "u", "ӏ": "", "ӑ": "a",
    # Serbian and Macedonian.
    "ђ": "dZ", "ј": "i", "љ": "l", "њ": "n", "ћ": "Q", "џ": "dZ", "ѕ": "dz",
})  # fmt: skip
GEORGIAN: Mapping[int, str] = _letters({
    **dict(zip("აბგდევზთიკლმნოპჟრსტუფქღყშჩცწჭხჰ", "abgdevztiklmnopZrstupkgkWQccQxx", strict=True)),
    "ძ": "dz", "ჯ": "dZ",
})  # fmt: skip
ARMENIAN: Mapping[int, str] = _letters({
    **dict(zip("աբգդեզէըթժիլխկհղճմնշոչպռսվտրցփքօֆ", "abgdezeitZilxkxgQmnWoQprsvtrcpkof", strict=True)),
    "յ": "i", "ծ": "c", "ձ": "dz", "ջ": "dZ", "և": "ev", "ւ": "v",
})  # fmt: skip
GREEK: Mapping[int, str] = _letters({
    **dict(zip("αβγδεζηθικλμνοπρσςτυφχω", "avgdezitiklmnoprsstifxo", strict=True)),
    "ξ": "ks", "ψ": "ps", "ά": "a", "έ": "e", "ή": "i", "ί": "i", "ό": "o", "ύ": "i", "ώ": "o",
})  # fmt: skip
PAIRS: Mapping[str, str] = {
    "ου": "u", "ού": "u", "αι": "e", "ει": "i", "οι": "i", "μπ": "b", "ντ": "d", "γκ": "g",
    "αυ": "av", "ευ": "ev", "τσ": "c", "τζ": "dz",  # Greek
    "ու": "u",  # Armenian
}  # fmt: skip
"""Two letters that write one sound."""

ARABIC: Mapping[int, str] = _letters({
    **dict(zip("بپتثجچحخدذرزژسشصضطظغفڤقكگلمن", "bbttkWxxdzrzksWsdtzkffkkklmn", strict=True)),
    "ه": "x", "و": "w", "ي": "", "ا": "", "ع": "", "ڭ": "n",
})  # fmt: skip
HEBREW: Mapping[int, str] = _letters({
    **dict(zip("בגדהזחטכךלמםנןסצץקרשתפף", "bkdxzxtkklmmnnscckrWtbf", strict=True)),
    "א": "", "ע": "", "י": "", "ו": "w",
})  # fmt: skip
"""Consonants as classes, see `readings.consonants`; w is a vowel or a v."""
