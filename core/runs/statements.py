"""The SQL of the hot path, the same text for SQLite and PostgreSQL; times are milliseconds.

``{now}`` is the database's own clock; ``:shift`` is how far business time is ahead of it.
"""

from __future__ import annotations

from typing import Final

from core.runs.newborn import inserted
from core.runs.record import COLUMNS

#: A worker that did not say a word for this long holds no lease (decisions.md 2).
SILENT: Final = 15_000
LEASE: Final = 90_000

_CLOSED = "SELECT id FROM portal WHERE status <> 'active'"

_CALLED = {
    "robot": "CAST(:robot AS VARCHAR)",
    "workflow_id": "CAST(:workflow_id AS VARCHAR)",
    "event_token_hash": "CAST(:event_token_hash AS VARCHAR)",
    "entity_type_id": ":entity_type_id",
    "item_id": ":item_id",
    "properties": ":properties",
    "status": "CAST(:status AS VARCHAR)",
    "result": ":result",
    "reason": ":reason",
    "dry": ":dry",
    "answered": ":answered",
    "wake_at": ":wake_at",
    "expires_at": ":expires_at",
    "created_at": ":created_at",
    "finished_at": ":finished_at",
}
#: A call that cannot work is over when it comes, so a run may begin with its end. One that works is no run of its own
#: when a run of the same robot was begun in its place. That run is looked for only where a process was found without
#: its call: PostgreSQL, which has planned this for an empty table, would read all runs of the portal for every call.
ACCEPT: Final = inserted(
    _CALLED,
    rest="""WHERE NOT EXISTS (
    SELECT 1 FROM spent_token
    WHERE portal_id = CAST(:portal_id AS VARCHAR) AND event_token_hash = CAST(:event_token_hash AS VARCHAR))
  AND NOT EXISTS (
    SELECT 1 FROM lost_launch
    WHERE lost_launch.portal_id = CAST(:portal_id AS VARCHAR)
      AND lost_launch.workflow_id = CAST(:workflow_id AS VARCHAR)
      AND lost_launch.state = 'run' AND CAST(:status AS VARCHAR) = 'waiting' AND (
        SELECT COUNT(*) FROM run begun
        WHERE begun.portal_id = lost_launch.portal_id AND begun.event_token_hash = CAST(:instead AS VARCHAR)
          AND begun.robot = CAST(:robot AS VARCHAR)) > 0)""",
)

#: Leases that ran out, and those of workers that fell silent. The first death is laid to every run that was held then,
#: also to those that only waited for their turn; whoever has one is charged with the next when work on him begins.
FREE: Final = f"""
UPDATE run SET lease_until = NULL, owner = '', deaths = CASE WHEN deaths = 0 THEN 1 ELSE deaths END
WHERE lease_until IS NOT NULL
  AND (lease_until < {{now}} OR owner NOT IN (SELECT name FROM worker WHERE seen_at > {{now}} - {SILENT}))
RETURNING id
"""

#: Lane after lane, beginning behind the one that was served last, and of each the ``:each`` that are due longest.
#: Without its LIMIT, SQLite would see no use in the order of lanes.
#: ``:full`` are the portals of which this worker holds enough, as a JSON list: theirs wait where others may take them.
#: A clock that is past ``:latest`` has jumped, and nothing is due by it.
CLAIM: Final = f"""
UPDATE run SET lease_until = {{now}} + :lease, lease_no = lease_no + 1, owner = :owner, status = 'running',
    started_at = COALESCE(started_at, {{now}} + :shift)
WHERE id IN (
    SELECT picked.id FROM (
        SELECT id FROM portal WHERE status = 'active' AND id NOT IN ({{each full}}) AND {{now}} <= :latest
        ORDER BY CASE WHEN id > CAST(:after AS VARCHAR) THEN 0 ELSE 1 END, id LIMIT 1000000
    ) lane
    {{of_each}}
        SELECT due.id FROM run due
        WHERE due.portal_id = lane.id AND due.wake_at IS NOT NULL AND due.wake_at <= {{now}} + :shift
          AND due.lease_until IS NULL
        ORDER BY due.wake_at LIMIT :each {{skip_locked}}
    {{end_of_each}}
    LIMIT :most
)
RETURNING {COLUMNS}
"""

EXTEND: Final = """
UPDATE run SET lease_until = {now} + :lease
WHERE owner = :owner AND lease_until IS NOT NULL AND lease_until >= {now}
"""

#: A lease that is as good as new stays as it is: a row of which no index has to know costs a third.
HOLD: Final = """
UPDATE run SET lease_until = CASE WHEN lease_until > {now} + :lease - 10000 THEN lease_until ELSE {now} + :lease END
WHERE id = :id AND lease_no = :lease_no AND lease_until IS NOT NULL AND cancel_requested = ''
RETURNING id
"""

#: Charge a run in advance with the death of the process that works on it now.
CHARGE: Final = """
UPDATE run SET deaths = deaths + 1
WHERE id = :id AND lease_no = :lease_no AND lease_until IS NOT NULL
RETURNING deaths
"""

#: Who stops in good order has died of nothing.
RELEASE: Final = """
UPDATE run SET lease_until = NULL, owner = '', status = 'waiting',
    deaths = CASE WHEN deaths > 1 THEN deaths - 1 ELSE deaths END
WHERE owner = :owner AND lease_until IS NOT NULL
"""

#: What bears a worker's name, and how one of these is given back.
MINE: Final = "SELECT id FROM run WHERE owner = :owner AND lease_until IS NOT NULL"
GIVE_BACK: Final = """
UPDATE run SET lease_until = NULL, owner = '', status = 'waiting'
WHERE id = :id AND owner = :owner AND lease_until IS NOT NULL
"""

#: A minute's pause for a run that broke its worker in a way that no worker expects.
SET_ASIDE: Final = """
UPDATE run SET lease_until = NULL, owner = '', status = 'retrying',
    deaths = CASE WHEN deaths = 0 THEN 1 ELSE deaths END, wake_at = {now} + :shift + 60000
WHERE id = :id AND lease_no = :lease_no AND lease_until IS NOT NULL
"""

#: Who asked meanwhile that the run stop has set its time, and that holds.
_SAVED = """
    status = :status, step = :step, state = :state, acting_from = :acting_from, origin = :origin, dry = :dry,
    answered = :answered, title = :title, stage_id = :stage_id, chat_id = :chat_id, session_id = :session_id,
    known = :known, watch_chat_id = :watch_chat_id, watch_message_id = :watch_message_id,
    watch_user_code = :watch_user_code, result = :result, reason = :reason, output = :output, attempt = :attempt,
    mistakes = :mistakes, deaths = :deaths, finished_at = :finished_at, timer_at = CAST(:timer_at AS BIGINT),
    wake_at = CASE WHEN cancel_requested <> '' AND CAST(:finished_at AS BIGINT) IS NULL THEN wake_at
        ELSE CAST(:wake_at AS BIGINT) END
"""

#: Save and give the run back; a worker whose lease was taken over changes nothing.
SAVE: Final = f"""
UPDATE run SET {_SAVED}, lease_until = NULL, owner = ''
WHERE id = :id AND lease_no = :lease_no AND lease_until IS NOT NULL
RETURNING id
"""

#: Save and go on with it.
KEEP: Final = f"""
UPDATE run SET {_SAVED}, lease_until = {{now}} + :lease
WHERE id = :id AND lease_no = :lease_no AND lease_until IS NOT NULL
RETURNING id
"""

EVENT: Final = """
INSERT INTO run_event (id, portal_id, run_id, at, kind, text, data)
VALUES (:id, :portal_id, :run_id, :at, :kind, :text, :data)
"""

PLAN_EFFECT: Final = """
INSERT INTO effect (id, portal_id, run_id, ordinal, kind, policy, body, texts, key, state, summary, evidence, chat_id,
    message_id, text_hash, author_id, checks, lease_no, prepared_at, settled_at)
VALUES (:id, :portal_id, :run_id, :ordinal, :kind, :policy, :body, :texts, :key, :state, :summary, NULL, :chat_id,
    0, :text_hash, :author_id, 0, :lease_no, NULL, NULL)
ON CONFLICT (run_id, ordinal) DO NOTHING
"""

EFFECTS_OF: Final = """
SELECT id, run_id, ordinal, kind, body, texts, key, state, summary, evidence, checks, lease_no, prepared_at,
    message_id
FROM effect WHERE run_id = :run_id AND ordinal >= :acting_from ORDER BY ordinal
"""

#: The intent: committed before the call, and only while the lease is ours.
PREPARE: Final = """
UPDATE effect SET state = 'prepared', prepared_at = {now} + :shift, lease_no = :lease_no
WHERE id = :id AND state = 'planned'
RETURNING id
"""

#: Take what may happen one time only, or keep what this effect has; what came to nothing is free for another one.
#: A planned effect keeps it, for it may be one that another worker is preparing at this very moment.
CLAIM_ONCE: Final = """
INSERT INTO effect_once (portal_id, key, effect_id) VALUES (:portal_id, :key, :id)
ON CONFLICT (portal_id, key) DO UPDATE SET effect_id = excluded.effect_id
WHERE effect_once.effect_id = excluded.effect_id OR EXISTS (
    SELECT 1 FROM effect WHERE effect.id = effect_once.effect_id AND effect.state IN ('refused', 'skipped', 'dry'))
RETURNING key
"""

SETTLE: Final = """
UPDATE effect SET state = :state, evidence = :evidence, message_id = :message_id,
    texts = CASE WHEN :keep_texts = 1 THEN texts ELSE NULL END, settled_at = {now} + :shift
WHERE id = :id AND state NOT IN ('confirmed', 'refused', 'skipped', 'dry')
RETURNING id
"""

REPLY: Final = """
INSERT INTO reply (id, portal_id, run_id, workflow_id, event_token, answer, state, due_at, lease_until, lease_no,
    attempt, sends, sent_at)
VALUES (:id, :portal_id, :run_id, :workflow_id, :event_token, :answer, 'due', :due_at, NULL, 0, 0, 0, NULL)
"""

#: One answer per process at a time: two at once may lose one to the workflow's lock (platform.md 2.8).
#: The last condition is for PostgreSQL: it is looked at again when another worker was a moment quicker.
CLAIM_REPLIES: Final = f"""
UPDATE reply SET lease_until = {{now}} + :lease, lease_no = lease_no + 1, attempt = attempt + 1
WHERE id IN (
    SELECT MIN(due.id) FROM reply due
    WHERE due.due_at IS NOT NULL AND due.due_at <= {{now}} + :shift AND {{now}} <= :latest
      AND (due.lease_until IS NULL OR due.lease_until < {{now}})
      AND due.portal_id NOT IN ({{each full}})
      AND due.portal_id NOT IN ({_CLOSED})
      AND NOT EXISTS (
          SELECT 1 FROM reply busy WHERE busy.portal_id = due.portal_id AND busy.workflow_id = due.workflow_id
            AND busy.lease_until >= {{now}})
    GROUP BY due.portal_id, due.workflow_id LIMIT :most
)
  AND (lease_until IS NULL OR lease_until < {{now}})
RETURNING id, portal_id, run_id, workflow_id, event_token, answer, state, lease_no, attempt, sends, repeats
"""

SAVE_REPLY: Final = """
UPDATE reply SET state = :state, due_at = :due_at, sends = :sends, sent_at = COALESCE(:sent_at, sent_at),
    first_sent_at = COALESCE(first_sent_at, :sent_at), look_at = :look_at, attempt = :attempt, lease_until = NULL
WHERE id = :id AND lease_no = :lease_no
RETURNING id
"""

WAKE_CHAT: Final = """
UPDATE run SET wake_at = {now} + :shift
WHERE portal_id = :portal_id AND watch_chat_id = :chat_id AND wake_at IS NOT NULL AND wake_at > {now} + :shift
RETURNING id
"""

#: A client's message names its chat only by the connector's own ids.
WAKE_CLIENT: Final = """
UPDATE run SET wake_at = {now} + :shift
WHERE portal_id = :portal_id AND watch_chat_id IS NOT NULL AND watch_user_code = :user_code
  AND wake_at IS NOT NULL AND wake_at > {now} + :shift
RETURNING id
"""

WAKE_ITEM: Final = """
UPDATE run SET wake_at = {now} + :shift
WHERE portal_id = :portal_id AND entity_type_id = :entity_type_id AND item_id = :item_id
  AND status = 'waiting' AND wake_at IS NOT NULL AND wake_at > {now} + :shift
RETURNING id
"""

HEARTBEAT: Final = """
INSERT INTO worker (name, seen_at, started_at, host) VALUES (:name, {now}, {now}, :host)
ON CONFLICT (name) DO UPDATE SET seen_at = {now}
RETURNING seen_at
"""

#: What came due a moment ago is rung for, too: the bell that rang for it may have been early by another's clock.
NEXT_WAKES: Final = """
SELECT DISTINCT ((wake_at + :slot - 1) / :slot) AS slot FROM run
WHERE wake_at IS NOT NULL AND lease_until IS NULL
  AND wake_at > {now} + :shift - :since AND wake_at <= {now} + :shift + :horizon
"""
