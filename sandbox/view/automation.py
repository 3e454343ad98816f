"""Automation on the pages: robots and triggers on stages, processes and how far each robot has come."""

from __future__ import annotations

from sandbox.apps import Registration
from sandbox.portal import Portal
from sandbox.wire import Json, moment
from sandbox.workflows import PlacedRobot, Workflow


def automation(portal: Portal) -> list[dict[str, Json]]:
    """Say which robots stand on which stages, and whether an installed application knows their codes."""
    app = portal.apps.installed
    return [
        {
            "entityTypeId": entity_type,
            "stageId": stage_id,
            "robots": [_placed(robot, robot.known_to(app) if app else None) for robot in robots],
        }
        for (entity_type, stage_id), robots in portal.bizproc.placed.items()
    ]


def _placed(robot: PlacedRobot, known: Registration | None) -> dict[str, Json]:
    return {
        "code": robot.code,
        "properties": robot.properties,
        "wait_previous": robot.wait_previous,
        "auth_user_id": robot.auth_user_id,
        "registered": known is not None,
        "name": known.name if known else robot.code,
    }


def processes(portal: Portal) -> list[dict[str, Json]]:
    return [process_json(portal, workflow) for workflow in portal.bizproc.history]


def process_json(portal: Portal, workflow: Workflow) -> dict[str, Json]:
    return {
        "id": workflow.id,
        "entityTypeId": workflow.item[0],
        "itemId": workflow.item[1],
        "document": workflow.document[2],
        "stageId": workflow.stage_id,
        "state": str(workflow.state),
        "said": workflow.said,
        "startedAt": moment(workflow.started_at, portal.zone),
        "robots": [
            {
                "code": run.placed.code,
                "activity": run.activity,
                "state": str(run.state),
                "timedOut": run.timed_out,
                "token": run.token,
                "returned": run.returned,
                "log": list(run.log),
                "startedAt": moment(run.started_at, portal.zone),
                "finishedAt": moment(run.finished_at, portal.zone),
            }
            for run in workflow.runs
        ],
    }
