"""The general settings' form: what is drawn is what is read back, whatever is decided, and for every package."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.closing import ClosedPolicy, Closing, Locks
from bot.domain.documents import ItemKind
from bot.domain.general import UNDO_CHOICES, GeneralPage, GeneralSettings
from bot.domain.ids import OrganisationId
from bot.domain.required import NEVER_OF_REPORTS, Required, RequiredField, RequiredFields
from bot.domain.settings import Settings
from bot.playground.slack.entries import untouched
from bot.services.general_settings import offered_fields, offered_policies
from bot.services.settings_pages import Ground
from bot.views import general_settings as views
from bot.views.metadata import NotOursError
from bot.views.time_and_channels import PURPOSE_NAMES
from providers import PROVIDERS
from tests.playground.kit import faults_of

TRACKING = {"t-1": "Region", "t-2": "Project <!channel>"}
POLICIES = {kind: tuple(ClosedPolicy) for kind in (ItemKind.COST, ItemKind.SALE)}
OF_REPORTS = frozenset(RequiredField) - NEVER_OF_REPORTS
FIELDS = {kind: tuple(RequiredField) for kind in (ItemKind.COST, ItemKind.SALE)}


def a_page(general: GeneralSettings, **more: Any) -> GeneralPage:
    known: dict[str, Any] = {
        "organisation_id": OrganisationId(UUID(int=7)),
        "organisation": "Northwind <b>Trading</b>",
        "ledger": "QuickBooks Online",
        "listed_in": "QuickBooks Online",
        "version": 3,
        "today": date(2026, 3, 2),
        "policies": POLICIES,
        "locks": Locks(own=general.closing.until, ledger=date(2026, 1, 31)),
        "tells_locks": True,
        "usual_undo": timedelta(seconds=60),
        "required_fields": {**FIELDS, ItemKind.EXPENSE_REPORT: tuple(sorted(OF_REPORTS))},
        "tracking": TRACKING,
    }
    return GeneralPage(general=general, **{**known, **more})


def required(of: frozenset[RequiredField] = frozenset(RequiredField)) -> st.SearchStrategy[Required]:
    tracking = st.sets(st.sampled_from(sorted(TRACKING))).map(lambda chosen: tuple(sorted(chosen)))
    return st.builds(Required, fields=st.frozensets(st.sampled_from(sorted(of))), tracking=tracking)


DECIDED = st.builds(
    GeneralSettings,
    closing=st.builds(
        Closing,
        until=st.none() | st.dates(date(2020, 1, 1), date(2026, 3, 1)),
        costs=st.sampled_from(ClosedPolicy),
        sales=st.sampled_from(ClosedPolicy),
    ),
    required=st.builds(RequiredFields, costs=required(), sales=required(), reports=required(OF_REPORTS)),
    asks_new_suppliers=st.booleans(),
    undo_seconds=st.none() | st.sampled_from(UNDO_CHOICES),
    private_channels=st.frozensets(st.sampled_from(sorted(PURPOSE_NAMES))),  # news has no amounts
)


def state(page: GeneralPage) -> dict[str, Any]:
    return untouched(views.form(page).to_dict()["blocks"])


@given(general=DECIDED)
def test_whatever_is_decided_stands_in_the_form_and_is_read_back_equal(general: GeneralSettings) -> None:
    reading = views.read(state(a_page(general)), 3)

    assert (reading.form.general, reading.form.version, reading.wrong) == (general, 3, {})


@pytest.mark.parametrize("key", PROVIDERS)
def test_a_package_is_offered_what_it_can_and_its_form_is_taken_by_slack(key: str, shared: Path) -> None:
    profile = PROVIDERS[key].profile
    ground = Ground(organisation="Acme", profile=profile, settings=Settings(), books=None)
    policies = {kind: offered_policies(ground, kind) for kind in POLICIES}
    page = a_page(GeneralSettings(), ledger=profile.name, policies=policies, required_fields=offered_fields(ground))

    reading = views.read(state(page), 3)

    assert ClosedPolicy.NEXT_OPEN_DAY not in policies[ItemKind.SALE]
    assert reading.form.general.closing.costs in policies[ItemKind.COST]
    assert all(words for words in views.saved(page).to_dict()["blocks"])
    drawn = views.form(page).to_dict()
    assert faults_of(shared, "ModalView", drawn) == []
    assert "…" not in str(drawn), "an explanation is longer than Slack takes"


@pytest.mark.parametrize("block", ["closed_until", "closed_costs", "undo_time", "private_channels", "required_costs"])
def test_an_option_that_was_never_offered_is_none_of_ours(block: str) -> None:
    tampered = state(a_page(GeneralSettings()))
    option = {"value": "whatever"}
    (entry,) = tampered[block].values()
    entry |= {"selected_option": option, "selected_options": [option]}

    with pytest.raises(NotOursError):
        views.read(tampered, 3)
