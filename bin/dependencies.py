"""What Baton stands on: versions, their licences, known vulnerabilities, a bill of materials.

Versions are those of uv.lock and static/vendor/VENDORED.md; licences are what installed packages
state. Only `audit` asks anybody: the OSV database, at another address with `--service-url`.
"""

import argparse
import json
import re
import subprocess
import sys
import tomllib
import urllib.request
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "docs" / "dependencies.md"
BILL = ROOT / "var" / "baton.cdx.json"
OSV = "https://api.osv.dev/"
# Looked up by hand: not installed with every Python, or silent about its licence.
LOOKED_UP = {"async-timeout": "Apache-2.0", "axe-playwright-python": "MIT"}
PERMITTED = re.compile(r"0BSD|Apache|Artistic|BSD|ISC|LGPL|MIT|MPL|Mozilla|PSF|Python|Unlicense")
# Windows, and other implementations of Python, are not served.
ELSEWHERE = "sys_platform == 'win32'"
HEAD = """# What Baton stands on

Made by `bin/dependencies list` from `uv.lock`, from `static/vendor/VENDORED.md` and from what the
packages state of themselves; a test holds it. Each is pinned to this version, packages of Python by
the hashes in `uv.lock` as well. `bin/dependencies` asks whether any has a known vulnerability.

"""


@dataclass(frozen=True)
class Package:
    """One thing of other people, at the version that Baton has."""

    name: str
    version: str
    licence: str
    direct: bool
    ecosystem: str = "PyPI"
    sha256: str = ""

    def row(self) -> str:
        name = f"**{self.name}**" if self.direct else self.name
        return f"| {name} | {self.version} | {self.licence} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/dependencies", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["list", "audit", "bill"])
    parser.add_argument("file", nargs="?", type=Path, default=BILL, help="for the bill")
    parser.add_argument("--service-url", default=OSV, help="a database that speaks as OSV does")
    given = parser.parse_args()
    if given.what == "list":
        LIST.write_text(listed())
        sys.exit(_said(unlicensed()))
    elif given.what == "audit":
        sys.exit(audit(given.service_url))
    elif given.what == "bill":
        write_bill(given.file)
    else:
        stale = ["docs/dependencies.md is out of date: run bin/dependencies list"]
        faults = [*([] if LIST.read_text() == listed() else stale), *unlicensed()]
        sys.exit(_said(faults) | audit(given.service_url))


def listed() -> str:
    """The text of docs/dependencies.md."""
    parts = [
        ("To run it", "Bold is what Baton asks for; the rest comes with it.", running()),
        ("In the browser", "Served by Baton itself; nothing is loaded from elsewhere.", vendored()),
        ("To test and check it", "Not installed where Baton runs.", checking()),
    ]
    tables = [
        "\n".join([f"## {title}\n\n{words}\n\n| package | version | licence |\n| --- | --- | --- |"]
                  + [package.row() for package in packages])
        for title, words, packages in parts
    ]  # fmt: skip
    return HEAD + "\n\n".join(tables) + "\n"


def unlicensed() -> list[str]:
    """A sentence for each package whose licence nobody has agreed to."""
    return [
        f"{one.name} {one.version} is under {one.licence!r}: look at it, then allow it in PERMITTED"
        for one in [*running(), *vendored(), *checking()]
        if not PERMITTED.search(one.licence)
    ]


def audit(service_url: str) -> int:
    """0 if nothing is known against any package; says what is."""
    uv = ("audit", "--frozen", "--preview-features", "audit-command", "--service-url", service_url)
    known = subprocess.run([_uv(), *uv], cwd=ROOT, check=False).returncode
    queries = [
        {"package": {"name": one.name, "ecosystem": one.ecosystem}, "version": one.version}
        for one in vendored()
    ]
    request = urllib.request.Request(
        f"{service_url.rstrip('/')}/v1/querybatch",
        data=json.dumps({"queries": queries}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        results = json.load(answer)["results"]
    faults = [
        f"{one.name} {one.version}: https://osv.dev/vulnerability/{found['id']}"
        for one, result in zip(vendored(), results, strict=True)
        for found in result.get("vulns", [])
    ]
    return int(bool(known)) | _said(faults)


def write_bill(path: Path) -> None:
    """CycloneDX, of what runs and what is sent to browsers, with licences."""
    uv = ("--format", "cyclonedx1.5", "--preview-features", "sbom-export", "--no-dev")
    document: dict[str, Any] = json.loads(_exported(*uv))
    licences = {one.name: one.licence for one in running()}
    document["components"] = [
        {**one, "licenses": [{"license": {"name": licences[one["name"]]}}]}
        for one in document["components"]
        if one["name"] in licences
    ]
    kept = {one["bom-ref"] for one in document["components"]}
    kept.add(document["metadata"]["component"]["bom-ref"])
    document["dependencies"] = [
        {**one, "dependsOn": [ref for ref in one.get("dependsOn", []) if ref in kept]}
        for one in document["dependencies"]
        if one["ref"] in kept
    ]
    document["components"] += [_component(one) for one in vendored()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n")
    print(f"{path}: {len(document['components'])} components")


def running() -> list[Package]:
    """What is installed where Baton runs."""
    return _packages(_exported("--no-dev", *PLAIN))


def checking() -> list[Package]:
    """What the tests and checks need beside that."""
    run = {one.name for one in running()}
    return [one for one in _packages(_exported("--all-groups", *PLAIN)) if one.name not in run]


def vendored() -> list[Package]:
    """What lies in static/vendor, as the table there says."""
    text = (ROOT / "static/vendor/VENDORED.md").read_text()
    rows = re.findall(
        r"^\| `\S+` \| (\S+) (\S+) \| ([^|,]+).*`([0-9a-f]{64})` \|$", text, re.MULTILINE
    )
    return [
        Package(name, version, licence.strip(), True, "npm", sum_)
        for name, version, licence, sum_ in rows
    ]


PLAIN = ("--no-hashes", "--no-annotate", "--no-header", "--no-emit-project")


def _exported(*options: str) -> str:
    done = subprocess.run(
        [_uv(), "export", "--quiet", "--frozen", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _uv() -> str:
    return str(Path(sys.executable).parent / "uv")


def _packages(exported: str) -> list[Package]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    direct = {re.split(r"[\[~>=<]", word)[0].lower().replace("_", "-") for word in asked}
    found = []
    for line in exported.splitlines():
        pinned, _, where = line.partition(" ; ")
        if ELSEWHERE not in where:
            name, _, version = pinned.partition("==")
            name = name.partition("[")[0]
            found.append(Package(name, version, _licence(name), name in direct))
    return found


def _licence(name: str) -> str:
    """What the package states of itself: an expression, a short text, or its classifiers."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return LOOKED_UP.get(name, "not installed")
    expression, text = (_field(told, name) for name in ("License-Expression", "License"))
    classifiers = [
        word.rpartition(" :: ")[2]
        for word in told.get_all("Classifier", [])
        if word.startswith("License :: ")
    ]
    short = text if "\n" not in text and len(text) < 40 and text != "Dual License" else ""
    return expression or short or " or ".join(classifiers) or LOOKED_UP.get(name, "not stated")


def _field(told: metadata.PackageMetadata, name: str) -> str:
    return str((told.get_all(name) or [""])[0])


def _component(one: Package) -> dict[str, Any]:
    return {
        "type": "library",
        "name": one.name,
        "version": one.version,
        "purl": f"pkg:npm/{one.name}@{one.version}",
        "hashes": [{"alg": "SHA-256", "content": one.sha256}],
        "licenses": [{"license": {"name": one.licence}}],
    }


def _said(faults: list[str]) -> int:
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    main()
