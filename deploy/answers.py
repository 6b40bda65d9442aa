#!/usr/bin/env python3
"""Ends with status 0 if the address answers with success: a health check where there is no curl."""

import sys
import urllib.request


def main(address: str) -> None:
    try:
        urllib.request.urlopen(address, timeout=4).close()
    except OSError as error:
        sys.exit(f"{address}: {error}")


if __name__ == "__main__":
    main(sys.argv[1])
