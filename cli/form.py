"""What to type into the portal's form of a local application."""

from __future__ import annotations

from core.portals.scopes import SCOPES
from core.texts.text import Text, joined

_HEAD = Text(
    ru="""\
В портале: Приложения → Разработчикам → Другое → Локальное приложение.

  Тип                                серверное
  Путь вашего обработчика            {url}/b24/app
  Путь для первоначальной установки  {url}/b24/install
  Использует только API              нет
  Название пункта меню               Дежурный

Права:
""",
    en="""\
In the portal: Applications → Developer resources → Other → Local application.

  Type                     server
  Handler path             {url}/b24/app
  Initial installation     {url}/b24/install
  Script only (no UI)      no
  Menu item text           Dezhurny

Permissions:
""",
)
_TAIL = Text(
    ru="""

Сохраните форму, впишите показанные client_id и client_secret в .env
(DEZHURNY_CLIENT_ID, DEZHURNY_CLIENT_SECRET), запустите `dezhurny serve --with-worker`
и нажмите в форме «Переустановить».""",
    en="""

Save the form, put the client_id and client_secret it shows into .env
(DEZHURNY_CLIENT_ID, DEZHURNY_CLIENT_SECRET), start `dezhurny serve --with-worker`
and press "Reinstall" in the form.""",
)


def form(public_url: str) -> Text:
    """Return the whole text for an application that portals reach under ``public_url``."""
    rights = joined(
        (
            Text("  {code:<12} {title} — {reason}", "  {code:<12} {title}: {reason}").format(
                code=scope.code, title=scope.title, reason=scope.reason
            )
            for scope in SCOPES
        ),
        "\n",
    )
    return _HEAD.format(url=public_url) + rights + _TAIL
