"""All that a robot's author imports."""

from core.dialogs.ball import Answers, Ball, Episode
from core.dialogs.message import Author, Message
from core.dialogs.resolution import AmbiguousDialog, NoDialog
from core.dialogs.view import DialogView
from core.robots.context import Ctx, EffectResult
from core.robots.decoding import decode, encode
from core.robots.dialog_input import CalendarChoice, DialogInput, DialogPick, Mode
from core.robots.fields import BadProperty, Choice, Input, LongText, Output, SiteMoment, State, UserRef, prop
from core.robots.outcomes import Act, Check, Done, Failed, Next, Outcome, Reason, WaitUntil, Watch, counted
from core.robots.robot import AnyRobot, Robot, step
from core.worktime.calendar import Calendar

__all__ = [
    "Act",
    "AmbiguousDialog",
    "Answers",
    "AnyRobot",
    "Author",
    "BadProperty",
    "Ball",
    "Calendar",
    "CalendarChoice",
    "Check",
    "Choice",
    "Ctx",
    "DialogInput",
    "DialogPick",
    "DialogView",
    "Done",
    "EffectResult",
    "Episode",
    "Failed",
    "Input",
    "LongText",
    "Message",
    "Mode",
    "Next",
    "NoDialog",
    "Outcome",
    "Output",
    "Reason",
    "Robot",
    "SiteMoment",
    "State",
    "UserRef",
    "WaitUntil",
    "Watch",
    "counted",
    "decode",
    "encode",
    "prop",
    "step",
]
