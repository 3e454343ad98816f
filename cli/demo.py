"""`dezhurny demo`: a portal to play with and the whole service beside it, in one process and without an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from core.config import Settings

#: The name under which the portal shows what the application does.
_TITLE = {"ru": "Дежурный", "en": "Dezhurny"}
#: Seconds for which a killed worker stays away: long enough to see that nothing is lost.
_DOWN_FOR = 5.0
#: And so long to see what becomes of waits that are late: there is time to move the portal's clock on.
_AWAY_FOR = 30.0
_READY = {
    "ru": "Дежурный работает: {url}\nДемо-данные исчезнут при следующем запуске. Остановить: Ctrl-C.",
    "en": "Dezhurny is running: {url}\nDemo data is gone with the next start. Stop with Ctrl-C.",
}


def demo(
    port: Annotated[int, typer.Option(help="Port of the service.")] = 8089,
    portal_port: Annotated[int, typer.Option(help="Port of the portal.")] = 8088,
    lang: Annotated[Literal["ru", "en"], typer.Option(help="Language of the portal and the log.")] = "ru",
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,
) -> None:
    """Try everything on this machine.

    Starts a portal, the service and a worker, and prints the one address to open.
    """
    import logging
    from pathlib import Path

    from cli import hosting, logs

    logs.configure(logging.WARNING)
    data_dir = Path("var", "demo" if port == 8089 else f"demo-{port}")
    settings = demo_settings(data_dir, port=port, portal_port=portal_port, language=lang)
    with (
        hosting.bound("127.0.0.1", portal_port, option="--portal-port") as portal,
        hosting.bound("127.0.0.1", port) as web,
    ):
        hosting.run(_demo(settings, portal, web, opens=not no_open))


def demo_settings(data_dir: Path, *, port: int, portal_port: int, language: Literal["ru", "en"]) -> Settings:
    """Return settings that need nothing from the environment; all secrets are made up."""
    import base64
    import secrets

    from pydantic import SecretStr

    from core.config import Settings

    portal = f"http://127.0.0.1:{portal_port}"
    return Settings(
        _env_file=None,
        public_url=f"http://127.0.0.1:{port}",
        client_id="local.demo",
        client_secret=SecretStr(secrets.token_urlsafe(24)),
        secret_keys=SecretStr(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()),
        database_url=f"sqlite+aiosqlite:///{data_dir}/dezhurny.db",
        redis_url="",
        oauth_hosts=(portal,),
        allowed_portals=(f"http://localhost:{portal_port}",),
        allow_private_networks=True,
        language=language,
        log_retention_days=30,
        store_message_text=True,
        metrics_token=SecretStr(""),
        clock_url=f"{portal}/_sandbox/clock",
    )


async def _demo(settings: Settings, portal_socket: socket.socket, web_socket: socket.socket, *, opens: bool) -> None:
    import asyncio
    import shutil
    from contextlib import AsyncExitStack
    from functools import partial

    from cli import hosting
    from cli.database import bring_up_to_date
    from sandbox import main as sandbox
    from sandbox.main import Break
    from server.app import create_app
    from workers.main import run_worker

    shutil.rmtree(settings.data_dir, ignore_errors=True)
    await bring_up_to_date(settings)
    portal_port = portal_socket.getsockname()[1]
    portal = sandbox.make_portal(host="localhost", port=portal_port, lang=settings.language)
    ready = asyncio.Event()
    worker = hosting.Killable(lambda: run_worker(settings), down_for=_DOWN_FOR)
    breaks: dict[str, Break] = {"worker": worker.kill, "outage": partial(worker.kill, down_for=_AWAY_FOR)}
    async with AsyncExitStack() as stack:
        serving = sandbox.serve(portal=portal, sock=portal_socket, ready=ready, breaks=breaks)
        parts = [await stack.enter_async_context(hosting.running(serving, name="portal"))]
        await ready.wait()
        parts.append(
            await stack.enter_async_context(hosting.running_web(create_app(settings), web_socket, drain_for=2))
        )
        parts.append(await stack.enter_async_context(hosting.running(worker.run(), name="worker")))
        await asyncio.to_thread(_install, settings)
        typer.echo(_READY[settings.language].format(url=portal.origin))
        if opens:
            _open(portal.origin)
        await hosting.until_stopped(*parts)


def _install(settings: Settings) -> None:
    """Install the application into the portal the way an administrator would."""
    import json
    from urllib.request import ProxyHandler, Request, build_opener

    from cli.trouble import Trouble
    from core.portals.scopes import SCOPES

    order = {
        "client_id": settings.client_id,
        "client_secret": settings.client_secret.get_secret_value(),
        "title": _TITLE,
        "scope": [scope.code for scope in SCOPES],
        "app_url": f"{settings.public_url}/b24/app",
        "install_url": f"{settings.public_url}/b24/install",
    }
    request = Request(  # noqa: S310  # an address of this machine, made above
        f"{settings.oauth_hosts[0]}/_sandbox/install",
        data=json.dumps(order).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=40) as answer:
            delivered = json.load(answer).get("delivered") or {}
    except OSError as error:
        raise Trouble(f"The portal did not take the application: {type(error).__name__}.") from None
    if delivered.get("status") != 200:
        raise Trouble(f"The service did not take the installation: HTTP {delivered.get('status')}.")


def _open(url: str) -> None:
    """Open a browser where there is a screen; a text browser in this terminal would be no help."""
    import os
    import sys
    import webbrowser

    if sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(url)
