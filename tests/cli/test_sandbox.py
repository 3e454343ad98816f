"""The portal emulator alone, as a developer of another application starts it."""

from __future__ import annotations

import json
import signal
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

from cli.main import app
from cli.trouble import Trouble
from tests.certificates import Authority
from tests.servers import free_port


def test_it_says_its_address_and_is_the_same_for_the_same_seed() -> None:
    port = free_port()
    assert started(port) == started(port)


def test_with_a_certificate_it_speaks_tls(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    chain, key = authority.sign("localhost")
    trust = ssl.create_default_context(cafile=str(authority.certificate))
    started(free_port(), "--certificate", str(chain), "--key", str(key), trust=trust)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--certificate", "pyproject.toml"], "TLS needs both --certificate and --key."),
        (["--certificate", "pyproject.toml", "--key", "absent"], "These files are no certificate in PEM with its key."),
    ],
)
def test_it_says_what_is_wrong_with_a_certificate(more: list[str], sentence: str) -> None:
    ended = CliRunner().invoke(app, ["sandbox", "--port", str(free_port()), *more])
    assert isinstance(ended.exception, Trouble)
    assert (str(ended.exception), ended.exception.code) == (sentence, 2)


def started(port: int, *more: str, trust: ssl.SSLContext | None = None) -> dict[str, Any]:
    program = Path(sys.executable).parent / "dezhurny"
    order = [str(program), "sandbox", "--port", str(port), "--state", "empty", "--lang", "en", "--seed", "4", *more]
    scheme = "https" if trust else "http"
    with subprocess.Popen(order, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            assert process.stdout.readline() == f"{scheme}://localhost:{port}\n"
            with urlopen(f"{scheme}://127.0.0.1:{port}/_sandbox/portals", timeout=10, context=trust) as answer:
                (portal,) = json.load(answer)["portals"]
            process.send_signal(signal.SIGTERM)
            assert (process.wait(timeout=60), process.stderr.read()) == (0, "")
        finally:
            process.kill()
    assert (portal["lang"], portal["client_id"]) == ("en", None)
    return dict(portal)
