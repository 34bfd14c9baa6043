"""API keys of an organisation: the list, the form that makes one, and the one time that a key is shown."""

from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    HeaderBlock,
    Option,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.domain.api_keys import LONGEST_NAME, MOST_KEYS, ApiKey, ApiKeysPage, MadeKey, NewKey, Scope
from bot.domain.texts import cleaned
from bot.views.fields import Fields, text_field, ticks_field
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import FormRef, KeyRef, NotOursError
from bot.views.parts import context, section
from bot.views.text import escape, mention, moment, plain

_HINTS = {
    Scope.WRITE_ITEMS: "POST /api/v1/items",
    Scope.READ_ITEMS: "GET /api/v1/items/{id}: state, what is missing, link to the ledger",
}
OUTLASTS = "A key is the organisation's: it outlasts whoever made it, until somebody revokes it."
NO_NAME = "Say what the key is for, so that others know which one to revoke."
NO_SCOPE = "A key that may do nothing is of no use: tick at least one."


class KeyRefusedError(Exception):
    """Sentences by block id."""

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields
        super().__init__("; ".join(fields.values()))


def page(found: ApiKeysPage, *, notice: str | None = None) -> View:
    blocks: list[Block] = [HeaderBlock(text=plain(found.organisation, 150))]
    if notice is not None:
        blocks.append(section(notice))
    blocks.append(
        section(
            "*API keys*\nWith a key, another system sends bills here, as a person does who drops a file. What it sends is "
            "checked, coded and approved like everything else."
        )
    )
    blocks += [_line(key, found) for key in found.keys]
    if found.gone:
        blocks.append(context(OUTLASTS))
    if not found.keys:
        blocks.append(context("There is no key yet."))
    if len(found.keys) < MOST_KEYS:
        make = ButtonElement(action_id=ActionId.MAKE_API_KEY, text="Make a key", value=str(found.organisation_id))
        blocks.append(ActionsBlock(elements=[make]))
    else:
        blocks.append(context(f"{MOST_KEYS} keys are the most there can be. Revoke one to make another."))
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="API keys"),
        close=PlainTextObject(text="Close"),
        blocks=blocks,
    )


def _line(key: ApiKey, found: ApiKeysPage) -> SectionBlock:
    used = "never used" if key.last_used_at is None else f"last used {moment(key.last_used_at)}"
    made = f"made by {mention(key.made_by)}"
    if key.is_operators:
        made = f"made on the command line in the name of {mention(key.made_by)}"
    if key.made_by in found.gone:
        made += f", who {found.gone[key.made_by]}"
    line = section(
        f"*{escape(key.name, LONGEST_NAME)}* · `{key.shown}…`\nMay {_may(key.scopes)} · {made}, "
        f"{moment(key.made_at)} · {used}"
    )
    line.accessory = ButtonElement(
        action_id=ActionId.REVOKE_API_KEY,
        text="Revoke",
        value=KeyRef(found.organisation_id, key.id).encode(),
        style="danger",
        confirm=ConfirmObject(
            title="Revoke this key?",
            text=PlainTextObject(
                text=f"Whoever sends with “{plain(key.name, LONGEST_NAME)}” ({key.shown}…) is refused from the next request "
                "on. It cannot be taken back. What was sent with it stays."
            ),
            confirm="Revoke",
            deny="Keep it",
        ),
    )
    return line


def form(found: ApiKeysPage) -> View:
    blocks: list[Block] = [
        HeaderBlock(text=plain(found.organisation, 150)),
        text_field(
            BlockId.KEY_NAME,
            "What is it for?",
            None,
            longest=LONGEST_NAME,
            placeholder="The web shop",
            hint="Bills that come with the key are in your name: somebody else approves them.",
        ),
        ticks_field(BlockId.SCOPES, "What may it do?", [_option(scope) for scope in Scope]),
        context("The key is shown once, when it is made."),
    ]
    return View(
        type="modal",
        callback_id=CallbackId.MAKE_API_KEY,
        title=PlainTextObject(text="Make an API key"),
        submit=PlainTextObject(text="Make the key"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(found.organisation_id).encode(),
        blocks=blocks,
    )


def read(state: dict[str, Any]) -> NewKey:
    """Raises:
    KeyRefusedError: what is missing, in a sentence for each field.
    NotOursError: a scope that was not offered.
    """
    fields = Fields(state)
    name = cleaned(fields.text(BlockId.KEY_NAME) or "", LONGEST_NAME)
    try:
        scopes = frozenset(Scope(word) for word in fields.ticked(BlockId.SCOPES))
    except ValueError:
        raise NotOursError("a scope") from None
    wrong: dict[str, str] = {}
    if name is None:
        wrong[BlockId.KEY_NAME] = NO_NAME
    if not scopes:
        wrong[BlockId.SCOPES] = NO_SCOPE
    if name is None or wrong:
        raise KeyRefusedError(wrong)
    return NewKey(name=name, scopes=scopes)


def made(key: MadeKey) -> View:
    """What the form turns into. Nobody sees the key again, not even here."""
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="The new key"),
        clear_on_close=True,  # the list under it does not have the key yet
        close=PlainTextObject(text="I have copied it"),
        blocks=[
            HeaderBlock(text=plain(key.organisation, 150)),
            section(
                f":lock: *{escape(key.name, LONGEST_NAME)}* may {_may(key.scopes)}. Copy the key now: it is shown this once, "
                "and kept nowhere."
            ),
            section(f"```{key.text}```"),
            section(
                f"It goes into a header of each request:\n```Authorization: Bearer <the key>\nPOST {key.address}```"
            ),
            context("Whoever has the key can use it. If it gets into other hands, revoke it here at once."),
        ],
    )


def _option(scope: Scope) -> Option:
    return Option(
        value=scope,
        text=PlainTextObject(text=f"{scope.words.capitalize()} ({scope})"),
        description=PlainTextObject(text=_HINTS[scope]),
    )


def _may(scopes: frozenset[Scope]) -> str:
    return " and ".join(scope.words for scope in Scope if scope in scopes) or "do nothing"
