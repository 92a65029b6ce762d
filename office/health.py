"""What the installation finds out about itself: for the operator's page, and for machines that watch."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.db import DatabaseError, Error, InterfaceError, OperationalError, connection
from django.db.models import Count, Min, Q

from office import anchors, stores
from office.jobs import title_of
from office.models import AuditChain, AuditLine, Job, JobState, Pulse
from office.rules import health as rules
from office.rules.health import Level, Part, Sign
from office.senders import channels, sender_of

QUEUES = {"documents": "文件", "clock": "定时和提醒"}
A_WEEK = timedelta(days=7)
Signs = dict[str, list[Sign]]


def vital_parts(*, now: datetime) -> list[Part]:
    """What everything else rests on, cheaply: three statements, one file. Raises nothing, whatever is down."""
    parts = [database(), broker(), disk(), *storage()]
    if parts[0].level == Level.GOOD:
        try:
            parts += _watched(signs(), now)
        except Error:  # it went away meanwhile, or is not of this version
            parts[0] = Part("database", "数据库", Level.DOWN, "读不出来。", "看数据库服务；刚升级过就执行 manage.py migrate。")
    return parts


def all_parts(*, now: datetime) -> list[Part]:
    """Everything, for the page. Raises the database's errors when it goes away meanwhile."""
    found = signs()
    parts = [database(), broker(), *_watched(found, now), disk(), *storage()]
    return [*parts, waiting(now), failed(now), chains(), *_ways_out(found, now)]


def database() -> Part:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return Part("database", "数据库", Level.DOWN, "连不上。", "看数据库服务和它的磁盘；恢复以后不用重启本系统。")
    return Part("database", "数据库", Level.GOOD, {"sqlite": "SQLite，能用。", "postgresql": "PostgreSQL，能用。"}[connection.vendor])


def broker() -> Part:
    """Whether a worker can be told of a new job."""
    try:
        (_ping_redis if settings.REDIS_URL else _write_a_message)()
    except Exception:  # of redis, of the file system
        advice = "看 Redis 服务；没有设 Redis 时，看数据目录里的 broker 目录能不能写。停着的时候任务照样登记，恢复以后接着做。"
        return Part("broker", "任务的传递", Level.DOWN, "用不了。", advice)
    return Part("broker", "任务的传递", Level.GOOD, "Redis，能用。" if settings.REDIS_URL else "数据目录里的文件，能用。")


def _ping_redis() -> None:
    from redis import Redis

    with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as redis:
        redis.ping()


def _write_a_message() -> None:
    with tempfile.NamedTemporaryFile(dir=settings.BROKER_DIR / "control", prefix="probe-") as probe:
        probe.write(b"." * 4096)
        probe.flush()
    os.scandir(settings.BROKER_DIR / "messages").close()


def disk() -> Part:
    usage = shutil.disk_usage(settings.DATA)
    return rules.judge_disk(usage.free, usage.total)


def storage() -> list[Part]:
    """Where the private files lie, if that is not the disk."""
    if not settings.FILES:
        return []
    try:
        stores.private().probe()
    except stores.Unavailable as error:
        advice = "看对象存储的服务，和设置里的地址、密钥、桶名；停着的时候照片和文件存不下、打不开，手机上写的会留在手机里。"
        return [Part("files", "照片和文件", Level.DOWN, f"对象存储用不了（{error}）。", advice)]
    return [Part("files", "照片和文件", Level.GOOD, "对象存储，能用。")]


def signs() -> Signs:
    """The signs of life by the name of their part."""
    found: Signs = defaultdict(list)
    for pulse in Pulse.objects.all():
        failed = pulse.detail.get("failed") or []
        words = "、".join(failed) or str(pulse.detail.get("words", ""))
        found[pulse.name].append(Sign(pulse.host, pulse.at, bool(pulse.detail.get("ok", not failed)), words))
    return found


def _watched(found: Signs, now: datetime) -> list[Part]:
    workers = [rules.judge_worker(queue, word, found.get(f"worker:{queue}", []), now) for queue, word in QUEUES.items()]
    return [*workers, rules.judge_clock(_latest(found, "tick"), now), rules.judge_backup(_latest(found, "backup"), now)]


def _ways_out(found: Signs, now: datetime) -> list[Part]:
    return [rules.judge_channel(code, sender_of(code).word, _latest(found, code), now) for code in channels()]


def _latest(found: Signs, name: str) -> Sign | None:
    return max(found.get(name, []), key=lambda sign: sign.at, default=None)


def waiting(now: datetime) -> Part:
    asked = Job.objects.filter(state=JobState.QUEUED).aggregate(count=Count("pk"), oldest=Min("at"))
    return rules.judge_waiting(asked["count"], asked["oldest"], now)


def failed(now: datetime) -> Part:
    kinds = Job.objects.filter(state=JobState.FAILED, ended_at__gte=now - A_WEEK).order_by().values("kind").annotate(count=Count("pk"))
    titles: Counter[str] = Counter()
    for found in kinds:
        titles[title_of(found["kind"])] += found["count"]
    return rules.judge_failed(titles)


def chains() -> Part:
    """Compares ends alone; `verify_audit` walks the chains."""
    try:
        kept, bad = _anchors()  # before the chains: an anchor never runs ahead of its chain
    except stores.Unavailable:
        return Part("audit", "审计链", Level.WARN, "库外留存和照片、文件放在一起，现在读不到。", "对象存储恢复以后再看。")
    heads = {chain.scope: (chain.count, chain.head) for chain in AuditChain.objects.all()}
    behind = [anchor for anchor in kept.values() if anchor.count < heads.get(anchor.scope, (0, ""))[0]]
    asked = [Q(chain=anchor.scope, number=anchor.count) for anchor in behind]
    macs = {line.chain_id: line.mac for line in AuditLine.objects.filter(reduce(or_, asked))} if asked else {}
    faults = [f"{scope} 的留存被改动" for scope in bad]
    faults += [f"{scope} 没有库外的留存" for scope, (count, _) in heads.items() if count and scope not in kept and scope not in bad]
    for scope, anchor in kept.items():
        count, head = heads.get(scope, (0, ""))
        if count < anchor.count:
            faults.append(f"{scope} 少了 {anchor.count - count} 行")
        elif anchor.count and anchor.head != (head if count == anchor.count else macs.get(scope)):
            faults.append(f"{scope} 的末尾与留存的不同")
    return rules.judge_chains(len(heads), sorted(faults))


def _anchors() -> tuple[dict[str, anchors.Anchor], list[str]]:
    """What is kept of the chains, and which of it is not what this installation wrote."""
    kept, bad = {}, []
    for scope in anchors.scopes():
        try:
            if anchor := anchors.read(scope):
                kept[scope] = anchor
        except anchors.BadAnchor:
            bad.append(scope)
    return kept, bad


# --- What an error of the database or the disk means -------------------------------------------------------

AWAY_SQLITE = ("locked", "unable to open", "disk i/o", "readonly")
AWAY_POSTGRESQL: tuple[Callable[[str], bool], ...] = (
    lambda code: code.startswith("08"),  # the connection broke
    lambda code: code in {"57P01", "57P02", "57P03", "53300"},  # stopping, crashed, starting, too many connections
)


def is_full(failure: BaseException | None) -> bool:
    """Whether a disk has no room left: the files', or either database's."""
    words = str(failure).lower()
    is_disks = isinstance(failure, OSError | DatabaseError)
    return is_disks and (
        getattr(failure, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "disk is full" in words or "no space left" in words
    )


def is_away(failure: BaseException | None) -> bool:
    """Whether database or storage cannot be reached or are busy beyond patience: nothing is wrong with what was asked."""
    if isinstance(failure, stores.Unavailable):
        return True
    if not isinstance(failure, OperationalError | InterfaceError):
        return False
    if connection.vendor == "sqlite":
        return any(words in str(failure).lower() for words in AWAY_SQLITE)
    code = getattr(failure.__cause__, "pgcode", None)
    return code is None or any(means_away(code) for means_away in AWAY_POSTGRESQL)


def down(parts: list[Part]) -> Iterator[str]:
    """The codes of those that are down."""
    return (part.code for part in parts if part.level == Level.DOWN)
