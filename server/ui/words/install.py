"""Words of the installation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.texts.text import Text
from server.ui.words import outside

TITLE: Final = Text("Устанавливаем «Дежурного»", "Installing Dezhurny")
READY_TITLE: Final = Text("Готово", "Done")
STEP_PROVEN: Final = Text("Портал подтвердил установку", "The portal confirmed the installation")
STEP_ROBOTS: Final = Text("Регистрируем роботов", "Registering the robots")
STEP_FINISH: Final = Text("Открываем журнал", "Opening the log")

UNDER_WAY: Final = Text("Обычно это несколько секунд.", "This usually takes a few seconds.")
NO_WORKER: Final = Text(
    "Ждём рабочий процесс. Он не запущен, поэтому роботов пока нет; они появятся сами, как только его запустят.",
    "Waiting for a worker. None is running, so there are no robots yet; they appear by themselves once one starts.",
)
REFUSED: Final = Text(
    "Портал принял не всё ({note}). Остальное работает; попробуем ещё раз сами.",
    "The portal did not take everything ({note}). The rest works; we try again by ourselves.",
)
READY: Final = Text("Роботы уже есть в воронках.", "The robots are in the pipelines now.")

REFUSALS: Final[Mapping[str, tuple[Text, Text]]] = {
    **outside.REFUSALS,
    "pending_verification": (
        Text("Ждём подтверждения портала", "Waiting for the portal to confirm"),
        Text(
            "Приложение уже стоит в этом портале. Портал подтвердит новую установку сам; обновите страницу через "
            "минуту.",
            "The application is installed in this portal already. The portal confirms the new installation by itself; "
            "reload the page in a minute.",
        ),
    ),
    "admin_required": (
        Text("Нужен администратор портала", "An administrator of the portal is needed"),
        Text(
            "Роботов может зарегистрировать только администратор. Попросите его открыть эту страницу.",
            "Only an administrator can register robots. Ask one to open this page.",
        ),
    ),
    "endpoint_not_allowed": (
        Text("Этот портал сюда не пускают", "This portal is not let in"),
        Text(
            "Тот, кто обслуживает сервис, не внёс адрес портала в ALLOWED_PORTALS.",
            "Whoever runs the service has not put the portal's address into ALLOWED_PORTALS.",
        ),
    ),
}
