"""How a dialog shall be called by its mask, and whether it is called so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.bitrix24.command import Answer, Command, Json
from core.bitrix24.documents import COMPANY, CONTACT, Item
from core.bitrix24.wire import as_dict, as_int, as_list, as_str
from core.dialogs.item import item_command
from core.dialogs.view import DialogView
from core.robots.card_fields import field_of
from core.robots.circle_reading import both
from core.robots.context import Ctx, InputT, StateT
from core.robots.desk import Desk
from core.robots.fields import Choice
from core.robots.message_values import message_values
from core.robots.outcomes import Check
from core.robots.patterns import first_match
from core.robots.titles import same_title, trimmed
from core.texts.placeholders import Missing, TooLong, families, fill
from core.texts.text import Text


class CompanySource(Choice):
    """Where the company's name comes from."""

    AUTO = "auto", "Компания, затем компания контакта", "The company, then the contact's company"
    COMPANY = "company", "Компания из карточки", "The company of the card"
    CONTACT_COMPANY = "contact_company", "Компания контакта", "The contact's company"
    ITEM_FIELD = "item_field", "Поле карточки", "A field of the card"
    TYPED = "typed", "Указанное название", "The given name"


@dataclass(frozen=True, slots=True)
class NamingRule:
    """A mask and how a title is held against it; ``exceptions`` are patterns of titles that are let alone."""

    mask: str
    source: CompanySource = CompanySource.AUTO
    field: str = ""
    typed: str = ""
    exactly: bool = False
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Company:
    """The name that a mask takes, or why there is none; ``other`` is one that was found as well and not taken."""

    name: str = ""
    missing: Text | None = None
    other: str = ""


@dataclass(frozen=True, slots=True)
class Naming:
    """What became of comparing; without ``expected`` there is ``missing``, which says why not."""

    current: str
    expected: str
    valid: bool
    missing: Text | None
    checks: tuple[Check, ...]


def portals_exceptions(desk: Desk) -> tuple[str, ...]:
    """Return the patterns that the portal's administrators let alone everywhere."""
    patterns = desk.setting("naming_exceptions")
    return tuple(pattern for pattern in as_list(patterns) if isinstance(pattern, str))


_NO_COMPANY: Final = Text("Компания не привязана.", "No company is linked.")
_NOT_READABLE: Final = Text(
    "Компания привязана, но прочитать её приложению не дают.",
    "A company is linked, but the application may not read it.",
)


async def named_dialog(ctx: Ctx[InputT, StateT], rule: NamingRule) -> tuple[DialogView, Naming]:
    """Look at the dialog and, in the same request, at what its title is made of."""
    commands = company_commands(ctx.item, rule.source)
    if not commands:
        dialog = await ctx.dialog()
        return dialog, await naming_of(ctx, dialog, rule, {})
    dialog, answers = await both(ctx.dialog(), ctx.read(commands))
    return dialog, await naming_of(ctx, dialog, rule, answers)


async def naming_of(
    ctx: Ctx[InputT, StateT], dialog: DialogView, rule: NamingRule, answers: Mapping[str, Answer]
) -> Naming:
    """Judge the title; what a mask wants besides the company takes a request more."""
    company = company_in(answers, ctx.item, rule)
    more = await message_values(ctx, dialog, rule.mask) if families(rule.mask) - {"company"} else {}
    return judged(dialog.title, rule, company, more)


def company_commands(item: Item, source: CompanySource) -> dict[str, Command]:
    """Ask for the item, its company, its contact and the contact's company, as far as the source needs them.

    A reference that finds nothing keeps its ``0``, is the number of nobody, and fails cleanly (openlines.md part 2).
    """
    if source is CompanySource.TYPED:
        return {}
    commands = {"item": item_command(item)}
    if source is CompanySource.ITEM_FIELD or item.entity_type_id == COMPANY:
        return commands
    if source in {CompanySource.AUTO, CompanySource.COMPANY}:
        commands["company"] = _get(COMPANY, "0$result[item][item][companyId]")
    if source in {CompanySource.AUTO, CompanySource.CONTACT_COMPANY} and item.entity_type_id != CONTACT:
        commands["contact"] = _get(CONTACT, "0$result[item][item][contactId]")
        commands["contact_company"] = _get(COMPANY, "0$result[contact][item][companyId]")
    elif source is CompanySource.CONTACT_COMPANY:
        commands["contact_company"] = _get(COMPANY, "0$result[item][item][companyId]")
    return commands


def _get(entity_type_id: int, reference: str) -> Command:
    return Command("crm.item.get", {"entityTypeId": entity_type_id, "id": reference})


def company_in(answers: Mapping[str, Answer], item: Item, rule: NamingRule) -> Company:
    match rule.source:
        case CompanySource.TYPED:
            return _named(rule.typed, Text("Название компании не указано.", "No company name is given."))
        case CompanySource.ITEM_FIELD:
            value = as_str(field_of(_item(answers, "item"), rule.field))
            return _named(value, Text("Поле карточки с названием пусто.", "The field of the card is empty."))
        case _ if item.entity_type_id == COMPANY:
            return _named(as_str(_item(answers, "item").get("title")), _NO_COMPANY)
        case _:
            return _linked(answers)


def _named(name: str, missing: Text) -> Company:
    line = " ".join(name.split())
    return Company(line) if line else Company(missing=missing)


def _linked(answers: Mapping[str, Answer]) -> Company:
    """The item's own company goes before the contact's; of several of a contact the first is the primary one."""
    own, contacts = (" ".join(_title(answers, name).split()) for name in ("company", "contact_company"))
    name = own or contacts
    if not name:
        linked = as_int(_item(answers, "item").get("companyId")) or as_int(_item(answers, "contact").get("companyId"))
        return Company(missing=_NOT_READABLE if linked else _NO_COMPANY)
    if own and contacts and own != contacts:
        return Company(name, other=contacts)
    several = len(as_list(_item(answers, "contact").get("companyIds"))) > 1
    return Company(name, other="…" if several and not own else "")


def _item(answers: Mapping[str, Answer], name: str) -> dict[str, Json]:
    answer = answers.get(name)
    return as_dict(as_dict(answer.result).get("item")) if answer is not None and answer.ok else {}


def _title(answers: Mapping[str, Answer], name: str) -> str:
    return as_str(_item(answers, name).get("title"))


def judged(current: str, rule: NamingRule, company: Company, more: Mapping[str, str]) -> Naming:
    """Compare a title with its mask; pure. A title that an exception covers is right, whatever the mask says."""
    checks: list[Check] = []
    if company.other:
        text = Text("Компаний несколько, взята первая", "There are several companies, the first one is taken")
        checks.append(Check(text))
    pattern = first_match(rule.exceptions, current)
    if pattern is not None:
        text = Text("Название подходит под исключение «{pattern}»", "The title falls under the exception “{pattern}”")
        checks.append(Check(text.format(pattern=pattern), True))
    try:
        expected = trimmed(fill(rule.mask, {**more, **_values(company)}))
    except Missing as gone:
        missing = company.missing if str(gone) in {"company", "company.title"} else None
        text = Text("Нет значения для {{{name}}}.", "There is no value for {{{name}}}.").format(name=gone)
        return Naming(current, "", pattern is not None, missing or text, tuple(checks))
    except TooLong:
        expected = ""
    if not expected:
        text = Text("По маске название получается пустым.", "The mask makes an empty title.")
        return Naming(current, "", pattern is not None, text, tuple(checks))
    fits = same_title(current, expected, exactly=rule.exactly)
    text = Text("Название по маске", "The title fits the mask")
    checks.append(Check(text, fits))
    return Naming(current, expected, fits or pattern is not None, None, tuple(checks))


def _values(company: Company) -> dict[str, str]:
    return {"company": company.name, "company.title": company.name} if company.name else {}
