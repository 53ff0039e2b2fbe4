"""Reasons of validation errors in plain words, and the form of a text that has a pattern.

pydantic's own messages are for programmers: "unable to parse string as an integer", "String should match pattern …".
"""

import re
from collections.abc import Mapping

from pydantic import AfterValidator
from pydantic_core import ErrorDetails

_WHOLE_NUMBER = "must be a whole number"
_NUMBER = "must be a number"
_LIST = "must be a list"
_TRUE_OR_FALSE = "must be true or false"
_MAPPING = "must be {mapping}"

# By the type of pydantic's error (`pydantic_core.list_all_errors`), with the values of its context.
_REASONS: Mapping[str, str] = {
    "missing": "is required",
    "none_required": "must be empty",
    "string_type": "must be text",
    "string_sub_type": "must be text",
    "string_unicode": "must be Unicode text",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must not have more than {max_length} characters",
    "string_pattern_mismatch": "has another form than this field takes",
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "int_parsing_size": "is too large a number",
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": _TRUE_OR_FALSE,
    "bool_parsing": _TRUE_OR_FALSE,
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "tuple_type": _LIST,
    "list_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "iterable_type": _LIST,
    "too_short": "must have at least {min_length} items",
    "too_long": "must not have more than {max_length} items",
    "dict_type": _MAPPING,
    "mapping_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "dataclass_type": _MAPPING,
    "path_type": "must be a path",
}


def reason_of(error: ErrorDetails, mapping: str = "an object") -> str:
    """The reason of one error, without the field: `must be a whole number`.

    `mapping` is the word of the data format for an object of JSON, such as `a table` in TOML.
    """
    kind, context = error["type"], error.get("ctx", {})
    if kind == "string_too_short" and context["min_length"] == 1:
        return "must not be empty"
    if kind == "too_long" and context["field_type"] == "Value":  # a text that a function of ours has validated
        kind = "string_too_long"
    if kind in _REASONS:
        values = {name: f"{value:g}" if isinstance(value, float) else value for name, value in context.items()}
        return _REASONS[kind].format(**values, mapping=mapping).replace("''", "empty")
    reason = error["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    return f"{reason[:1].lower()}{reason[1:]}"


def text_form(pattern: str, reason: str) -> AfterValidator:
    """The annotation of a text that matches `pattern` as a whole. `reason` says what is wrong with all others."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(reason)
        return value

    return AfterValidator(check)


LANGUAGE_TAG = text_form(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", "must be a language tag (BCP 47), such as id or en-GB")
