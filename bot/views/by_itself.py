"""Whether a rule has things published by themselves: the field for it, read back where it is drawn."""

from slack_sdk.models.blocks import InputBlock

from bot.domain.rules import AutoPublish
from bot.views import fields
from bot.views.fields import Fields
from bot.views.metadata import NotOursError

AUTO_NAMES = {
    AutoPublish.ALWAYS: ("Always", "As soon as nothing is left that somebody would look at."),
    AutoPublish.NEVER: ("Never", "Somebody approves it, whatever other rules and the settings say."),
}


def auto_field(block: str, label: str, says: str | None, no_opinion: str) -> InputBlock:
    options = [fields.an_option(each, *names) for each, names in AUTO_NAMES.items()]
    return fields.few_field(block, label, options, says, no_opinion)


def read_auto(found: Fields, block: str) -> AutoPublish | None:
    """Raises:
    NotOursError: an option that was never offered.
    """
    chosen = found.option(block)
    try:
        return None if chosen is None else AutoPublish(chosen)
    except ValueError:
        raise NotOursError(str(chosen)[:60]) from None
