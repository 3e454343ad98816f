"""Where our answers differ from the vendor's examples, and why."""

from __future__ import annotations

_NO_PHONES = "nobody in the demo has a phone or mail, and what is not filled in has no key"
_FALSE = "who has no phones has false there, as the field is described"
_CRM = "the field is described, the example leaves it out"
_SELECTED = "a field that comes only when files or mail hang on a task"

DIFFERENCES: dict[str, dict[str, str]] = {
    "im.dialog.get": {
        "without restrictions.path": "the example is of another kind of chat than an open line",
        "without restrictions.path_title": "the same",
    },
    "im.user.get": {"another kind of phones": _FALSE, "without phones": _FALSE},
    "im.user.list.get": {"another kind of [].phones": _FALSE, "without [].phones": _FALSE},
    "user.get": {"besides [].UF_TIMEMAN": "openlines.md part 5 names it, the example leaves it out"},
    "department.get": {"besides [].UF_HEAD": "it is in the selection of the module source, the example leaves it out"},
    "timeman.status": {"without TIME_FINISH_DEFAULT": "only an expired day has it"},
    "tasks.task.add": {
        "besides task.action.take": "the example of tasks.task.get has it",
        "besides task.ufCrmTask": _CRM,
    },
    "tasks.task.update": {
        "besides task.parentId": "the example of tasks.task.add has it",
        "besides task.ufCrmTask": _CRM,
        "without task.backlogId": "scrum is not emulated",
        "without task.sprintId": "scrum is not emulated",
    },
    "tasks.task.get": {
        "without task.ufMailMessage": _SELECTED,
        "without task.ufTaskWebdavFiles": _SELECTED,
    },
    "crm.lead.get": {"without IM": _NO_PHONES, "without PHONE": _NO_PHONES},
    "crm.contact.get": {"without EMAIL": _NO_PHONES, "without PHONE": _NO_PHONES},
    "crm.contact.list": {"without [].EMAIL": _NO_PHONES},
    "crm.company.list": {"without [].PHONE": _NO_PHONES},
}
