"""The command: its address, its exit codes, and that a server that is killed loses nothing that was saved."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.commands.program import environment, run
from tests.support import TINY


class Served:
    """`gwplan serve` in a process of its own, and a browser's part of the talk."""

    def __init__(self, runs: Path) -> None:
        command = [sys.executable, "-m", "gwplan", "serve", str(TINY), "--runs", str(runs), "--json"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment())
        assert self.process.stdout is not None
        address = urlsplit(json.loads(self.process.stdout.readline())["address"])
        self.host, self.token = address.netloc, address.query.partition("=")[2]
        self.cookie = self.ask("GET", f"/?{address.query}")[1]["set-cookie"].split(";")[0]
        self.tab = self.ask("GET", "/new")[1]["location"].rpartition("/")[0]

    def ask(self, method: str, address: str, body: str = "") -> tuple[str, dict[str, str]]:
        """The text and the headers of an answer."""
        headers = {"cookie": getattr(self, "cookie", ""), "x-gwplan-token": self.token}
        connection = HTTPConnection(self.host, timeout=30)
        connection.request(method, address, body, headers)
        answer = connection.getresponse()
        found = answer.read().decode(), {name.lower(): value for name, value in answer.getheaders()}
        connection.close()
        return found

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            self.end(signal.SIGKILL)

    def ready(self) -> None:
        """Wait until the last change is answered."""
        while 'data-state="ready"' not in self.ask("GET", f"{self.tab}/status")[0]:
            assert self.process.poll() is None

    def end(self, by: signal.Signals) -> int:
        """Its exit code after a signal."""
        self.process.send_signal(by)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return self.process.wait(20)


@pytest.mark.slow
def test_killed_and_started_again_it_has_all_that_was_saved(tmp_path: Path) -> None:
    with Served(tmp_path) as first:
        first.ask("POST", f"{first.tab}/set", "set=halls.hall.price=15 MUSD_2026/MW")
        first.ready()
        assert 'class="pins"' in first.ask("POST", f"{first.tab}/pin", "name=dear")[0]
        assert 'id="saved"' in first.ask("POST", f"{first.tab}/save", "name=dear")[0]
        assert first.end(signal.SIGKILL) == -signal.SIGKILL
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".")]
    with Served(tmp_path) as second:
        second.ready()
        assert second.token != first.token and "$340M" in second.ask("GET", f"{second.tab}/compare")[0]
        assert "dear.csv" in second.ask("GET", f"{second.tab}/share")[0]
        assert second.end(signal.SIGINT) == 0


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    result = run("serve", TINY)
    assert result.returncode == 1 and "pip install 'gwplan[server]'" in result.stderr
    assert json.loads(run("serve", TINY, "--json").stdout)["exit_code"] == 1


def test_a_faulty_model_is_told_before_anything_is_served(tmp_path: Path) -> None:
    result = run("serve", TINY, "--set", "halls.hall.price=1 MW")
    assert result.returncode == 3 and "halls.hall.price" in result.stderr
    assert run("serve", tmp_path).returncode == 3


def test_a_run_whose_inputs_have_changed_is_refused(tiny_run: Path) -> None:
    result = run("serve", tiny_run, "--set", "halls.hall.price=11 MUSD_2026/MW")
    assert result.returncode == 3 and "its inputs have changed since" in result.stderr


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    from gwplan.server.start import listening, port_of

    with listening(0) as heard:
        result = run("serve", TINY, "--port", str(port_of(heard)))
    assert result.returncode == 1 and "--port" in result.stderr
