"""What we draw is what the SDK would draw, and what it would refuse is refused."""

import pytest
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import (
    ButtonElement,
    ConfirmObject,
    HeaderBlock,
    Option,
    PlainTextObject,
    RichTextBlock,
    RichTextElementParts,
    RichTextSectionElement,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.domain.documents import Facts
from bot.views import alerts, fields, item_form, items
from bot.views.ids import ActionId, BlockId
from bot.views.rendering import to_slack
from tests.views.test_alerts import a_page, an_alert

CONFIRM = ConfirmObject(title="Sure?", text="It is sent.", confirm="Yes", deny="No")
DRAWN: list[JsonObject] = [
    item_form.form(a_page()),
    alerts.choose_form(a_page(), ActionId.CHOOSE_ACCOUNT),
    alerts.words_modal(an_alert()),
    *alerts.alert(an_alert())[1],
    *items.card(an_alert().card)[1],
    fields.an_option("a", "A label", "and more"),
    fields.radio_field(BlockId.PAYMENT_STATUS, "Status", [fields.an_option("a", "A"), fields.an_option("b", "B")], "b"),
    fields.people_field(BlockId.APPROVERS, "Approvers", ()),
    fields.channel_field(BlockId.ALERTS_CHANNEL, "Channel", "C1"),
    fields.text_field(BlockId.NUMBER, "Number", Facts().number),
    Option(value="a", label="Only a label"),
    SectionBlock(text="With a button", accessory=ButtonElement(text="Go", action_id="go", confirm=CONFIRM)),
    RichTextBlock(elements=[RichTextSectionElement(elements=[])]),
    RichTextBlock(elements=[RichTextSectionElement(elements=[RichTextElementParts.Text(text="rich")])]),
]


@pytest.mark.parametrize("drawn", DRAWN, ids=lambda drawn: type(drawn).__name__)
def test_it_is_what_the_sdk_draws(drawn: JsonObject) -> None:
    assert to_slack(drawn) == drawn.to_dict()


@pytest.mark.parametrize(
    "wrong",
    [
        HeaderBlock(text="x" * 151),
        SectionBlock(text="x" * 3001),
        Option(text="x" * 76, value="a"),
        Option(text="x", value="a" * 151),
        ButtonElement(text="Go", action_id="a" * 256),
        View(type="modal", title=PlainTextObject(text="x" * 25), blocks=[]),
        View(type="modal", title=PlainTextObject(text="x"), blocks=[SectionBlock(text="x" * 3001)]),
        SectionBlock(text="With a button", accessory=ButtonElement(text="x" * 76, action_id="go")),
    ],
    ids=lambda wrong: type(wrong).__name__,
)
def test_what_slack_would_not_take_is_refused(wrong: JsonObject) -> None:
    for draw in (JsonObject.to_dict, to_slack):
        with pytest.raises(SlackObjectFormationError):
            draw(wrong)
