"""Words of the pages that are shown before we know who reads, and of refusals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.texts.text import Text

TITLE: Final = Text("Дежурный", "Dezhurny")
LOADING: Final = Text("Открываем журнал…", "Opening the log…")
OPEN_INSIDE: Final = Text("Откройте внутри Битрикс24", "Open it inside Bitrix24")
WHY: Final = Text(
    "Это страница приложения «Дежурный». Она показывает данные вашего портала, поэтому работает только внутри него: "
    "так мы узнаём, кто вы.",
    "This is a page of the application Dezhurny. It shows data of your portal and therefore works only inside it: "
    "that is how we know who you are.",
)
HOW: Final = Text(
    "В левом меню портала выберите «Приложения» → «Дежурный».",
    "In the left menu of the portal choose Applications → Dezhurny.",
)
NO_SCRIPT: Final = Text("Для этой страницы нужен JavaScript.", "This page needs JavaScript.")

NOT_FOUND_TITLE: Final = Text("Здесь ничего нет", "There is nothing here")
NOT_FOUND: Final = Text(
    "Такого запуска или раздела в вашем портале нет: ссылка устарела или вела в другой портал.",
    "Your portal has no such run or section: the link is old or led into another portal.",
)
TO_RUNS: Final = Text("К запускам", "To the runs")

REFUSALS: Final[Mapping[str, tuple[Text, Text]]] = {
    "unauthorized": (
        Text("Портал не подтвердил вход", "The portal did not confirm you"),
        Text(
            "Обновите страницу портала. Если не помогло, администратору нужно переустановить приложение.",
            "Reload the page of the portal. If that does not help, an administrator has to reinstall the application.",
        ),
    ),
    "bad_request": (
        Text("Запрос не понят", "The request was not understood"),
        Text("Закройте окно и откройте приложение заново.", "Close the window and open the application again."),
    ),
    "unavailable": (
        Text("Пока не можем проверить, кто вы", "We cannot check who you are right now"),
        Text(
            "Битрикс24 или наша база не отвечают. Роботы продолжат работу сами. Обновите страницу через минуту.",
            "Bitrix24 or our database does not answer. Robots go on by themselves. Reload the page in a minute.",
        ),
    ),
    "not_found": (NOT_FOUND_TITLE, NOT_FOUND),
}
