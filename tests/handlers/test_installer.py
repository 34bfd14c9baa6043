"""Who counts as "whoever installed Dext": Slack lets every member press Allow, and that alone gives nobody a right."""

import json
from typing import Any

from sqlalchemy import select

from bot.db.base import new_id, table_of
from bot.db.connections import OrganisationRow
from bot.db.workspaces import AuditRow
from bot.domain.connections import Health
from bot.playground.slack import ADMIN, APPROVER, MEMBER, OWNER, TEAM
from tests.attacks.jars import a_stand
from tests.handlers.test_installing import Shop, a_shop
from tests.handlers.test_shared_sign_in import connection_of

AUDIT, ORGANISATIONS = table_of(AuditRow), table_of(OrganisationRow)


async def installer_after(shop: Shop, user: str) -> str:
    """Who is the installer once this person has allowed it."""
    assert (await shop.install(user)).status == 200
    return str((await shop.row()).installer_user_id)


async def changes(shop: Shop) -> list[tuple[str, dict[str, Any]]]:
    async with shop.world.services.db.read() as tx:
        rows = (await tx.execute(select(AUDIT).where(AUDIT.c.deed == "installer changed").order_by(AUDIT.c.at))).all()
    return [(row.by, json.loads(row.facts)) for row in rows]


async def remove(shop: Shop) -> None:
    shop.later(minutes=1)
    await shop.world.slack.uninstall()
    shop.later(minutes=1)
    assert await shop.rows() == []


async def keep_books(shop: Shop) -> None:
    row = await shop.row()
    async with shop.world.services.db.write() as tx:
        books = {"id": new_id(), "workspace_id": row.id, "name": "Northwind", "books": "{}", "created_at": tx.now}
        await tx.execute(ORGANISATIONS.insert().values(next_reference=1, **books))


async def test_whoever_allows_what_is_installed_is_no_installer_unless_an_admin(database_url: str) -> None:
    async with a_shop(database_url) as shop:
        assert await installer_after(shop, MEMBER) == MEMBER
        assert await installer_after(shop, APPROVER) == MEMBER
        shop.world.slack.faults.next_call("users.info", "500")
        assert await installer_after(shop, OWNER) == MEMBER, "Slack did not say who they are"
        assert await installer_after(shop, OWNER) == OWNER
        assert await installer_after(shop, MEMBER) == OWNER

        assert await changes(shop) == [(OWNER, {"from": MEMBER, "to": OWNER})]


async def test_after_a_removal_only_an_admin_takes_the_place_where_there_are_books(sqlite_url: str) -> None:
    async with a_shop(sqlite_url) as shop:
        await installer_after(shop, OWNER)
        await remove(shop)
        assert await installer_after(shop, MEMBER) == MEMBER, "there is nothing yet that it would be a right over"
        await keep_books(shop)
        await remove(shop)
        assert await installer_after(shop, APPROVER) == MEMBER
        await remove(shop)
        assert await installer_after(shop, ADMIN) == ADMIN

        told = [(OWNER, MEMBER), (MEMBER, ADMIN)]
        assert [(facts["from"], facts["to"]) for _, facts in await changes(shop)] == told


async def test_a_member_who_allows_it_again_may_not_disconnect(sqlite_url: str) -> None:
    async with a_stand(sqlite_url) as stand:
        world = stand.world
        await stand.connected(stand.admin, await stand.link())
        await world.settle()
        page = await stand.member.follow((await stand.member.follow("/slack/install")).location)
        answer = await stand.member.press(page, user=MEMBER, team=TEAM, answer="allow")
        assert (await stand.member.follow(answer.location)).status == 200

        refused = await world.slack.command("/dext", "disconnect", user=MEMBER)

        assert "Disconnecting is for" in refused.text
        assert world.slack.view(MEMBER) is None
        assert (await connection_of(world, TEAM)).health == Health.HEALTHY
