"""A text filled in for one item, by rehearsing a robot that only writes it down."""

from __future__ import annotations

from typing import ClassVar, cast

from core.bitrix24.documents import Item
from core.robots import AnyRobot, Ctx, DialogInput, Done, Outcome, Output, Robot, State, prop, step
from core.robots.message_values import message_values
from core.texts.placeholders import TooLong, fill
from core.texts.template import Template
from core.texts.text import Text
from server.ui.robot_settings.preview import Previews, Shown
from server.ui.sessions import Visitor


class Written(Output):
    text: str = prop("", ru="Текст", en="Text")
    channel: str = prop("", ru="Канал", en="Channel")
    language: str = prop("", ru="Язык", en="Language")


class _Trial(Robot[DialogInput, State, Written]):
    """It is in no catalogue: a portal never hears of it."""

    code = "template_trial"
    name = Text(ru="Проверка шаблона", en="Trial of a template")
    about = Text(ru="Показывает текст, который получит клиент.", en="Shows the text that a client would get.")
    speaks: ClassVar[bool] = False

    def __init__(self, template: Template) -> None:
        super().__init__()
        self._template = template

    @step("write")
    async def write(self, ctx: Ctx[DialogInput, State]) -> Outcome:
        dialog = await ctx.dialog()
        channel, language = dialog.channel, dialog.line.language if dialog.line else ""
        template = self._template.said(channel=channel, language=language)
        try:
            text = fill(template, await message_values(ctx, dialog, template), blank=True).strip()
        except TooLong:
            return Done("failed", Text("Сообщение длиннее 20 000 знаков.", "It is longer than 20,000 characters."))
        return Done("done", self.name, Written(text=text, channel=channel, language=language))


async def tried(previews: Previews, visitor: Visitor, template: Template, item: Item) -> Shown:
    """Fill the version that a dialog of this item would get; see `Written` for what ``output`` of it holds."""
    return await previews.show(visitor, cast(AnyRobot, _Trial(template)), {}, item)
