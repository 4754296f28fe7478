"""What a backup and a restore may refuse, in words. The codes are stable: scripts look at them."""

from store.errors import RuleBroken
from store.words import Words

PERSONAL = Words(
    "此文件含住户和员工的个人信息：只存放在有权限者能读取的地方，离开本机前请加密，到期删除。",
    "This file holds personal data of residents and staff: keep it where only authorised people can read it, "
    "encrypt it before it leaves the machine, and delete it when its time is over.",
)

_REFUSALS = {
    "backup_exists": Words(
        "{path} 已存在；不覆盖已有备份，请换一个文件名",
        "{path} exists already; a backup is never overwritten: choose another name",
    ),
    "backup_running": Words("另一个备份正在写入 {path}", "Another backup is writing {path} just now"),
    "database_empty": Words(
        "数据库 {database} 是空的，没有可备份的内容；请检查 MONGODB_URI",
        "The database {database} is empty, there is nothing to back up; check MONGODB_URI",
    ),
    "restore_unfinished": Words(
        "数据库 {database} 的恢复在切换时中断，数据新旧混杂；请先重新运行 restore 完成恢复",
        "A restore of the database {database} was cut off while it changed over, so old and new data are mixed; "
        "run restore again first, which finishes it",
    ),
    "collection_unknown": Words(
        "集合 {name} 是 {kind} 类型，此备份格式无法保存",
        "Collection {name} is of the type {kind}, which this format cannot keep",
    ),
    "no_snapshot": Words(
        "MongoDB 不能提供同一时刻的快照：需要 5.0 以上版本的副本集（单节点也可以）",
        "MongoDB cannot give a snapshot of one moment: it must be a replica set (one node will do) of version 5.0 or later",
    ),
    "snapshot_too_old": Words(
        "备份耗时超过 MongoDB 保留历史的时间。请管理员执行 db.adminCommand({{setParameter: 1, "
        "minSnapshotHistoryWindowInSeconds: 3600}}) 后重试，或在空闲时段备份",
        "The backup took longer than MongoDB keeps history. Let an administrator run db.adminCommand({{setParameter: 1, "
        "minSnapshotHistoryWindowInSeconds: 3600}}) and try again, or back up when less is going on",
    ),
    "backup_foreign": Words("{path} 不是安居的备份文件", "{path} is not a backup of Anju"),
    "backup_newer": Words(
        "{path} 的备份格式为 {found}，本版本最高只能读取 {known}；请用做备份的版本或更新版本恢复",
        "{path} has the backup format {found}, this version reads up to {known}; restore it with the version that made it, "
        "or a later one",
    ),
    "backup_incomplete": Words(
        "{path} 不完整：文件结尾缺失（传输中断或磁盘已满？）。未写入任何数据",
        "{path} is incomplete: its end is missing (a cut transfer, a full disk?). Nothing was written",
    ),
    "backup_damaged": Words(
        "{path} 已损坏：{part} 与校验值不符。未写入任何数据，请使用另一份备份",
        "{path} is damaged: {part} does not match its checksum. Nothing was written; use another backup",
    ),
    "database_not_empty": Words(
        "数据库 {database} 不是空的（{names}）。若要用备份替换全部数据，请加 --replace",
        "The database {database} is not empty ({names}). To replace all its data by the backup, add --replace",
    ),
    "restored_otherwise": Words(
        "集合 {name} 恢复后与备份不一致；未切换，原有数据未变",
        "Collection {name} does not equal the backup after it was restored; nothing was changed over, the old data stands",
    ),
    "restored_partly": Words(
        "有别的操作（另一个恢复？）同时改动了数据库，数据新旧混杂；请用 --replace 再运行一次 restore",
        "Something else (another restore?) changed the database at the same time, and old and new data are mixed; "
        "run restore again with --replace",
    ),
    "earlier_restore": Words(
        "上次中断的恢复（备份时间 {made_at}）已先行完成。若仍要恢复这个文件，请再运行一次",
        "An earlier restore that had been cut off (of the backup of {made_at}) was finished first. "
        "To restore this file as well, run the command again",
    ),
}


def refusal(code: str, **values: object) -> RuleBroken:
    return RuleBroken(code, _REFUSALS[code].fill(**values))
