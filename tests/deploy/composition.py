"""What compose.yaml says, with its services' commands as they would run in the containers."""

from pathlib import Path
from typing import Any

import yaml

from tests.deploy import image

PASSWORD_FILES = ("postgres_password", "redis.conf")


def services() -> dict[str, dict[str, Any]]:
    return yaml.safe_load((image.ROOT / "compose.yaml").read_text())["services"]


def ours() -> dict[str, dict[str, Any]]:
    """The services that run the image of this project."""
    found = services()
    return {name: one for name, one in found.items() if one["image"].startswith("baton:")}


def argv(service: dict[str, Any], port: int) -> list[str]:
    """The command of a service of ours, on another port."""
    return [*service.get("entrypoint", []), *service.get("command", image.command(port))]


def health_check(service: dict[str, Any], port: int) -> list[str]:
    test = service.get("healthcheck", {}).get("test")
    if test is None:
        return image.health_check(port)
    elif test[0] == "CMD":
        return test[1:]
    else:
        assert test[0] == "CMD-SHELL"
        return ["sh", "-c", test[1].replace("$$", "$")]


def variables(service: dict[str, Any], secrets: Path, url: str) -> dict[str, str]:
    """The environment of a service of ours; its secrets are in a folder of the test."""
    assert service["volumes"] == ["./secrets/baton:/run/secrets:ro"]
    told = {
        name: url if name == "BATON_URL" else value
        for name, value in service["environment"].items()
    }
    return {**image.environment(), **told, "BATON_SECRETS_DIR": str(secrets / "baton")}
