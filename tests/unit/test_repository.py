"""The way from a URL to a repository."""

import pytest

from rentomatic.errors import InvalidRequest
from rentomatic.repository.connect import connect, scheme
from rentomatic.repository.memory import MemoryRooms


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("memory://", "memory"),
        ("postgresql://user:secret@host/application", "postgresql"),
        ("postgresql+psycopg2://host/application", "postgresql"),
        ("mongodb+srv://host", "mongodb"),
        ("MongoDB://host", "mongodb"),
        ("mongodb://user:[secret@host", "mongodb"),
        ("memory", ""),
        ("/var/rooms", ""),
        ("", ""),
    ],
)
def test_a_scheme_is_named_without_its_driver(url: str, expected: str) -> None:
    assert scheme(url) == expected


def test_memory_is_a_repository() -> None:
    assert isinstance(connect("memory://").rooms, MemoryRooms)


@pytest.mark.parametrize(
    "url", ["", "x", "memory", "redis://host", "http://[", "://", "postgres ql://s3cret@host"]
)
def test_a_url_that_leads_nowhere_is_answered_with_those_that_do(url: str) -> None:
    with pytest.raises(InvalidRequest) as failure:
        connect(url)

    (problem,) = failure.value.problems
    assert problem.parameter == "RENTOMATIC_REPOSITORY"
    assert "memory://" in problem.message
    assert "postgresql://" in problem.message
    assert "mongodb://" in problem.message
    assert "s3cret" not in problem.message
