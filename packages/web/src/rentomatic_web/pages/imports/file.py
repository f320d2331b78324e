"""An uploaded file, and the texts of the form of its import."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from rentomatic.errors import InvalidRequest
from rentomatic.imports.files.tables import Table
from rentomatic.imports.formats import ROW_FORMATS
from rentomatic.imports.options import COLUMN, ImportOptions
from rentomatic.imports.proposals import propose
from rentomatic.imports.reading import Reading, open_rows
from rentomatic.requests.field_values import COLUMNS
from rentomatic_web.api.imports import import_options
from rentomatic_web.pages.imports import uploads
from rentomatic_web.pages.imports.form import Texts, merged, parameters_of, texts_from, texts_of
from rentomatic_web.pages.texts.translations import gettext, lazy_gettext
from rentomatic_web.request import current_request

UNITS = {
    "element": lazy_gettext("Element"),
    "feature": lazy_gettext("Feature"),
    "line": lazy_gettext("Line"),
    "row": lazy_gettext("Row"),
}


class ImportFile:
    """A file that the signed-in user has uploaded; `values` are its name, format and options."""

    def __init__(self, values: Texts) -> None:
        self.name, self.format = values.get("file", ""), values.get("format", "csv")
        if self.format not in ROW_FORMATS:
            raise BadRequest(
                gettext("format: must be one of %(names)s", names=", ".join(ROW_FORMATS))
            )
        self.texts = texts_from(values, self.format)

    @property
    def query(self) -> str:
        return urlencode(
            [("file", self.name), ("format", self.format), *self.texts.items(multi=True)]
        )

    @property
    def unit(self) -> str:
        """The word for a row."""
        return str(UNITS[ROW_FORMATS[self.format].unit])

    @property
    def chosen(self) -> list[str]:
        """The names of the texts that are not empty."""
        return [name for name, text in self.texts.items() if text]

    def propose(self) -> tuple[Table, dict[str, str]]:
        """Add the proposed texts to those of the form.

        Returns the sampled table, and the problems of texts that are invalid and were not used.
        """
        problems: dict[str, str] = {}
        try:
            table, proposed = self._proposal(self.texts)
        except InvalidRequest as error:
            problems = {name: text for name, text in error.problems if name in self.texts}
            if not problems:
                raise
            pairs = self.texts.items(multi=True)
            valid = MultiDict((name, text) for name, text in pairs if name not in problems)
            table, proposed = self._proposal(valid)
        own = MultiDict((COLUMN + name, name) for name in COLUMNS if name in table.columns())
        self.texts = merged(own, texts_of(proposed), self.texts)
        return table, problems

    @contextmanager
    def opened(self, dry_run: bool) -> Iterator[tuple[Reading, ImportOptions]]:
        """Open the file with the options of the form."""
        # A preview shows the rows that an import with on_error=skip would leave out.
        others = {"dry_run": "true", "on_error": "skip"} if dry_run else {}
        options = self._options(self.texts, others)
        with uploads.opened(self.name, current_request().token.name) as file:
            yield open_rows(file, self.format, options), options

    def _proposal(self, texts: Texts) -> tuple[Table, list[tuple[str, str]]]:
        options = self._options(texts, {"guess": "true"})
        with uploads.opened(self.name, current_request().token.name) as file:
            return propose(file, self.format, options)

    def _options(self, texts: Texts, others: dict[str, str]) -> ImportOptions:
        given = (pair for pair in parameters_of(texts) if pair[0] not in others)
        return import_options([*given, *others.items()], self.format)
