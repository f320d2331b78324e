"""What becomes of a MongoDB URL before anything is sent."""

import pytest

from rentomatic.errors import InvalidRequest
from rentomatic.repository.connect import connect
from rentomatic.repository.protocols import Limits
from rentomatic_mongo import MongoRooms
from rentomatic_mongo.connections import default_options, missing_options

WRONG_URLS = (
    "mongodb://",
    "mongodb://user:s3cret@",
    "mongodb://user:s3cret@host:65536/application",
    "mongodb://user:s3cret@host:port/application",
    "mongodb://user:s3cret/word@host/application",
    "mongodb://user:s3cret@word@host/application",
    "mongodb://user:s3cret%@host/application",
    "mongodb://user:s3cret?word@host/application",
    "mongodb://user:s3cret@host/application?timeout=s3cret",
    "mongodb://user:s3cret@host/application?timeoutMS=s3cret",
    "mongodb://user:s3cret@host/application?s3cret",
    "mongodb://user:s3cret@host/application?tls=true&tlsCAFile=/nowhere/s3cret.pem",
    "mongodb://user:s3cret@host/application?authMechanism=s3cret",
    "mongodb://user:s3cret@one,two/application?directConnection=true",
    "mongodb+srv://user:s3cret@host:27017/application",
)


@pytest.mark.parametrize("url", WRONG_URLS)
def test_a_wrong_url_is_named_by_its_variable_and_not_quoted(url: str) -> None:
    with pytest.raises(InvalidRequest, match=r"^RENTOMATIC_REPOSITORY: ") as failure:
        connect(url)

    assert "s3cret" not in str(failure.value)
    assert "\n" not in str(failure.value)
    assert failure.value.__suppress_context__


@pytest.mark.parametrize(
    "url",
    [
        "mongodb://host",
        "mongodb://host/?appName=other",
        "mongodb://p%40ss:w%2Frd%25@host:27018/application?replicaSet=rs0&w=majority",
        "mongodb://user:[secret]@host/application",
        "mongodb://one,two:27018,[::1]:27019/application",
        "mongodb://user:s3cret@host/application?authSource=admin;tls=true",
        "mongodb+srv://cluster.example.org/application",
    ],
)
def test_a_url_of_mongodb_makes_a_repository_that_has_sent_nothing(url: str) -> None:
    rooms = connect(url).rooms

    assert isinstance(rooms, MongoRooms)
    rooms.close()


def test_what_the_url_says_of_a_limit_stays() -> None:
    options = missing_options("mongodb://host/?SOCKETTIMEOUTMS=100&appname=other", Limits())

    assert options == {
        name: value
        for name, value in default_options(Limits()).items()
        if name not in ("socketTimeoutMS", "appName")
    }


def test_a_url_without_options_gets_every_default() -> None:
    assert missing_options("mongodb://host/application", Limits()) == default_options(Limits())
