"""The base of all models: strict, frozen, no unknown keys, lists kept as tuples."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

T = TypeVar("T")


class Frozen(BaseModel):
    """A value that cannot change after it was checked; its errors never print the input."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)


class Input(Frozen):
    """A part of the encounter: a key with the value null counts as absent."""

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: Any, info: ValidationInfo) -> Any:
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if value is not None}
        return data


def refused(kind: str, message: str, help: str = "", *, phrase: str = "") -> PydanticCustomError:
    """A refusal for a validator: `phrase` is safe for logs, `message` may quote the value.

    `message` starts with the quoted value or the subject and is one lower-case sentence.
    """
    context = {"message": message, "help": help}
    return PydanticCustomError(kind, phrase or kind.replace("_", " "), context)


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Many = Annotated[tuple[T, ...], BeforeValidator(_as_tuple)]
"""A JSON array, kept as a tuple."""
