"""Find places by name or on a map."""

from flask import Blueprint, Response

from rentomatic.domain.tokens import Action
from rentomatic.requests.places import PLACES, parse_places
from rentomatic.serializers.places import found_to_dict, place_to_dict
from rentomatic.use_cases.places import find_places
from rentomatic_web.api.formats import json_response
from rentomatic_web.api.openapi.operations import json, operation
from rentomatic_web.api.openapi.parameters import PLACE_PREFIX
from rentomatic_web.context import current
from rentomatic_web.middleware.access import policy
from rentomatic_web.request import current_request

bp = Blueprint("places", __name__)


@bp.get("/places")
@policy(Action.READ)
@operation(
    "Search", json("Places"), tuple(f"{PLACE_PREFIX}{name}" for name in PLACES), failures=(400,)
)
def find() -> Response:
    """Find places by the words of a name, the best first, or in a box, the largest first.

    Works without regard to case, accents, punctuation and script. After a comma, `q` may name a
    region or country: `Cambridge, US`. The data is from GeoNames (CC BY 4.0).
    """
    context = current()
    wanted = parse_places(current_request().parameters)
    if wanted.text:
        found = find_places(context.places, context.rooms, wanted.text, wanted.limit)
        return json_response([found_to_dict(each) for each in found])
    inside = context.places.inside(wanted.box, wanted.limit)
    return json_response([place_to_dict(place) for place in inside])
