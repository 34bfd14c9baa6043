"""Connecting: the modal that links out, who is asked to do it, and the messages of one try."""

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    DividerBlock,
    HeaderBlock,
    Option,
    PlainTextObject,
    RadioButtonsElement,
)
from slack_sdk.models.views import View

from bot.domain.connecting import Explanation, Package
from bot.domain.rights import Refusal
from bot.views.connections import Message, connect_button
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.parts import context, section
from bot.views.text import escape, mention, plain

CONNECT = "Connect software"
CONFIRMED = "Slack confirms that it is you."
FOR_OTHERS = "For any other software, or where you choose it: files to import."
CODE_OVER = "This code has been used or has expired."


def choose_modal(packages: tuple[Package, ...], *, channel: str) -> View:
    """What can be connected. The channel is where the outcome is announced."""
    blocks: list[Block] = [section("Which accounting software do you use? Dext publishes your approved items to it.")]
    if packages:
        blocks.append(_radio(packages, None))
    else:
        blocks.append(
            section(
                "No accounting software can be connected yet: whoever runs Dext has to set its client id and secret, "
                "`DEXT_…_CLIENT_ID` and `DEXT_…_CLIENT_SECRET`."
            )
        )
    return _modal(blocks, channel)


def steps_modal(
    packages: tuple[Package, ...], chosen: Package, address: str, *, channel: str, reconnecting: str | None = None
) -> View:
    """What will happen with the package chosen, what rights it takes, and the way out."""
    blocks: list[Block] = []
    title = CONNECT if reconnecting is None else "Reconnect"
    if reconnecting is None:
        blocks.append(_radio(packages, chosen))
    else:
        blocks += [
            HeaderBlock(text=plain(reconnecting, 150)),
            section(
                "Reconnecting keeps settings, items and approvals. Choose the same organisation again; another one is "
                "not taken."
            ),
        ]
    return _modal([*blocks, *_way_out(chosen, address, title)], channel, title)


def change_modal(chosen: Package, address: str, replaced: str) -> View:
    """As `steps_modal`, to another organisation in the place of one."""
    blocks: list[Block] = [
        HeaderBlock(text=plain(replaced, 150)),
        section(f"Choose the organisation that takes its place. {escape(replaced)} itself is not taken."),
    ]
    return _modal([*blocks, *_way_out(chosen, address, "Sign in")], "", "Change organisation")


def _way_out(chosen: Package, address: str, label: str) -> list[Block]:
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate((CONFIRMED, *chosen.steps), start=1))
    rights = "\n".join(f"• {right}" for right in chosen.rights)
    button = ButtonElement(action_id=ActionId.LINK_OUT, text=label, url=address, style="primary", value=chosen.key)
    return [
        DividerBlock(),
        section(f"*What will happen*\n{steps}"),
        section(f"*What you need*\n{rights}"),
        ActionsBlock(elements=[button]),
        context("The link is yours alone, works once and for 10 minutes. It opens in your browser."),
    ]


def linked_out_modal(channel: str) -> View:
    """What stands in Slack while the person is in the browser, and still when they come back."""
    return _modal(
        [
            section("*Go on in your browser.* It leads you back here when it is done."),
            context("Then a message says which organisation was connected, and how far its lists are. Close this one."),
        ],
        channel,
    )


def refused_modal(refusal: Refusal) -> View:
    """Told privately: who can, and one button that asks them."""
    who = " ".join(mention(user) for user in refusal.ask[:5])
    blocks: list[Block] = [section(refusal.reason)]
    if refusal.ask:
        ask = ButtonElement(action_id=ActionId.ASK_TO_CONNECT, text="Ask them to connect", style="primary", value="ask")
        blocks += [section(f"Who can: {who}"), ActionsBlock(elements=[ask])]
    return _modal(blocks, "")


def asked_modal(who: tuple[str, ...]) -> View:
    if not who:
        return _modal([section("I could not find anybody to ask. Please ask a Slack admin of this workspace.")], "")
    names = " ".join(mention(user) for user in who)
    return _modal(
        [section(f":white_check_mark: I asked {names}. They can connect it from my message with one press.")], ""
    )


def asked(by: str) -> Message:
    text = f"{mention(by)} asks you to connect accounting software to Dext, so that approved bills can be published."
    return text, (section(text), ActionsBlock(elements=[connect_button("Connect", "")]))


def code_message(provider_name: str, code: str) -> Message:
    text = f"Your code to connect {provider_name}: {code}"
    return text, (
        section(f"Your code to connect {escape(provider_name)}:\n*`{code}`*"),
        context(
            "Type it on the page you just opened. It is good for 10 minutes. Give it to nobody: if you did not open that "
            "page yourself, leave it be, and nothing is connected."
        ),
    )


def stopped(provider_name: str, words: Explanation, organisation_id: object) -> Message:
    """A try to connect that went no further, and a way to start afresh."""
    title = f"{words.title[0].lower()}{words.title[1:]}"
    text = f"Connecting {provider_name} stopped: {plain(words.title, 300)}."
    label = "Start afresh" if organisation_id is None else "Reconnect"
    return text, (
        section(f"*Connecting {escape(provider_name)} stopped: {escape(title, 300)}*\n{escape(words.text, 1500)}"),
        section(escape(words.advice, 1000)),
        ActionsBlock(elements=[connect_button(label, "" if organisation_id is None else str(organisation_id))]),
    )


def _radio(packages: tuple[Package, ...], chosen: Package | None) -> ActionsBlock:
    options = [_option(found) for found in packages]
    initial = next((option for option in options if chosen is not None and option.value == chosen.key), None)
    radio = RadioButtonsElement(action_id=ActionId.CHOOSE_PROVIDER, options=options, initial_option=initial)
    return ActionsBlock(block_id=BlockId.PROVIDER, elements=[radio])


def _option(package: Package) -> Option:
    """What nobody signs in to is no name of any software, so it says what it is for."""
    text = PlainTextObject(text=package.name)
    if not package.layouts:
        return Option(value=package.key, text=text)
    return Option(value=package.key, text=text, description=PlainTextObject(text=FOR_OTHERS))


def _modal(blocks: list[Block], channel: str, title: str = CONNECT) -> View:
    return View(
        type="modal",
        callback_id=CallbackId.CONNECT,
        title=PlainTextObject(text=title),
        close=PlainTextObject(text="Close"),
        private_metadata=channel,
        blocks=blocks,
    )
