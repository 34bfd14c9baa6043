"""What a handler answers. `routes` turns a reply into the acknowledgement and, at most, one call of Slack.

Nothing durable depends on that call: what must reach somebody is a row of the outbox, written by the service.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from slack_sdk.models.blocks import Option, OptionGroup
from slack_sdk.models.views import View


@dataclass(frozen=True, slots=True)
class Whisper:
    """Words only the person sees, where the person is: under the command, in the thread, in the modal."""

    text: str


@dataclass(frozen=True, slots=True)
class OpenView:
    """Open a modal for the trigger of this request (pushed when it came from a modal)."""

    view: View


@dataclass(frozen=True, slots=True)
class UpdateView:
    """Redraw the modal or Home the request came from, guarded by its hash."""

    view: View


@dataclass(frozen=True, slots=True)
class PublishHome:
    """Draw the person's App Home."""

    view: View


@dataclass(frozen=True, slots=True)
class FormErrors:
    """Sentences by block id, shown in the modal that was submitted; it stays open with what was typed."""

    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NextForm:
    """The submitted modal turns into this one."""

    view: View


@dataclass(frozen=True, slots=True)
class BackTo:
    """The submitted modal closes, and the one under it is drawn anew."""

    view: View


@dataclass(frozen=True, slots=True)
class CloseAll:
    """The whole stack of modals closes."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Options for a select that searches, by themselves or in groups; at most 100 in all."""

    options: Sequence[Option] = field(default_factory=tuple)
    groups: Sequence[OptionGroup] = field(default_factory=tuple)


Reply = Whisper | OpenView | UpdateView | PublishHome | FormErrors | NextForm | BackTo | CloseAll | Choices | None
