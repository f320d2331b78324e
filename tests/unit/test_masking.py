"""Anyone may see a URL, and nobody its passwords."""

import pytest

from rentomatic.settings.urls import mask
from tests.passwords import AWKWARD


@pytest.mark.parametrize("text", AWKWARD)
def test_no_password_is_shown_of_a_url_that_does_not_quote_it(text: str) -> None:
    masked = mask(f"mongodb://user:{text}x@host:27017/rooms?tls=true")

    assert masked == "mongodb://user:***@host:27017/rooms?tls=true"


@pytest.mark.parametrize(
    ("shown", "masked"),
    [
        ("memory://", "memory://"),
        ("postgresql:///application", "postgresql:///application"),
        ("postgresql://db:5432/application", "postgresql://db:5432/application"),
        ("postgresql://user@db/a", "postgresql://user@db/a"),
        ("postgresql://user:@db/a", "postgresql://user:***@db/a"),
        ("postgresql://:pw@db/a", "postgresql://:***@db/a"),
        ("postgresql://db/a?password=pw&x=1", "postgresql://db/a?password=***&x=1"),
        ("postgresql://db/a?x=1&sslpassword=pw", "postgresql://db/a?x=1&sslpassword=***"),
        (
            "mongodb://u:p@a,b:1/c?tlsCertificateKeyFilePassword=pw",
            "mongodb://u:***@a,b:1/c?tlsCertificateKeyFilePassword=***",
        ),
    ],
)
def test_all_but_the_passwords_of_a_url_is_shown(shown: str, masked: str) -> None:
    assert mask(shown) == masked
