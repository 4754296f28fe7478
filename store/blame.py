"""Whose fault an error is: the database's, which is asked again in seconds, or that of the record in hand."""

from pymongo.errors import BulkWriteError, OperationFailure, PyMongoError, WriteConcernError

from store.reach import is_unreachable

# It took too long: busy, and nothing is wrong with the record.
_TOO_LONG = frozenset({50, 262})
_DUPLICATE_KEY = 11000


def is_of_database(error: BaseException) -> bool:
    """Whether the next attempt may succeed without anybody having changed the record."""
    if isinstance(error, BulkWriteError):
        refused = error.details.get("writeErrors") or []
        return not refused or any(is_of_database(OperationFailure("", each["code"])) for each in refused)
    if is_unreachable(error) or isinstance(error, WriteConcernError):
        return True
    if isinstance(error, OperationFailure):
        return error.code in _TOO_LONG
    return isinstance(error, PyMongoError) and error.timeout


def is_nothing_but_duplicates(error: BulkWriteError) -> bool:
    """Whether all that a bulk insert refused stands already, and all that it wrote is sure to stay."""
    failures = [*error.details["writeErrors"], *error.details["writeConcernErrors"]]
    return all(failure["code"] == _DUPLICATE_KEY for failure in failures)
