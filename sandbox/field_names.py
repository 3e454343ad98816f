"""Names of CRM fields in the two spellings of REST: ``UF_CRM_1_NAME`` and ``ufCrm1Name``."""

from __future__ import annotations

import re

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Z])")


def original(name: str) -> str:
    """Write ``ufCrm_1720`` or ``assignedById`` as ``UF_CRM_1720`` or ``ASSIGNED_BY_ID``."""
    return _HUMP.sub("_", name).replace("__", "_").upper()


def camel(name: str) -> str:
    """Write ``UF_CRM_2_1639`` as ``ufCrm2_1639``: a number at the end keeps its underscore."""
    first, *words = name.lower().split("_")
    if words and words[-1].isdecimal():
        *words, last = words
        return first + "".join(word.capitalize() for word in words) + "_" + last
    return first + "".join(word.capitalize() for word in words)


def is_custom(name: str) -> bool:
    return name.lower().replace("_", "").startswith("ufcrm")
