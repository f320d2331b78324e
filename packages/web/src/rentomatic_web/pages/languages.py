"""The language of a page: the parameter `lang`, the visitor's cookie, or Accept-Language.

`lang` is of one page and not part of links: the page that has it sets the cookie. So every page
has one URL for each language, and one without `lang` in the language that the visitor prefers.
"""

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from babel import Locale
from flask import Flask, Response, has_request_context, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from rentomatic_web.middleware.access import is_page
from rentomatic_web.pages.translations import DEFAULT, LOCALES
from rentomatic_web.request import current_request

PARAMETER = "lang"
COOKIE = "rentomatic-language"
COOKIE_SECONDS = 365 * 24 * 60 * 60

# Languages by their tag in lower case, and by its beginning: `pt` finds pt-BR.
_LANGUAGES = {
    **{tag.lower().partition("-")[0]: tag for tag in LOCALES},
    **{tag.lower(): tag for tag in LOCALES},
}


class Choice(NamedTuple):
    """A language in the menu: its name in the language itself, and the page's URL in it."""

    language: str
    name: str
    url: str


def _name_of(locale: Locale) -> str:
    name = locale.get_display_name(locale) or str(locale)
    return name[0].upper() + name[1:]


NAMES = {tag: _name_of(locale) for tag, locale in LOCALES.items()}


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(language=language, language_choices=choices)
    app.after_request(_keep_choice)


def language() -> str:
    """Return the tag of the language of the page that is requested (BCP 47), such as `de`."""
    if not has_request_context():
        return DEFAULT
    asked = current_request()
    if asked.language is None:
        asked.language = (
            _asked_for() or _of_cookie() or _accepted(request.headers.get("Accept-Language", ""))
        )
    return asked.language


def locale() -> Locale:
    return LOCALES[language()]


def match(tag: str) -> str | None:
    """Return the language for a tag or a more special one (RFC 4647, section 3.4), or None."""
    tag = tag.lower().replace("_", "-")
    while tag and tag not in _LANGUAGES:
        tag = tag.rpartition("-")[0]
    return _LANGUAGES.get(tag)


def url_in(tag: str, url: str) -> str:
    """Return the URL of a page in a language."""
    place = urlsplit(url)
    pairs = parse_qsl(place.query, keep_blank_values=True)
    pairs = [(name, text) for name, text in pairs if name != PARAMETER]
    return place._replace(query=urlencode([*pairs, (PARAMETER, tag)], safe=",")).geturl()


def choices() -> list[Choice]:
    """Return the languages of this page, or nothing for the response to a form."""
    if request.method not in ("GET", "HEAD"):
        return []
    here = request.full_path.rstrip("?")
    return [Choice(tag, name, url_in(tag, here)) for tag, name in NAMES.items()]


def add_vary(page: Response) -> None:
    """Name the header fields of the request that the page depends on."""
    page.vary.update(("Cookie",) if _asked_for() else ("Accept-Language", "Cookie"))


def _asked_for() -> str | None:
    return match(request.args.get(PARAMETER, ""))


def _of_cookie() -> str | None:
    return match(request.cookies.get(COOKIE, ""))


@lru_cache(maxsize=256)
def _accepted(field: str) -> str:
    """Return the first language that fits, by quality; the default if none does."""
    # LanguageAccept.best_match prefers any exact match: `de-AT, en;q=0.5` would get English.
    for tag, quality in parse_accept_header(field, LanguageAccept):
        if quality > 0 and (found := DEFAULT if tag == "*" else match(tag)):
            return found
    return DEFAULT


def _keep_choice(response: Response) -> Response:
    """Set the cookie if a page was asked for in a language."""
    # Parsing the query of every request of the API would take time.
    if PARAMETER not in request.environ["QUERY_STRING"]:
        return response
    asked = _asked_for() if request.endpoint is None or is_page() else None
    if asked and asked != request.cookies.get(COOKIE):
        response.set_cookie(
            COOKIE,
            asked,
            max_age=COOKIE_SECONDS,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
    return response
