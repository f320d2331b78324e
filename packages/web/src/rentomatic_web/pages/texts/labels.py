"""Names for people: of fields, parameters, conditions, kinds and features."""

from collections.abc import Mapping

from rentomatic_web.pages.texts.translations import gettext, lazy_gettext, lazy_pgettext

# Columns of rooms. Within a sentence: `sentence_case` makes them labels.
COLUMNS: Mapping[str, str] = {
    "address": lazy_gettext("address"),
    "capacity": lazy_gettext("capacity"),
    "code": lazy_gettext("code"),
    "country": lazy_gettext("country"),
    "created": lazy_gettext("created"),
    "description": lazy_gettext("description"),
    "features": lazy_gettext("features"),
    "kind": lazy_gettext("kind"),
    "latitude": lazy_gettext("latitude"),
    "locality": lazy_gettext("locality"),
    "longitude": lazy_gettext("longitude"),
    "min_nights": lazy_gettext("shortest stay"),
    "photos": lazy_gettext("photos"),
    "postcode": lazy_gettext("postcode"),
    "price": lazy_gettext("price"),
    "reference": lazy_gettext("reference"),
    "region": lazy_gettext("region"),
    "size": lazy_gettext("size"),
    "source": lazy_gettext("source"),
    "street": lazy_gettext("street"),
    "title": lazy_gettext("title"),
    "updated": lazy_gettext("updated"),
    "url": lazy_gettext("link"),
}
# Parameters of searches that are not filters, and filters with a name of their own.
PARAMETERS: Mapping[str, str] = {
    "bbox": lazy_gettext("map area"),
    "cursor": lazy_gettext("page"),
    "filter_features__all": lazy_gettext("features"),
    "filter_kind__in": lazy_gettext("kind"),
    "near_latitude": lazy_gettext("latitude"),
    "near_longitude": lazy_gettext("longitude"),
    "place": lazy_gettext("place"),
    "q": lazy_gettext("words"),
    "sort": lazy_gettext("sort by"),
    "where": lazy_gettext("place"),
    "within": lazy_gettext("distance in metres"),
}
# Filters, and filters with a value.
FILTERS: Mapping[str, str] = {
    "eq": lazy_gettext("%(field)s of"),
    "ne": lazy_gettext("%(field)s other than"),
    "lt": lazy_gettext("%(field)s below"),
    "lte": lazy_gettext("%(field)s up to"),
    "gt": lazy_gettext("%(field)s above"),
    "gte": lazy_gettext("%(field)s from"),
    "in": lazy_gettext("%(field)s among"),
    "all": lazy_gettext("%(field)s with all of"),
    "any": lazy_gettext("%(field)s with any of"),
    "none": lazy_gettext("%(field)s with none of"),
}
CONDITIONS: Mapping[str, str] = {
    "eq": lazy_gettext("%(field)s of %(value)s"),
    "ne": lazy_gettext("%(field)s other than %(value)s"),
    "lt": lazy_gettext("%(field)s below %(value)s"),
    "lte": lazy_gettext("%(field)s up to %(value)s"),
    "gt": lazy_gettext("%(field)s above %(value)s"),
    "gte": lazy_gettext("%(field)s from %(value)s"),
    "in": lazy_gettext("%(field)s among %(value)s"),
    "all": lazy_gettext("%(field)s with all of %(value)s"),
    "any": lazy_gettext("%(field)s with any of %(value)s"),
    "none": lazy_gettext("%(field)s with none of %(value)s"),
}
# Filters that a form has as checkboxes.
LISTS = ("filter_features__all", "filter_kind__in")
# Words of rooms by field, and of options, with their names for people; other words are shown as
# they are.
WORDS: Mapping[str, Mapping[str, str]] = {
    "kind": {
        "apartment": lazy_pgettext("kind", "apartment"),
        "bed": lazy_pgettext("kind", "bed"),
        "dormitory": lazy_pgettext("kind", "dormitory"),
        "double-room": lazy_pgettext("kind", "double room"),
        "flat": lazy_pgettext("kind", "flat"),
        "hostel": lazy_pgettext("kind", "hostel"),
        "house": lazy_pgettext("kind", "house"),
        "loft": lazy_pgettext("kind", "loft"),
        "maisonette": lazy_pgettext("kind", "maisonette"),
        "room": lazy_pgettext("kind", "room"),
        "shared-room": lazy_pgettext("kind", "shared room"),
        "single-room": lazy_pgettext("kind", "single room"),
        "studio": lazy_pgettext("kind", "studio"),
        "suite": lazy_pgettext("kind", "suite"),
        "villa": lazy_pgettext("kind", "villa"),
    },
    "option": {
        "day": lazy_pgettext("option", "day"),
        "month": lazy_pgettext("option", "month"),
        "tab": lazy_pgettext("option", "tab"),
        "week": lazy_pgettext("option", "week"),
    },
    "features": {
        "air-conditioning": lazy_pgettext("feature", "air conditioning"),
        "balcony": lazy_pgettext("feature", "balcony"),
        "bathroom": lazy_pgettext("feature", "bathroom"),
        "bathtub": lazy_pgettext("feature", "bathtub"),
        "bed-linen": lazy_pgettext("feature", "bed linen"),
        "bicycle-storage": lazy_pgettext("feature", "bicycle storage"),
        "bike-storage": lazy_pgettext("feature", "bike storage"),
        "breakfast": lazy_pgettext("feature", "breakfast"),
        "cellar": lazy_pgettext("feature", "cellar"),
        "desk": lazy_pgettext("feature", "desk"),
        "dishwasher": lazy_pgettext("feature", "dishwasher"),
        "dryer": lazy_pgettext("feature", "dryer"),
        "elevator": lazy_pgettext("feature", "elevator"),
        "fireplace": lazy_pgettext("feature", "fireplace"),
        "fridge": lazy_pgettext("feature", "fridge"),
        "furnished": lazy_pgettext("feature", "furnished"),
        "garage": lazy_pgettext("feature", "garage"),
        "garden": lazy_pgettext("feature", "garden"),
        "gym": lazy_pgettext("feature", "gym"),
        "heating": lazy_pgettext("feature", "heating"),
        "internet": lazy_pgettext("feature", "internet"),
        "iron": lazy_pgettext("feature", "iron"),
        "kitchen": lazy_pgettext("feature", "kitchen"),
        "kitchenette": lazy_pgettext("feature", "kitchenette"),
        "lift": lazy_pgettext("feature", "lift"),
        "microwave": lazy_pgettext("feature", "microwave"),
        "non-smoking": lazy_pgettext("feature", "non-smoking"),
        "oven": lazy_pgettext("feature", "oven"),
        "parking": lazy_pgettext("feature", "parking"),
        "pets": lazy_pgettext("feature", "pets"),
        "pool": lazy_pgettext("feature", "pool"),
        "private-bathroom": lazy_pgettext("feature", "private bathroom"),
        "quiet": lazy_pgettext("feature", "quiet"),
        "refrigerator": lazy_pgettext("feature", "refrigerator"),
        "sauna": lazy_pgettext("feature", "sauna"),
        "sea-view": lazy_pgettext("feature", "sea view"),
        "shower": lazy_pgettext("feature", "shower"),
        "smoking": lazy_pgettext("feature", "smoking"),
        "storage": lazy_pgettext("feature", "storage"),
        "swimming-pool": lazy_pgettext("feature", "swimming pool"),
        "terrace": lazy_pgettext("feature", "terrace"),
        "towels": lazy_pgettext("feature", "towels"),
        "tv": lazy_pgettext("feature", "tv"),
        "washer": lazy_pgettext("feature", "washer"),
        "washing-machine": lazy_pgettext("feature", "washing machine"),
        "wheelchair-accessible": lazy_pgettext("feature", "wheelchair accessible"),
        "wifi": lazy_pgettext("feature", "wifi"),
        "workspace": lazy_pgettext("feature", "workspace"),
    },
}


def label_of(column: str) -> str:
    """Return the name of a column for use within a sentence; of an unknown one, its own."""
    return str(COLUMNS.get(column, column))


def heading_of(column: str) -> str:
    """Return the name of a column with an upper-case first letter."""
    return sentence_case(label_of(column))


def sentence_case(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def parameter_words(parameter: str) -> str:
    """Return the name of a parameter of searches, such as `price, up to`."""
    if parameter in PARAMETERS:
        return str(PARAMETERS[parameter])
    field, operator = _field_and_operator(parameter)
    return FILTERS[operator] % {"field": label_of(field)} if operator in FILTERS else field


def condition_words(parameter: str, text: str) -> str:
    """Return a condition for people, such as `price up to 60` or `features: wifi, balcony`."""
    if parameter in ("bbox", "q"):
        words = {"bbox": gettext("map area"), "q": gettext("words: %(words)s", words=text)}
        return words[parameter]
    if parameter == "within":
        return gettext("within %(distance)s metres", distance=text)
    field, operator = _field_and_operator(parameter)
    listed = ", ".join(word_label(field, each) for each in text.split(","))
    if parameter in LISTS:
        return gettext("%(field)s: %(value)s", field=label_of(field), value=listed)
    return CONDITIONS[operator] % {"field": label_of(field), "value": listed}


def word_label(field: str, word: str) -> str:
    """Return a word of the field `kind` or `features`, or of an `option`, for people."""
    return str(WORDS.get(field, {}).get(word, word))


def _field_and_operator(parameter: str) -> tuple[str, str]:
    field, _, operator = parameter.removeprefix("filter_").partition("__")
    return field, operator or "eq"
