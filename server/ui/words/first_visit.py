"""Words of the first visit."""

from __future__ import annotations

from typing import Final

from core.texts.text import Text

TITLE: Final = Text("С чего начать", "Where to begin")
DONE_TITLE: Final = Text("Всё работает", "Everything works")
STEPS: Final = Text("Пять шагов", "The five steps")
HIDE: Final = Text("Скрыть", "Hide")
DONE: Final = Text("готово", "done")
TO_DO: Final = Text("ещё нет", "not yet")

INSTALLED: Final = Text("Приложение установлено", "The application is installed")
INSTALLED_ABOUT: Final = Text("Роботы работают с правами администратора.", "Robots act with an administrator's rights.")
REGISTERED: Final = Text("Роботы зарегистрированы в портале", "The robots are registered in the portal")
REGISTERED_ABOUT: Final = Text("Их видно в автоматизации CRM.", "They are seen in the automation of the CRM.")
REGISTERING_ABOUT: Final = Text("Идёт регистрация…", "They are being registered…")
REFUSED_ABOUT: Final = Text("Портал не принял роботов: {note}", "The portal did not take the robots: {note}")
NO_WORKER_ABOUT: Final = Text(
    "Не работает исполнитель: запустите dezhurny serve или dezhurny worker.",
    "No worker runs: start dezhurny serve or dezhurny worker.",
)
TO_ROBOTS: Final = Text("Роботы", "Robots")
HOURS: Final = Text("График выбран", "A schedule is chosen")
HOURS_ABOUT: Final = Text(
    "Без своего графика роботы считают по часам линии и портала.",
    "Without a schedule of your own robots go by the hours of the line and of the portal.",
)
HOURS_LINK: Final = Text("Выбрать график", "Choose a schedule")
HOURS_FINE: Final = Text("Подходят часы портала", "The portal's hours will do")
PLACED: Final = Text("Робот стоит на стадии", "A robot stands on a stage")
PLACED_ABOUT: Final = Text(
    "Откройте автоматизацию воронки, выберите стадию и добавьте робота Дежурного. "
    "Портал не говорит, где стоят роботы: отметка появится, когда робот сработает впервые.",
    "Open the automation of a pipeline, choose a stage and add a robot of Dezhurny. "
    "The portal does not tell where robots stand: the tick comes when a robot works for the first time.",
)
PLACED_LINK: Final = Text("Открыть автоматизацию", "Open the automation")
RECEIVED: Final = Text("Первый запуск получен", "The first run has come")
RECEIVED_ABOUT: Final = Text(
    "Переведите сделку на эту стадию: отметка появится сама.", "Move a deal to this stage: the tick comes by itself."
)
RECEIVED_LINK: Final = Text("Что робот сделал", "What the robot did")
