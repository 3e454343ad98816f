"""Tell people, then move the dialog on, when a client waits too long for an answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.effects import Effect, SendAutomatic
from core.robots import (
    Act,
    Answers,
    Ball,
    Calendar,
    Check,
    Choice,
    Ctx,
    DialogInput,
    DialogView,
    Done,
    Episode,
    LongText,
    Message,
    Outcome,
    Output,
    Reason,
    Robot,
    State,
    UserRef,
    WaitUntil,
    Watch,
    counted,
    prop,
    step,
)
from core.robots.circle import circle_around
from core.robots.escalation import Circle, Facts, everybody_is_off, level_effects
from core.robots.levels import Action, BadLevels, Level, parse_levels
from core.robots.message_values import message_values
from core.texts.placeholders import fill, first_unknown
from core.texts.text import Text, for_minutes, minutes, moment

#: How long an armed robot waits for the client's first word.
ARMED_FOR = timedelta(days=14)


class FirstAction(Choice):
    NOTIFY = "notify", "Сообщить", "Notify"
    ADD_TO_CHAT = "add_to_chat", "Добавить в чат", "Add to the chat"
    REASSIGN = "reassign", "Передать диалог", "Hand the dialog over"
    TASK = "task", "Поставить задачу", "Create a task"


class CountFrom(Choice):
    OLDEST_UNANSWERED = "oldest_unanswered", "От первого сообщения без ответа", "From the first unanswered message"
    ASSIGNMENT = "assignment", "От назначения оператора", "From the assignment"
    ROBOT_START = "robot_start", "От запуска робота", "From the start of the robot"


class WhoCounts(Choice):
    HUMAN = "human", "Только человек", "Only a person"
    HUMAN_OR_ROBOT = "human_or_robot", "Человек или робот", "A person or a robot"


class CrmSync(Choice):
    CREATED_ONLY = "created_only", "Как в Битрикс24", "As Bitrix24 does"
    ALWAYS = "always", "Всегда", "Always"
    NEVER = "never", "Никогда", "Never"


class IfNotWaiting(Choice):
    FINISH = "finish", "Завершить", "Finish"
    ARM = "arm", "Ждать, пока напишет", "Wait until he writes"


class EscalateInput(DialogInput):
    after_minutes: int = prop(15, ru="Через сколько рабочих минут", en="After how many working minutes", minimum=1)
    escalate_to: list[UserRef] = prop([], ru="Кому (пусто — руководителю)", en="To whom (empty: the head)")
    action: FirstAction = prop(FirstAction.NOTIFY, ru="Что сделать", en="What to do")
    levels: LongText = prop(
        "",
        ru="Уровни (по строке)",
        en="Levels (one per line)",
        help=Text(
            "Например: «15: notify owner», следующая строка «30: add head, notify head», «45: reassign pool=line».",
            "For example “15: notify owner”, next line “30: add head, notify head”, “45: reassign pool=line”.",
        ),
    )
    count_from: CountFrom = prop(CountFrom.OLDEST_UNANSWERED, ru="Откуда считать", en="Count from")
    who_counts: WhoCounts = prop(WhoCounts.HUMAN, ru="Чей ответ считается", en="Whose answer counts")
    pool: list[UserRef] = prop([], ru="Кому передавать (пусто — очередь линии)", en="Hand over to (empty: the queue)")
    quiet_hours: bool = prop(True, ru="Не беспокоить вне рабочего времени", en="Do not disturb outside working time")
    crm_sync: CrmSync = prop(CrmSync.ALWAYS, ru="Менять ответственного в карточке", en="Change the responsible")
    client_text: LongText = prop("", ru="Текст клиенту на первом уровне", en="Text to the client at the first level")
    repeat_last_level: int = prop(0, ru="Повторять последний уровень, минут", en="Repeat the last level, minutes")
    if_not_waiting: IfNotWaiting = prop(
        IfNotWaiting.FINISH, ru="Если клиент не ждёт", en="If the client is not waiting"
    )
    wait_result: bool = prop(False, ru="Ждать результата", en="Wait for the result")

    @property
    def chain(self) -> tuple[Level, ...]:
        """The levels as written, or the one that the simple properties describe."""
        return parse_levels(self.levels) or (Level(self.after_minutes, self._simple()),)

    def _simple(self) -> tuple[Action, ...]:
        targets = [f"user:{ref.removeprefix('user_')}" for ref in self.escalate_to]
        match self.action:
            case FirstAction.REASSIGN:
                return (Action("reassign", "+".join(targets) or "pool"),)
            case FirstAction.ADD_TO_CHAT:
                return tuple(Action("add", target) for target in targets or ["head"])
            case FirstAction.TASK:
                return tuple(Action("task", target) for target in targets or ["head"])
            case _:
                return tuple(Action("notify", target) for target in targets or ["head"])

    def problem(self) -> Text | None:
        try:
            parse_levels(self.levels)
        except BadLevels as bad:
            return bad.text
        if any(not ref.startswith("user_") for ref in self.escalate_to):
            return Text("«Кому»: выберите сотрудников, а не отделы.", "“To whom”: choose employees, not departments.")
        if self.count_from is CountFrom.ASSIGNMENT:
            return Text(
                "«Откуда считать»: счёт от назначения оператора пока не поддерживается.",
                "“Count from”: counting from the assignment is not supported yet.",
            )
        if unknown := first_unknown(self.client_text):
            return Text(
                "«Текст клиенту»: нет такой подстановки: {{{name}}}.", "“Text to the client”: there is no {{{name}}}."
            ).format(name=unknown)
        return super().problem()


class EscalateState(State):
    session_id: int = 0
    message_id: int = 0
    since: datetime | None = None
    level: int = 0
    repeats: int = 0
    due: datetime | None = None
    told: tuple[int, ...] = ()
    armed: bool = False


class EscalateOutput(Output):
    answered: bool = prop(False, ru="Клиенту ответили", en="The client was answered")
    answered_by: UserRef | None = prop(None, ru="Кто ответил", en="Who answered")
    answer_minutes: int = prop(0, ru="Через сколько рабочих минут", en="After how many working minutes")
    level_reached: int = prop(0, ru="Сработало уровней", en="Levels reached")
    final_owner: UserRef | None = prop(None, ru="Оператор в итоге", en="Operator in the end")


Context = Ctx[EscalateInput, EscalateState]


class EscalateNoReply(Robot[EscalateInput, EscalateState, EscalateOutput]):
    """Wait in working time for a person's answer; each level looks again before it acts."""

    code = "escalate_no_reply"
    name = Text(ru="Эскалация, если нет ответа N минут", en="Escalate if no reply in N minutes")
    about = Text(
        ru="Если клиенту не ответили за указанное рабочее время, сообщает руководителю, добавляет его в чат или "
        "передаёт диалог.",
        en="When a client got no answer within the given working time, tells the head, adds him to the chat or hands "
        "the dialog over.",
    )

    @step("arm")
    async def arm(self, ctx: Context) -> Outcome:
        dialog = await ctx.dialog()
        if not dialog.is_open:
            return Done("nothing_to_do", dialog.why_ball, _output(ctx, dialog))
        if dialog.ball is not Ball.US or dialog.episode is None or dialog.waiting_since is None:
            return self._not_waiting(ctx, dialog)
        ctx.state.session_id, ctx.state.message_id = dialog.episode.session_id, dialog.episode.message_id
        ctx.state.since = max(dialog.waiting_since, ctx.started_at) if _from_start(ctx) else dialog.waiting_since
        return await self._wait(ctx, dialog)

    def _not_waiting(self, ctx: Context, dialog: DialogView) -> Outcome:
        if ctx.input.if_not_waiting is IfNotWaiting.FINISH:
            return Done("nothing_to_do", dialog.why_ball, _output(ctx, dialog))
        until = ctx.started_at + ARMED_FOR
        if ctx.now >= until:
            text = Text("Клиент не написал за две недели.", "The client did not write within two weeks.")
            return Done("nothing_to_do", text, _output(ctx, dialog))
        because = Text("{why} Ждём, пока напишет.", "{why} Waiting until he writes.").format(why=dialog.why_ball)
        return WaitUntil(until, then=self.arm, because=because, watch=Watch.of(dialog))

    async def _wait(self, ctx: Context, dialog: DialogView) -> WaitUntil:
        """Sleep until the present level is due, counted from the client's message."""
        calendar = await ctx.calendar(dialog)
        since = ctx.state.since or ctx.now
        total = _minutes_for(ctx)
        due = max(calendar.add(since, total), ctx.now)
        ctx.state.due = due
        because = Text(
            "{why} Уровень {level} из {levels}: {total} рабочего времени от {since} истекут {due}. {sum}",
            "{why} Level {level} of {levels}: {total} of working time from {since} end {due}. {sum}",
        ).format(
            why=dialog.why_ball,
            level=ctx.state.level + 1,
            levels=len(ctx.input.chain),
            total=minutes(total),
            since=moment(since, ctx.zone, now=ctx.now),
            due=moment(due, ctx.zone, now=ctx.now),
            sum=calendar.explain(since, due),
        )
        return WaitUntil(
            due,
            then=self.fire,
            because=because,
            watch=Watch.of(dialog),
            counted=counted(calendar, since, due),
        )

    @step("fire")
    async def fire(self, ctx: Context) -> Outcome:
        dialog = await ctx.dialog()
        calendar = await ctx.calendar(dialog)
        if over := _over(ctx, dialog, calendar):
            return over
        if ctx.state.due is not None and ctx.now < ctx.state.due:
            return await self._wait(ctx, dialog)
        level = ctx.input.chain[ctx.state.level]
        circle = await circle_around(ctx, dialog, level, pool=ctx.input.pool)
        if everybody_is_off(level, circle):
            return await self._nobody_at_work(ctx, dialog, calendar)
        if ctx.input.quiet_hours and not calendar.is_open(ctx.now):
            opening = calendar.next_open(ctx.now)
            because = Text(
                "Нерабочее время: людей не беспокоим до {at}.", "Outside working time: nobody is disturbed until {at}."
            ).format(at=moment(opening, ctx.zone, now=ctx.now))
            ctx.state.due = opening
            return WaitUntil(opening, then=self.fire, because=because, watch=Watch.of(dialog))
        return await self._act(ctx, dialog, calendar, level, circle)

    async def _nobody_at_work(self, ctx: Context, dialog: DialogView, calendar: Calendar) -> Outcome:
        """Skip to the next level; only the last one waits for somebody to come (decisions.md 24)."""
        if ctx.state.level + 1 < len(ctx.input.chain):
            ctx.state.level += 1
            wait = await self._wait(ctx, dialog)
            because = Text(
                "Уровень {level}: никого из адресатов нет на смене, переходим к следующему. {next}",
                "Level {level}: nobody it concerns is at work, going on to the next. {next}",
            ).format(level=ctx.state.level, next=Reason.of(wait.because).text)
            return WaitUntil(wait.due, then=self.fire, because=because, watch=wait.watch, counted=wait.counted)
        opening = calendar.next_open(ctx.now + timedelta(minutes=15))
        ctx.state.due = opening
        because = Text(
            "Никого из адресатов нет на смене; посмотрим снова {at}.",
            "Nobody it concerns is at work; looking again {at}.",
        ).format(at=moment(opening, ctx.zone, now=ctx.now))
        return WaitUntil(opening, then=self.fire, because=because, watch=Watch.of(dialog))

    async def _act(self, ctx: Context, dialog: DialogView, calendar: Calendar, level: Level, circle: Circle) -> Outcome:
        waited = calendar.between(ctx.state.since or ctx.now, ctx.now)
        item = await ctx.look.item()
        facts = Facts(
            item=ctx.item,
            title=item.title or str(ctx.item),
            origin=ctx.origin,
            language=ctx.language,
            waited=waited,
            now=ctx.now,
            creator_id=ctx.admin_id,
            run_id=ctx.run_id,
            level=ctx.state.level + 1,
            sync_crm=ctx.input.crm_sync is CrmSync.ALWAYS,
        )
        effects, checks = level_effects(level, dialog, circle, facts, told=ctx.state.told)
        if ctx.state.level == 0 and ctx.state.repeats == 0:
            effects = (*await _holding(ctx, dialog), *effects)
        ctx.state.told = tuple(sorted({*ctx.state.told, *_told_by(effects)}))
        because = Text(
            "Ответа нет {waited} рабочего времени: срабатывает уровень {level} из {levels}.",
            "No answer for {waited} of working time: level {level} of {levels} fires.",
        ).format(waited=for_minutes(waited), level=ctx.state.level + 1, levels=len(ctx.input.chain))
        return Act(effects, then=self.after, because=Reason(because, checks))

    @step("after")
    async def after(self, ctx: Context) -> Outcome:
        """Go on with the next level, repeat the last one, or end."""
        dialog = await ctx.dialog()
        calendar = await ctx.calendar(dialog)
        ctx.state.level += 1
        last = ctx.state.level >= len(ctx.input.chain)
        if not last or ctx.input.repeat_last_level:
            if last:
                ctx.state.level, ctx.state.repeats = len(ctx.input.chain) - 1, ctx.state.repeats + 1
                ctx.state.told = ()
            return _over(ctx, dialog, calendar) or await self._wait(ctx, dialog)
        refused = [result for result in ctx.results if result.state == "refused"]
        checks = tuple(Check(result.summary, result.done) for result in ctx.results)
        text = Text("Эскалация выполнена.", "The escalation was carried out.")
        if refused and len(refused) == len(ctx.results):
            text = Text("Битрикс24 отказал во всех действиях уровня.", "Bitrix24 refused everything the level does.")
            return Done("failed", Reason(text, checks), _output(ctx, dialog))
        return Done("done", Reason(text, checks), _output(ctx, dialog))


def _counts(ctx: Context) -> Answers:
    return "human" if ctx.input.who_counts is WhoCounts.HUMAN else "human_or_robot"


def _name(dialog: DialogView, user_id: int) -> str:
    user = dialog.users.get(user_id)
    return user.name if user and user.name else f"#{user_id}"


def _from_start(ctx: Context) -> bool:
    return ctx.input.count_from is CountFrom.ROBOT_START


def _minutes_for(ctx: Context) -> int:
    chain = ctx.input.chain
    return chain[min(ctx.state.level, len(chain) - 1)].minutes + ctx.state.repeats * ctx.input.repeat_last_level


def _over(ctx: Context, dialog: DialogView, calendar: Calendar) -> Done | None:
    """Return why there is nothing to escalate any more, by what the dialog holds now."""
    episode = Episode(ctx.state.session_id, ctx.state.message_id)
    reply = dialog.first_reply_after(episode, who=_counts(ctx))
    if reply is not None:
        return _answered(ctx, dialog, reply, calendar)
    if not dialog.is_open or dialog.session_id != ctx.state.session_id:
        text = Text("Диалог закрыт, отвечать больше не на что.", "The dialog is closed, there is nothing to answer.")
        return Done("cancelled_closed", text, _output(ctx, dialog))
    if dialog.ball is not Ball.US or dialog.episode is None:
        return Done("nothing_to_do", dialog.why_ball, _output(ctx, dialog))
    if dialog.episode != episode:
        text = Text("Это ожидание сменилось новым.", "This wait was superseded by a new one.")
        return Done("superseded", text, _output(ctx, dialog))
    return None


def _answered(ctx: Context, dialog: DialogView, reply: Message, calendar: Calendar) -> Done:
    spent = calendar.between(ctx.state.since or reply.at, reply.at)
    text = Text(
        "Клиенту ответили: {who}, {at} (сообщение №{id}), через {spent} рабочего времени.",
        "The client was answered: {who}, {at} (message {id}), after {spent} of working time.",
    ).format(
        who=_name(dialog, reply.author_id),
        at=moment(reply.at, ctx.zone, now=ctx.now),
        id=reply.id,
        spent=for_minutes(spent),
    )
    output = _output(ctx, dialog).model_copy(
        update={"answered": True, "answered_by": UserRef(f"user_{reply.author_id}"), "answer_minutes": spent}
    )
    return Done("cancelled_reply", text, output)


def _output(ctx: Context, dialog: DialogView) -> EscalateOutput:
    return EscalateOutput(
        level_reached=ctx.state.level,
        final_owner=UserRef(f"user_{dialog.owner_id}") if dialog.owner_id else None,
    )


def _told_by(effects: tuple[Effect, ...]) -> set[int]:
    return {effect.user_id for effect in effects if effect.kind == "notify_staff" and hasattr(effect, "user_id")}


async def _holding(ctx: Context, dialog: DialogView) -> tuple[Effect, ...]:
    """The holding text of the first level; it is automatic, so it is no answer and stops nothing."""
    if not ctx.input.client_text.strip() or not dialog.window_open:
        return ()
    values = await message_values(ctx, dialog, ctx.input.client_text)
    text = fill(ctx.input.client_text, values, blank=True).strip()
    if not text:
        return ()
    return (
        SendAutomatic(
            chat_id=dialog.chat.id,
            session_id=dialog.session_id,
            text=text,
            after_message_id=dialog.chat.last_message_id,
        ),
    )
