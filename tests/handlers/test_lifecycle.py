"""The app is removed from a workspace: what waits there stops, and goes on after a reinstallation."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from bot.db.workspaces import WORKSPACES
from bot.domain.ids import UserId
from bot.domain.items import ItemState
from bot.playground.slack import ADMIN, BILLS, BOT, BOT_USER, MEMBER
from bot.services.health import Health
from bot.services.messages import Place, Surface, note
from bot.slack import learn_workspace
from handlers.dispatch import NOT_INSTALLED
from tests.fakes.connected import Connected, connected_app
from tests.handlers.desk import Desk, a_desk
from tests.handlers.posting import an_event, post_event
