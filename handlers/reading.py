"""Slack's payloads, read once into the typed values of `handlers.payloads`."""

import shlex
from datetime import UTC, datetime
from typing import Any

from bot.domain.arrivals import SlackMessage
from bot.domain.ids import ChannelId, UserId
from bot.domain.slack import Actor, Workspace
from handlers.payloads import Click, Command, Event, OpenForm, OptionsQuery, Payload, Shortcut, Submission


def team_of(body: Payload) -> tuple[str, str]:
    """Enterprise and team that the app is installed in, as Slack names them in each kind of payload; both are empty
    where it names none.

    In a channel shared between companies an event's own `team_id` may be the other company's; its authorization is ours.
    <https://docs.slack.dev/apis/events-api/#authorizations>
    """
    if body.get("type") == "event_callback":
        enterprise, team = _installation_of_event(body)
    elif "command" in body:
        enterprise, team = body.get("enterprise_id"), body.get("team_id")
    else:
        enterprise, team = _installation_of_interaction(body)
    return str(enterprise or ""), str(team or "")


def _installation_of_event(body: Payload) -> tuple[Any, Any]:
    """`app_uninstalled` comes without authorizations: there are none left."""
    for authorization in body.get("authorizations") or ():
        return authorization.get("enterprise_id"), authorization.get("team_id") or body.get("team_id")
    return body.get("enterprise_id") or body.get("context_enterprise_id"), body.get("team_id")


def _installation_of_interaction(body: Payload) -> tuple[Any, Any]:
    """`team` is null in what an organisation-wide installation sends, and in some clicks in shared channels: then the
    message that was clicked tells whose app posted it, and last the person's own team.
    """
    team, view = body.get("team") or {}, body.get("view") or {}
    enterprise = (body.get("enterprise") or {}).get("id") or team.get("enterprise_id")
    found = view.get("app_installed_team_id") or team.get("id")
    if not found:
        found = (body.get("message") or {}).get("team") or (body.get("user") or {}).get("team_id")
    return enterprise, found


def actor_of(body: Payload, workspace: Workspace) -> Actor:
    """The person's own team decides who is an outsider: in a shared channel all else names the host."""
    user = body.get("user")
    if isinstance(user, dict):
        return Actor(
            workspace=workspace,
            user_id=UserId(str(user.get("id"))),
            team_id=str(user.get("team_id") or (body.get("team") or {}).get("id") or workspace.team_id),
        )
    if "user_id" in body:
        return Actor(workspace=workspace, user_id=UserId(str(body["user_id"])), team_id=str(body.get("team_id")))
    event = body.get("event") or {}
    team = str(event.get("user_team") or workspace.team_id)
    return Actor(workspace=workspace, user_id=UserId(str(event.get("user") or event.get("user_id"))), team_id=team)


def command_of(body: Payload, workspace: Workspace) -> Command:
    text = str(body.get("text") or "")
    try:
        words = tuple(shlex.split(text))
    except ValueError:
        words = tuple(text.split())
    return Command(
        actor=actor_of(body, workspace),
        channel_id=ChannelId(str(body.get("channel_id"))),
        words=words,
        trigger_id=str(body.get("trigger_id")),
    )


def click_of(body: Payload, workspace: Workspace) -> Click:
    action = body["actions"][0]
    container, message = body.get("container") or {}, body.get("message") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id")
    return Click(
        actor=actor_of(body, workspace),
        action_id=str(action.get("action_id")),
        block_id=str(action.get("block_id")),
        value=str(action.get("value") or ""),
        chosen=_chosen(action),
        trigger_id=str(body.get("trigger_id")),
        channel_id=None if channel is None else ChannelId(str(channel)),
        message_ts=message.get("ts") or container.get("message_ts"),
        thread_ts=message.get("thread_ts"),
        is_ephemeral=container.get("is_ephemeral") is True,
        form=_form_of(body.get("view")),
        response_url=str(body.get("response_url") or ""),
    )


def shortcut_of(body: Payload, workspace: Workspace) -> Shortcut:
    channel, message = (body.get("channel") or {}).get("id"), body.get("message") or {}
    ts = message.get("ts") or body.get("message_ts")
    found = None
    if channel and ts:
        thread_ts = message.get("thread_ts")
        found = SlackMessage(
            channel_id=ChannelId(str(channel)), ts=str(ts), thread_ts=None if thread_ts == ts else thread_ts
        )
    return Shortcut(
        actor=actor_of(body, workspace),
        callback_id=str(body.get("callback_id")),
        trigger_id=str(body.get("trigger_id")),
        channel_id=None if channel is None else ChannelId(str(channel)),
        message=found,
        file_ids=tuple(dict.fromkeys(str(file["id"]) for file in message.get("files") or ())),
        text=str(message.get("text") or ""),
        response_url=str(body.get("response_url") or ""),
    )


def submission_of(body: Payload, workspace: Workspace) -> Submission:
    form = _form_of(body.get("view"))
    if form is None:
        raise ValueError("a submission without its view")
    return Submission(actor=actor_of(body, workspace), form=form, trigger_id=str(body.get("trigger_id")))


def options_query_of(body: Payload, workspace: Workspace) -> OptionsQuery:
    return OptionsQuery(
        actor=actor_of(body, workspace),
        action_id=str(body.get("action_id")),
        block_id=str(body.get("block_id")),
        text=str(body.get("value") or "")[:200],
        form=_form_of(body.get("view")),
        channel_id=None,
    )


def event_of(body: Payload, workspace: Workspace) -> Event:
    event = body.get("event") or {}
    sent_at = datetime.fromtimestamp(_whole(body.get("event_time")), UTC)
    return Event(actor=actor_of(body, workspace), kind=str(event.get("type")), event=event, sent_at=sent_at)


def _whole(number: Any) -> int:
    """Where Slack does not say when, it was long ago: an event is taken for older than what is known."""
    return number if isinstance(number, int) and 0 <= number < 2**40 else 0


def _form_of(view: Any) -> OpenForm | None:
    if not isinstance(view, dict):
        return None
    return OpenForm(
        view_id=str(view.get("id")),
        view_hash=str(view.get("hash")),
        callback_id=str(view.get("callback_id")),
        private_metadata=str(view.get("private_metadata") or ""),
        state=(view.get("state") or {}).get("values") or {},
        root_view_id=view.get("root_view_id"),
        previous_view_id=view.get("previous_view_id"),
    )


def _chosen(action: Payload) -> tuple[str, ...]:
    if action.get("selected_option"):
        return (str(action["selected_option"].get("value")),)
    if action.get("selected_options"):
        return tuple(str(option.get("value")) for option in action["selected_options"])
    single = action.get("selected_user") or action.get("selected_conversation") or action.get("selected_channel")
    return (str(single),) if single else ()
