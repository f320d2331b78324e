"""What only the MongoDB adapter has to answer for: documents of others, and a failing server."""

from collections.abc import Iterator
from typing import Any

import pytest
from bson.int64 import Int64
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from rentomatic.domain.conditions import Filter
from rentomatic.domain.operators import Operator
from rentomatic.domain.query import Query
from rentomatic.domain.room import TIMES
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic.repository.protocols import RoomRepository
from rentomatic_mongo import connect
from tests.rooms import room

pytestmark = pytest.mark.integration

Document = dict[str, Any]


@pytest.fixture
def rooms(mongo_url: str) -> Iterator[RoomRepository]:
    rooms = connect(mongo_url).rooms
    yield rooms
    rooms.close()


@pytest.fixture
def client(mongo_url: str) -> Iterator[MongoClient[Document]]:
    with MongoClient[Document](mongo_url) as client:
        yield client


@pytest.fixture
def documents(client: MongoClient[Document]) -> Collection[Document]:
    """The collection, as another program sees it."""
    return client.get_default_database()["rooms"]


def test_documents_of_the_books_code_are_rooms(
    rooms: RoomRepository, documents: Collection[Document]
) -> None:
    documents.insert_many(dict(vars(example)) for example in EXAMPLE_ROOMS)

    assert [found.price for found in rooms.search(Query())] == [39, 48, 60, 66]
    assert rooms.get(EXAMPLE_ROOMS[0].code) == EXAMPLE_ROOMS[0]


def test_a_document_of_ours_has_the_members_of_the_books(
    rooms: RoomRepository, documents: Collection[Document]
) -> None:
    rooms.add(room(1))
    rooms.put([room(2)])

    for number in (1, 2):
        hidden = dict.fromkeys(("_id", *TIMES), False)
        document = documents.find_one({"code": room(number).code}, hidden)
        assert document == vars(room(number))


@pytest.mark.parametrize("price", [39.0, Int64(39)])
def test_a_whole_number_is_read_however_it_is_kept(
    rooms: RoomRepository, documents: Collection[Document], price: object
) -> None:
    documents.insert_one({**vars(room()), "price": price})

    (found,) = rooms.search(Query((Filter("price", Operator.EQ, 39),)))

    assert repr(found) == repr(room(price=39))
    assert type(found.price) is int


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"price": 39.5}, "price: must be a whole number"),
        ({"price": "39"}, "price: must be a number"),
        ({"price": True}, "price: must be a number"),
        ({"price": None}, "price: must be a number"),
        ({"price": -1}, "price: must be from 0 to 2147483647"),
        ({"size": float("nan")}, "size: must be a whole number"),
        ({"size": float("inf")}, "size: must be a whole number"),
        ({"longitude": float("nan")}, "longitude: must be from -180 to 180"),
        ({"latitude": 90.1, "longitude": "x"}, "longitude: must be a number\nlatitude: "),
        ({"code": room().code[:-1] + "G"}, "code: must be a UUID"),
        ({"code": "ABCDEF00-0000-4000-8000-000000000000"}, "has a code that is not canonical"),
    ],
    ids=repr,
)
def test_a_document_that_is_no_room_is_an_error_and_never_left_out(
    rooms: RoomRepository, documents: Collection[Document], changes: Document, reason: str
) -> None:
    kept = documents.insert_one({**vars(room()), **changes}).inserted_id

    with pytest.raises(ValueError, match=r"^The document ") as failure:
        rooms.search(Query())

    assert repr(kept) in str(failure.value)
    assert reason in str(failure.value)


def test_a_document_without_a_member_is_an_error(
    rooms: RoomRepository, documents: Collection[Document]
) -> None:
    documents.insert_one({"code": room().code})

    with pytest.raises(ValueError, match="has no member 'size'"):
        rooms.get(room().code)


def test_what_others_keep_in_a_document_stays(
    rooms: RoomRepository, documents: Collection[Document]
) -> None:
    documents.insert_one({**vars(room(price=50)), "owner": "Leonardo"})

    rooms.put([room(price=60)])
    rooms.replace(room(price=60), room(price=70))

    (document,) = documents.find()
    assert (document["price"], document["owner"]) == (70, "Leonardo")


def test_the_indexes_are_made_by_the_first_method_and_last(
    rooms: RoomRepository, documents: Collection[Document], mongo_url: str
) -> None:
    assert documents.index_information() == {}

    rooms.check()
    again = connect(mongo_url).rooms
    again.check()
    again.close()

    indexes = documents.index_information()
    pairs = ("size", "price", "longitude", "latitude", *TIMES)
    assert set(indexes) == {
        "_id_",
        "code_1",
        *(f"{field}_1_code_1" for field in pairs),
        *("kind_1", "capacity_1", "min_nights_1", "features_1", "words_1"),
        "source_reference_unique",
    }
    assert indexes["code_1"]["unique"]
    assert indexes["source_reference_unique"]["unique"]


def test_a_collection_with_a_code_twice_cannot_serve(
    rooms: RoomRepository, documents: Collection[Document]
) -> None:
    documents.insert_many([dict(vars(room())), dict(vars(room()))])

    with pytest.raises(RepositoryUnavailable) as failure:
        rooms.check()
    assert isinstance(failure.value.__cause__, DuplicateKeyError)

    documents.delete_one({})
    rooms.check()


def test_a_url_without_a_database_means_application(mongo_server: str) -> None:
    rooms = connect(mongo_server).rooms
    with MongoClient[Document](mongo_server) as client:
        client.drop_database("application")

        rooms.add(room())

        assert client["application"]["rooms"].count_documents({}) == 1
        client.drop_database("application")
    rooms.close()
