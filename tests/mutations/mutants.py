"""What is broken on purpose, and the tests that must turn red by it (design: security.md 2.6).

A mutant takes away one protection and nothing else. Whoever rewrites such a place writes its mutant anew, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Mutant:
    """``edits`` replace text that occurs once in ``file``; each of ``tests`` must fail then."""

    name: str
    file: str
    edits: tuple[tuple[str, str], ...]
    tests: tuple[str, ...]


_COMPARED = "hmac.compare_digest(_hmac(pepper or self._peppers[self._pepper_id], token).encode(), expected.encode())"
_OWN_RUN = "select(Run).where(col(Run.portal_id) == portal_id, col(Run.id) == run_id)"
_OWN_ROW = "properties FROM run\n    WHERE id = :id AND portal_id = :portal_id"
_HOLD = "WHERE id = :id AND lease_no = :lease_no AND lease_until IS NOT NULL AND cancel_requested = ''"
_SAVE = "UPDATE run SET {_SAVED}, lease_until = NULL, owner = ''\nWHERE id = :id AND lease_no = :lease_no AND"
_INTENT = "        going.extend(await _prepared(progress, group, moment))\n"
_CALLED = '    if going:\n        crashpoint("after_call")\n'
_ANSWERED_FIRST = """import asyncio
    asyncio.ensure_future(database.write(run.begun())).add_done_callback(lambda write: write.exception())
    rows = [[{}]]"""

MUTANTS: Final = (
    Mutant(
        "no comparison of the secret",
        "core/portals/keyring.py",
        ((_COMPARED, "True"),),
        ("tests/core/portals/test_gate.py::test_any_other_does_not",),
    ),
    Mutant(
        "a comparison that tells by its time",
        "core/portals/keyring.py",
        ((_COMPARED, "_hmac(pepper or self._peppers[self._pepper_id], token) == expected"),),
        ("tests/core/portals/test_gate.py::test_every_refusal_compares_as_often_and_in_constant_time",),
    ),
    Mutant(
        "a run of any portal is shown",
        "core/runs/listing.py",
        ((_OWN_RUN, "select(Run).where(col(Run.id) == run_id)"),),
        (
            "tests/core/runs/test_listing.py::test_another_portal_has_no_such_run",
            "tests/server/ui/test_tenancy.py::test_what_belongs_to_another_portal_is_not_there[sqlite]",
        ),
    ),
    Mutant(
        "a run of any portal is tried again",
        "core/runs/commands.py",
        ((_OWN_ROW, _OWN_ROW.replace("portal_id = :portal_id", ":portal_id = :portal_id")),),
        ("tests/core/runs/test_commands.py::test_another_portals_run_is_not_tried_again",),
    ),
    Mutant(
        "no wall in the database",
        "core/db/database.py",
        (("if portal is not None and self.has_walls", "if portal is None and self.has_walls"),),
        ("tests/core/db/test_walls.py::test_rls_blocks_an_unfiltered_select",),
    ),
    Mutant(
        "a lost lease is no obstacle to an effect",
        "core/runs/statements.py",
        ((_HOLD, "WHERE id = :id AND :lease_no = :lease_no AND cancel_requested = ''"),),
        ("tests/core/runs/test_act.py::test_a_worker_that_lost_its_lease_makes_no_further_call",),
    ),
    Mutant(
        "a lost lease is no obstacle to a save",
        "core/runs/statements.py",
        ((_SAVE, _SAVE.replace("lease_no = :lease_no", ":lease_no = :lease_no")),),
        ("tests/core/runs/test_engine.py::test_f_04_a_worker_that_comes_too_late_changes_nothing",),
    ),
    Mutant(
        "the call comes before the intent is on the disk",
        "core/runs/act.py",
        (
            (_INTENT, "        going.extend(group)\n"),
            (_CALLED, f"    going[:] = await _prepared(progress, group, moment)\n{_CALLED}"),
        ),
        ("tests/core/runs/test_act.py::test_a_worker_that_died_in_between",),
    ),
    Mutant(
        "the answer comes before the row is on the disk",
        "core/runs/accept.py",
        (("rows = await database.write(run.begun())", _ANSWERED_FIRST),),
        ("tests/server/intake/test_robot.py::test_without_a_database_nothing_is_acknowledged",),
    ),
    Mutant(
        "a call that the portal disowns is believed",
        "core/runs/look.py",
        (
            ('if answer.error == "ACCESS_DENIED":', 'if answer.error == "NEVER":'),
            ('if not answer.ok and answer.error not in {"404", "423"}:', "if False:"),
        ),
        ("tests/core/runs/test_trouble.py::test_a_forged_call_does_nothing_and_is_not_answered",),
    ),
    Mutant(
        "another secret is taken at once",
        "core/portals/install.py",
        (("    return Verdict.PEND\n", "    return Verdict.ADOPT\n"),),
        ("tests/core/portals/test_install.py::test_a_changed_secret_waits_and_the_old_one_holds",),
    ),
    Mutant(
        "an employee installs",
        "core/portals/install.py",
        (("if not who.is_admin:", "if who.user_id < 0:"),),
        ("tests/core/portals/test_install.py::test_only_administrators_install",),
    ),
    Mutant(
        "a token of another application will do",
        "core/portals/identity.py",
        (("info.client_id != self.client_id", "not info.client_id"),),
        ("tests/core/portals/test_identity.py::test_a_token_of_another_application_proves_nothing",),
    ),
    Mutant(
        "one good address of a host is enough",
        "core/bitrix24/guard.py",
        (("if not all(is_public(", "if not any(is_public("),),
        ("tests/core/bitrix24/test_guard.py::test_one_bad_address_forbids_the_whole_host",),
    ),
    Mutant(
        "a sealed value opens for any portal",
        "core/portals/keyring.py",
        (('return f"{place}|{portal_id}".encode()', "return place.encode()"),),
        ("tests/core/portals/test_keyring.py::test_a_value_does_not_open_for_another_portal",),
    ),
)
