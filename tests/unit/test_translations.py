"""Pages in other languages: nothing stays English, and numbers and plural forms are right."""

import re
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.support import NullTranslations
from flask import Flask
from flask.testing import FlaskClient

from rentomatic.domain.tokens import Role
from rentomatic.repository.memory import MemoryRooms, MemoryTokens
from rentomatic_web.pages.texts import messages as messages_of_pages
from rentomatic_web.pages.texts import numbers, translations
from rentomatic_web.pages.texts.labels import condition_words, word_label
from rentomatic_web.pages.texts.languages import DEFAULT, NAMES
from rentomatic_web.pages.texts.messages import translated
from rentomatic_web.pages.texts.translations import ngettext
from rentomatic_web.pages.texts.wording import headline
from tests.apps import app_of, change_context, token_for
from tests.gazetteers import CAMBRIDGE, KRAKOW, FewPlaces
from tests.rooms import full_room, room
from tools import translate
from tools.messages import messages

OTHERS = [tag for tag in NAMES if tag != DEFAULT]
KEY = "a key of more than thirty-two characters"
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
# Attributes that people read or hear.
HIDDEN = ("code", "script", "style", "td", "textarea")  # and cells, which are values
READ = ("alt", "aria-label", "content", "placeholder", "title")
FILE = "Nr;Miete;Breitengrad;Längengrad;wifi\n7;500 EUR;50,06;19,94;ja\n8;5 - 6;50;20;nein\n"


class Texts(HTMLParser):
    """The texts of a page, and those of the attributes that people read."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._hidden = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in HIDDEN
        if tag != "meta" or ("name", "description") in attrs:
            self.found += [text for name, text in attrs if name in READ and text]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in HIDDEN

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(data)


class Marked(NullTranslations):
    """Puts each translated text in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{super().ngettext(msgid1, msgid2, n)}⟧"

    def pgettext(self, context: str, message: str) -> str:  # noqa: ARG002 (Babel's signature)
        return f"⟦{message}⟧"

    ugettext, ungettext, upgettext = gettext, ngettext, pgettext


@pytest.fixture
def rooms() -> MemoryRooms:
    return MemoryRooms([full_room(1), room(2, size=None, latitude=50.07), room(3, latitude=50.08)])


@pytest.fixture
def app(rooms: MemoryRooms) -> Flask:
    return app_of(rooms, MemoryTokens(), RENTOMATIC_SECRET_KEY=KEY)


@pytest.fixture
def client(rooms: MemoryRooms) -> FlaskClient:
    """Return a client that has signed in."""
    tokens = MemoryTokens()
    app = app_of(rooms, tokens, RENTOMATIC_SECRET_KEY=KEY)
    change_context(app, places=FewPlaces())
    client = app.test_client()
    secret = token_for(tokens, Role.EDITOR).removeprefix("Bearer ")
    form = client.get("/sign-in").text
    client.post("/sign-in", data={"token": secret, "csrf_token": csrf_of(form)})
    return client


def csrf_of(page: str) -> str:
    (found,) = set(re.findall(r'name="csrf_token" value="([^"]+)"', page))
    return str(found)


def pages_of(client: FlaskClient, language: str) -> dict[str, str]:
    """Return the pages by a name, in a language."""
    headers = {"Accept": "text/html", "Accept-Language": language}
    code = full_room(1).code

    def get(path: str) -> str:
        return client.get(path, headers=headers).text

    def post(path: str, **form: Any) -> str:
        data = {"csrf_token": csrf_of(get("/import")), **form}
        return client.post(path, data=data, headers=headers, follow_redirects=True).text

    return {
        "search": get("/?filter_features__all=wifi"),
        "search in a place": get(f"/?place={KRAKOW.id}&sort=distance"),
        "place without rooms": get(f"/?place={CAMBRIDGE.id}&filter_price__gte=1"),
        "places to choose from": get("/?where=cambridge"),
        "unknown place": get("/?where=Qqqqqq"),
        "invalid search": get("/?filter_price__lte=x&where=..."),
        "room": get(f"/rooms/{code}"),
        "room without size": get(f"/rooms/{room(2).code}"),
        "place": get("/rooms-in/pl/krakow-3094802"),
        "page of a place without rooms": get("/rooms-in/de/berlin-2950159"),
        "new": get("/rooms/new"),
        "invalid": post("/rooms/new", code="7", price="x", latitude="91", photos="x", kind="a b"),
        "edit": get(f"/rooms/{code}/edit"),
        "changed meanwhile": post(
            f"/rooms/{code}/edit", price="1", size="2", latitude="3", longitude="4", title="5"
        ),
        "delete": get(f"/rooms/{code}/delete"),
        "not deleted": post(f"/rooms/{code}/delete", etag="old"),
        "import": get("/import"),
        "no file": post("/import"),
        "preview": post("/import", file=(BytesIO(FILE.encode()), "rooms.csv")),
        "sign in": get("/sign-in"),
        "not signed in": post("/sign-in", token="ann.wrong"),
        "not found": get("/rooms/00000000-0000-4000-8000-000000000099"),
        "no page": get("/no-such-page"),
    }


# Texts of rooms and files, units, formats, and names that are the same in all languages.
DATA = (
    r"Map with|Names of places|Cambridge|England|Vereinigtes Königreich|Massachusetts"
    r"|Vereinigte Staaten"
    r"|Sunny room near the river|Two windows\.|Quiet\.|The room"
    r"|Rynek 1|Kraków|Małopolska|31-042|PL|agency|A-1|Rent-o-Matic|ann"
    r"|[\d,.]+ ?(?:km|m²)|[NSEW]|m²|Miete|Breitengrad|Längengrad|wifi|Nr|EUR"
    r"|Polen|Deutschland|Berlin|Places: GeoNames, CC BY"
    r"|ja|nein|utf-8|UTF-8|csv|json|ndjson|geojson|xlsx|true|[a-z-]+/[a-z]+|x|rooms"
    rf"|[\w-]+-1252|(?:{'|'.join(NAMES.values())})"
)
KNOWN = re.compile(rf"(?<!\w)(?:{DATA})(?!\w)")
WORD = re.compile(r"[^\W\d_]{2}")


def untranslated(page: str) -> list[str]:
    """Return the texts with a word outside the brackets."""
    text, count = "\n".join(Texts(page).found), 1
    while count:  # from the inside: values of texts can be texts
        text, count = re.subn(r"⟦[^⟦⟧]*⟧", "", text)
    return [line.strip() for line in text.splitlines() if WORD.search(KNOWN.sub("", line))]


def test_all_texts_of_pages_can_be_translated(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translations, "translations", lambda _: Marked())
    monkeypatch.setattr(messages_of_pages, "_patterns", lambda _: [(re.compile("(?s).*"), "⟦⟧")])

    found = {name: untranslated(page) for name, page in pages_of(client, "de").items()}

    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.parametrize("language", OTHERS)
def test_pages_have_no_english_texts(client: FlaskClient, language: str) -> None:
    translated_texts = {
        message.id
        for message in translations.catalogue(language)
        if isinstance(message.id, str) and message.string != message.id and " " in message.id
    }

    for name, page in pages_of(client, language).items():
        assert f'<html lang="{language}">' in page
        shown = {text.strip() for text in Texts(page).found}
        assert not shown & translated_texts, name


@pytest.mark.parametrize("language", OTHERS)
def test_the_messages_of_the_api_are_translated(app: Flask, language: str) -> None:
    with app.test_request_context(f"/?lang={language}"):
        for text in messages():
            values = {name: f"<{name}>" for name in PLACEHOLDER.findall(text)}
            shown = translated(text % values)

            assert shown != text % values
            assert all(value in shown for value in values.values())


def test_unknown_messages_stay_as_they_are(app: Flask) -> None:
    with app.test_request_context("/?lang=de"):
        assert translated("is something else entirely") == "is something else entirely"
    with app.test_request_context("/?lang=en"):
        assert translated("must be a number") == "must be a number"


def test_messages_within_messages_are_translated(app: Flask) -> None:
    with app.test_request_context("/?lang=de"):
        text = translated("photo 2 must be a URL that begins with https://")

    assert text == "Foto 2: muss eine URL sein, die mit https:// beginnt"


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ["1 night", "2 nights", "5 nights", "22 nights"]),
        ("ja", ["1 泊", "2 泊", "5 泊", "22 泊"]),
        ("de", ["1 Nacht", "2 Nächte", "5 Nächte", "22 Nächte"]),
        ("fr", ["1 nuit", "2 nuits", "5 nuits", "22 nuits"]),
        ("pl", ["1 noc", "2 noce", "5 nocy", "22 noce"]),
    ],
)
def test_plural_forms(app: Flask, language: str, texts: list[str]) -> None:
    with app.test_request_context(f"/?lang={language}"):
        shown = [ngettext("%(num)s night", "%(num)s nights", num) for num in (1, 2, 5, 22)]

    assert shown == texts


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ["1,234,567", "€1,234", "€12.34", "20 m²", "1.5 km", "12.3K"]),
        ("ja", ["1,234,567", "€1,234", "€12.34", "20 m²", "1.5 km", "1.2万"]),
        ("de", ["1.234.567", "1.234 €", "12,34 €", "20 m²", "1,5 km", "12345"]),
        ("fr", ["1 234 567", "1 234 €", "12,34 €", "20 m²", "1,5 km", "12,3 k"]),
        ("pl", ["1 234 567", "1 234 €", "12,34 €", "20 m²", "1,5 km", "12,3 tys."]),
    ],
)
def test_numbers_are_those_of_the_language(app: Flask, language: str, texts: list[str]) -> None:
    with app.test_request_context(f"/?lang={language}"):
        shown = [
            numbers.grouped(1234567),
            numbers.money(1234),
            numbers.rate(12.341),
            numbers.measure(20, "m²"),
            numbers.distance(1500),
            numbers.short_count(12345),
        ]

    assert [" ".join(text.split()) for text in shown] == texts


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Room, 20 m² for €50 per day"),
        ("ja", "部屋、20 m²、1 日 €50"),
        ("de", "Zimmer, 20 m² für 50 € pro Tag"),
        ("fr", "Chambre, 20 m² à 50 € par jour"),
        ("pl", "Pokój, 20 m² – 50 € za dzień"),
    ],
)
def test_headlines_of_rooms(app: Flask, language: str, text: str) -> None:
    with app.test_request_context(f"/?lang={language}"):
        assert " ".join(headline(room()).split()) == text


def test_conditions_and_words_of_rooms(app: Flask) -> None:
    with app.test_request_context("/?lang=pl"):
        assert condition_words("filter_price__lte", "60") == "cena do 60"
        assert condition_words("filter_features__all", "wifi,kot") == "udogodnienia: wifi, kot"
        assert word_label("features", "balcony") == "balkon"


@pytest.mark.parametrize(
    ("translation", "problem"),
    [
        ('msgstr ""', "needs 1 translations"),
        ('msgstr "Hallo"', "needs the placeholders ['%(name)s'] in each translation"),
        ('msgstr "Hallo %(nam)s"', "needs the placeholders ['%(name)s'] in each translation"),
    ],
)
def test_unusable_translations_are_found(translation: str, problem: str) -> None:
    template = Catalog()
    template.add("Hello %(name)s")
    text = f'msgid ""\nmsgstr ""\n\nmsgid "Hello %(name)s"\n{translation}\n'

    found = list(translate.problems_of(translate.updated(text, template)))

    assert found == [f"'Hello %(name)s': {problem}"]


def test_templates_translate_their_own_texts_alone() -> None:
    # The text of `_()` is not escaped.
    calls = [
        (file.name, call)
        for file in (translate.WEB / "templates").rglob("*.html")
        for call in re.findall(r"(?:\b_|gettext)\(.", file.read_text("utf-8"))
    ]

    assert calls
    assert [call for call in calls if not call[1].endswith('"')] == []
