"""Hold the dialog's title against a mask; remind whoever holds the dialog, or rename it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from core.bitrix24.wire import as_str
from core.effects import Effect, FireTrigger, NotifyStaff, RenameDialog
from core.robots import (
    Act,
    Check,
    Choice,
    Ctx,
    DialogInput,
    DialogView,
    Done,
    LongText,
    Next,
    Outcome,
    Output,
    Reason,
    Robot,
    State,
    UserRef,
    WaitUntil,
    prop,
    step,
)
from core.robots.card_fields import bad_code
from core.robots.countdown import Countdown, PlannedWait
from core.robots.hours import hours_of_people
from core.robots.naming import CompanySource, Naming, NamingRule, named_dialog, portals_exceptions
from core.robots.naming_words import RENAMED, REPORTED, please_rename, refused_words, why_bad
from core.robots.patterns import bad_pattern, patterns_in
from core.robots.triggers import Trigger, fired, of_session
from core.texts.placeholders import first_unknown
from core.texts.text import Text, at_moment, plural

#: What was seen is acted on at once, or looked at anew.
FRESH_FOR: Final = timedelta(minutes=1)
#: A person may rename at the same moment; then the title is looked at anew, but not for ever.
LOOKS: Final = 3


class Strictness(Choice):
    EXACT = "exact", "Точно", "Exactly"
    NORMALISED = "normalised", "Без учёта регистра, пробелов, тире и кавычек", "But for case, spaces, dashes, quotes"


class Action(Choice):
    REPORT = "report", "Только сообщить процессу", "Only tell the process"
    NOTIFY = "notify", "Напомнить сотруднику", "Remind the employee"
    RENAME = "rename", "Переименовать", "Rename"


class Whom(Choice):
    OWNER = "owner", "Владельцу диалога («корона»)", "The dialog's owner (the crown)"
    RESPONSIBLE = "responsible", "Ответственному из карточки", "The responsible of the card"
    BOTH = "both", "Обоим", "Both"


class NamingInput(DialogInput):
    mask: str = prop(
        "БС - {company}",
        ru="Маска названия",
        en="Title mask",
        help=Text("{company} — название компании клиента.", "{company} is the name of the client's company."),
    )
    company_source: CompanySource = prop(CompanySource.AUTO, ru="Откуда компания", en="Where the company comes from")
    company_field: str = prop("", ru="Код поля с компанией", en="Code of the field with the company")
    company_value: str = prop("", ru="Название компании", en="Name of the company")
    strictness: Strictness = prop(Strictness.NORMALISED, ru="Как сравнивать", en="How to compare")
    action: Action = prop(Action.NOTIFY, ru="Если название неверное", en="If the title is wrong")
    grace_minutes: int = prop(30, ru="Через сколько рабочих минут проверить", en="Look again after, working minutes")
    notify: Whom = prop(Whom.OWNER, ru="Кому напомнить", en="Whom to remind")
    repeat: int = prop(1, ru="Сколько раз повторить", en="How often to repeat", maximum=5)
    exceptions: LongText = prop(
        "",
        ru="Исключения (по строке)",
        en="Exceptions (one per line)",
        help=Text("Регулярные выражения RE2: такие названия не трогаем.", "RE2 patterns: such titles are let alone."),
    )
    wait_result: bool = prop(False, ru="Ждать результата", en="Wait for the result")

    def problem(self) -> Text | None:
        if unknown := first_unknown(self.mask):
            return Text(
                "«Маска названия»: нет такой подстановки: {{{name}}}.", "“Title mask”: there is no {{{name}}}."
            ).format(name=unknown)
        if self.company_source is CompanySource.ITEM_FIELD and not self.company_field.strip():
            return Text(
                "«Код поля с компанией»: не заполнено.", "“Code of the field with the company”: is not filled in."
            )
        label = Text("Код поля с компанией", "Code of the field with the company")
        return (
            bad_code(self.company_field.strip(), label)
            or bad_pattern(self.exceptions, Text("Исключения", "Exceptions"))
            or super().problem()
        )

    def rule(self, exceptions: tuple[str, ...]) -> NamingRule:
        """The mask with all that belongs to it; ``exceptions`` are those of the whole portal."""
        return NamingRule(
            mask=self.mask,
            source=self.company_source,
            field=self.company_field.strip(),
            typed=self.company_value,
            exactly=self.strictness is Strictness.EXACT,
            exceptions=(*patterns_in(self.exceptions), *exceptions),
        )


class NamingState(State):
    session_id: int = 0
    #: How often somebody was told, and the wait that comes after it.
    told: int = 0
    wait: PlannedWait | None = None
    #: What was seen last, for what is said and returned without another look.
    current: str = ""
    expected: str = ""
    owner_id: int = 0
    looks: int = 0


class NamingOutput(Output):
    is_valid: bool = prop(False, ru="Название верное", en="The title is right")
    current_title: str = prop("", ru="Название сейчас", en="Present title")
    expected_title: str = prop("", ru="Название по маске", en="Title by the mask")
    owner_id: UserRef | None = prop(None, ru="Владелец диалога", en="Owner of the dialog")
    renamed: bool = prop(False, ru="Переименован", en="Renamed")


Context = Ctx[NamingInput, NamingState]


class CheckDialogNaming(Robot[NamingInput, NamingState, NamingOutput]):
    """Compare, then remind and compare again, or rename at once; a right title ends it at any time."""

    code = "check_dialog_naming"
    name = Text(ru="Проверить название диалога", en="Check dialog naming")
    about = Text(
        ru="Сверяет название диалога с маской, например «БС - Компания»; если оно другое, напоминает владельцу диалога "
        "или переименовывает.",
        en="Holds the dialog's title against a mask such as “BS - Company”; when it differs, reminds the dialog's "
        "owner or renames it.",
    )

    @step("look")
    async def look(self, ctx: Context) -> Outcome:
        dialog, naming = await named_dialog(ctx, ctx.input.rule(portals_exceptions(ctx.desk)))
        ctx.state.current, ctx.state.expected, ctx.state.owner_id = naming.current, naming.expected, dialog.owner_id
        if ctx.state.told:
            return await self._again(ctx, dialog, naming)
        if not dialog.is_open and ctx.input.action is not Action.REPORT:
            return Done("nothing_to_do", dialog.why_ball, _output(dialog, naming))
        ctx.state.session_id = dialog.session_id
        if ended := _ended(dialog, naming):
            return ended
        match ctx.input.action:
            case Action.REPORT:
                return Done("done", Reason(why_bad(naming) + REPORTED, naming.checks), _output(dialog, naming))
            case Action.RENAME:
                return self._rename(ctx, dialog, naming)
            case _:
                return await self._remind(ctx, dialog, naming)

    def _rename(self, ctx: Context, dialog: DialogView, naming: Naming) -> Outcome:
        if not dialog.chat.can_rename:
            return Done("failed", Reason(refused_words("rename"), naming.checks), _output(dialog, naming))
        member = dialog.chat.role not in {"", "guest"} or ctx.admin_id in dialog.chat.member_ids
        ctx.state.looks += 1
        rename = RenameDialog(
            chat_id=dialog.chat.id,
            title=naming.expected,
            seen_title=naming.current,
            joins=not member,
            stale_at=ctx.now + FRESH_FOR,
        )
        return Act((rename,), then=self.renamed, because=Reason(why_bad(naming), naming.checks))

    @step("renamed")
    async def renamed(self, ctx: Context) -> Outcome:
        result = ctx.result_of(RenameDialog.kind)
        if result is not None and result.stale:
            return Next(self.look, Text("Прошло время, смотрим снова.", "Time has passed, looking again."))
        if result is not None and result.state == "skipped" and ctx.state.looks < LOOKS:
            text = Text("Название только что сменил человек.", "A person has just changed the title.")
            return Next(self.look, text)
        if result is None or not result.done:
            error = as_str(result.evidence.get("error")) if result is not None else ""
            return Done("failed", refused_words(error), _remembered(ctx))
        text = RENAMED.format(was=ctx.state.current, now=ctx.state.expected)
        return Done("done", text, _remembered(ctx, renamed=not ctx.dry))

    async def _remind(self, ctx: Context, dialog: DialogView, naming: Naming) -> Outcome:
        """Tell people in their hours only; what they do about it is looked at after the grace."""
        calendar = await ctx.calendar(dialog)
        hours = await hours_of_people(ctx, dialog, calendar)
        if not hours.is_open(ctx.now):
            opening = hours.next_open(ctx.now)
            text = Text(" Сейчас нерабочее время: напомним {at}.", " It is outside working time: reminding {at}.")
            because = why_bad(naming) + text.format(at=at_moment(opening, ctx.zone, now=ctx.now))
            return WaitUntil(opening, then=self.look, because=Reason(because, naming.checks))
        countdown = Countdown(ctx.now, calendar, ctx.now, ctx.zone)
        because = why_bad(naming) + Text(" Проверим снова через {grace}.", " Looking again after {grace}.").format(
            grace=countdown.explained(ctx.input.grace_minutes)
        )
        ctx.state.wait = PlannedWait.of(countdown, ctx.input.grace_minutes, dialog, because)
        ctx.state.told += 1
        item = await ctx.look.item()
        again = ctx.state.told > 1
        text = please_rename(ctx.item, item.title, dialog, naming, run_url=ctx.run_url, again=again)
        effects: list[Effect] = [
            NotifyStaff(user_id=user_id, text=text.said_in(ctx.language), tag=_tag(dialog))
            for user_id in _whom(ctx, dialog, item.assigned_by_id)
        ]
        if again:
            effects += await _bad(ctx, dialog)
        return Act(tuple(effects), then=self.told, because=Reason(why_bad(naming), naming.checks))

    @step("told")
    async def told(self, ctx: Context) -> Outcome:
        notices = [result for result in ctx.results if result.kind == NotifyStaff.kind]
        if notices and not any(result.done for result in notices):
            text = Text("Битрикс24 не доставил ни одного напоминания.", "Bitrix24 delivered no reminder.")
            checks = tuple(Check(result.summary, result.done) for result in notices)
            return Done("failed", Reason(text, checks), _remembered(ctx))
        if ctx.state.wait is None:
            return Next(self.look, Text("Смотрим снова.", "Looking again."))
        return ctx.state.wait.until(self.look)

    async def _again(self, ctx: Context, dialog: DialogView, naming: Naming) -> Outcome:
        """Somebody was told: the title is right by now, or he is told once more, or that was all."""
        if not dialog.is_open or dialog.session_id != ctx.state.session_id:
            text = Text("Диалог закрыт, название уже не важно.", "The dialog is closed, its title matters no more.")
            return Done(dialog.closed_as, text, _output(dialog, naming))
        if ended := _ended(dialog, naming):
            return ended
        if ctx.state.wait is not None and ctx.now < ctx.state.wait.due:
            return ctx.state.wait.until(self.look)
        if ctx.state.told <= ctx.input.repeat:
            return await self._remind(ctx, dialog, naming)
        trigger = await _bad(ctx, dialog)
        if not trigger:
            return self._given_up(ctx)
        return Act(trigger, then=self.given_up, because=Reason(why_bad(naming), naming.checks))

    @step("given_up")
    async def given_up(self, ctx: Context) -> Outcome:
        return self._given_up(ctx)

    def _given_up(self, ctx: Context) -> Done:
        times = plural(ctx.state.told, ("раз", "раза", "раз"), ("time", "times"))
        text = Text(
            "Напомнили {times}, название не исправлено.", "Reminded {times}, the title was not put right."
        ).format(times=times)
        return Done("done", text, _remembered(ctx))


def _ended(dialog: DialogView, naming: Naming) -> Done | None:
    """The title is right, or nobody can say what it should be."""
    output = _output(dialog, naming)
    if naming.valid:
        text = Text("Название верное: «{title}».", "The title is right: “{title}”.").format(title=naming.current)
        return Done("done", Reason(text, naming.checks), output)
    if naming.missing is not None:
        return Done("guard_failed", Reason(naming.missing, naming.checks), output)
    return None


async def _bad(ctx: Context, dialog: DialogView) -> tuple[FireTrigger, ...]:
    stage_id, once = (await ctx.look.item()).stage_id, of_session(dialog.session_id)
    return fired(Trigger.NAMING_BAD, ctx.item, dialog, once=once, stage_id=stage_id)


def _whom(ctx: Context, dialog: DialogView, responsible_id: int) -> tuple[int, ...]:
    """A dialog of a bot, or of nobody, has no owner to be told: then it is the responsible, then the administrator."""
    owner = 0 if dialog.owner_is_bot else dialog.owner_id
    last = owner or responsible_id or ctx.admin_id
    match ctx.input.notify:
        case Whom.OWNER:
            wanted = [owner or last]
        case Whom.RESPONSIBLE:
            wanted = [responsible_id or last]
        case _:
            wanted = [owner or last, responsible_id or last]
    return tuple(dict.fromkeys(wanted))


def _tag(dialog: DialogView) -> str:
    return f"dezhurny|{dialog.session_id}|{CheckDialogNaming.code}"


def _output(dialog: DialogView, naming: Naming) -> NamingOutput:
    return NamingOutput(
        is_valid=naming.valid,
        current_title=naming.current,
        expected_title=naming.expected,
        owner_id=_user(dialog.owner_id),
    )


def _remembered(ctx: Context, *, renamed: bool = False) -> NamingOutput:
    """What is returned by what was seen last, and by a renaming that was proven."""
    return NamingOutput(
        is_valid=renamed,
        current_title=ctx.state.expected if renamed else ctx.state.current,
        expected_title=ctx.state.expected,
        owner_id=_user(ctx.state.owner_id),
        renamed=renamed,
    )


def _user(user_id: int) -> UserRef | None:
    return UserRef(f"user_{user_id}") if user_id else None
