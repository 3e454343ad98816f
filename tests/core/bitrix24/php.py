"""How the platform reads a batch, written from its documented grammar: the model that our encoding is held against."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

_REFERENCE = re.compile(r"\$(result|next|total|time|error)([^\s]*)", re.IGNORECASE | re.ASCII)
Tree = dict[str, Any]


def parse_str(query: str) -> Tree:
    """PHP's parse_str: brackets nest, dots and spaces of the outermost name become underscores."""
    tree: Tree = {}
    for pair in query.split("&"):
        if not pair:
            continue
        name, _, value = pair.partition("=")
        outer, keys = _name(unquote_plus(name))
        node = tree
        path = [outer, *keys]
        for key in path[:-1]:
            inner = node.get(key)
            if not isinstance(inner, dict):
                inner = node[key] = {}
            node = inner
        node[path[-1]] = unquote_plus(value)
    return tree


def _name(name: str) -> tuple[str, list[str]]:
    outer, bracket, rest = name.partition("[")
    keys = re.findall(r"\[([^\]]*)\]", bracket + rest)
    return re.sub(r"[. ]", "_", outer.lstrip(" ")), keys


def split_command(text: str) -> tuple[str, Tree]:
    method, _, query = text.partition("#")[0].partition("?")
    return method, parse_str(query)


def resolve(value: Any, said: Mapping[str, Any]) -> Any:
    """Replace references in a value, and in keys; ``said`` has result, next, total, time and error by command."""
    if isinstance(value, dict):
        return {resolve_text(key, said, whole=False): resolve(item, said) for key, item in value.items()}
    return resolve_text(value, said, whole=True)


def resolve_text(text: str, said: Mapping[str, Any], *, whole: bool) -> Any:
    if whole and (match := _REFERENCE.fullmatch(text)):
        return _look(match, said)

    def put(match: re.Match[str]) -> str:
        found = _look(match, said)
        return str(found) if isinstance(found, str | int | float) and not isinstance(found, bool) else match[0]

    return _REFERENCE.sub(put, text)


def _look(match: re.Match[str], said: Mapping[str, Any]) -> Any:
    node: Any = said[match[1].lower()]
    for key in re.findall(r"\[([^\]]+)\]", match[2]):
        inner = node.get(key) if isinstance(node, dict) else None
        if isinstance(node, list) and key.isdigit() and int(key) < len(node):
            inner = node[int(key)]
        if inner is None:
            return node
        node = inner
    return node
