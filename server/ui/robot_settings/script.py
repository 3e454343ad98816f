"""Words that the script of the page puts into what it draws by itself."""

from __future__ import annotations

from core.bitrix24.command import Json
from server.ui.reader import Reader
from server.ui.words import robot_settings as words


def script_words(reader: Reader) -> dict[str, Json]:
    """Return them by the names that the script has for them."""
    said = reader.said
    named = {
        "remove": words.REMOVE,
        "itemIs": words.WHAT_IF_ITEM,
        "other": words.OTHER_ITEM,
        "thinking": words.THINKING,
        "level": words.LEVEL,
        "levelRemove": words.LEVEL_REMOVE,
        "levelUp": words.LEVEL_UP,
        "levelDown": words.LEVEL_DOWN,
        "minutes": words.LEVEL_MINUTES,
        "unit": words.LEVEL_UNIT,
        "action": words.ACTION,
        "actionAdd": words.ACTION_ADD,
        "actionRemove": words.ACTION_REMOVE,
        "target": words.TARGET,
        "person": words.PERSON,
        "people": words.PEOPLE,
        "trigger": words.TRIGGER_CODE,
        "unreadable": words.LEVELS_UNREADABLE,
        "expression": words.EXPRESSION,
        "plain": words.PLAIN,
        "changed": words.CHANGED,
    }
    return {
        **{name: said(text) for name, text in named.items()},
        "verbs": {verb: said(text) for verb, text in words.VERBS.items()},
        "targets": {verb: {name: said(text) for name, text in names.items()} for verb, names in words.TARGETS.items()},
    }
