"""Which ready text answers a client: by the words of his request, by its title, or the one that was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.dialogs.message import Author
from core.dialogs.view import DialogView
from core.robots.context import Ctx, InputT, StateT
from core.robots.keywords import Rule
from core.robots.outcomes import Check
from core.robots.quick_answers import QuickAnswers, quick_answers
from core.texts.text import Text


@dataclass(frozen=True, slots=True)
class Wording:
    """The text to be filled in, and how it was chosen."""

    template: str
    checks: tuple[Check, ...] = ()


async def worded(
    ctx: Ctx[InputT, StateT], dialog: DialogView, text: str, *, quick_reply: str, rules: Sequence[Rule]
) -> Wording:
    """Return the ready text of the first rule that fits, else the one of that name, else ``text``.

    A name is the code of a template of ours, or a title or a section of the line's quick answers; what is neither is
    passed over.
    """
    checks: list[Check] = []
    wanted: list[str] = []
    if rules:
        rule, why = matched(dialog, rules)
        checks.append(why)
        wanted += [rule.code] if rule is not None else []
    wanted += [quick_reply.strip()] if quick_reply.strip() else []
    if not wanted:
        return Wording(text, tuple(checks))
    answers: QuickAnswers | None = None
    for title in wanted:
        template = await ctx.desk.template(title)
        if template is not None:
            checks.append(Check(Text("Шаблон «{name}»", "Template “{name}”").format(name=template.name), True))
            language = dialog.line.language if dialog.line else ""
            return Wording(template.said(channel=dialog.channel, language=language), tuple(checks))
        if answers is None:
            answers = await quick_answers(ctx.read, dialog.line)
        answer = answers.named(title)
        said = Text("Быстрый ответ «{title}»", "Quick answer “{title}”").format(title=title)
        checks.append(Check(said, answer is not None))
        if answer is not None:
            return Wording(answer.text, tuple(checks))
    checks.append(Check(Text("Текст из настроек", "The text of the settings")))
    return Wording(text, tuple(checks))


def matched(dialog: DialogView, rules: Sequence[Rule]) -> tuple[Rule | None, Check]:
    """Return the first rule that fits the client's request, and what was found; its words are not told."""
    request = request_of(dialog)
    for rule in rules:
        found = rule.keywords.found_in(request)
        if found is not None:
            text = Text("Правило «{found} => {code}»", "The rule “{found} => {code}”")
            return rule, Check(text.format(found=found, code=rule.code), True)
    return None, Check(Text("Ни одно правило шаблонов не подошло", "No template rule fits"), False)


def request_of(dialog: DialogView) -> str:
    """Return what the client asks: his messages since our last answer, else his last one."""
    asked: list[str] = []
    for message in reversed(dialog.messages):
        if message.from_client and not message.vote:
            asked.append(message.text)
        elif asked and message.author in {Author.HUMAN, Author.ROBOT} and message.ours and not message.automatic:
            break
    return "\n".join(reversed(asked))
