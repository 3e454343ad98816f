"""`dezhurny sandbox`: the portal emulator alone, for one's own experiments."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.trouble import WRONG_USE, Trouble

if TYPE_CHECKING:
    import socket

    from sandbox.main import Certificate
    from sandbox.portal import Portal


def sandbox(
    port: Annotated[int, typer.Option(help="Port of the portal.")] = 8088,
    lang: Annotated[Literal["ru", "en"], typer.Option(help="Language of the portal.")] = "ru",
    state: Annotated[Literal["demo", "empty", "large"], typer.Option(help="What is in it at first.")] = "demo",
    seed: Annotated[int | None, typer.Option(help="Make the same identifiers as with this number before.")] = None,
    certificate: Annotated[Path | None, typer.Option(help="Speak TLS with this certificate (PEM).")] = None,
    key: Annotated[Path | None, typer.Option(help="The key of the certificate (PEM).")] = None,
) -> None:
    """Run only the portal emulator.

    An application is installed into it by POST /_sandbox/install.
    """
    import logging

    from cli import hosting, logs
    from sandbox.main import make_portal

    logs.configure(logging.WARNING)
    tls = _tls(certificate, key)
    with hosting.bound("127.0.0.1", port) as listening:
        scheme = "https" if tls else "http"
        portal = make_portal(host="localhost", port=port, lang=lang, state=state, seed=seed, scheme=scheme)
        typer.echo(portal.origin)
        hosting.run(_serve(portal, listening, tls))


def _tls(certificate: Path | None, key: Path | None) -> Certificate | None:
    import ssl

    from sandbox.main import Certificate

    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise Trouble("TLS needs both --certificate and --key.", code=WRONG_USE)
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    except OSError:
        raise Trouble("These files are no certificate in PEM with its key.", code=WRONG_USE) from None
    return Certificate(certificate, key)


async def _serve(portal: Portal, listening: socket.socket, tls: Certificate | None) -> None:
    import asyncio

    from cli import hosting
    from sandbox import main

    ready = asyncio.Event()
    serving = main.serve(portal=portal, sock=listening, ready=ready, certificate=tls)
    async with hosting.running(serving, name="portal") as part:
        await ready.wait()
        await hosting.until_stopped(part)
