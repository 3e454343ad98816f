"""Give a dialog and its item to an employee who is on shift, by turn, by load, or by whom the client knows."""

from __future__ import annotations

from datetime import datetime

from core.effects import Effect
from core.robots import (
    Act,
    Ctx,
    DialogView,
    Done,
    Failed,
    LongText,
    Outcome,
    Output,
    Reason,
    Robot,
    UserRef,
    WaitUntil,
    Watch,
    counted,
    prop,
    step,
)
from core.robots.assign_form import AssignInput
from core.robots.assigning import Found, Turned, find, turn_is_over
from core.robots.assignment import NoCandidate, first_words_of, kept_by_hand, no_more_needed
from core.robots.duty import somebody_is_there
from core.robots.handover import (
    back_to_queue,
    came_of,
    checks_of,
    gift,
    hand_over,
    hand_over_again,
    in_card,
    needed_by_card,
    refusal_words,
    told,
)
from core.robots.handover_words import assigned, nobody_accepted, nobody_to_assign, responsible
from core.robots.polling import LookingState
from core.robots.situation import matter_of
from core.robots.superiors import superiors
from core.texts.text import Text, at_moment, joined, moment

#: So many people are asked in vain before the head is.
MOST_HOPS = 3


class AssignState(LookingState):
    #: Who held the dialog at the first look, and the newest message when it was looked at or given last.
    seen_owner_id: int = 0
    after_message_id: int = 0
    is_from_bot: bool = False
    #: Who was asked, the last one being whom the dialog was given to.
    asked: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    turn: Turned = Turned()
    candidates: int = 0
    explained: dict[str, str] | None = None
    #: When the one who was asked is waited for no longer.
    due: datetime | None = None
    #: Refused once: the other way is tried.
    again: bool = False
    #: Nobody of the pool could be found, and the head or the queue gets it instead.
    fallback: bool = False
    #: Who is waited for.
    queue: tuple[int, ...] = ()

    @property
    def target(self) -> int:
        return self.asked[-1] if self.asked else 0


class AssignOutput(Output):
    assignee: UserRef | None = prop(None, ru="Кто назначен", en="Who was assigned")
    candidates: int = prop(0, ru="Сколько подходило", en="How many fitted")
    explain: LongText = prop("", ru="Кто подходил и почему не остальные", en="Who fitted and why not the others")
    hops: int = prop(0, ru="Скольким назначали", en="How many were asked")


Context = Ctx[AssignInput, AssignState]


class AssignOperator(Robot[AssignInput, AssignState, AssignOutput]):
    """Filters first, then the way of choosing; never two launches for the same turn."""

    code = "assign_operator"
    name = Text(ru="Назначить дежурного оператора", en="Assign operator on shift")
    about = Text(
        ru="Выбирает, кому отдать диалог и карточку: кто на смене, по очереди, по нагрузке или кого клиент знает.",
        en="Chooses who gets the dialog and the card: who is on shift, in turn, by load, or whom the client knows.",
    )

    @step("arm")
    async def arm(self, ctx: Context) -> Outcome:
        dialog = await _dialog(ctx)
        thing = f"chat {dialog.chat.id}" if dialog is not None else f"item {ctx.item}"
        if not await ctx.desk.only_one(thing):
            text = Text(
                "Этот диалог уже назначает другой запуск робота.",
                "Another launch of this robot is assigning it already.",
            )
            return Done("skipped_duplicate", text, _output(ctx))
        if dialog is not None:
            ctx.state.seen_owner_id, ctx.state.after_message_id = dialog.owner_id, dialog.chat.last_message_id
            if ctx.input.with_dialog and (not dialog.is_open or dialog.closing):
                text = Text("Диалог закрыт, назначать нечего.", "The dialog is closed, there is nothing to assign.")
                return Done("nothing_to_do", text, _output(ctx))
            kept = await kept_by_hand(ctx, dialog, minutes=ctx.input.manual_minutes, rules=ctx.input.rules)
            if kept is not None:
                return Done("skipped_manual", kept[0], _output(ctx, kept[1]))
        return await self._assign(ctx, dialog)

    @step("wait")
    async def wait(self, ctx: Context) -> Outcome:
        """Somebody of the pool is waited for: who is there is asked often, everything else now and then."""
        state = ctx.state
        if state.is_small_look(ctx.now) and not await somebody_is_there(ctx, state.queue, ctx.input.rules):
            return self._later(ctx, Reason(_NOBODY_YET))
        dialog = await _dialog(ctx)
        if over := _over(ctx, dialog, state.target, state.seen_owner_id):
            return over
        return await self._assign(ctx, dialog)

    async def _assign(self, ctx: Context, dialog: DialogView | None) -> Outcome:
        state = ctx.state
        left_out = dict.fromkeys(state.asked, Text("уже назначали, не ответил", "was asked and did not answer"))
        beside = [dialog.owner_id] if dialog is not None and dialog.owner_id else []
        found = await find(ctx, dialog, ctx.input.rules, left_out=left_out, beside=beside, hop=len(state.asked))
        state.candidates, state.explained = found.chosen.fitting, found.chosen.explained.as_json()
        state.turn = found.turn
        state.is_from_bot = bool(beside) and found.persons[beside[0]].bot
        because = Reason(found.chosen.why, found.chosen.rows)
        if not found.user_id:
            return await self._nobody(ctx, dialog, found, because)
        return await self._give(ctx, dialog, found.user_id, found.name(found.user_id), because)

    async def _give(self, ctx: Context, dialog: DialogView | None, user_id: int, name: str, because: Reason) -> Outcome:
        state = ctx.state
        state.asked, state.names, state.again = (*state.asked, user_id), (*state.names, name), False
        handing: tuple[Effect, ...] = ()
        if dialog is not None and ctx.input.with_dialog:
            state.after_message_id, state.seen_owner_id = dialog.chat.last_message_id, dialog.owner_id
            if dialog.owner_id != user_id:
                if ctx.input.accept_minutes:
                    state.due = (await ctx.calendar(dialog)).add(ctx.now, ctx.input.accept_minutes)
                handing, checks = hand_over(dialog, user_id, token_id=ctx.admin_id, from_bot=state.is_from_bot)
                because = because.adding(_NOTHING, *checks)
        effects = await self._around(ctx, dialog, handing)
        if effects:
            return Act(effects, then=self.handed, because=because)
        text = Text("{name} уже ведёт диалог, менять нечего.", "{name} has it already, nothing changes.")
        return self._given(ctx, Reason(text.format(name=name), because.checks))

    async def _around(self, ctx: Context, dialog: DialogView | None, handing: tuple[Effect, ...]) -> tuple[Effect, ...]:
        """The hand-over, the card, and a word to whoever got something new."""
        target, facts = ctx.state.target, await ctx.look.item()
        card: tuple[Effect, ...] = ()
        if ctx.input.with_card:
            card = in_card(ctx.item, target, seen_user_id=facts.assigned_by_id, needs=needed_by_card(handing))
        matter = await matter_of(ctx, dialog)
        notice = assigned(matter) if handing else responsible(matter)
        if ctx.state.fallback:
            notice = nobody_to_assign(matter)
        session_id = dialog.session_id if dialog is not None else 0
        return gift(handing, card, notice, to=target, session_id=session_id, robot=self.code)

    @step("handed")
    async def handed(self, ctx: Context) -> Outcome:
        """See what came of it; a refusal is answered by trying the other way, once."""
        state, checks = ctx.state, checks_of(ctx.results)
        match came_of(ctx.results):
            case "nothing" if any(result.kind == "set_responsible" and not result.done for result in ctx.results):
                text = Text("Ответственного сменить не удалось.", "The responsible could not be changed.")
                return Failed(Reason(text, checks), _output(ctx))
            case "moved" | "nothing":
                await turn_is_over(ctx, state.turn)
                text = Text("Назначено: {name}.", "Assigned: {name}.")
                if state.fallback:
                    text = Text(
                        "Подходящих не нашлось, отдано руководителю: {name}.",
                        "Nobody fitted, given to the head: {name}.",
                    )
                text = text.format(name=state.names[-1])
                return self._given(ctx, Reason(text, checks))
            case "refused" if not state.again:
                return await self._try_again(ctx)
            case "refused":
                return Failed(Reason(refusal_words(ctx.results), checks), _output(ctx))
            case _:
                text = Text("Пока мы передавали диалог, его взял другой человек.", "Somebody took it meanwhile.")
                return Done("cancelled_owner", Reason(text, checks), _output(ctx))

    async def _try_again(self, ctx: Context) -> Outcome:
        state, dialog = ctx.state, await ctx.dialog()
        state.again = True
        if over := _over(ctx, dialog, state.target, state.seen_owner_id, ctx.admin_id):
            return over
        handing = hand_over_again(dialog, state.target, token_id=ctx.admin_id, from_bot=state.is_from_bot)
        text = refusal_words(ctx.results) + Text(" Пробуем иначе.", " Trying the other way.")
        because = Reason(text, checks_of(ctx.results))
        return Act(await self._around(ctx, dialog, handing), then=self.handed, because=because)

    def _given(self, ctx: Context, because: Reason) -> Outcome:
        state = ctx.state
        if state.fallback:
            return Done("no_candidate", because, _output(ctx, state.target))
        if state.due is None or ctx.dry:
            return Done("done", because, _output(ctx, state.target))
        at = moment(state.due, ctx.zone, now=ctx.now)
        wait = Text(" Ждём первого ответа клиенту до {at}.", " Waiting for the first answer until {at}.").format(at=at)
        return WaitUntil(state.due, then=self.accepted, because=Reason(because.text + wait, because.checks))

    @step("accepted")
    async def accepted(self, ctx: Context) -> Outcome:
        """Accepted is whoever writes to the client; when the time is over, the next one is asked."""
        state, dialog = ctx.state, await ctx.dialog()
        words = first_words_of(dialog, state.target, after_message_id=state.after_message_id)
        if words is not None:
            text = Text("Принято: {name}, ответ клиенту {at}.", "Accepted: {name}, answered the client {at}.").format(
                name=state.names[-1], at=at_moment(words.at, ctx.zone, now=ctx.now)
            )
            return Done("done", text, _output(ctx, state.target))
        if over := _over(ctx, dialog, state.target):
            return over
        if state.due is not None and ctx.now < state.due and dialog.owner_id == state.target:
            text = Text("Ждём первого ответа до {at}.", "Waiting for the first answer until {at}.").format(
                at=moment(state.due, ctx.zone, now=ctx.now)
            )
            calendar = await ctx.calendar(dialog)
            spans = counted(calendar, ctx.now, state.due)
            return WaitUntil(state.due, then=self.accepted, because=text, watch=Watch.of(dialog), counted=spans)
        state.due = None
        if len(state.asked) < MOST_HOPS:
            return await self._assign(ctx, dialog)
        because = Reason(Text("Никто из назначенных не ответил клиенту.", "None of those asked answered the client."))
        return await self._nobody(ctx, dialog, None, because)

    # --- nobody ------------------------------------------------------------------------------------------------------

    async def _nobody(self, ctx: Context, dialog: DialogView | None, found: Found | None, because: Reason) -> Outcome:
        """Do what the settings say instead; the last resort is always a person (S0-05)."""
        match ctx.input.no_candidate:
            case NoCandidate.FIRST_OPEN if found is not None and found.pool:
                ctx.state.queue = found.pool
                ctx.state.saw(dialog, ctx.now)
                return self._later(ctx, because)
            case NoCandidate.NOTHING:
                return Done("no_candidate", because, _output(ctx))
            case NoCandidate.QUEUE:
                return self._to_queue(ctx, dialog, because)
            case _:
                return await self._to_head(ctx, dialog, because)

    def _later(self, ctx: Context, because: Reason) -> WaitUntil:
        state, quiet = ctx.state, ctx.state.planned_at is not None
        due = state.plan(ctx.now)
        words = Text(" Ждём первого, кто откроет день.", " Waiting for whoever opens the day first.")
        watch = state.watch if state.chat_id else None
        return WaitUntil(due, then=self.wait, because=because.adding(words), watch=watch, quiet=quiet, looks=True)

    def _to_queue(self, ctx: Context, dialog: DialogView | None, because: Reason) -> Outcome:
        returned: tuple[Effect, ...] = ()
        if dialog is not None and ctx.input.with_dialog:
            returned = back_to_queue(dialog, from_bot=ctx.state.is_from_bot)
        if not returned:
            return Done("no_candidate", because, _output(ctx))
        return Act(returned, then=self.not_assigned, because=because)

    async def _to_head(self, ctx: Context, dialog: DialogView | None, because: Reason) -> Outcome:
        """The head gets it to see to it; one who is not at work is told and finds it when he comes."""
        state, item = ctx.state, await ctx.look.item()
        owner = dialog.owner_id if dialog is not None and not state.is_from_bot else 0
        heads = await superiors(ctx, owner_id=owner, responsible_id=item.assigned_by_id)
        head, names = heads[0], state.names
        state.fallback = True
        if head.reachable and head.id not in state.asked:
            words = Text(" Отдаём руководителю: {name}.", " Given to the head: {name}.").format(name=head.name)
            return await self._give(ctx, dialog, head.id, head.name, because.adding(words))
        matter = await matter_of(ctx, dialog)
        text = nobody_accepted(matter, names=", ".join(names)) if names else nobody_to_assign(matter)
        session_id = dialog.session_id if dialog is not None else 0
        effects = told([head.id for head in heads], text, session_id=session_id, robot=self.code, what="nobody")
        words = Text(" Сообщаем: {names}.", " Told: {names}.").format(names=joined([one.name for one in heads]))
        return Act(effects, then=self.not_assigned, because=because.adding(words))

    @step("not_assigned")
    async def not_assigned(self, ctx: Context) -> Outcome:
        text = Text("Назначить никого не удалось.", "Nobody could be assigned.")
        return Done("no_candidate", Reason(text, checks_of(ctx.results)), _output(ctx, ctx.state.target))


_NOTHING = Text("", "")
_NOBODY_YET = Text("На смене по-прежнему никого.", "Still nobody is on shift.")


async def _dialog(ctx: Context) -> DialogView | None:
    """The dialog, where it is needed; without one the engine ends the run, unless only the card is to be changed."""
    if ctx.input.with_dialog or not ctx.input.pool:
        return await ctx.dialog()
    found = await ctx.look.resolution()
    return found if isinstance(found, DialogView) else None


def _over(ctx: Context, dialog: DialogView | None, *holders: int) -> Done | None:
    """Return why nobody is to be assigned any more, when the dialog is not in one of these hands or in the queue."""
    if dialog is None or not ctx.input.with_dialog:
        return None
    target, since = ctx.state.target, ctx.state.after_message_id
    over = no_more_needed(dialog, holders=holders, but_by=target, after_message_id=since)
    return Done(over[0], over[1], _output(ctx, over[2])) if over else None


def _output(ctx: Context, user_id: int = 0) -> AssignOutput:
    state = ctx.state
    return AssignOutput(
        assignee=UserRef(f"user_{user_id}") if user_id else None,
        candidates=state.candidates,
        explain=LongText(Text.from_json(state.explained).said_in(ctx.language) if state.explained else ""),
        hops=len(state.asked),
    )
