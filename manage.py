#!/usr/bin/env python
"""The one command line of Baton: `manage.py help` lists what it can do."""

import os
import sys
from argparse import ArgumentParser


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    if sys.argv[1:2] == ["serve"]:
        set_environment(sys.argv[2:])
    else:
        # Nobody waits for a page meanwhile: a migration, a rebuild or an export takes its time.
        os.environ.setdefault("BATON_STATEMENT_TIMEOUT_S", "0")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Baton cannot start. {error}")
    except OperationalError as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"The database does not answer: {str(error).strip()}")


def set_environment(arguments: list[str]) -> None:
    """Folder and address given to `serve` are settings, which are read before the command is."""
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--data")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", default="8000")
    given, _ = parser.parse_known_args(arguments)
    if given.data:
        os.environ["BATON_DATA"] = given.data
    host = "127.0.0.1" if given.host in ("0.0.0.0", "::") else given.host  # noqa: S104
    host = f"[{host}]" if ":" in host else host
    os.environ.setdefault("BATON_URL", f"http://{host}:{given.port}")


if __name__ == "__main__":
    main()
