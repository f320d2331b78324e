"""The language of a page: the parameter `lang`, the visitor's cookie, or Accept-Language.

`lang` is of one page and not part of links: the page that has it sets the cookie. So every page
has one URL for each language, and one without `lang` in the language that the visitor prefers.
"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from babel import Locale
from flask import Flask, Response, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from rentomatic_web.middleware.access import is_page
from rentomatic_web.middleware.negotiation import HTML
from rentomatic_web.request import current_request

DEFAULT = "en"  # the language of the texts in the code
FOLDER = Path(__file__).parents[2] / "translations"
CATALOGUE = "LC_MESSAGES/messages.po"
PARAMETER = "lang"
COOKIE = "rentomatic-language"
COOKIE_SECONDS = 365 * 24 * 60 * 60

# Locales by their tag (BCP 47); the name of a folder has an underscore: pt-BR is in pt_BR.
LOCALES = {DEFAULT: Locale.parse(DEFAULT)} | {
    file.parents[1].name.replace("_", "-"): Locale.parse(file.parents[1].name)
    for file in sorted(FOLDER.glob(f"*/{CATALOGUE}"))
}
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
    # Variables: a call in a template takes 5 µs.
    app.context_processor(lambda: {"language": language(), "languages": choices()})
    app.after_request(_keep_choice)


def language() -> str:
    """Return the tag of the language of the page that is requested (BCP 47), such as `de`."""
    try:
        asked = current_request()
    except RuntimeError:  # outside of requests
        return DEFAULT
    if asked.language is None:
        asked.language = (
            asked_for() or _of_cookie() or _accepted(request.headers.get("Accept-Language", ""))
        )
    return asked.language


def match(tag: str) -> str | None:
    """Return the language for a tag or a more special one (RFC 4647, section 3.4), or None."""
    tag = tag.lower().replace("_", "-")
    while tag and tag not in _LANGUAGES:
        tag = tag.rpartition("-")[0]
    return _LANGUAGES.get(tag)


def url_in(tag: str, url: str) -> str:
    """Return the URL of a page in a language."""
    return urls_in([tag], url)[0]


def urls_in(tags: Iterable[str], url: str) -> list[str]:
    """Return the URLs of a page in languages."""
    page, hash_, fragment = url.partition("#")
    path, _, query = page.partition("?")
    pairs = [pair for pair in query.split("&") if pair.partition("=")[0] not in ("", PARAMETER)]
    start = f"{path}?{''.join(f'{pair}&' for pair in pairs)}{PARAMETER}="
    return [f"{start}{tag}{hash_}{fragment}" for tag in tags]


def choices() -> list[Choice]:
    """Return the languages of this page, or nothing for the response to a form."""
    if request.method not in ("GET", "HEAD"):
        return []
    # Flask's path is decoded: a browser takes a backslash for a slash, /\evil for another site.
    urls = urls_in(NAMES, f"{quote(request.path)}?{request.query_string.decode()}")
    return [Choice(tag, name, url) for (tag, name), url in zip(NAMES.items(), urls, strict=True)]


def add_vary(page: Response) -> None:
    """Name the header fields of the request that the page depends on."""
    page.headers["Vary"] = "Cookie" if asked_for() else "Accept-Language, Cookie"


def asked_for() -> str | None:
    """Return the language that the parameter `lang` of the request names, or None."""
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
    # Caches share files such as sitemaps, and would give the cookie to others.
    if PARAMETER not in request.environ["QUERY_STRING"] or response.mimetype != HTML:
        return response
    asked = asked_for() if request.endpoint is None or is_page() else None
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
