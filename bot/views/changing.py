"""Change organisation: the form that says what will happen and asks for the name, and what is said once it is done."""

from typing import Any

from slack_sdk.models.blocks import Block, HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.changing import ChangePage
from bot.domain.connecting import in_words
from bot.views.fields import Fields, an_option, choice_field, text_field
from bot.views.ids import BlockId, CallbackId
from bot.views.metadata import FormRef
from bot.views.parts import section
from bot.views.text import escape, plain

CHOOSE = "Choose where the other organisation is."


def form(page: ChangePage) -> View:
    name, ledger, waiting = escape(page.name), escape(page.ledger), page.waiting
    lines = [
        "You sign in and choose the other organisation. Nothing is changed before that.",
        f"Then Dext stops sending to {name} in {ledger}, and gives its access back.",
        "Its settings, rules and lists are kept, to be carried over with *Merge lists*.",
        f"{_many(waiting.coming)} that nobody decided on: carried over then, to be approved anew.",
    ]
    if waiting.approved:
        lines.append(
            f"{_many(waiting.approved)} approved and not published: not carried over, and sent nowhere. Press *Undo* on its card "
            "first to have one carried over as well."
        )
    lines.append(f"{_many(waiting.published)} published: they stay in {ledger}, and are listed here as before.")
    blocks: list[Block] = [
        HeaderBlock(text=plain(page.organisation, 150)),
        section("*What will happen*\n" + "\n".join(f"• {line}" for line in lines)),
    ]
    if page.packages:
        options = [an_option(package.key, package.name) for package in page.packages]
        keys = [package.key for package in page.packages]
        initial = page.package if page.package in keys else keys[0]
        blocks += [
            choice_field(BlockId.PROVIDER, "The other organisation is in", options, initial),
            text_field(
                BlockId.BOOKS_NAME,
                "To confirm, type the name of the organisation that is replaced",
                None,
                longest=255,
                placeholder=plain(page.name, 150),
            ),
        ]
    return View(
        type="modal",
        callback_id=CallbackId.CHANGE_ORGANISATION,
        title=PlainTextObject(text="Change organisation"),
        submit=PlainTextObject(text="Go on") if page.packages else None,
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(page.organisation_id).encode(),
        blocks=blocks,
    )


def read(state: dict[str, Any]) -> tuple[str | None, str | None]:
    """The package, and the name that was typed."""
    fields = Fields(state)
    return fields.option(BlockId.PROVIDER), fields.text(BlockId.BOOKS_NAME)


def news(old: str, new: str) -> str:
    """For who did it, in their own conversation."""
    return (
        f":arrow_right: *{escape(new)}* takes the place of *{escape(old)}*. *Next:* when its lists are there, press *Manage* on its "
        "card in Dext's Home and then *Merge lists*: rules, settings and what waits go on there."
    )


def offer(new: str, old: tuple[str, ...]) -> str:
    """For who connected it, where there are books that it could take the place of."""
    return (
        f":information_source: {escape(in_words(old))} {'is' if len(old) == 1 else 'are'} disconnected. If *{escape(new)}* takes "
        "the place, press *Manage* on its card in Dext's Home and then *Merge lists*: rules, settings and what waits go on there."
    )


def _many(number: int) -> str:
    return "1 item" if number == 1 else f"{number:,} items"
