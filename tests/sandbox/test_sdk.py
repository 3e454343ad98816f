"""The vendor's own Python client, b24pysdk, with the portal in place of the cloud: over TLS, as it insists."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio
from b24pysdk import BitrixApp, BitrixToken, BitrixWebhook, Client
from b24pysdk.api.requesters.bitrix_oauth_requester import BitrixOAuthRequester
from b24pysdk.api.responses.bitrix_app_info_response import B24AppInfoResult
from b24pysdk.credentials.oauth_event_data import OAuthEventData
from b24pysdk.credentials.oauth_placement_data import OAuthPlacementData
from b24pysdk.credentials.oauth_workflow_data import OAuthWorkflowData
from b24pysdk.errors import BitrixAPIForbidden, BitrixAPINotFound, BitrixResponse302JSONDecodeError
from b24pysdk.errors.oauth import BitrixOAuthInvalidGrant

from sandbox import main
from sandbox.apps import App
from sandbox.crm import DEAL
from sandbox.demo import ANNA
from sandbox.frame import frame
from sandbox.portal import Portal
from sandbox.rest.registry import METHODS
from sandbox.scenario import reset
from sandbox.workflows import PlacedRobot
from tests.certificates import Authority
from tests.sandbox.conftest import HANDLER, Asker, Receiver
from tests.sandbox.demo_dialogs import chat_of
from tests.sandbox.sdk_calls import CALLS, IN_A_DIALOG, ROBOT
from tests.servers import free_port

pytestmark = pytest.mark.asyncio(loop_scope="module")

#: What the client has no method of its own for: these go by other names there.
NAMELESS = {"batch", "bizproc.workflow.instance.list", "event.test", "imopenlines.session.mode.unpin"}


@dataclass(slots=True)
class Cloud:
    """A portal behind TLS, and the vendor's client as its administrator."""

    portal: Portal
    app: App
    token: Any
    client: Any

    async def ask(self, question: Callable[[Any], Any]) -> Any:
        """Give what the client makes of the answer: its own kinds where it has them, else the result."""
        return await asyncio.to_thread(self._asked, question)

    def _asked(self, question: Callable[[Any], Any]) -> Any:
        answer = question(self.client)
        answer = getattr(answer, "response", answer)
        if isinstance(answer, dict):
            return answer["result"]
        for view in ("values", "value", "result"):
            if hasattr(answer, view):
                return getattr(answer, view)
        return answer

    @property
    def said(self) -> list[str]:
        return [call.method for call in self.portal.journal.calls]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Portal, Authority]]:
    port, ready, authority = free_port(), asyncio.Event(), Authority(tmp_path_factory.mktemp("authority"))
    portal = main.make_portal(host="localhost", port=port, scheme="https", speed=0, seed=7)
    certificate = main.Certificate(*authority.sign("localhost"))
    serving = asyncio.create_task(main.serve(portal=portal, port=port, ready=ready, certificate=certificate))
    await ready.wait()
    yield portal, authority
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving


@pytest.fixture
def cloud(served: tuple[Portal, Authority], app: App, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    portal, authority = served
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.certificate))
    # The client knows one OAuth server and no way to name another.
    monkeypatch.setattr(BitrixOAuthRequester, "_OAUTH_TOKEN_URL", f"{portal.origin}/oauth/token/")
    monkeypatch.setattr(BitrixOAuthRequester, "_APP_INFO_URL", f"{portal.origin}/rest/app.info/")
    reset(portal, "demo")
    portal.apps.install(app, by=portal.people.users[1])
    issued = portal.oauth.issue(app, portal.people.users[1])
    token = BitrixToken(
        domain=portal.domain,
        auth_token=issued.access,
        refresh_token=issued.refresh,
        bitrix_app=BitrixApp(client_id=app.client_id, client_secret=app.client_secret),
    )
    return Cloud(portal, app, token, Client(token))


@pytest.mark.parametrize("name", sorted(CALLS))
async def test_it_understands_the_answer(cloud: Cloud, name: str) -> None:
    question, check = CALLS[name]
    answer = await cloud.ask(question)
    assert check(answer), answer
    assert cloud.said[-1].lower() == name.lower()
    assert cloud.portal.journal.calls[-1].violations == []


@pytest.mark.parametrize("name", sorted(IN_A_DIALOG))
async def test_it_understands_the_answer_about_a_dialog(cloud: Cloud, name: str) -> None:
    question, check = IN_A_DIALOG[name]
    chat = chat_of(cloud.portal, 1)
    # The administrator is a member, as whoever uses im.* must be.
    cloud.portal.openlines.join(chat, cloud.portal.people.users[1])
    answer = await cloud.ask(lambda client: question(client, chat.id))
    assert check(answer, chat.id), answer
    assert cloud.said[-1].lower() == name.lower()
    assert cloud.portal.journal.calls[-1].violations == []


async def test_it_knows_every_method_by_the_same_name() -> None:
    client = Client(BitrixWebhook(domain="portal.example", webhook_token="1/secret"))
    named = {name.lower() for name in client.get_supported_api_methods()}
    assert {one.name for one in METHODS if one.name.lower() not in named} == NAMELESS


# Tokens ---------------------------------------------------------------------------------------------------------------


async def test_it_proves_who_it_is_talking_to(cloud: Cloud) -> None:
    info = (await asyncio.to_thread(cloud.token.get_app_info)).result
    assert (info.client_id, info.user_id, info.install.status) == (cloud.app.client_id, 1, "L")
    assert (info.install.domain, info.install.member_id) == (cloud.portal.domain, cloud.portal.member_id)
    assert info.scope == info.install.scope == list(cloud.app.scope)


async def test_it_refreshes_what_has_expired_and_repeats_the_call(cloud: Cloud) -> None:
    before = cloud.token.auth_token, cloud.token.refresh_token
    cloud.portal.oauth.expire(cloud.token.auth_token)
    assert (await cloud.ask(lambda client: client.profile())).bitrix_id == 1
    assert cloud.token.auth_token not in before
    assert cloud.token.refresh_token not in before
    cloud.token.refresh_token = before[1]
    with pytest.raises(BitrixOAuthInvalidGrant):
        await asyncio.to_thread(cloud.token.refresh_oauth_token)


async def test_it_takes_a_code_for_tokens(cloud: Cloud) -> None:
    code = cloud.portal.oauth.code(cloud.app, cloud.portal.people.users[ANNA])
    given = await asyncio.to_thread(cloud.token.get_oauth_token, code)
    assert (given.user_id, given.member_id) == (ANNA, cloud.portal.member_id)
    assert given.oauth_token.expires_in == 3600


async def test_it_is_told_the_new_name_of_a_portal(cloud: Cloud) -> None:
    old = cloud.portal.domain
    cloud.portal.rename("second.example")
    cloud.token._AUTO_CHANGED_DOMAIN = False
    with pytest.raises(BitrixResponse302JSONDecodeError) as moved:
        await cloud.ask(lambda client: client.profile())
    assert moved.value.new_domain == "second.example"
    cloud.portal.rename(old)
    cloud.portal.former_domains.clear()


async def test_it_works_with_a_webhook(cloud: Cloud) -> None:
    secret = f"1/{cloud.portal.webhook_secret}"
    cloud.client = Client(BitrixWebhook(domain=cloud.portal.domain, webhook_token=secret))
    assert (await cloud.ask(lambda client: client.crm.item.get(DEAL, 1)))["item"]["id"] == 1
    with pytest.raises(BitrixAPIForbidden, match="Application context required"):
        await cloud.ask(lambda client: client.bizproc.robot.add(**ROBOT))


async def test_it_names_errors_as_the_cloud_does(cloud: Cloud) -> None:
    with pytest.raises(BitrixAPINotFound):
        await cloud.ask(lambda client: client.crm.quote.list())
    issued = cloud.portal.oauth.issue(cloud.app, cloud.portal.people.users[ANNA])
    cloud.token.auth_token = issued.access
    with pytest.raises(BitrixAPIForbidden, match="Access denied!"):
        await cloud.ask(lambda client: client.bizproc.robot.add(**ROBOT))


# Batches and lists ----------------------------------------------------------------------------------------------------


async def test_a_batch_answers_command_by_command(cloud: Cloud) -> None:
    questions = {
        "act": ("crm.activity.list", {"filter": {"PROVIDER_ID": "IMOPENLINES_SESSION", "COMPLETED": "N"}}),
        "dlg": ("imopenlines.dialog.get", {"SESSION_ID": "$result[act][0][ASSOCIATED_ENTITY_ID]"}),
        "none": ("crm.item.get", {"entityTypeId": DEAL, "id": 777}),
        "me": ("profile", None),
    }
    answer = await cloud.ask(lambda client: client.get_token().call_batch(questions))
    assert answer["result"]["dlg"]["type"] == "lines"
    assert answer["result"]["me"]["ID"] == "1"
    assert answer["result_error"]["none"]["error"] == "NOT_FOUND"
    assert answer["result_total"]["act"] >= 1
    assert set(answer["result_time"]) >= {"act", "dlg", "me"}


async def test_requests_of_its_own_kinds_go_into_a_batch(cloud: Cloud) -> None:
    def question(client: Any) -> Any:
        return client.call_batch([client.profile(), client.user.get(), client.timeman.status(user_id=ANNA)])

    answer = await cloud.ask(question)
    assert [type(one) for one in answer.result] == [dict, list, dict]
    assert len(answer.result_time) == 3
    answer = await cloud.ask(lambda client: client.call_batches([client.profile()] * 60))
    assert len(answer.result) == 60


async def test_long_lists_are_read_whole(cloud: Cloud) -> None:
    reset(cloud.portal, "large")
    cloud.portal.switches.limits = False
    deals = await cloud.ask(lambda client: client.crm.deal.list(select=["ID"]).as_list())
    assert len({deal["ID"] for deal in deals}) == 1000
    items = await cloud.ask(lambda client: list(client.crm.item.list(DEAL, select=["id"]).as_list_fast().result))
    assert [item["id"] for item in items] == sorted(int(deal["ID"]) for deal in deals)


# What the portal sends ------------------------------------------------------------------------------------------------


@pytest.fixture
async def named(receiver: Receiver, app: App) -> Portal:
    """A portal with an address as the cloud's: the client compares names without ports."""
    portal = Portal(seed=7, speed=0, origin="https://portal.example", client=receiver.client)
    reset(portal, "demo")
    portal.apps.install(replace(app), by=portal.people.users[1])
    return portal


def told(portal: Portal) -> Any:
    return B24AppInfoResult.from_dict(Asker(portal, portal.people.users[1])("app.info"))


async def test_it_reads_what_a_robot_is_sent_and_answers_it(named: Portal, receiver: Receiver) -> None:
    ask = Asker(named, named.people.users[1])
    ask("bizproc.robot.add", CODE="look", HANDLER=f"{HANDLER}/robot", NAME="Look", USE_SUBSCRIPTION="Y", AUTH_USER_ID=1)
    named.bizproc.placed[DEAL, "C3:WORK"] = [PlacedRobot("look", {})]
    named.crm.move(named.crm.items[DEAL, 1], "C3:WORK")
    await named.queue.drain()
    given = OAuthWorkflowData.from_dict(receiver.forms[-1])
    assert (given.code, given.document_id[2], given.use_subscription) == ("look", "DEAL_1", True)
    assert given.validate_against_app_info(told(named))
    assert ask("bizproc.event.send", EVENT_TOKEN=given.event_token, RETURN_VALUES={}) is True


async def test_it_reads_events_of_people_and_of_nobody(named: Portal, receiver: Receiver) -> None:
    ask = Asker(named, named.people.users[1])
    ask("event.bind", event="ONCRMDEALUPDATE", handler=f"{HANDLER}/event")
    with named.acting(named.people.users[1]):
        named.crm.move(named.crm.items[DEAL, 1], "C3:WORK")
    named.crm.move(named.crm.items[DEAL, 2], "C3:WORK")
    await named.queue.drain()
    person, nobody = (OAuthEventData.from_dict(form) for form in receiver.forms)
    assert (person.event, person.is_system, nobody.is_system) == ("ONCRMDEALUPDATE", False, True)
    assert person.validate_against_app_info(told(named))
    assert person.data == {"FIELDS": {"ID": "1"}}


async def test_it_reads_what_a_page_is_opened_with(named: Portal) -> None:
    opened: Any = frame(named, named.people.users[1], placement="DEFAULT", options="")
    query = dict(part.split("=") for part in opened["action"].partition("?")[2].split("&"))
    given = OAuthPlacementData.from_dict({**query, **opened["fields"]})
    assert given.validate_against_app_info(told(named))
    assert (given.placement, given.oauth_token.expires_in) == ("DEFAULT", 3600)
