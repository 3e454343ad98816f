"""What robots can do to the world: one class per effect, its policy, its plan, how it is found again."""

from core.effects.briefs import HiddenBrief, LeaveChat
from core.effects.effect import Effect, Finding, Policy, Settled, effect_from, known_kinds
from core.effects.finishing import FinishDialog
from core.effects.hands import ReleaseFromBot, TakeDialog, TransferFromBot, UnpinDialog
from core.effects.members import AddToChat, RemoveFromChat
from core.effects.messages import SendAsOperator, SendAutomatic
from core.effects.owners import FireTrigger, SetResponsible, TransferDialog
from core.effects.staff import CommentTimeline, CreateTask, NotifyStaff
from core.effects.titles import RenameDialog

__all__ = [
    "AddToChat",
    "CommentTimeline",
    "CreateTask",
    "Effect",
    "Finding",
    "FinishDialog",
    "FireTrigger",
    "HiddenBrief",
    "LeaveChat",
    "NotifyStaff",
    "Policy",
    "ReleaseFromBot",
    "RemoveFromChat",
    "RenameDialog",
    "SendAsOperator",
    "SendAutomatic",
    "SetResponsible",
    "Settled",
    "TakeDialog",
    "TransferDialog",
    "TransferFromBot",
    "UnpinDialog",
    "effect_from",
    "known_kinds",
]
