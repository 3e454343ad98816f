"""Dialog views out of a made-up wire, for tests of pure decisions."""

from __future__ import annotations

from core.dialogs.view import DialogView
from tests.activities.scene import Looking, Scene


async def view_of(scene: Scene) -> DialogView:
    """What a robot on this scene would see now."""
    return await Looking(scene).dialog()


def asked() -> Scene:
    """A client who asked at 15:00 in a dialog that Anna accepted; it is 15:20."""
    scene = Scene("escalate_no_reply")
    scene.client()
    scene.minute = 20
    return scene
