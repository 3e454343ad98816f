"""What a portal means when it opens us."""

from __future__ import annotations

import pytest

from core.bitrix24.command import Json
from server.ui.placements import Opening, opening

RUN = "01m862tqkqkfawpc6za68yx4rs"


@pytest.mark.parametrize(
    ("placement", "options", "where"),
    [
        ("DEFAULT", {}, Opening()),
        ("DEFAULT", [], Opening()),
        ("DEFAULT", None, Opening()),
        ("DEFAULT", {"any": "4"}, Opening()),
        ("REST_APP_URI", {"run": RUN}, Opening(run_id=RUN)),
        ("REST_APP_URI", {"params": {"run": RUN}}, Opening(run_id=RUN)),
        ("REST_APP_URI", {"run": "../../etc"}, Opening()),
        ("REST_APP_URI", {"run": [RUN]}, Opening()),
        ("DEFAULT", {"to": f"/runs/{RUN}"}, Opening(run_id=RUN)),
        ("DEFAULT", {"to": "/ui/timers"}, Opening(section="timers")),
        ("DEFAULT", {"to": "https://evil.example/"}, Opening()),
        ("CRM_DEAL_DETAIL_TAB", {"ID": "4820"}, Opening(section="card", query=(("item", "deal:4820"),))),
        ("CRM_DEAL_DETAIL_TAB", {"ID": 4820}, Opening(section="card", query=(("item", "deal:4820"),))),
        ("CRM_LEAD_DETAIL_TOOLBAR", {"ID": "7"}, Opening(section="card", query=(("item", "lead:7"),))),
        ("CRM_DYNAMIC_128_DETAIL_TAB", {"ID": "5"}, Opening(section="card", query=(("item", "dynamic_128:5"),))),
        ("CRM_DEAL_DETAIL_TAB", {"ID": "4820 OR"}, Opening()),
        ("CRM_DEAL_LIST_MENU", {"ID": "4820"}, Opening()),
    ],
)
def test_places(placement: str, options: Json, where: Opening) -> None:
    assert opening(placement, options) == where
