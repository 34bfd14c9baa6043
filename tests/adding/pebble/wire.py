"""Pebble's JSON, as Pebble spells it."""

from decimal import Decimal
from typing import TypedDict


class Book(TypedDict):
    id: str
    name: str
    currency: str
    link: str


class Line(TypedDict):
    text: str
    amount: Decimal
    tax: Decimal
    account: str
    rate: str | None


class Entry(TypedDict, total=False):
    id: str
    mark: str
    number: str
    contact: str
    date: str
    currency: str
    state: str
    lines: list[Line]


class Result(TypedDict, total=False):
    """What became of one entry: its id, or why not."""

    id: str
    refused: str
