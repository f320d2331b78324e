"""Messages of the API and of files in the language of the page.

The rest of the system writes English. The catalogues have its messages as texts with
placeholders, in the context `message`: `tools/messages.py` finds them in the code. Their values
can be messages, too.
"""

import re
from functools import cache

from babel.messages.catalog import Message

from rentomatic.errors import InvalidRequest
from rentomatic_web.pages.texts.languages import language
from rentomatic_web.pages.texts.translations import catalogue

CONTEXT = "message"
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def problems_of(error: InvalidRequest) -> dict[str, str]:
    """Return the translated messages by parameter."""
    return {problem.parameter: translated(problem.message) for problem in error.problems}


def translated(message: str) -> str:
    """Return the message in the language of the page, or as it is if no text fits."""
    for pattern, text in _patterns(language()):
        if found := pattern.fullmatch(message):
            return text % {name: translated(value) for name, value in found.groupdict().items()}
    return message


@cache
def _patterns(tag: str) -> list[tuple[re.Pattern[str], str]]:
    """Return the texts with their translations; the most special ones first."""
    messages = [each for each in catalogue(tag) if each.context == CONTEXT and each.string]
    messages.sort(key=lambda each: len(PLACEHOLDER.sub("", str(each.id))), reverse=True)
    return [(re.compile(_pattern(each), re.DOTALL), str(each.string)) for each in messages]


def _pattern(message: Message) -> str:
    parts = PLACEHOLDER.split(str(message.id))
    parts[::2] = map(re.escape, parts[::2])
    parts[1::2] = [f"(?P<{name}>.*?)" for name in parts[1::2]]
    return "".join(parts)
