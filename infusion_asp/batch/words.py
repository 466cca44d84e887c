"""Owns what `errors` says of a refused record: its kind in words, and nothing of the record."""

from __future__ import annotations

from infusion_asp.engine import EngineError
from infusion_asp.engine.errors import MemoryLimit, NoAnswer, TimeLimit, TwoAnswers
from infusion_asp.model import InputError

_WORDS = {
    "bad_csv": "the row is not CSV",
    "bad_date": "the date is not written as ISO 8601 has it",
    "bad_json": "this is not JSON, or not all of it",
    "bad_place": "this is not a place of service",
    "bad_time": "the time is not an ISO 8601 date and time, or cannot be right",
    "bool_type": "this is neither true nor false",
    "circular_reference": "the references lead back to where they began",
    "departure_before_arrival": "the departure is before the arrival",
    "duplicate_id": "the id stands twice",
    "duplicate_key": "the key stands twice in one object",
    "empty_file": "the file is empty",
    "empty_text": "the text is empty",
    "greater_than_equal": "the number is too small",
    "int_type": "this is not a whole number",
    "last_charted_before_start": "the last charted time is before the start",
    "less_than_equal": "the number is too large",
    "missing_key": "a key is missing",
    "mixed_zones": "some times have an offset and others have none",
    "model_type": "this is not an object",
    "negative_number": "the number is below zero",
    "not_an_object": "this is not an encounter",
    "not_text": "this is not text",
    "not_utf8": "the bytes are not UTF-8",
    "nul_character": "there is a NUL character",
    "pause_outside": "the pause does not lie inside the administration",
    "span_too_long": "the times lie too far apart for one encounter",
    "stop_before_start": "the stop is before the start",
    "too_deep": "lists and objects are nested too deeply",
    "too_large": "the record is longer than allowed",
    "too_long": "the list has too many entries",
    "tuple_type": "this is not a list",
    "unknown_column": "a column of the table is not known, or one is missing",
    "unknown_key": "the key is not known",
    "unknown_reference": "the id is not that of anything in the encounter",
    "unknown_row": "the row is of no known kind",
    "unknown_value": "the value is not one of the known ones",
    "unreadable_file": "the file cannot be read, or is damaged",
}
_SAFE = frozenset(("bad_row", "row_beside", "rows_apart", "rows_differ"))
_ENGINE: tuple[tuple[str, EngineError], ...] = (
    ("no_answer", NoAnswer()),
    ("two_answers", TwoAnswers()),
    ("too_slow", TimeLimit(0)),
    ("out_of_memory", MemoryLimit(0)),
)
_LONGEST_PATH = 200  # characters
_BEGIN = 20  # characters in which the sentences of the engine's errors differ


def words_of(error: InputError) -> str:
    """What is wrong in one sentence without any of the values."""
    if error.kind in _SAFE:
        return error.message
    return _WORDS.get(error.kind) or error.kind.replace("_", " ")


def path_of(error: InputError) -> str:
    """Where it is; a key that is no name could be anything, so it is left out."""
    path = error.path.partition("['")[0]
    return path if len(path) <= _LONGEST_PATH else "$"


def kind_of(message: str) -> str:
    """The kind of an error of the engine, by how its sentence begins."""
    for kind, error in _ENGINE:
        if message.startswith(error.message[:_BEGIN]):
            return kind
    return "not_solved"
