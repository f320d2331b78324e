"""Tokens in a MongoDB collection; a token's name is the `_id` of its document."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from bson.codec_options import CodecOptions
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from rentomatic.domain.tokens import Role, Token
from rentomatic.errors import TokenConflict, TokenNotFound
from rentomatic_mongo.documents import Document
from rentomatic_mongo.errors import translate_errors

AWARE: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)


class MongoTokens:
    """Implements Tokens with the collection `tokens`. Times have a precision of milliseconds."""

    def __init__(self, database: Database[Document]) -> None:
        self._tokens: Collection[Document] = database.get_collection("tokens", AWARE)

    @translate_errors()
    def add(self, token: Token) -> None:
        members = {name: value for name, value in vars(token).items() if name != "name"}
        try:
            self._tokens.insert_one({"_id": token.name, **members})
        except DuplicateKeyError:
            raise TokenConflict(token.name) from None

    @translate_errors()
    def find(self, name: str) -> Token | None:
        document = self._tokens.find_one({"_id": name})
        return _to_token(document) if document else None

    @translate_errors()
    def revoke(self, name: str) -> None:
        if not self._tokens.delete_one({"_id": name}).deleted_count:
            raise TokenNotFound(name)

    @translate_errors()
    def list(self) -> Sequence[Token]:
        return [_to_token(document) for document in self._tokens.find(sort=[("_id", 1)])]


def _to_token(document: Mapping[str, Any]) -> Token:
    return Token(
        document["_id"],
        Role(document["role"]),
        document["digest"],
        document["created"],
        document["expires"],
    )
