"""MongoDB and Redis: whether they answer, are set up as the product needs them, and have room."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import mongoengine
from pymongo import timeout
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from jobs.doctor_findings import Finding, Patient, ill, sound, weak
from store import domains
from store.backup import restoring
from store.health import clocks
from store.health.rules import is_off
from store.words import Words

SECONDS = 5.0
CLOCK_WEAK = timedelta(seconds=1)
# Shares of the disk that are free.
ROOM_WEAK, ROOM_ILL = 0.15, 0.05


def mongo_answers(patient: Patient) -> Finding:
    try:
        with timeout(SECONDS):
            patient.database.client.admin.command("ping")
            version = patient.database.client.server_info()["version"]
    except PyMongoError as error:
        what = Words("MongoDB 没有响应（{kind}）", "MongoDB does not answer ({kind})").fill(kind=type(error).__name__)
        return ill(
            what, Words("检查 mongod 是否运行、MONGODB_URI 是否正确", "Check that mongod runs and MONGODB_URI is right")
        )
    return sound("MongoDB {version} 有响应", "MongoDB {version} answers", version=version)


def redis_answers(patient: Patient) -> Finding:
    try:
        patient.redis.ping()
    except RedisError as error:
        what = Words("Redis 没有响应（{kind}）", "Redis does not answer ({kind})").fill(kind=type(error).__name__)
        mend = Words(
            "检查 redis-server 是否运行、REDIS_URL 是否正确", "Check that redis-server runs and REDIS_URL is right"
        )
        return ill(what, mend)
    return sound("Redis 有响应", "Redis answers")


def check_replica_set(patient: Patient) -> Iterator[Finding]:
    name = patient.database.client.admin.command("hello").get("setName")
    if name:
        yield sound("副本集 {name}", "Replica set {name}", name=name)
        return
    yield ill(
        Words(
            "MongoDB 不是副本集：写入不能安全重试，也不能备份", "MongoDB is no replica set: no safe retries, no backups"
        ),
        Words(
            "以 --replSet rs0 启动 mongod 并执行 rs.initiate()", "Start mongod with --replSet rs0 and run rs.initiate()"
        ),
    )


def check_clocks(patient: Patient) -> Iterator[Finding]:
    offset = abs(clocks.offset(patient.database.client, patient.clock))
    told = f"{offset.total_seconds():.1f}"
    if offset < CLOCK_WEAK:
        yield sound("本机与 MongoDB 的时钟一致", "The clocks of this machine and of MongoDB agree")
        return
    what = Words("本机与 MongoDB 的时钟相差 {s} 秒", "The clocks of this machine and of MongoDB differ by {s} s").fill(
        s=told
    )
    mend = Words(
        "在所有机器上启用 NTP 对时（如 chrony）", "Let NTP (chrony, for example) set the clocks of all machines"
    )
    yield (ill if is_off(offset) else weak)(what, mend)


def check_room(patient: Patient) -> Iterator[Finding]:
    stats = patient.database.command("dbStats")
    total, used = float(stats.get("fsTotalSize") or 0), float(stats.get("fsUsedSize") or 0)
    if not total:
        yield sound(
            "MongoDB 不报告磁盘空间，请在其主机上查看", "MongoDB does not tell its disk space: look on its machine"
        )
        return
    yield room(1 - used / total, total - used)


def room(share: float, free: float) -> Finding:
    """`share` of the disk and `free` bytes are left."""
    told = {"percent": f"{share:.0%}", "free": f"{free / 1e9:.1f}"}
    words = Words("MongoDB 磁盘剩余 {percent}（{free} GB）", "MongoDB's disk has {percent} left ({free} GB)").fill(
        **told
    )
    mend = Words(
        "扩大磁盘或清理；恢复备份还需要一份数据的空间",
        "Enlarge or clear the disk; a restore needs room for the data once more",
    )
    if share >= ROOM_WEAK:
        return sound(*words)
    return (ill if share < ROOM_ILL else weak)(words, mend)


def check_restore(patient: Patient) -> Iterator[Finding]:
    if restoring.unfinished(patient.database) is not None:
        yield ill(
            Words(
                "上次恢复在切换时中断，新旧数据混杂",
                "A restore was cut off while it changed over: old and new data are mixed",
            ),
            Words(
                "停止服务，重新运行同一条 restore 命令，它会完成切换",
                "Stop the services and run the same restore again: it goes on",
            ),
        )
    elif restoring.leftovers(patient.database):
        yield weak(
            Words(
                "上次恢复中断：原有数据未变，留下了临时集合",
                "A restore was cut off: the old data stands, leftovers take up room",
            ),
            Words("重新运行 restore，它会先清理", "Run restore again: it clears them first"),
        )


def check_indexes(patient: Patient) -> Iterator[Finding]:
    domains.load("documents")
    missing = [each for document in documents() for each in missing_indexes(document)]
    for each in missing:
        what = Words(
            "缺少索引 {index}：查询变慢，重复可能不被拒绝",
            "Index {index} is missing: slow queries, doubles not refused",
        )
        mend = Words(
            "运行 flask --app wsgi seed，它会补建索引", "Run flask --app wsgi seed: it makes the missing indexes"
        )
        yield ill(what.fill(index=each), mend)
    if not missing:
        yield sound("索引齐全", "All indexes are there")


def documents() -> list[Any]:
    """Every document class of the product that this process has loaded; the web part's own among them, if it has."""
    found: set[Any] = set()
    waiting: list[Any] = [mongoengine.Document]
    while waiting:
        for document in waiting.pop().__subclasses__():
            waiting.append(document)
            if not document._meta.get("abstract") and document.__module__.startswith(("store.", "admin_app.")):
                found.add(document)
    return sorted(found, key=lambda document: str(document._get_collection_name()))


def missing_indexes(document: Any) -> list[str]:
    """`collection: field, -other` of every index that is not there, or is there but not unique as it must be."""
    there = {tuple(info["key"]): info for info in document._get_collection().index_information().values()}
    return [
        f"{document._get_collection_name()}: " + ", ".join(f"{'-' * (way == -1)}{name}" for name, way in each["fields"])
        for each in document._meta["index_specs"]
        if not _is_there(each, there.get(tuple(each["fields"])))
    ]


def _is_there(wanted: dict[str, Any], found: Any) -> bool:
    return found is not None and bool(found.get("unique")) >= bool(wanted.get("unique"))


def check_redis(patient: Patient) -> Iterator[Finding]:
    if not patient.redis.info("persistence").get("aof_enabled"):
        yield weak(
            Words(
                "Redis 没有启用 AOF：它停止时，排队的提醒会丢失几秒（数据不会丢，都在 MongoDB）",
                "Redis keeps no append-only file: when it stops, nudges are lost for seconds (no data is: that is in MongoDB)",
            ),
            Words("在 redis.conf 中设置 appendonly yes", "Set appendonly yes in redis.conf"),
        )
    else:
        yield sound("Redis 已启用 AOF", "Redis keeps its append-only file")
    memory = patient.redis.info("memory")
    if memory.get("maxmemory") and memory.get("maxmemory_policy") != "noeviction":
        yield weak(
            Words("Redis 内存满时会悄悄丢弃任务", "Redis silently throws jobs away when its memory is full"),
            Words("设置 maxmemory-policy noeviction", "Set maxmemory-policy noeviction"),
        )
