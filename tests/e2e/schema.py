"""The published schema of the result, which every document in the tests must follow."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "result.schema.json"


def check(document: dict[str, Any]) -> None:
    """Fail the test where the document is not as the schema says; there must be a schema."""
    errors = [f"{error.json_path}: {error.message}" for error in _validator().iter_errors(document)]
    assert not errors, "\n".join(errors)


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)
