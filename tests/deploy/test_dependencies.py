"""bin/dependencies: the list is that of uv.lock, and what is known against a package is said."""

import json
import re
import subprocess
import sys
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.deploy import image

LIST = image.ROOT / "docs" / "dependencies.md"


def dependencies(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, image.ROOT / "bin/dependencies.py", *arguments],
        cwd=image.ROOT,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def advisories():
    """A database of vulnerabilities that knows what a test tells it, by package."""
    known: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
            names = [query["package"]["name"] for query in asked]
            self.answer(
                {"results": [{"vulns": [entry(known[n])]} if n in known else {} for n in names]}
            )

        def do_GET(self):
            number = self.path.rpartition("/")[2]
            (name,) = [name for name, one in known.items() if one == number]
            package = {"name": name, "ecosystem": "PyPI"}
            events = [{"introduced": "0"}, {"fixed": "99.0"}]
            ranges = [{"type": "ECOSYSTEM", "events": events}]
            affected = [{"package": package, "ranges": ranges}]
            self.answer({**entry(number), "summary": "A hole", "affected": affected})

        def answer(self, document):
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    def entry(number):
        return {"id": number, "modified": "2026-01-01T00:00:00Z"}

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", known
        server.shutdown()


def test_list_is_that_of_the_lock_and_its_licences_are_permitted(advisories):
    done = dependencies("--service-url", advisories[0])
    said = (done.stdout + done.stderr).splitlines()
    assert done.returncode == 0, said
    assert not any("out of date" in line for line in said)


def test_list_names_each_package_of_the_lock_at_its_version():
    locked = {
        (package["name"], package["version"])
        for package in tomllib.loads((image.ROOT / "uv.lock").read_text())["package"]
    }
    listed = set(re.findall(r"^\| \**([\w.-]+?)\** \| (\S+) \|", LIST.read_text(), re.MULTILINE))
    vendored = {("htmx.org", "4.0.1"), ("tinykeys", "4.0.0")}
    elsewhere = {"baton", "colorama"}
    assert listed - locked - {("package", "version"), ("---", "---")} == vendored
    assert {name for name, _ in locked - listed} == elsewhere


def test_audit_says_what_is_known_against_a_package(advisories):
    url, known = advisories
    known["django"] = "PYSEC-2099-1"
    done = dependencies("audit", "--service-url", url)
    assert done.returncode == 1
    assert "PYSEC-2099-1: A hole" in done.stdout + done.stderr


def test_audit_asks_for_what_browsers_get_as_well(advisories):
    url, known = advisories
    known["htmx.org"] = "GHSA-aaaa-bbbb-cccc"
    done = dependencies("audit", "--service-url", url)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last == "htmx.org 4.0.1: https://osv.dev/vulnerability/GHSA-aaaa-bbbb-cccc"


def test_bill_of_materials_has_versions_hashes_and_licences(tmp_path):
    bill = tmp_path / "new" / "bill.json"
    assert dependencies("bill", str(bill)).returncode == 0
    document = json.loads(bill.read_text())
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.5")
    components = {one["name"]: one for one in document["components"]}
    assert components["django"]["licenses"] == [{"license": {"name": "BSD-3-Clause"}}]
    assert len(components["htmx.org"]["hashes"][0]["content"]) == 64
    assert "pytest" not in components
    assert {"purl", "version", "licenses"} - set.intersection(
        *map(set, components.values())
    ) == set()
    refs = {one.get("bom-ref") for one in document["components"]}
    refs.add(document["metadata"]["component"]["bom-ref"])
    named = {ref for one in document["dependencies"] for ref in one.get("dependsOn", [])}
    assert named - refs == set()
