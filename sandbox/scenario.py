"""Named states of the portal: what ``reset`` puts in place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox import crowd, demo
from sandbox.crm import COMPANY, CONTACT, DEAL, LEAD, Category, Item, Stage
from sandbox.demo_cases import CASES
from sandbox.demo_leads import LEADS
from sandbox.dialogs import Chat, Line
from sandbox.journal import Journal
from sandbox.people import Department, User, Workday
from sandbox.quick_answers import Answer, Section
from sandbox.workflows import PlacedRobot

if TYPE_CHECKING:
    from sandbox.portal import Portal

_FIRST_COMPANY, _FIRST_CONTACT = 40, 100


def reset(portal: Portal, state: str = "demo") -> None:
    """Replace everything but the installed application by a named state, and set the clock to its beginning."""
    portal.clear()
    portal.building = True
    try:
        portal.clock.set(portal.start_at)
        SCENARIOS[state](portal)
    finally:
        portal.building = False
    portal.clock.set(portal.start_at)
    portal.journal = Journal()
    portal.queue.forget()
    portal.touch()


def new_client(portal: Portal, name: str) -> User:
    """Make the user that a client has in the portal: a person of a connector (openlines.md part 4)."""
    first, _, last = name.partition(" ")
    user = User(portal.ids.next("client", above=500), first, last, external_auth_id="imconnector")
    portal.people.users[user.id] = user
    return user


def empty(portal: Portal) -> None:
    """People, departments, lines and funnels; no items, no dialogs, no robots."""
    lang = portal.lang
    for one in demo.DEPARTMENTS:
        portal.people.departments[one[0]] = Department(one[0], one[1].to(lang), one[2], one[3])
    opened_at = portal.start_at - timedelta(hours=2)
    for person in demo.PEOPLE:
        user = User(
            id=person.id,
            name=person.name.to(lang),
            last_name=person.last_name.to(lang),
            position=person.position.to(lang),
            departments=(person.department,),
            email=f"{person.email}@example.com",
            admin=person.admin,
            gender=person.gender,
            time_zone="Europe/Moscow",
        )
        portal.people.users[user.id] = user
        portal.people.set_workday(user, Workday.OPENED, opened_at)
    bot = User(demo.BOT, demo.BOT_NAME.to(lang), external_auth_id="bot")
    portal.people.users[bot.id] = bot
    _lines(portal)
    _quick_answers(portal)
    portal.crm.categories = [
        _category(lang, demo.FUNNEL, DEAL, demo.FUNNEL_NAME, demo.FUNNEL_STAGES),
        _category(lang, demo.PROCESS_FUNNEL, demo.PROCESS_TYPE, demo.PROCESS_NAME, demo.PROCESS_STAGES),
        _category(lang, 0, LEAD, demo.LEADS_NAME, demo.LEAD_STAGES),
    ]


def _lines(portal: Portal) -> None:
    names = {number: name.to(portal.lang) for number, name in demo.LINE_NAMES.items()}
    portal.openlines.lines[demo.ACCOUNTING_LINE] = Line(
        id=demo.ACCOUNTING_LINE,
        name=names[demo.ACCOUNTING_LINE],
        queue=[demo.ANNA, demo.DMITRY, demo.CHIEF],
        worktime_enabled=True,
        worktime_from="9",
        worktime_to="18",
        days_off=["SA", "SU"],
        holidays=["01.01", "07.01", "23.02", "08.03", "01.05", "09.05", "12.06", "04.11"],
        off_hours_text=demo.OFF_HOURS.to(portal.lang),
        quick_answers=demo.QUICK_LIST,
    )
    portal.openlines.lines[demo.SUPPORT_LINE] = Line(
        id=demo.SUPPORT_LINE, name=names[demo.SUPPORT_LINE], queue=[demo.SUPPORT, demo.DMITRY]
    )


def _quick_answers(portal: Portal) -> None:
    kept, lang, ids = portal.quick_answers, portal.lang, portal.ids
    for index, (code, name, answers) in enumerate(demo.QUICK_SECTIONS):
        section = Section(ids.next("section", above=160), demo.QUICK_LIST, code, name.to(lang), (index + 1) * 10)
        kept.sections.append(section)
        for title, text in answers:
            number = ids.next("quick answer", above=6_990)
            kept.answers.append(Answer(number, demo.QUICK_LIST, section.id, title.to(lang), text.to(lang)))


def _category(
    lang: str,
    number: int,
    entity_type: int,
    name: demo.Said,
    stages: tuple[tuple[str, demo.Said, str, str], ...],
) -> Category:
    made = tuple(Stage(code, said.to(lang), semantics, color) for code, said, semantics, color in stages)
    return Category(number, entity_type, name.to(lang), made, default=True)


def demo_state(portal: Portal) -> None:
    """A working morning of a small accounting firm: eight deals, two reconciliations, clients who wait."""
    empty(portal)
    lang = portal.lang
    for index, case in enumerate(CASES):
        company, contact = _FIRST_COMPANY + index, _FIRST_CONTACT + index
        first, _, last = case.contact.to(lang).partition(" ")
        created = portal.start_at - timedelta(days=2, hours=index)
        portal.crm.put(Item(COMPANY, company, case.company.to(lang), created, assigned_by=case.responsible))
        portal.crm.put(
            Item(
                CONTACT,
                contact,
                case.contact.to(lang),
                created,
                name=first,
                last_name=last,
                company_id=company,
                assigned_by=case.responsible,
            )
        )
        portal.crm.put(
            Item(
                entity_type=DEAL,
                id=case.id,
                title=f"{case.company.to(lang)}: {case.title.to(lang)}",
                created_at=created,
                stage_id=case.stage,
                category_id=demo.FUNNEL,
                assigned_by=case.responsible,
                contact_ids=(contact,),
                company_id=company,
                opportunity=float(case.opportunity),
            )
        )
        if case.dialog:
            own = () if case.dialog.contact_only else ((DEAL, case.id),)
            _dialog(portal, case.dialog, case.contact.to(lang), (*own, (CONTACT, contact)))
    _process(portal)
    _leads(portal)
    for place, robots in demo.automation(lang).items():
        portal.bizproc.placed[place] = [PlacedRobot(one.code, one.properties, one.after) for one in robots]


def _process(portal: Portal) -> None:
    for number, title, stage, responsible, case in demo.PROCESS_CASES:
        portal.crm.put(
            Item(
                entity_type=demo.PROCESS_TYPE,
                id=number,
                title=title.to(portal.lang),
                created_at=portal.start_at - timedelta(days=1),
                stage_id=stage,
                category_id=demo.PROCESS_FUNNEL,
                assigned_by=responsible,
                contact_ids=(_FIRST_CONTACT + case - 1,),
                company_id=_FIRST_COMPANY + case - 1,
            )
        )


def _leads(portal: Portal) -> None:
    lang = portal.lang
    for one in LEADS:
        first, _, last = one.person.to(lang).partition(" ")
        portal.crm.put(
            Item(
                entity_type=LEAD,
                id=one.id,
                title=one.title.to(lang),
                created_at=portal.start_at - timedelta(hours=one.id),
                stage_id=one.stage,
                assigned_by=one.responsible,
                name=first,
                last_name=last,
            )
        )
        _dialog(portal, one.dialog, one.person.to(lang), ((LEAD, one.id),))


def _dialog(portal: Portal, dialog: demo.Dialog, client: str, bound: tuple[tuple[int, int], ...]) -> None:
    """Play a dialog as it happened: the clock walks through its minutes."""
    lines, people = portal.openlines, portal.people.users
    chat: Chat | None = None
    for line in dialog.lines:
        portal.clock.set(portal.start_at - timedelta(minutes=line.ago))
        text = line.text.to(portal.lang)
        if chat is None:
            user = new_client(portal, client)
            chat = lines.new_chat(lines.lines[dialog.line], connector=dialog.connector, client=user, bound=bound)
        if line.who == "client":
            lines.talk.client_writes(chat, text)
            if dialog.accepted_by and not chat.owner:
                portal.clock.advance(timedelta(seconds=40))
                lines.accept(chat, people[dialog.accepted_by])
        else:
            lines.talk.staff_writes(chat, people[dialog.accepted_by], text)
    if chat and dialog.closed:
        portal.clock.advance(timedelta(minutes=3))
        lines.closing.finish(chat, by=people[dialog.accepted_by])


def large(portal: Portal) -> None:
    """The demo with a crowd around it: 1 000 deals, 500 open dialogs."""
    demo_state(portal)
    crowd.gather(portal)


SCENARIOS: dict[str, Callable[[Portal], None]] = {"demo": demo_state, "empty": empty, "large": large}
