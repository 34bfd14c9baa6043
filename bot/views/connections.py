"""The messages that say how a connection stands, and the buttons that go with it."""

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot.domain.connections import LIST_NAMES, ONE_OF, ConnectionCard, Health, ListProgress
from bot.domain.problems import Problem, ProblemCode
from bot.domain.settings import SET_UP_STEPS
from bot.views.ids import ActionId
from bot.views.parts import context, section
from bot.views.text import day, escape, mention, plain

Message = tuple[str, tuple[Block, ...]]

MOST_UNREADABLE = 5
STEPS = "where costs go, tax, approvers, channels"
"""Of the set-up, as `bot.domain.settings.Settings.steps_done` counts them."""
MOST_NAMED = 5

HEALTH_WORDS: dict[Health, str] = {
    Health.IMPORTING: ":hourglass_flowing_sand: Importing lists",
    Health.HEALTHY: ":large_green_circle: Connected and working",
    Health.AT_RISK: ":large_yellow_circle: Connected, with trouble",
    Health.BROKEN: ":red_circle: The connection has ended",
    Health.DISCONNECTED: ":white_circle: Disconnected",
}


def connection_message(card: ConnectionCard) -> Message:
    """Who connected what, how far the lists are, and what is to be done next; the same message from the start on."""
    name, ledger = escape(card.organisation), escape(card.provider_name)
    what = f"to Dext, as {ledger}" if card.is_downloaded else f"in {ledger} to Dext"
    head = f"*{name}*\n{mention(card.connected_by)} connected this organisation {what}."
    blocks: list[Block] = [section(head), section(_lists_in_words(card))]
    if not card.is_importing:
        blocks.append(context(_books_in_words(card)))
    blocks += _unreadable(card)
    if card.health in (Health.BROKEN, Health.AT_RISK) and card.problem is not None:
        blocks.append(section(f"{HEALTH_WORDS[card.health]}. {card.problem.remedy}"))
    if card.health is Health.DISCONNECTED:
        blocks.append(section(f"{HEALTH_WORDS[card.health]}. What is approved waits until it is connected again."))
    elif not card.is_importing and card.health is not Health.BROKEN:
        blocks.append(section(_next_step(card)))
    blocks.append(ActionsBlock(elements=buttons(card)))
    return f"{plain(card.organisation)} in {card.provider_name} was connected to Dext and {_at(card)}.", tuple(blocks)


def _at(card: ConnectionCard) -> str:
    if card.health is Health.DISCONNECTED:
        return "is disconnected now"
    if card.is_importing:
        return "is being imported"
    return "is ready" if card.is_set_up else "is to be set up next"


def _next_step(card: ConnectionCard) -> str:
    ledger = escape(card.provider_name)
    if card.is_set_up and card.is_downloaded:
        return ":white_check_mark: *Ready*: approved bills wait until a bookkeeper or an admin presses *Download*."
    if card.is_set_up:
        return f":white_check_mark: *Ready*: approved bills go to {ledger}."
    steps = f"{card.steps_done} of {SET_UP_STEPS} steps done: {STEPS}"
    nothing = "Nothing can be downloaded" if card.is_downloaded else f"Nothing is sent to {ledger}"
    return f":arrow_right: *Next:* an admin presses *Set up* ({steps}). {nothing} before that is saved."


def reconnect_message(card: ConnectionCard, admins: tuple[str, ...] = ()) -> Message:
    """The one message that a connection has ended, or is about to; `connected_again` is what it turns into."""
    problem = card.problem or Problem(code=ProblemCode.RECONNECT_NEEDED)
    title = problem.with_facts(ledger=card.provider_name, organisation=card.organisation).title
    blocks: list[Block] = [
        section(f"*{escape(card.organisation)}*\n{_sign(card)} *{escape(title)}*"),
        section(escape(problem.explanation, 600)),
        section(f"*Who acts next:* {_movers(problem, admins)}. {escape(problem.remedy, 600)}"),
        ActionsBlock(elements=[connect_button("Reconnect", str(card.organisation_id))]),
    ]
    return f"{plain(card.organisation)}: {title}. Reconnect to go on.", tuple(blocks)


def _sign(card: ConnectionCard) -> str:
    return ":large_yellow_circle:" if card.health is Health.AT_RISK else ":red_circle:"


def _movers(problem: Problem, admins: tuple[str, ...]) -> str:
    """By name where there are any, so that they hear of it."""
    return " ".join(mention(user) for user in admins[:MOST_NAMED]) if admins else str(problem.entry.mover)


def as_it_stands(card: ConnectionCard) -> Message:
    """What a message about a connection turns into once something else has happened to it."""
    if card.health in (Health.BROKEN, Health.DISCONNECTED):
        words = f"{HEALTH_WORDS[card.health]} since; a newer message says more."
        return f"{plain(card.organisation)}: {words}", (section(f"*{escape(card.organisation)}*\n{words}"),)
    return connected_again(card)


def renewed(card: ConnectionCard) -> Message:
    """The sign-in was about to lapse, and a renewal worked after all."""
    words = f"The sign-in at {escape(card.provider_name)} was renewed. There is nothing to do."
    text = f":white_check_mark: *{escape(card.organisation)}*\n{words}"
    return f"{plain(card.organisation)}: {words}", (section(text),)


NOT_SET_UP = "Nothing is sent to the ledger until its settings are saved (`/dext settings`)."


def connected_again(card: ConnectionCard) -> Message:
    rest = "Waiting items go on by themselves." if card.is_set_up else NOT_SET_UP
    done = (
        f":white_check_mark: *{escape(card.organisation)}* is connected again, by {mention(card.connected_by)}. {rest}"
    )
    return f"{plain(card.organisation)} is connected again. {rest}", (section(done),)


def reconnected(user_id: str, organisation: str, *, is_set_up: bool, gives_back_to: str | None) -> str:
    """`gives_back_to` is the ledger where another sign-in was used until now, which nothing needs any more."""
    before = "" if gives_back_to is None else f" The sign-in used before is given back to {escape(gives_back_to)}."
    kept = "Settings and items were kept; what was waiting goes on by itself."
    kept = kept if is_set_up else f"Items were kept. {NOT_SET_UP}"
    return f":link: {mention(user_id)} reconnected *{escape(organisation)}*. {kept}{before}"


def buttons(card: ConnectionCard) -> list[ButtonElement]:
    """What can be done with a connection now."""
    found = [set_up_button(card)]
    if card.health in (Health.BROKEN, Health.AT_RISK, Health.DISCONNECTED):
        found.insert(0, connect_button("Reconnect", str(card.organisation_id)))
    return found


def disconnect_button(card: ConnectionCard) -> list[ButtonElement]:
    """None where there is nothing left to end."""
    if card.health is Health.DISCONNECTED:
        return []
    return [ButtonElement(action_id=ActionId.DISCONNECT, text="Disconnect", value=str(card.organisation_id))]


def set_up_button(card: ConnectionCard) -> ButtonElement:
    return ButtonElement(
        action_id=ActionId.OPEN_SETTINGS,
        text="Settings" if card.is_set_up else "Set up",
        value=str(card.organisation_id),
        style=None if card.is_set_up or card.health in (Health.BROKEN, Health.DISCONNECTED) else "primary",
    )


def connect_button(label: str, value: str) -> ButtonElement:
    """`value` is the organisation to be reconnected, or `new`."""
    return ButtonElement(action_id=ActionId.OPEN_CONNECT, text=label, value=value or NEW, style="primary")


NEW = "new"


def set_up_words(card: ConnectionCard) -> str:
    return "set-up complete" if card.steps_done == SET_UP_STEPS else f"set-up {card.steps_done} of {SET_UP_STEPS}"


def _lists_in_words(card: ConnectionCard) -> str:
    """What was imported in one line; each list by itself while they are read, and where one could not be."""
    each = "\n".join(list_in_words(found) for found in card.lists)
    ledger = escape(card.provider_name)
    if card.is_downloaded:
        typed = ", ".join(counted(found) for found in card.lists) or "none yet"
        return f"*Lists:* {typed}. An admin types them, or puts in files, under *Manage*."
    if card.is_importing:
        return f":hourglass_flowing_sand: *Importing the lists from {ledger}*\n{each}"
    if any(found.state == "failed" for found in card.lists):
        return f":warning: *Not every list of {ledger} could be read*\n{each}"
    counts = ", ".join(counted(found) for found in card.lists)
    if card.health is Health.DISCONNECTED:
        return f"*As it was read last:* {counts}."
    return f":white_check_mark: *Imported from {ledger}:* {counts}."


def counted(found: ListProgress) -> str:
    return f"{found.read:,} {ONE_OF[found.kind] if found.read == 1 else LIST_NAMES[found.kind]}"


def list_in_words(found: ListProgress) -> str:
    name = LIST_NAMES[found.kind].capitalize()
    match found.state:
        case "done":
            return f"• {name}: {found.read:,}"
        case "failed":
            return f"• {name}: could not be read{why_unread(found)}"
        case "reading":
            return f"• {name}: {how_far(found)}"
        case _:
            return f"• {name}: waiting"


def how_far(found: ListProgress) -> str:
    """With "of how many" where the ledger told, and what it told can be."""
    if found.is_of_changes:
        return f"{found.read:,}, looking for changes"
    is_told = found.expected is not None and found.expected >= found.read
    return f"{found.read:,} of {found.expected:,} so far" if is_told else f"{found.read:,} so far"


def why_unread(found: ListProgress) -> str:
    """In the ledger's own words, in brackets."""
    return "" if found.trouble is None else f" ({escape(found.trouble.vendor_words, 120) or 'no reason given'})"


def _books_in_words(card: ConnectionCard) -> str:
    """What the ledger says of itself, beside its lists; what is not called has no locked periods to tell."""
    books = card.books
    said = [f"Currency: {escape(books.base_currency)}"]
    if not books.lock_dates_known and not card.is_downloaded:
        said.append(f"{escape(card.provider_name)} does not tell up to when its books are closed")
    elif dates := [found for found in (books.period_locked_to, books.year_locked_to) if found is not None]:
        said.append(f"locked up to {day(max(dates))}")
    if books.plan:
        said.append(f"plan: {escape(books.plan.capitalize() if books.plan.isupper() else books.plan)}")
    return " · ".join(said)


def _unreadable(card: ConnectionCard) -> list[Block]:
    words = [sentence for found in card.lists for sentence in found.unreadable]
    if not words:
        return []
    lines = [f"• {escape(sentence)}" for sentence in words[:MOST_UNREADABLE]]
    if len(words) > MOST_UNREADABLE:
        lines.append(f"• and {len(words) - MOST_UNREADABLE} more")
    return [section("*What could not be read*\n" + "\n".join(lines))]
