"""For which documents a registered robot is offered: its FILTER (platform.md 1.2)."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.apps import Registration
from sandbox.crm import document_type
from sandbox.php import is_array, to_text, values_of
from sandbox.wire import Json


def is_offered(registration: Registration, entity_type: int) -> bool:
    """Tell whether a robot can stand on stages of a type: INCLUDE must match if given, EXCLUDE must not."""
    rules = registration.filter if isinstance(registration.filter, Mapping) else {}
    document = ("crm", *document_type(entity_type))
    include, exclude = values_of(rules.get("INCLUDE")), values_of(rules.get("EXCLUDE"))
    if include and not any(_matches(rule, document) for rule in include):
        return False
    return not any(_matches(rule, document) for rule in exclude)


def _matches(rule: Json, document: tuple[str, ...]) -> bool:
    """Match a rule: ``b24`` is every cloud portal, an array the beginning of a document type, letter by letter.

    A flat ``['crm', 'CCrmDocumentDeal']`` is two text rules and matches nothing.
    """
    if not is_array(rule):
        return rule == "b24"
    parts = [to_text(part) for part in values_of(rule)]
    return bool(parts) and parts == list(document[: len(parts)])
