"""The indexes of the collection of rooms."""

from pymongo import ASCENDING, IndexModel

from rentomatic.domain.room import REQUIRED, TIMES
from rentomatic_mongo.documents import WORDS

REFERENCE_KEY = "source_reference_unique"
INDEXES = [
    IndexModel("code", unique=True),
    *(
        IndexModel([(name, ASCENDING), ("code", ASCENDING)])
        for name in (*REQUIRED, *TIMES)
        if name != "code"
    ),
    *(
        IndexModel(name, sparse=True)
        for name in ("kind", "capacity", "min_nights", "features", WORDS)
    ),
    IndexModel(
        [("source", ASCENDING), ("reference", ASCENDING)],
        name=REFERENCE_KEY,
        unique=True,
        partialFilterExpression={"reference": {"$exists": True}, "source": {"$exists": True}},
    ),
]
