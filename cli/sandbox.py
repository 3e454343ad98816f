"""`dezhurny sandbox`: the portal emulator alone, for one's own experiments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    import socket


def sandbox(
    port: Annotated[int, typer.Option(help="Port of the portal.")] = 8088,
    lang: Annotated[Literal["ru", "en"], typer.Option(help="Language of the portal.")] = "ru",
) -> None:
    """Run only the portal emulator.

    An application is installed into it by POST /_sandbox/install.
    """
    import logging

    from cli import hosting, logs

    logs.configure(logging.WARNING)
    with hosting.bound("127.0.0.1", port) as listening:
        typer.echo(f"http://localhost:{port}")
        hosting.run(_serve(port, lang, listening))


async def _serve(port: int, lang: Literal["ru", "en"], listening: socket.socket) -> None:
    import asyncio

    from cli import hosting
    from sandbox import main

    ready = asyncio.Event()
    portal = main.make_portal(host="localhost", port=port, lang=lang)
    async with hosting.running(main.serve(portal=portal, sock=listening, ready=ready), name="portal") as part:
        await ready.wait()
        await hosting.until_stopped(part)
