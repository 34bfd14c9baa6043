"""Who has which role in an organisation: the form, what it says back, and how it is read."""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block, HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.ids import UserId
from bot.domain.managing import PeopleForm, PeoplePage, RoleHolders
from bot.domain.rights import Role
from bot.views.fields import Fields, people_field
from bot.views.ids import BlockId, CallbackId
from bot.views.metadata import FormRef
from bot.views.parts import section
from bot.views.text import mention, plain

ROLE_NAMES = {
    Role.ADMIN: "Admins",
    Role.BOOKKEEPER: "Bookkeepers",
    Role.APPROVER: "Approvers",
    Role.SUBMITTER: "Submitters",
    Role.VIEWER: "Viewers",
}
BLOCKS = {
    Role.ADMIN: BlockId.ADMINS,
    Role.BOOKKEEPER: BlockId.BOOKKEEPERS,
    Role.APPROVER: BlockId.APPROVERS,
    Role.SUBMITTER: BlockId.SUBMITTERS,
    Role.VIEWER: BlockId.VIEWERS,
}
MOST_NAMED = 25
_NOBODY_LESS = "Naming people here takes the right from nobody else."
_HINTS = {
    Role.ADMIN: "They change settings and roles. There is always at least one.",
    Role.BOOKKEEPER: "They edit items, refresh lists, and are asked when the ledger refuses an item.",
    Role.APPROVER: "Only they can approve, and nobody approves what they submitted themselves.",
    Role.SUBMITTER: f"They hand bills in, as every full member of the workspace can. {_NOBODY_LESS}",
    Role.VIEWER: f"They look, as every full member can; their Home follows this organisation. {_NOBODY_LESS}",
}


def form(page: PeoplePage, *, notice: str | None = None) -> View:
    blocks: list[Block] = [HeaderBlock(text=plain(page.organisation, 150))]
    if notice is not None:
        blocks.append(section(f":warning: {notice}"))
    blocks += [
        people_field(
            BLOCKS[role],
            ROLE_NAMES[role],
            page.people.get(role, ()),
            hint=_HINTS[role],
            optional=role is not Role.ADMIN,
        )
        for role in Role
    ]
    return View(
        type="modal",
        callback_id=CallbackId.PEOPLE,
        title=PlainTextObject(text="People and roles"),
        submit=PlainTextObject(text="Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(page.organisation_id, page.version).encode(),
        blocks=blocks,
    )


def read(state: dict[str, Any], version: int) -> PeopleForm:
    """The form as it was sent."""
    fields = Fields(state)
    people = {role: tuple(UserId(user) for user in fields.users(block)) for role, block in BLOCKS.items()}
    return PeopleForm(version=version, people=people)


def saved(page: PeoplePage) -> View:
    """Who has which role from now on."""
    lines = [f"• {ROLE_NAMES[role]}: {_names(page.people.get(role, ()))}" for role in Role]
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Saved"),
        clear_on_close=True,  # the page under it shows how it stood before
        close=PlainTextObject(text="Close"),
        blocks=[
            HeaderBlock(text=plain(page.organisation, 150)),
            section(":white_check_mark: The roles are saved, and hold from now on.\n" + "\n".join(lines)),
        ],
    )


def changed_meanwhile(now: RoleHolders, sent: RoleHolders) -> str:
    """How what somebody else saved differs from what stands in this form, role by role."""
    words = []
    for role in Role:
        theirs, mine = now.get(role, ()), sent.get(role, ())
        added = [user for user in theirs if user not in mine]
        removed = [user for user in mine if user not in theirs]
        if added:
            words.append(f"{ROLE_NAMES[role]}: {_names(added)} saved, not in your form")
        if removed:
            words.append(f"{ROLE_NAMES[role]}: {_names(removed)} in your form, not saved")
    differences = "; ".join(words) or "it is what you chose"
    return (
        "Somebody else saved the settings or roles while your form was open, so nothing of yours was saved yet. "
        f"What differs: {differences}. Change what you mean to; Save then makes it as it stands here."
    )


def _names(users: Sequence[str]) -> str:
    if not users:
        return "nobody"
    more = f" and {len(users) - MOST_NAMED} more, as *People and roles* has them" if len(users) > MOST_NAMED else ""
    return " ".join(mention(user) for user in users[:MOST_NAMED]) + more


def errors(fields: Mapping[Role, str]) -> dict[str, str]:
    return {str(BLOCKS[role]): sentence for role, sentence in fields.items()}
