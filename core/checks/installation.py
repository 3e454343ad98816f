"""The installation itself: address, database, Redis, keys, workers, what is late; one function for each thing."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from core.checks.check import Check
from core.config import Settings
from core.db import DatabaseAway
from core.db.migrate import current
from core.db.walls import ROLE
from core.portals.keyring import Keyring, Unreadable
from core.portals.tables import Portal
from core.queue.embedded import find_server
from core.queue.server import RedisServer
from core.runs.health import Health
from core.texts.text import Text, plural


def public_url(settings: Settings) -> Check:
    if settings.public_url.startswith("https://") or settings.allow_private_networks:
        at = Text(ru="адрес сервиса: {url}", en="the service's address: {url}").format(url=settings.public_url)
        return Check("public_url", "ok", at)
    return Check(
        "public_url",
        "warn",
        Text(ru="адрес сервиса без https", en="the service's address is not https"),
        Text(ru="портал не откроет страницу http в своём окне", en="a portal opens no http page in its frame"),
        Text(
            ru="поставьте перед сервисом https и исправьте DEZHURNY_PUBLIC_URL",
            en="put https in front of the service and correct DEZHURNY_PUBLIC_URL",
        ),
    )


async def database(settings: Settings) -> Check:
    try:
        is_absent = settings.database_file is not None and not settings.database_file.exists()
        here, newest = (None, "head") if is_absent else await current(settings.database_url)
    except (DatabaseAway, OSError, SQLAlchemyError, asyncpg.PostgresError) as error:
        return Check(
            "database",
            "fail",
            Text(ru="база данных не отвечает: {kind}", en="the database does not answer: {kind}").format(
                kind=type(error).__name__
            ),
            Text(ru="без неё вызовы порталов не принимаются", en="without it no call of a portal is taken"),
            Text(
                ru="запустите базу или исправьте DEZHURNY_DATABASE_URL",
                en="start the database or correct DEZHURNY_DATABASE_URL",
            ),
        )
    if here == newest:
        said = Text(ru="база данных отвечает, схема {here}", en="the database answers, schema {here}")
        return Check("database", "ok", said.format(here=here or ""))
    return Check(
        "database",
        "fail",
        Text(ru="схема базы не этого выпуска: {here}", en="the schema is not of this release: {here}").format(
            here=here or Text(ru="пусто", en="empty")
        ),
        Text(ru="код и таблицы не понимают друг друга", en="code and tables do not understand each other"),
        Text(ru="выполните dezhurny migrate", en="run dezhurny migrate"),
    )


def walls(*, stand: bool) -> Check:
    """Whether PostgreSQL itself keeps portals apart (see `core.db.walls`)."""
    if stand:
        return Check("walls", "ok", Text(ru="база разделяет порталы сама", en="the database keeps portals apart"))
    return Check(
        "walls",
        "warn",
        Text(ru="порталы разделяет только код", en="only the code keeps portals apart"),
        Text(
            ru="роли {role} нет, или пользователю базы её не дали",
            en="there is no role {role}, or the user of the database was not given it",
        ).format(role=ROLE),
        Text(
            ru="дайте пользователю право CREATEROLE или создайте роль и выдайте её, затем выполните dezhurny migrate",
            en="give the user CREATEROLE, or make the role and grant it to the user, then run dezhurny migrate",
        ),
    )


async def redis(settings: Settings) -> Check:
    server = RedisServer.of(settings)
    try:
        policy = (await server.client().config_get("maxmemory-policy")).get("maxmemory-policy")
    except (RedisError, OSError):
        return _redis_away(settings)
    finally:
        await server.close()
    if policy == "noeviction":
        return Check("redis", "ok", Text(ru="Redis отвечает", en="Redis answers"))
    return Check(
        "redis",
        "warn",
        Text(
            ru="Redis отвечает, но maxmemory-policy = {policy}", en="Redis answers, but maxmemory-policy is {policy}"
        ).format(policy=str(policy)),
        Text(
            ru="при нехватке памяти он выбросит звонки, и таймеры опоздают на секунды",
            en="short of memory it throws bells away, and timers come seconds late",
        ),
        Text(ru="поставьте maxmemory-policy noeviction", en="set maxmemory-policy noeviction"),
    )


def _redis_away(settings: Settings) -> Check:
    if not settings.redis_url and find_server() is not None:
        return Check(
            "redis",
            "ok",
            Text(ru="Redis встроенный, запускается вместе с сервисом", en="Redis is embedded, starts with the service"),
        )
    return Check(
        "redis",
        "warn",
        Text(ru="Redis не отвечает", en="Redis does not answer"),
        Text(
            ru="работа идёт, но шаги начинаются с опозданием до пяти секунд",
            en="work goes on, but steps start up to five seconds late",
        ),
        Text(ru="запустите Redis или исправьте DEZHURNY_REDIS_URL", en="start Redis or correct DEZHURNY_REDIS_URL"),
    )


def keys(settings: Settings, found: list[Portal]) -> Check:
    ring = Keyring(settings.key_ring)
    lost = sum(not _opens(ring, portal) for portal in found)
    if not lost:
        return Check("keys", "ok", Text(ru="все ключи порталов открываются", en="the keys of all portals open"))
    return Check(
        "keys",
        "fail",
        plural(
            lost,
            ("портал не открыть", "портала не открыть", "порталов не открыть"),
            ("portal cannot be opened", "portals cannot be opened"),
        ),
        Text(
            ru="их токены зашифрованы ключом, которого в DEZHURNY_SECRET_KEYS нет",
            en="their tokens are sealed with a key that DEZHURNY_SECRET_KEYS lacks",
        ),
        Text(
            ru="верните прежний ключ в конец списка или переустановите приложение на этих порталах",
            en="put the former key back at the end of the list, or reinstall the application on those portals",
        ),
    )


def _opens(ring: Keyring, portal: Portal) -> bool:
    try:
        ring.vault(portal.data_key, portal.id)
    except Unreadable:
        return False
    return True


def portals(found: list[Portal]) -> Check:
    stopped = [portal for portal in found if portal.status in {"suspended", "needs_reinstall"}]
    if not stopped:
        active = sum(portal.status == "active" for portal in found)
        return Check(
            "portals", "ok", Text(ru="порталов работает: {active}", en="active portals: {active}").format(active=active)
        )
    names = ", ".join(portal.origin for portal in stopped)
    return Check(
        "portals",
        "warn",
        Text(ru="остановлены: {names}", en="stopped: {names}").format(names=names),
        Text(ru="их роботы ждут", en="their robots wait"),
        Text(ru="откройте приложение на портале администратором", en="open the application there as an administrator"),
    )


def worker(seen: Health) -> Check:
    if seen.has_worker:
        return Check("worker", "ok", Text(ru="исполнитель работает", en="a worker runs"))
    return Check(
        "worker",
        "fail",
        Text(ru="ни одного исполнителя не видно", en="no worker is to be seen"),
        Text(ru="вызовы принимаются, но роботы не работают", en="calls are taken, but no robot runs"),
        Text(ru="запустите dezhurny worker или serve --with-worker", en="start dezhurny worker or serve --with-worker"),
    )


def overdue(seen: Health) -> Check:
    if not seen.overdue:
        return Check("overdue", "ok", Text(ru="ничего не опаздывает", en="nothing is late"))
    late = plural(seen.oldest_late_by // timedelta(seconds=1), ("секунду", "секунды", "секунд"), ("second", "seconds"))
    return Check(
        "overdue",
        "warn",
        Text(
            ru="опаздывает запусков: {runs}, дольше всех на {late}", en="runs late: {runs}, the latest by {late}"
        ).format(runs=seen.overdue, late=late),
        Text(ru="шаги начинаются не вовремя", en="steps do not start on time"),
        Text(
            ru="посмотрите журнал исполнителя и добавьте ещё одного", en="look at the worker's log and add another one"
        ),
    )
