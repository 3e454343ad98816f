"""Words of the page about the properties of one robot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.robots.shape import Kind
from core.texts.text import Text

PROPERTIES: Final = Text("Свойства робота", "Properties of the robot")
PROPERTY: Final = Text("Свойство", "Property")
VALUES: Final = Text("Что можно указать", "What may be given")
DEFAULT: Final = Text("Если не указано", "When left empty")
REQUIRED: Final = Text("обязательно", "required")
WHERE: Final = Text(
    "Свойства заполняются в форме робота на стадии воронки.",
    "The properties are filled in in the form of the robot on a stage of the pipeline.",
)

KINDS: Final[Mapping[Kind, Text]] = {
    "bool": Text("да или нет", "yes or no"),
    "int": Text("целое число", "a whole number"),
    "double": Text("число", "a number"),
    "string": Text("строка", "a line of text"),
    "text": Text("текст", "text"),
    "date": Text("дата", "a date"),
    "datetime": Text("дата и время", "a date and time"),
    "user": Text("сотрудник", "an employee"),
    "select": Text("значение из списка", "one of a list"),
}
