"""The story by commands alone: a merchant, a card given away, a redemption, the books."""

import json
import uuid

from tests.running import Platform


def test_the_story_over_the_command_line_alone(platform: Platform) -> None:
    mark = uuid.uuid4().hex[:6]
    made = json.loads(
        platform.command(
            "create-merchant",
            "--name",
            f"By command {mark}",
            "--owner-email",
            f"owner-{mark}@example.com",
            "--json",
        ).stdout
    )
    merchant = made["slug"]
    issued = json.loads(
        platform.command("issue", "--merchant", merchant, "--value", "25.00", "--count", "2", "--json").stdout
    )
    code = issued["cards"][0]["code"]
    spent = json.loads(
        platform.command(
            "redeem", "--merchant", merchant, "--code", code, "--amount", "10.00", "--json"
        ).stdout
    )
    assert spent["balance_minor"] == 1500
    refused = platform.command(
        "redeem", "--merchant", merchant, "--code", code, "--amount", "15.01", check=False
    )
    assert refused.returncode == 1
    assert "insufficient_funds" in refused.stderr
    key = json.loads(
        platform.command(
            "create-api-key", "--merchant", merchant, "--name", "till", "--scope", "pos", "--json"
        ).stdout
    )
    assert key["secret"].startswith("gw_live_")
    assert json.loads(platform.command("verify", "--json").stdout)["breaches"] == []
    assert platform.command("doctor").returncode == 0


def test_the_demo_is_safe_to_repeat(platform: Platform) -> None:
    again = json.loads(platform.command("demo", "--json").stdout)
    for merchant, before in zip(again["merchants"], platform.demo["merchants"], strict=True):
        assert merchant == before
    assert [card["id"] for card in again["cards"]] == [card["id"] for card in platform.demo["cards"]]
    assert again["buyer"] == platform.demo["buyer"]
