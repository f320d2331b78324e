"""The texts of pages in other languages: one catalogue, a folder of `translations`, for each.

A text that a catalogue lacks is shown in English.
"""

from functools import cache, lru_cache
from io import BytesIO
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask
from flask_babel import Babel, Domain, LazyString
from markupsafe import Markup, escape

from rentomatic_web.pages.texts.languages import CATALOGUE, DEFAULT, FOLDER, LOCALES, language


class Catalogues(Domain):
    """Translations from .po files, so that nobody must remember to compile them."""

    def get_translations(self) -> NullTranslations:
        return translations(language())


# As of flask_babel, whose functions take three times as long: a page has hundreds of texts.
keep = lru_cache(maxsize=8192)


def gettext(text: str, **values: Any) -> str:
    translated = _translated(translations(language()), text)
    return translated % values if values else translated


def pgettext(context: str, text: str, **values: Any) -> str:
    translated = _translated(translations(language()), text, context)
    return translated % values if values else translated


def ngettext(singular: str, plural: str, num: int, **values: Any) -> str:
    translated = translations(language()).ngettext(singular, plural, num)
    return translated % {"num": num, **values}


def lazy_gettext(text: str, **values: Any) -> str:
    return LazyString(gettext, text, **values)


def lazy_pgettext(context: str, text: str, **values: Any) -> str:
    return LazyString(pgettext, context, text, **values)


@keep
def _translated(found: NullTranslations, text: str, context: str | None = None) -> str:
    if context is None:
        return found.gettext(text)
    return str(found.pgettext(context, text))


@cache
def translations(tag: str) -> NullTranslations:
    """Return the translations into a language; it takes about 10 ms, once in a process."""
    if tag == DEFAULT:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(tag))
    compiled.seek(0)
    return Translations(compiled)


def catalogue(tag: str) -> Catalog:
    """Read the catalogue of a language; that of the default language is empty."""
    locale = LOCALES[tag]
    if tag == DEFAULT:
        return Catalog(locale)
    with (FOLDER / str(locale) / CATALOGUE).open("rb") as file:
        return read_po(file, locale)


def init_app(app: Flask) -> None:
    """Let templates and flask_babel translate into the language of the page."""
    babel = Babel(configure_jinja=False)
    babel.init_app(app, locale_selector=lambda: LOCALES[language()])
    babel.domain_instance = Catalogues()
    # Jinja's own functions, and Flask-Babel's, format every text, and take three times as long.
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.newstyle_gettext = True  # type: ignore[attr-defined]
    functions = {"gettext": _gettext, "ngettext": _ngettext, "pgettext": _pgettext}
    app.jinja_env.globals.update(functions, _=_gettext)


def _gettext(text: str, **values: Any) -> Markup:
    markup = _marked(translations(language()), text)
    return _filled(markup, values) if values else markup


def _pgettext(context: str, text: str, **values: Any) -> Markup:
    markup = _marked(translations(language()), text, context)
    return _filled(markup, values) if values else markup


def _ngettext(singular: str, plural: str, num: int, **values: Any) -> Markup:
    text = translations(language()).ngettext(singular, plural, num)
    return _filled(text, {"num": num, **values})


@keep
def _marked(found: NullTranslations, text: str, context: str | None = None) -> Markup:
    # Templates translate texts of their own, never values, which `_filled` escapes.
    return Markup(_translated(found, text, context))  # nosec B704 # noqa: S704


def _filled(text: str, values: dict[str, Any]) -> Markup:
    """Return the text of a template with escaped values."""
    # The operator of Markup does the same, and takes twice as long.
    escaped = {name: escape(value) for name, value in values.items()}
    return Markup(str(text) % escaped)  # nosec B704 # noqa: S704
