"""The texts of pages in other languages: one catalogue, a folder of `translations`, for each.

A text that a catalogue lacks is shown in English.
"""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask
from flask_babel import Babel, Domain
from markupsafe import Markup

DEFAULT = "en"  # the language of the texts in the code
FOLDER = Path(__file__).parents[1] / "translations"
CATALOGUE = "LC_MESSAGES/messages.po"

# Locales by their tag (BCP 47); the name of a folder has an underscore: pt-BR is in pt_BR.
LOCALES = {
    file.parents[1].name.replace("_", "-"): Locale.parse(file.parents[1].name)
    for file in sorted(FOLDER.glob(f"*/{CATALOGUE}"))
}
LOCALES = {DEFAULT: Locale.parse(DEFAULT)} | LOCALES


class Catalogues(Domain):
    """Translations from .po files: of no others must somebody remember the compilation."""

    def __init__(self, language: Callable[[], str]) -> None:
        super().__init__()
        self._language = language

    def get_translations(self) -> NullTranslations:
        return translations(self._language())


@cache
def translations(language: str) -> NullTranslations:
    """Return the translations of a language; it takes about 10 ms, once in a process."""
    if language == DEFAULT:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return Translations(compiled)


def catalogue(language: str) -> Catalog:
    """Read the catalogue of a language; that of the default language is empty."""
    locale = LOCALES[language]
    if language == DEFAULT:
        return Catalog(locale)
    with (FOLDER / str(locale) / CATALOGUE).open("rb") as file:
        return read_po(file, locale)


def init_app(app: Flask, language: Callable[[], str]) -> None:
    """Let templates and flask_babel translate into the language that `language` returns."""
    babel = Babel(configure_jinja=False)
    babel.init_app(app, locale_selector=lambda: LOCALES[language()])
    domain = babel.domain_instance = Catalogues(language)

    def gettext(text: str, **values: Any) -> Markup:
        return _markup(domain.get_translations().gettext(text), values)

    def ngettext(singular: str, plural: str, num: int, **values: Any) -> Markup:
        text = domain.get_translations().ngettext(singular, plural, num)
        return _markup(text, {"num": num, **values})

    def pgettext(context: str, text: str, **values: Any) -> Markup:
        return _markup(domain.get_translations().pgettext(context, text), values)

    # Jinja's own functions, and Flask-Babel's, format every text, and take three times as long.
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.newstyle_gettext = True  # type: ignore[attr-defined]
    functions = {"gettext": gettext, "ngettext": ngettext, "pgettext": pgettext}
    app.jinja_env.globals.update(functions, _=gettext)


def _markup(text: object, values: dict[str, Any]) -> Markup:
    # Templates translate texts of their own, never values, which the operator escapes.
    markup = Markup(str(text))  # nosec B704 # noqa: S704
    return markup % values if values else markup
