"""Words for who may see what."""

from __future__ import annotations

from typing import Final

from core.texts.text import Text

TITLE: Final = Text("Нет доступа", "No access")
NOBODY: Final = Text(
    "Журнал роботов открыт не всем сотрудникам: в нём видны сделки и клиенты всего портала.",
    "The log of robots is not open to every employee: deals and clients of the whole portal are seen in it.",
)
HOW: Final = Text(
    "Доступ открывает администратор портала: «Дежурный» → «Настройки» → «Кто видит журнал».",
    "An administrator of the portal opens it: Dezhurny → Settings → Who sees the log.",
)
ONLY_ADMINS: Final = Text(
    "Этот раздел меняет работу роботов, поэтому открыт только администраторам портала.",
    "This section changes how robots work and is therefore open to administrators of the portal only.",
)
