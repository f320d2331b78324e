"""The texts of pages in other languages: one catalogue, a folder of `translations`, for each.

A text that a catalogue lacks is shown in English.
"""

from functools import cache
from io import BytesIO
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask
from flask_babel import Babel, Domain
from markupsafe import Markup

from rentomatic_web.pages.texts.languages import CATALOGUE, DEFAULT, FOLDER, LOCALES, language


class Catalogues(Domain):
    """Translations from .po files, so that nobody must remember to compile them."""

    def get_translations(self) -> NullTranslations:
        return translations(language())


catalogues = Catalogues()
# As the functions of flask_babel, which find their domain in each call: that takes longer.
gettext, lazy_gettext = catalogues.gettext, catalogues.lazy_gettext
pgettext, lazy_pgettext = catalogues.pgettext, catalogues.lazy_pgettext
ngettext = catalogues.ngettext


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
    babel.domain_instance = catalogues
    # Jinja's own functions, and Flask-Babel's, format every text, and take three times as long.
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.newstyle_gettext = True  # type: ignore[attr-defined]
    functions = {"gettext": _gettext, "ngettext": _ngettext, "pgettext": _pgettext}
    app.jinja_env.globals.update(functions, _=_gettext)


def _gettext(text: str, **values: Any) -> Markup:
    return _markup(translations(language()).gettext(text), values)


def _ngettext(singular: str, plural: str, num: int, **values: Any) -> Markup:
    text = translations(language()).ngettext(singular, plural, num)
    return _markup(text, {"num": num, **values})


def _pgettext(context: str, text: str, **values: Any) -> Markup:
    return _markup(translations(language()).pgettext(context, text), values)


def _markup(text: object, values: dict[str, Any]) -> Markup:
    # Templates translate texts of their own, never values, which the operator escapes.
    markup = Markup(text)  # nosec B704 # noqa: S704
    return markup % values if values else markup
