"""The schemas of the document as Pydantic models."""

from typing import Annotated

from pydantic import Field

from .base import Model


class Odd(Model):
    """\\"""

    a_b_c: Annotated[str, Field(alias="a\"b'c\n")] = '\'"""'
    """\"\"\""""
