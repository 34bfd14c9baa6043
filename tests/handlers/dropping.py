"""Files dropped in channels and sent to the app, and what was told of them."""

from bot.playground.slack import BILLS, BOT_USER, MEMBER, Dropped, Message
from bot.views.ids import ActionId
from tests.handlers.desk import SUPPLIER, Desk, actions
from tests.intake.documents import a_document
from tests.playground.pictures import a_picture

EYES, QUESTION, CHECK, WARNING = "eyes", "question", "white_check_mark", "warning"


def a_bill(number: str = "UBL-1") -> bytes:
    return a_document(number=number, currency="GBP", extra=SUPPLIER.format(name="Paper Ltd")).encode()


def an_xml(number: str = "UBL-1") -> Dropped:
    return Dropped(content=a_bill(number), name=f"{number}.xml")


def a_photo(colour: str = "teal") -> Dropped:
    return Dropped(content=a_picture(colour=colour), name=f"{colour}.png")


A_TEXT = Dropped(content=b"Minutes of the meeting", name="minutes.txt")


async def dropped(desk: Desk, *files: Dropped, channel: str = BILLS, user: str = MEMBER) -> Message:
    """The message that they were dropped with, when all is said about them."""
    (first, *_) = await desk.slack.share(files, channel=channel, user=user)
    await desk.settle()
    return message_of(desk, channel, first.id)


def message_of(desk: Desk, channel: str, file_id: str) -> Message:
    return next(message for message in desk.slack.workspace.messages(channel) if file_id in message.files)


def conversation(desk: Desk, user: str = MEMBER) -> str:
    """A person's own with the app."""
    return desk.slack.workspace.dm(user).id


def replies(desk: Desk, message: Message) -> list[Message]:
    return desk.slack.thread(message.channel, message.ts)


def signs(desk: Desk, message: Message) -> list[str]:
    """Of the app's, under a message."""
    now = desk.slack.message(message.channel, message.ts)
    assert now is not None
    return [name for name, users in now.reactions.items() if BOT_USER in users]


def cards(desk: Desk) -> list[Message]:
    return [message for message in desk.slack.messages(BILLS) if ActionId.EXPLAIN_ITEM in actions(message)]
