"""Count in working time, or wait by it, so that a process can have deadlines and pauses that people can keep."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, TypeAlias, assert_never

from core.robots import (
    Calendar,
    CalendarChoice,
    Choice,
    Ctx,
    DialogInput,
    DialogView,
    Done,
    Failed,
    Outcome,
    Output,
    Robot,
    SiteMoment,
    State,
    UserRef,
    WaitUntil,
    counted,
    prop,
    step,
)
from core.robots.fields import MOST_MINUTES
from core.robots.moments import read_moment
from core.texts.text import Text, moment, plural
from core.worktime.counting import add_days, minutes_between, shifted

#: A field of the output bears the type's name.
DateTime: TypeAlias = datetime
MOST_DAYS = 365
LONGEST_DAYS = 30


class Operation(Choice):
    IS_WORKING = "is_working", "Рабочее ли время", "Is it working time"
    ADD_MINUTES = "add_minutes", "Прибавить рабочие минуты", "Add working minutes"
    ADD_DAYS = "add_days", "Прибавить рабочие дни", "Add working days"
    MINUTES_BETWEEN = "minutes_between", "Рабочих минут между датами", "Working minutes between dates"
    WAIT_UNTIL_OPEN = "wait_until_open", "Ждать начала рабочего времени", "Wait until working time begins"
    WAIT_MINUTES = "wait_minutes", "Ждать рабочие минуты", "Wait working minutes"


class WorkingTimeInput(DialogInput):
    takes_all: ClassVar[bool] = False

    operation: Operation = prop(Operation.IS_WORKING, ru="Что сделать", en="What to do")
    base: SiteMoment = prop(
        "", ru="От какого момента", en="From which moment", help=Text("Пусто — сейчас.", "Empty: now.")
    )
    amount: int = prop(
        0,
        ru="Сколько минут или дней",
        en="How many minutes or days",
        help=Text("С минусом — назад.", "Negative: back."),
        minimum=-MOST_MINUTES,
    )
    end: SiteMoment = prop(
        "", ru="До какого момента", en="To which moment", help=Text("Пусто — сейчас.", "Empty: now.")
    )
    person: UserRef | None = prop(
        None,
        ru="Чьё рабочее время",
        en="Whose working time",
        help=Text("Пусто — как указано в поле «Рабочее время».", "Empty: as “Working time” says."),
    )

    def problem(self) -> Text | None:
        match self.operation:
            case Operation.ADD_DAYS if abs(self.amount) > MOST_DAYS:
                return Text(
                    "«Сколько минут или дней»: дней может быть от -365 до 365.",
                    "“How many minutes or days”: there may be from -365 to 365 days.",
                )
            case Operation.WAIT_MINUTES if not 1 <= self.amount <= LONGEST_DAYS * 24 * 60:
                return Text(
                    "«Сколько минут или дней»: ждать можно от 1 минуты до 30 дней (43 200 минут).",
                    "“How many minutes or days”: waits last from 1 minute to 30 days (43 200 minutes).",
                )
        if self.person is not None and not self.person.startswith("user_"):
            return Text(
                "«Чьё рабочее время»: нужен сотрудник, а не отдел.",
                "“Whose working time”: must be an employee, not a department.",
            )
        return super().problem()


class WorkingTimeState(State):
    #: Until when we wait; the calendar may say later when it is looked at again.
    due: DateTime | None = None


class WorkingTimeOutput(Output):
    datetime: DateTime | None = prop(None, ru="Дата и время", en="Date and time")
    minutes: int = prop(0, ru="Рабочих минут", en="Working minutes")
    is_working: bool = prop(False, ru="Рабочее время", en="It is working time")
    next_open: DateTime | None = prop(None, ru="Ближайшее рабочее время", en="Next working time")
    next_close: DateTime | None = prop(None, ru="Конец рабочего времени", en="End of working time")
    day_kind: str = prop("", ru="Вид дня", en="Kind of day")


Context = Ctx[WorkingTimeInput, WorkingTimeState]


class WorkingTime(Robot[WorkingTimeInput, WorkingTimeState, WorkingTimeOutput]):
    """Dates and pauses by the hours of a line, the company, an employee, or a schedule of one's own."""

    code = "working_time"
    name = Text(ru="Рабочее время: рассчитать или подождать", en="Working time: calculate or wait")
    about = Text(
        ru="Прибавляет рабочие минуты и дни, считает их между датами или ждёт: с праздниками и сменой поясов.",
        en="Adds working minutes and days, counts them between dates, or waits: with holidays and time zones.",
    )
    #: The longest wait ends by itself before the run is given up.
    lifetime_days = LONGEST_DAYS + 1
    needs_dialog = False

    @step("count")
    async def count(self, ctx: Context) -> Outcome:
        calendar, base = await _calendar(ctx), _base(ctx)
        match ctx.input.operation:
            case Operation.IS_WORKING:
                return self._told(ctx, calendar, base)
            case Operation.ADD_MINUTES:
                at = shifted(calendar, base, ctx.input.amount)
                return Done("done", _added(ctx, calendar, base, at), _output(ctx, calendar, at))
            case Operation.ADD_DAYS:
                at = add_days(calendar, base, ctx.input.amount)
                return Done("done", _added(ctx, calendar, base, at), _output(ctx, calendar, at))
            case Operation.MINUTES_BETWEEN:
                return self._between(ctx, calendar, base)
            case Operation.WAIT_UNTIL_OPEN:
                return self._wait(ctx, calendar, calendar.next_open(max(base, ctx.now)))
            case Operation.WAIT_MINUTES:
                return self._wait(ctx, calendar, calendar.add(base, ctx.input.amount))
            case never:
                assert_never(never)

    def _told(self, ctx: Context, calendar: Calendar, at: DateTime) -> Done:
        text = (
            Text("{at}: рабочее время ({name}).", "{at}: it is working time ({name}).")
            if calendar.is_open(at)
            else Text(
                "{at}: нерабочее время ({name}); откроемся {next}.",
                "{at}: it is no working time ({name}); the next begins {next}.",
            )
        )
        words = text.format(at=_said(ctx, at), name=calendar.name, next=_said(ctx, calendar.next_open(at)))
        return Done("done", words, _output(ctx, calendar, at))

    def _between(self, ctx: Context, calendar: Calendar, base: DateTime) -> Done:
        end = read_moment(ctx.input.end, ctx.zone) or ctx.now
        minutes = minutes_between(calendar, base, end)
        text = Text("{minutes} от {base} до {end} ({name}).", "{minutes} from {base} to {end} ({name}).").format(
            minutes=_minutes(minutes), base=_said(ctx, base), end=_said(ctx, end), name=calendar.name
        )
        output = _output(ctx, calendar, end).model_copy(update={"minutes": minutes})
        return Done("done", text, output)

    def _wait(self, ctx: Context, calendar: Calendar, due: DateTime) -> Outcome:
        """A wait that would outlive the run is refused now, and not after a month."""
        if due > ctx.started_at + timedelta(days=LONGEST_DAYS):
            text = Text(
                "Ждать пришлось бы до {due}: дольше 30 дней робот не ждёт.",
                "The wait would last until {due}: this robot waits 30 days at most.",
            )
            return Failed(text.format(due=_said(ctx, due)))
        if due <= ctx.now:
            return self._over(ctx, calendar)
        ctx.state.due = due
        because = Text("Ждём до {due}: {counted}.", "Waiting until {due}: {counted}.").format(
            due=_said(ctx, due), counted=calendar.explain(ctx.now, due, zone=ctx.zone, now=ctx.now)
        )
        return WaitUntil(due, then=self.awake, because=because, counted=counted(calendar, ctx.now, due))

    @step("awake")
    async def awake(self, ctx: Context) -> Outcome:
        """Look whether the process still stands where it stood; hours that were changed meanwhile are waited for."""
        await ctx.look.item()
        calendar = await _calendar(ctx)
        if ctx.input.operation is Operation.WAIT_UNTIL_OPEN:
            return self._wait(ctx, calendar, calendar.next_open(ctx.now))
        return self._wait(ctx, calendar, calendar.add(_base(ctx), ctx.input.amount))

    def _over(self, ctx: Context, calendar: Calendar) -> Done:
        waited = minutes_between(calendar, ctx.started_at, ctx.now)
        text = Text("Дождались: {minutes} ({name}).", "Waited: {minutes} ({name}).").format(
            minutes=_minutes(waited), name=calendar.name
        )
        return Done("done", text, _output(ctx, calendar, ctx.now).model_copy(update={"minutes": waited}))


def _base(ctx: Context) -> DateTime:
    """A moment without an offset is meant in the portal's zone (decisions.md 49)."""
    return read_moment(ctx.input.base, ctx.zone) or ctx.started_at


async def _calendar(ctx: Context) -> Calendar:
    """Read the dialog only where its line or its owner says the hours."""
    person = int(ctx.input.person.removeprefix("user_")) if ctx.input.person else 0
    own = bool(ctx.input.calendar_name.strip())
    by_dialog = ctx.input.calendar in {CalendarChoice.LINE, CalendarChoice.PERSON} and not own and not person
    found = await ctx.look.resolution() if by_dialog else None
    dialog = found if isinstance(found, DialogView) else None
    by = CalendarChoice.PERSON if person and not own else None
    return await ctx.look.calendar(dialog, by=by, person_id=person)


def _output(ctx: Context, calendar: Calendar, at: DateTime) -> WorkingTimeOutput:
    close = calendar.next_close(at)
    return WorkingTimeOutput(
        datetime=at.astimezone(ctx.zone),
        is_working=calendar.is_open(at),
        next_open=calendar.next_open(at).astimezone(ctx.zone),
        next_close=close.astimezone(ctx.zone) if close else None,
        day_kind=calendar.day_kind(at.astimezone(calendar.zone).date()).value,
    )


def _added(ctx: Context, calendar: Calendar, base: DateTime, at: DateTime) -> Text:
    days = ctx.input.operation is Operation.ADD_DAYS
    amount = _days(ctx.input.amount) if days else _minutes(ctx.input.amount)
    text = Text("{base} и {amount} — это {at} ({name}).", "{base} and {amount} make {at} ({name}).")
    words = text.format(base=_said(ctx, base), amount=amount, at=_said(ctx, at), name=calendar.name)
    note = calendar.note_on(at.astimezone(calendar.zone).date())
    return words + Text(f" {note.ru}.", f" {note.en}.") if note else words


def _minutes(number: int) -> Text:
    return plural(
        number,
        ("рабочая минута", "рабочие минуты", "рабочих минут"),
        ("working minute", "working minutes"),
    )


def _days(number: int) -> Text:
    return plural(number, ("рабочий день", "рабочих дня", "рабочих дней"), ("working day", "working days"))


def _said(ctx: Context, at: DateTime) -> Text:
    return moment(at, ctx.zone, now=ctx.now)
