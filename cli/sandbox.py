"""`dezhurny sandbox`: the portal emulator alone, for one's own experiments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    import socket


def sandbox(
    port: Annotated[int, typer.Option(help="Port of the portal.")] = 8088,
    lang: Annotated[Literal["ru", "en"], typer.Option(help="Language of the portal.")] = "ru",
    state: Annotated[Literal["demo", "empty", "large"], typer.Option(help="What is in it at first.")] = "demo",
    seed: Annotated[int | None, typer.Option(help="Make the same identifiers as with this number before.")] = None,
) -> None:
    """Run only the portal emulator.

    An application is installed into it by POST /_sandbox/install.
    """
    import logging

    from cli import hosting, logs

    logs.configure(logging.WARNING)
    with hosting.bound("127.0.0.1", port) as listening:
        typer.echo(f"http://localhost:{port}")
        hosting.run(_serve(port, lang, state, seed, listening))


async def _serve(port: int, lang: str, state: str, seed: int | None, listening: socket.socket) -> None:
    import asyncio

    from cli import hosting
    from sandbox import main

    ready = asyncio.Event()
    portal = main.make_portal(host="localhost", port=port, lang=lang, state=state, seed=seed)
    async with hosting.running(main.serve(portal=portal, sock=listening, ready=ready), name="portal") as part:
        await ready.wait()
        await hosting.until_stopped(part)
