"""What a command says when it cannot go on."""

from __future__ import annotations

WRONG_USE = 2


class Trouble(Exception):
    """The command ends with this one sentence on stderr and the exit code: 1 for a failure, 2 for wrong use."""

    def __init__(self, sentence: str, *, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code


def explained(error: Exception) -> Trouble:
    """Return the trouble of any error, without its secrets: unknown errors give their place, never their text."""
    from core.config import SettingsError
    from core.db import DatabaseAway
    from core.portals.keyring import Unreadable

    match error:
        case Trouble():
            return error
        case SettingsError():
            return Trouble(str(error), code=WRONG_USE)
        case DatabaseAway():
            return Trouble("The database named by DEZHURNY_DATABASE_URL does not answer.")
        case Unreadable():
            return Trouble("DEZHURNY_SECRET_KEYS lacks a key that portals' secrets were sealed with.", code=WRONG_USE)
        case _:
            return Trouble(f"Something that should not happen did: {type(error).__name__} at {_place(error)}.")


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else "an unknown place"
