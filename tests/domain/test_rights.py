"""Who may decide, and who may take a decision back: unclear is a no, and every no says who can."""

import pytest

from bot.domain.ids import UserId
from bot.domain.rights import Deed, Person, Role, Standing, decide, decide_approval, decide_undo

PRIYA, BEN, ADAM, MIA = (UserId(name) for name in ("PRIYA", "BEN", "ADAM", "MIA"))
NOBODY_IN_PARTICULAR = Standing(approvers=(PRIYA, BEN), admins=(ADAM,))


def a_person(user_id: UserId, **more: bool) -> Person:
    return Person(**{"user_id": user_id, "name": user_id.title(), "is_of_workspace": True, **more})  # type: ignore[arg-type] # by name


def standing_of(*roles: Role) -> Standing:
    return Standing(roles=frozenset(roles), approvers=(PRIYA, BEN), admins=(ADAM,))


STRANGERS = [
    (None, "could not check"),
    (a_person(PRIYA, is_of_workspace=False), "another workspace"),
    (a_person(PRIYA, is_bot=True), "Bots"),
    (a_person(PRIYA, is_active=False), "deactivated"),
    (a_person(PRIYA, is_guest=True), "Guests"),
]


@pytest.mark.parametrize(("person", "why"), STRANGERS)
def test_strangers_do_nothing_whatever_roles_they_were_given(person: Person | None, why: str) -> None:
    standing = standing_of(*Role)

    for refusal in (
        decide_approval(person, standing, MIA),
        decide_undo(person, standing, PRIYA),
        *(decide(deed, person, standing) for deed in Deed),
    ):
        assert refusal is not None
        assert why in refusal.reason


def test_an_approver_decides_on_what_others_sent_in() -> None:
    assert decide_approval(a_person(PRIYA), standing_of(Role.APPROVER), MIA) is None


def test_nobody_decides_on_their_own_and_the_others_are_named() -> None:
    refusal = decide_approval(a_person(PRIYA), standing_of(Role.APPROVER), PRIYA)

    assert refusal is not None
    assert refusal.ask == (BEN,)


def test_an_only_approver_is_sent_to_an_admin_for_their_own() -> None:
    standing = Standing(roles=frozenset({Role.APPROVER}), approvers=(PRIYA,), admins=(ADAM,))

    refusal = decide_approval(a_person(PRIYA), standing, PRIYA)

    assert refusal is not None
    assert refusal.ask == (ADAM,)


def test_an_admin_who_is_no_approver_does_not_approve() -> None:
    refusal = decide_approval(a_person(ADAM, is_workspace_admin=True), standing_of(Role.ADMIN), MIA)

    assert refusal is not None
    assert refusal.ask == (PRIYA, BEN)


def test_with_nobody_named_nobody_approves() -> None:
    refusal = decide_approval(a_person(PRIYA), Standing(admins=(ADAM,)), MIA)

    assert refusal is not None
    assert "Nobody is set" in refusal.reason
    assert refusal.ask == (ADAM,)


def test_an_approval_is_taken_back_by_who_gave_it_or_keeps_the_books() -> None:
    assert decide_undo(a_person(PRIYA), standing_of(Role.APPROVER), PRIYA) is None
    assert decide_undo(a_person(ADAM), standing_of(Role.ADMIN), PRIYA) is None
    assert decide_undo(a_person(BEN), standing_of(Role.BOOKKEEPER), PRIYA) is None

    refusal = decide_undo(a_person(BEN), standing_of(Role.APPROVER), PRIYA)

    assert refusal is not None
    assert refusal.ask == (PRIYA, ADAM)


def test_who_changed_the_amount_is_not_enough_to_approve_it() -> None:
    standing = Standing(roles=frozenset({Role.APPROVER}), approvers=(PRIYA, ADAM))

    refusal = decide_approval(a_person(PRIYA), standing, MIA, (PRIYA,))

    assert refusal is not None
    assert refusal.ask == (ADAM,)
    assert decide_approval(a_person(ADAM), standing, MIA, (PRIYA,)) is None


@pytest.mark.parametrize(
    ("admins", "lost", "may"),
    [((), (), True), ((ADAM,), (), False), ((ADAM,), (ADAM,), True), ((ADAM, BEN), (ADAM,), False)],
)
def test_those_who_may_connect_take_over_once_no_admin_can_act(
    admins: tuple[UserId, ...], lost: tuple[UserId, ...], *, may: bool
) -> None:
    standing = Standing(admins=admins, lost=frozenset(lost))

    refusal = decide(Deed.TAKE_OVER, a_person(MIA, is_workspace_admin=True), standing)

    assert (refusal is None) is may
    assert refusal is None or refusal.ask == tuple(user for user in admins if user not in lost)


@pytest.mark.parametrize("roles", [(), (Role.BOOKKEEPER, Role.APPROVER, Role.SUBMITTER, Role.VIEWER)])
def test_nobody_else_takes_over_whatever_roles_they_have(roles: tuple[Role, ...]) -> None:
    refusal = decide(Deed.TAKE_OVER, a_person(MIA), Standing(roles=frozenset(roles)))

    assert refusal is not None
    assert "Slack owners and admins" in refusal.reason
