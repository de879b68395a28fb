"""A scenario folder: its fields, its loader, its placeholders."""

from typing import Final

FILE_NAME: Final = "scenario.yaml"
