"""The page that an administrator sees while the application is being installed."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse

from server.ui.door import Entered
from server.ui.pages import Pages
from server.ui.words import install as words


def install_page(pages: Pages, entered: Entered) -> HTMLResponse:
    """Show how the registration of robots goes on, then tell the portal that the installation is finished.

    The page asks ``/api/registration`` with the session of the administrator who installs. When no worker comes it
    says so, finishes all the same, and the robots appear as soon as one starts.
    """
    return pages.page("install.html", pages.visit(entered.visitor, entered.opened.token), section="install")


def install_waits_page(pages: Pages, request: Request, *, code: str, http_status: int) -> HTMLResponse:
    """Say in words why the installation did not happen, or not yet; ``code`` is the word of the JSON answer."""
    reader = pages.stranger(request, request.query_params.get("LANG", ""))
    title, text = words.REFUSALS.get(code) or words.REFUSALS["unauthorized"]
    return pages.open_page("refused.html", reader, http_status=http_status, title=title, text=text)
