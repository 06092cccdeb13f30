from channels.slack.courtesies import Prompt
from channels.slack.manifest import manifest, scopes

PROMPTS = [Prompt(title=f"Q{n}", message=f"Question {n}?") for n in range(6)]


def test_a_manifest_names_the_addresses_of_the_gateway() -> None:
    found = manifest("Acme help", public_url="https://chat.example/", prompts=PROMPTS)

    settings = found["settings"]
    assert settings["event_subscriptions"]["request_url"] == "https://chat.example/slack/events"
    assert settings["interactivity"]["request_url"] == "https://chat.example/slack/actions"
    assert found["oauth_config"]["redirect_urls"] == ["https://chat.example/slack/oauth_redirect"]
    assert not settings["socket_mode_enabled"]
    assert len(found["features"]["agent_view"]["suggested_prompts"]) == 4


def test_a_gateway_that_nobody_can_reach_is_spoken_to_over_sockets() -> None:
    found = manifest("Acme help")

    assert found["settings"]["socket_mode_enabled"]
    assert "redirect_urls" not in found["oauth_config"]
    assert "request_url" not in found["settings"]["event_subscriptions"]


def test_every_event_that_is_subscribed_to_has_its_scope() -> None:
    """https://docs.slack.dev/reference/events names the scope of each."""
    needs = {
        "app_mention": "app_mentions:read",
        "message.channels": "channels:history",
        "message.groups": "groups:history",
        "message.im": "im:history",
        "message.mpim": "mpim:history",
    }
    events = manifest("x")["settings"]["event_subscriptions"]["bot_events"]

    assert {needs[event] for event in events if event in needs} <= {*scopes()}
    assert {*needs} <= {*events}
    assert {"agent_session_stopped", "app_uninstalled", "tokens_revoked"} <= {*events}


def test_a_manifest_keeps_slack_s_limits() -> None:
    """https://docs.slack.dev/reference/app-manifest."""
    found = manifest("x" * 99, public_url="https://chat.example", prompts=PROMPTS)

    assert len(found["display_information"]["name"]) <= 35
    assert len(found["display_information"]["description"]) <= 140
    assert len(found["features"]["bot_user"]["display_name"]) <= 80
    assert len(found["features"]["agent_view"]["agent_description"]) <= 300
