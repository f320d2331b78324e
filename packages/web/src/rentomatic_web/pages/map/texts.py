"""The texts of static/map.js in the language of the page."""

import json
from functools import lru_cache

from rentomatic_web.pages.texts.languages import LOCALES, language
from rentomatic_web.pages.texts.translations import gettext


def map_texts() -> str:
    """Return the texts as a JSON object; the script replaces {count}."""
    return _map_texts(language())


@lru_cache(maxsize=len(LOCALES))
def _map_texts(_language: str) -> str:
    texts = {
        "map": gettext("Map: arrow keys move it, plus and minus zoom"),
        "cluster": gettext("Rooms: %(count)s. Zoom in", count="{count}"),
        "zoomIn": gettext("Zoom in"),
        "zoomOut": gettext("Zoom out"),
        "searchFailed": gettext(
            "The rooms could not be loaded. The list is not up to date; please try again."
        ),
        "clustersFailed": gettext("Some rooms could not be shown on the map."),
    }
    return json.dumps(texts, ensure_ascii=False)
