"""`flask --app wsgi backup PATH` and `flask --app wsgi restore PATH`."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from mongoengine.connection import get_db
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from jobs.schedule import QUEUES
from store import clock
from store.backup import operations, restoring
from store.backup.manifest import Manifest
from store.backup.reading import verified
from store.backup.words import PERSONAL
from store.connection import ensure_indexes
from store.errors import AnjuError, RuleBroken
from store.settings import Settings
from store.words import Words

PATH = click.Path(path_type=Path, dir_okay=False)
REDIS_SECONDS = 5.0
EVERY_SECONDS = 0.2

SAVING, CHECKS, LOADING = Words("保存", "save"), Words("校验", "check"), Words("载入", "load")

MADE = Words(
    "备份完成：{path}，{parts} 个集合，{count} 条，{size} MB，时刻 {made_at}",
    "Backup made: {path}, {parts} collections, {count} documents, {size} MB, as of {made_at}",
)
VIEWS = Words("视图不含数据，未保存：{names}", "Views hold no data and are not kept: {names}")
CHECKING = Words("正在校验 {path} …", "Checking {path} …")
SOUND = Words(
    "文件完好：数据库 {database} 于 {made_at} 的备份，{parts} 个集合，{count} 条（版本 {version}）",
    "The file is sound: a backup of the database {database} as of {made_at}, {parts} collections, {count} documents "
    "(version {version})",
)
WARNING = Words(
    "将删除数据库 {database} 的全部现有数据，换成备份的内容。",
    "All data now in the database {database} will be removed and replaced by the backup.",
)
TYPE_IT = Words("请输入数据库名以确认", "Type the name of the database to confirm")
NOT_CONFIRMED = Words("名称不符，未作任何改动", "That is not its name; nothing was changed")
RESTORED = Words(
    "恢复完成，与备份逐字节一致：{parts} 个集合，{count} 条。请重启网站和工作进程",
    "Restored, equal to the backup byte by byte: {parts} collections, {count} documents. Restart web and workers",
)
RUNNING = Words(
    "工作进程仍在运行（{queues}）：恢复时的写入会丢失。请先停止网站、ticker 和工作进程；确要继续请加 --while-running",
    "Workers are running ({queues}): what is written during the restore would be lost. Stop web, ticker and workers first, "
    "or add --while-running to go on all the same",
)
FAILED = Words("失败：{why}", "Failed: {why}")
UNREACHED = Words(
    "MongoDB 出错（{kind}）。若恢复已开始，请再运行一次：未切换时原有数据未变，已切换则会完成",
    "MongoDB failed ({kind}). If a restore had begun, run it again: before the change-over the old data stands, after it "
    "the rest is done",
)


@click.command("backup")
@click.argument("path", type=PATH)
def backup(path: Path) -> None:
    """Write all data, files included, as of one moment, into the new file PATH."""
    with _failures_told():
        made = operations.back_up(get_db(), path, now=clock.now(), tell=Progress(SAVING))
        size = f"{path.stat().st_size / 1e6:.1f}"
    _say(MADE.fill(path=path, size=size, **_about(made)))
    if made.views:
        _say(VIEWS.fill(names=", ".join(made.views)))
    _say(PERSONAL)


@click.command("restore")
@click.argument("path", type=PATH)
@click.option("--replace", is_flag=True, help="Remove all data that is there now; asks for the database's name.")
@click.option("--while-running", is_flag=True, help="Although workers are running.")
def restore(path: Path, replace: bool, while_running: bool) -> None:
    """Check the backup PATH, then put it into the database, which must be empty.

    Nothing is written before the whole file has been checked, and what is there is not touched before everything is
    loaded beside it and was compared. Cut off, it can be run again.
    """
    database = get_db()
    with _failures_told():
        if not while_running:
            _refuse_running_workers()
        _say(CHECKING.fill(path=path))
        with verified(path, Progress(CHECKS)) as archive:
            about = archive.manifest
            _say(SOUND.fill(database=about.database, version=about.app_version, **_about(about)))
            if replace and restoring.occupied(database):
                _confirm(database.name)
            restored = restoring.restore(database, archive, replace=replace, tell=Progress(LOADING))
        # A backup of an older version lacks the indexes of this one.
        ensure_indexes()
    _say(RESTORED.fill(**_about(restored)))


def _refuse_running_workers() -> None:
    """A Redis that does not answer has no workers that could do anything."""
    # Late: the web process hangs this command on without paying for RQ.
    from jobs.doctor_work import alive_workers
    from jobs.queues import connect

    redis = connect(Settings.from_environment(os.environ).redis_url, REDIS_SECONDS)
    try:
        running = [name for name in QUEUES if alive_workers(redis, name, clock.now())]
    except RedisError:
        return
    if running:
        raise RuleBroken("workers_running", RUNNING.fill(queues=", ".join(running)))


def _confirm(name: str) -> None:
    _say(WARNING.fill(database=name))
    typed = click.prompt(f"{TYPE_IT.zh} / {TYPE_IT.en} ({name})", default="", show_default=False)
    if typed.strip() != name:
        raise RuleBroken("not_confirmed", NOT_CONFIRMED)


def _about(manifest: Manifest) -> dict[str, Any]:
    made_at = manifest.made_at.isoformat(timespec="seconds")
    return {"parts": len(manifest.parts), "count": manifest.count, "made_at": made_at}


class Progress:
    """One line for each collection; on a terminal it counts while it goes on."""

    def __init__(self, doing: Words) -> None:
        self._doing = f"{doing.zh} {doing.en}"
        self._live = sys.stderr.isatty()
        self._next = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        ended = done >= total
        if not ended and (not self._live or time.monotonic() < self._next):
            return
        self._next = time.monotonic() + EVERY_SECONDS
        line = f"  {self._doing}  {what:28} {done:>14,} / {total:,}"
        click.echo(f"\r{line}\033[K" if self._live else line, nl=ended, err=True)


@contextmanager
def _failures_told() -> Iterator[None]:
    """What can go wrong, in words on standard error, and 1 as the exit status."""
    try:
        yield
    except AnjuError as error:
        _fail(error.words)
    except OSError as error:
        why = f"{error.filename or ''} {error.strerror or error}".strip()
        _fail(FAILED.fill(why=why))
    except PyMongoError as error:
        _fail(UNREACHED.fill(kind=type(error).__name__))


def _fail(words: Words) -> None:
    click.echo(f"{words.zh}\n{words.en}", err=True)
    raise SystemExit(1)


def _say(words: Words) -> None:
    click.echo(f"{words.zh}\n{words.en}")
