"""What every effect is: one thing that a robot does to the world, as data, with all that makes it safe."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from inspect import isabstract
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict

from core.bitrix24.command import Answer, Command, Json
from core.texts.text import Text


class Policy(StrEnum):
    """What may be done when nobody knows whether a call arrived (security.md 2.5)."""

    #: The portal drops a repeat with the same key.
    KEYED = "keyed"
    #: Sets something to a value; a repeat changes nothing.
    SET_STATE = "set_state"
    #: Read, compare, act; repeated only while the old value is still there.
    CHECK_THEN_ACT = "check_then_act"
    #: Never repeated without a person's word.
    AT_MOST_ONCE = "at_most_once"


@dataclass(frozen=True, slots=True)
class Settled:
    """How an effect ended, with what proves it."""

    state: Literal["confirmed", "refused", "unknown", "skipped"]
    evidence: Mapping[str, Json] = field(default_factory=dict)
    message_id: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """What a reading tells of a call whose outcome is unknown."""

    verdict: Literal["done", "not_done", "changed", "unclear"]
    evidence: Mapping[str, Json] = field(default_factory=dict)
    message_id: int = 0


class Effect(BaseModel):
    """The base of all effects; instances are plain data that outlive a restart.

    A subclass without a policy or without ``reconcile`` is refused when it is defined.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: ClassVar[str]
    policy: ClassVar[Policy]
    #: Text of a client's chat travels alone: a batch would interpret it (openlines.md part 2).
    alone: ClassVar[bool] = False
    #: Holds ids and constants only, and no command of its plan needs the one before it to have been carried out:
    #: so it may travel among the commands of other runs.
    beside: ClassVar[bool] = False
    #: ``true`` of these methods proves nothing, so the engine reads back at once (openlines.md trap 2).
    verify: ClassVar[bool] = False
    #: The kind of an earlier effect of the same act; when that one was refused, this one is skipped.
    requires: ClassVar[str] = ""
    #: Fields with words of people: encrypted in the ledger until the outcome is settled.
    words: ClassVar[frozenset[str]] = frozenset()

    #: Names of the employees whom it concerns, as far as they were heard; for the log alone.
    names: dict[int, str] = {}  # pydantic copies defaults
    #: What a portal may see one time only, whichever runs mean to do it: ``farewell|343`` (empty: no such limit).
    once: str = ""
    #: After this moment what was seen is too old to act on: the effect is left out, and the robot looks again.
    stale_at: datetime | None = None
    #: The same as ``requires`` where it depends on the case: this one is only done when that one was.
    needs: str = ""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if isabstract(cls):
            if "kind" in vars(cls):
                missing = ", ".join(sorted(cls.__abstractmethods__))
                raise TypeError(f"The effect {cls.__name__} lacks {missing}.")
            return
        if not isinstance(getattr(cls, "policy", None), Policy) or not getattr(cls, "kind", ""):
            raise TypeError(f"The effect {cls.__name__} needs a kind and a policy.")
        if cls.beside and (cls.words or cls.alone or cls.verify):
            raise TypeError(f"The effect {cls.__name__} cannot travel among others.")
        if cls.kind in _KINDS:
            raise TypeError(f"Two effects are named {cls.kind!r}.")
        _KINDS[cls.kind] = cls

    @abstractmethod
    def summary(self) -> Text:
        """One sentence for the log, without any client's words."""

    @abstractmethod
    def plan(self, key: str) -> dict[str, Command]:
        """The commands in their order; ``key`` is a lower-case version 4 UUID, the same after a restart."""

    @abstractmethod
    def recheck(self) -> dict[str, Command]:
        """The reads that tell done from not done."""

    @abstractmethod
    def reconcile(self, answers: Mapping[str, Answer], prepared_at: datetime) -> Finding:
        """Judge by the answers to ``recheck``."""

    def settle(self, answers: Mapping[str, Answer]) -> Settled:
        """Judge by the answers to ``plan``, all of which came; the first error refuses the whole."""
        for answer in answers.values():
            if not answer.ok:
                return Settled("refused", {"error": answer.error, "description": answer.description[:300]})
        return Settled("confirmed")

    def undo(self, evidence: Mapping[str, Json]) -> Effect | None:  # noqa: ARG002
        """The effect that takes this one back, where that is possible."""
        return None

    def named(self, names: Mapping[int, str]) -> Self:
        """Return the same with the names of those whom it concerns, where they are among ``names``."""
        people = (getattr(self, field, 0) for field in _PEOPLE)
        mine = {user_id: names[user_id] for user_id in people if names.get(user_id)}
        return self.model_copy(update={"names": mine}) if mine else self

    def who(self, user_id: int) -> Text:
        name = self.names.get(user_id)
        return Text(name, name) if name else Text(f"сотрудник {user_id}", f"employee {user_id}")

    @property
    def rests_on(self) -> str:
        """The kind of the earlier effect of the same act that this one builds on; empty: on none."""
        return self.needs or self.requires

    @property
    def chat(self) -> int:
        """The chat that sees the effect; 0 when there is none."""
        return 0

    @property
    def author(self) -> int:
        """The user in whose name a message appears; 0 for automatic ones."""
        return 0

    @property
    def said(self) -> str:
        """The message itself, for its hash in the ledger."""
        return ""

    def open_part(self) -> dict[str, Json]:
        """The effect as data without anybody's words."""
        return self.model_dump(mode="json", exclude={*self.words, *(() if self.names else ("names",))})

    def private_part(self) -> dict[str, Json]:
        return self.model_dump(mode="json", include=set(self.words))


#: Fields that hold an employee.
_PEOPLE = ("user_id", "responsible_id", "seen_owner_id", "seen_user_id")
#: The portal's clock and ours may differ by this much when something is found again by its time.
_SLACK = timedelta(minutes=2)


def happened_since(at: datetime | None, prepared_at: datetime) -> bool:
    """Whether what was found may be ours by its time; what bears none may be."""
    return at is None or at >= prepared_at - _SLACK


_KINDS: dict[str, type[Effect]] = {}


def effect_from(kind: str, body: Mapping[str, Json]) -> Effect:
    """Rebuild an effect from the ledger; raises KeyError for a kind that this release does not know."""
    return _KINDS[kind].model_validate(dict(body))


def known_kinds() -> Mapping[str, type[Effect]]:
    return dict(_KINDS)
