"""The delivery that is being answered, by name.

Slack delivers an event again when our answer was late, people click twice, and two processes may get the same request.
The guard names the delivery; the unit of work stores that name in the transaction that decides, so a repeat finds the
decision made. A separate look-up before the work would lose the event if the process died between the two.
"""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Delivery:
    """`name` is Slack's own: the event id, the trigger id, or the view's id with its hash."""

    name: str
    is_stored: bool = False


current_delivery: ContextVar[Delivery | None] = ContextVar("current_delivery", default=None)


class RepeatedDeliveryError(Exception):
    """This delivery has already had its effect; answer it without doing anything."""


class BusyError(Exception):
    """The database could not be had within the time that an answer to Slack leaves; nothing was done."""


is_patient: ContextVar[bool] = ContextVar("is_patient", default=False)
"""Set where nobody waits for an answer: a job asks for the database again, where a person is told that it is busy."""
