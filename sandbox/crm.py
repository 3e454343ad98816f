"""CRM of the portal: items of all types, their stages, and what happens when one is changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sandbox.field_names import is_custom, original
from sandbox.php import is_numeric, to_int, to_text, values_of
from sandbox.wire import Json

if TYPE_CHECKING:
    from sandbox.people import User
    from sandbox.portal import Portal

LEAD, DEAL, CONTACT, COMPANY = 1, 2, 3, 4
#: Names of the four classic types, as ``imopenlines.crm.*`` and entity_data_2 spell them (openlines.md 1.2).
TYPE_NAMES = {LEAD: "LEAD", DEAL: "DEAL", CONTACT: "CONTACT", COMPANY: "COMPANY"}
FIRST_DYNAMIC = 128


@dataclass(frozen=True, slots=True)
class Stage:
    id: str
    name: str
    semantics: str = "P"
    color: str = "#2FC6F6"


@dataclass(frozen=True, slots=True)
class Category:
    """A funnel with its stages; ``entity_id`` is how crm.status.list names the set."""

    id: int
    entity_type: int
    name: str
    stages: tuple[Stage, ...]
    default: bool = False

    @property
    def entity_id(self) -> str:
        if self.entity_type == DEAL:
            return f"DEAL_STAGE_{self.id}" if self.id else "DEAL_STAGE"
        return "STATUS" if self.entity_type == LEAD else f"DYNAMIC_{self.entity_type}_STAGE_{self.id}"


@dataclass(slots=True)
class Item:
    """A lead, deal, contact, company or element of a smart process."""

    entity_type: int
    id: int
    title: str
    created_at: datetime
    stage_id: str = ""
    category_id: int = 0
    assigned_by: int = 0
    contact_ids: tuple[int, ...] = ()
    company_id: int = 0
    name: str = ""
    last_name: str = ""
    opportunity: float = 0.0
    #: Values that nothing here heeds, by the camelCase names of crm.item.*.
    fields: dict[str, Json] = field(default_factory=dict)
    #: Custom fields by their original names, UF_CRM_….
    custom: dict[str, Json] = field(default_factory=dict)
    updated_at: datetime | None = None
    moved_at: datetime | None = None
    updated_by: int = 0
    moved_by: int = 0
    previous_stage_id: str = ""
    hidden_from: frozenset[int] = frozenset()

    @property
    def key(self) -> tuple[int, int]:
        return self.entity_type, self.id

    @property
    def document(self) -> tuple[str, str, str]:
        """Name the item as automation does (platform.md 2.2); smart processes are UNPROVEN by capture."""
        entity, kind = document_type(self.entity_type)
        return "crm", entity, f"{kind}_{self.id}"


@dataclass(frozen=True, slots=True)
class StageChange:
    id: int
    kind: int
    entity_type: int
    owner_id: int
    stage_id: str
    category_id: int
    semantics: str
    at: datetime


def document_type(entity_type: int) -> tuple[str, str]:
    match entity_type:
        case 1:
            return "CCrmDocumentLead", "LEAD"
        case 2:
            return "CCrmDocumentDeal", "DEAL"
        case 3:
            return "CCrmDocumentContact", "CONTACT"
        case 4:
            return "CCrmDocumentCompany", "COMPANY"
        case _:
            return "Bitrix\\Crm\\Integration\\BizProc\\Document\\Dynamic", f"DYNAMIC_{entity_type}"


class Crm:
    """Keeps the items and does what a save does: history, events, automation."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self.items: dict[tuple[int, int], Item] = {}
        self._by_type: defaultdict[int, dict[int, Item]] = defaultdict(dict)
        self.categories: list[Category] = []
        self.history: list[StageChange] = []

    def get(self, entity_type: int, item_id: int) -> Item | None:
        return self.items.get((entity_type, item_id))

    def of_type(self, entity_type: int) -> list[Item]:
        return list(self._by_type[entity_type].values())

    def stage(self, entity_type: int, stage_id: str) -> tuple[Category, Stage] | None:
        for category in self.categories:
            if category.entity_type == entity_type:
                for stage in category.stages:
                    if stage.id == stage_id:
                        return category, stage
        return None

    def readable(self, user: User, key: tuple[int, int]) -> bool:
        """Tell whether a user has the right to read an item."""
        item = self.items.get(key)
        return item is not None and (user.admin or (user.reads_crm and user.id not in item.hidden_from))

    def put(self, item: Item) -> Item:
        """Place an item without events or automation: the furniture of a scenario."""
        self.items[item.key] = self._by_type[item.entity_type][item.id] = item
        self._portal.touch()
        return item

    def add(self, item: Item) -> Item:
        """Create an item; robots run on creation as on a stage change (platform.md 7.8)."""
        self.put(item)
        if item.stage_id:
            self._enter_stage(item, kind=1)
        self._tell(item, "ADD")
        return item

    def update(self, item: Item, changes: dict[str, Json], *, by: int) -> None:
        """Save changes of the camelCase fields of crm.item.*; a new stage starts its robots (platform.md 7.8)."""
        now = self._portal.clock.now()
        old_stage, old_responsible = item.stage_id, item.assigned_by
        self.assign(item, changes)
        item.updated_at, item.updated_by = now, by
        if item.assigned_by != old_responsible:
            self._portal.record("responsible", item=item.document[2], was=old_responsible, now=item.assigned_by)
        self._tell(item, "UPDATE")
        if item.stage_id != old_stage:
            item.moved_by, item.previous_stage_id = by, old_stage
            self._enter_stage(item, kind=2)
        self._portal.touch()

    def next_id(self, entity_type: int) -> int:
        above = max((one.id for one in self.of_type(entity_type)), default=0)
        return self._portal.ids.next(f"item {entity_type}", above=above)

    def delete(self, item: Item) -> None:
        """Delete an item; its processes end, what waits for them is lost (platform.md 7.7)."""
        self._portal.bizproc.stop_all(item)
        del self.items[item.key], self._by_type[item.entity_type][item.id]
        self._tell(item, "DELETE")
        self._portal.touch()

    def assign(self, item: Item, changes: Mapping[str, Json]) -> None:
        """Put values of camelCase fields into an item and do nothing else."""
        for name, value in changes.items():
            _assign(item, name, value)

    def move(self, item: Item, stage_id: str, *, by: int = 0) -> None:
        self.update(item, {"stageId": stage_id}, by=by)

    def _enter_stage(self, item: Item, *, kind: int) -> None:
        found = self.stage(item.entity_type, item.stage_id)
        semantics = found[1].semantics if found else "P"
        if found:
            item.category_id = found[0].id
        item.moved_at = self._portal.clock.now()
        self.history.append(
            StageChange(
                id=self._portal.ids.next("stage change"),
                kind=kind if semantics == "P" else 3,
                entity_type=item.entity_type,
                owner_id=item.id,
                stage_id=item.stage_id,
                category_id=item.category_id,
                semantics=semantics,
                at=item.moved_at,
            )
        )
        self._portal.bizproc.stage_entered(item)

    def _tell(self, item: Item, change: str) -> None:
        """Send ONCRMDEAL… or ONCRMDYNAMICITEM…: only the id, no old and new values (platform.md 6.2)."""
        if item.entity_type in TYPE_NAMES:
            self._portal.events.emit(f"ONCRM{TYPE_NAMES[item.entity_type]}{change}", {"FIELDS": {"ID": str(item.id)}})
        else:
            fields: dict[str, Json] = {"ID": str(item.id), "ENTITY_TYPE_ID": str(item.entity_type)}
            self._portal.events.emit(f"ONCRMDYNAMICITEM{change}", {"FIELDS": fields})


def _assign(item: Item, name: str, value: Json) -> None:
    match name:
        case "title":
            item.title = to_text(value)
        case "stageId":
            item.stage_id = to_text(value)
        case "assignedById":
            item.assigned_by = to_int(value)
        case "companyId":
            item.company_id = to_int(value)
        case "contactId":
            item.contact_ids = (to_int(value),) if to_int(value) else ()
        case "contactIds":
            item.contact_ids = tuple(number for one in values_of(value) if (number := to_int(one)))
        case "opportunity":
            item.opportunity = float(to_text(value)) if is_numeric(value) else 0.0
        case "name":
            item.name = to_text(value)
        case "lastName":
            item.last_name = to_text(value)
        case _ if is_custom(name):
            item.custom[original(name)] = value
        case _:
            item.fields[name] = value
