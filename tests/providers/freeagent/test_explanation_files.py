"""Many files of one bank transaction explanation, as a version of FreeAgent's API has them and everybody will."""

from datetime import UTC, datetime
from typing import Any

from providers.freeagent.simulator import TRADING
from tests.fakes.clock import FakeClock
from tests.providers.freeagent.conftest import Bare, Json, Reply, judged

pytestmark = judged

EXPLANATIONS = "bank_transaction_explanations"
NEW = {"X-Api-Version": "2026-09-01"}


async def send(bare: Bare, method: str, explanation: Json, body: Any = None) -> Reply:
    return await bare.send(method, f"{explanation['url']}/attachments", body, headers=NEW)


def named(reply: Reply) -> list[str]:
    return [one["file_name"] for one in reply.json["attachments"]]


async def test_an_explanation_has_many_files_in_the_version_that_has_them(bare: Bare) -> None:
    explanation = await bare.created(EXPLANATIONS, bare.spend(attachment=bare.file()))
    more = [bare.file(file_name="2.png"), bare.file(file_name="3.png", description="Third")]

    made = await send(bare, "POST", explanation, {"attachments": more})
    second = made.json["attachments"][1]
    left = await send(bare, "PUT", explanation, {"attachments": [{"url": second["url"], "_destroy": "true"}]})
    whole = await bare.send("GET", explanation["url"], headers=NEW)

    assert (made.status, named(made)) == (201, ["bill.png", "2.png", "3.png"])
    assert (left.status, named(left)) == (200, ["bill.png", "3.png"])
    assert [one["file_name"] for one in whole.json["bank_transaction_explanation"]["attachments"]] == named(left)
    assert named(await send(bare, "GET", explanation)) == named(left)
    assert (await bare.read(explanation))["attachment"]["file_name"] == "3.png"


async def test_a_file_that_comes_with_a_change_is_one_more(bare: Bare) -> None:
    explanation = await bare.created(EXPLANATIONS, bare.spend(attachment=bare.file()))
    change = {"bank_transaction_explanation": {"attachment": bare.file(file_name="2.png")}}

    reply = await bare.send("PUT", explanation["url"], change, headers=NEW)

    files = reply.json["bank_transaction_explanation"]["attachments"]
    assert [one["file_name"] for one in files] == ["bill.png", "2.png"]


async def test_fifty_files_are_the_most(bare: Bare) -> None:
    explanation = await bare.created(EXPLANATIONS, bare.spend())
    fifty = {"attachments": [bare.file()] * 50}

    kept, lost = await send(bare, "POST", explanation, fifty), await send(bare, "POST", explanation, fifty)

    assert (kept.status, lost.status) == (201, 422)
    assert lost.messages == ["attachments is too long (maximum is 50 attachments)"]


async def test_what_is_wrong_with_one_keeps_all_away(bare: Bare) -> None:
    explanation, other = [await bare.created(EXPLANATIONS, bare.spend(attachment=bare.file())) for _ in range(2)]
    foreign = {"url": other["attachment"]["url"], "_destroy": "true"}

    wrong = await send(bare, "POST", explanation, {"attachments": [bare.file(), bare.file(data=None)]})
    of_another = await send(bare, "PUT", explanation, {"attachments": [foreign]})
    none = await send(bare, "POST", explanation, {"attachments": "x"})
    bare.state.lock_to(TRADING, datetime(2026, 3, 2, tzinfo=UTC).date())
    locked = await send(bare, "POST", explanation, {"attachments": [bare.file()]})

    assert (wrong.status, wrong.messages) == (422, ["attachments.data can't be blank"])
    assert (of_another.status, of_another.messages) == (422, ["attachments.url is invalid"])
    assert (none.status, locked.status) == (400, 403)
    assert named(await send(bare, "GET", explanation)) == ["bill.png"]
    assert named(await send(bare, "GET", other)) == ["bill.png"]


async def test_everybody_has_the_new_version_from_december_on(bare: Bare, clock: FakeClock) -> None:
    explanation = await bare.created(EXPLANATIONS, bare.spend(attachment=bare.file()))

    early = await bare.get(f"{explanation['url']}/attachments")
    clock.instant = datetime(2026, 12, 1, tzinfo=UTC)
    bare.tokens.clear()
    late = await bare.get(f"{explanation['url']}/attachments")
    pinned = await bare.send("GET", explanation["url"], headers={"X-Api-Version": "2024-10-01"})

    assert (early.status, late.status) == (404, 200)
    assert "attachments" in await bare.read(explanation)
    assert "attachment" in pinned.json["bank_transaction_explanation"]
