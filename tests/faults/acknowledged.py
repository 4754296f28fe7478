"""What was acknowledged to clients, held against the stored documents: each once, and nothing that nobody asked for."""

from collections import Counter
from typing import Any

from tests.faults.clients import Acknowledged
from tests.faults.oracle import Broken, check_history, same

CLIENTS = ("desk", "repairer")


def check(database: Any, done: Acknowledged) -> int:
    """Returns how many acknowledged writes there were. Raises `Broken`."""
    requests = list(database.requests.find({"place": {"$regex": "^desk-"}}))
    orders = list(database.work_orders.find({"title": {"$regex": "^(repair|tablet)-"}}))
    same("requests", done.requests.items(), ((each["place"], each["number"]) for each in requests))
    same("orders", done.orders.items(), ((each["title"], each["number"]) for each in orders))
    for record in (*requests, *orders):
        check_history(record)
        mine = [event["verb"] for event in record["events"] if event["actor"] in CLIENTS]
        same(f"verbs of {record['number']}", done.verbs.get(record["number"], []), [v for v in mine if v != "create"])
    _check_entries(done, orders)
    return done.total


def _check_entries(done: Acknowledged, orders: list[Any]) -> None:
    found = [
        (event["operation"], order["number"]) for order in orders for event in order["events"] if event.get("operation")
    ]
    twice = [entry for entry, count in Counter(entry for entry, _ in found).items() if count > 1]
    if twice:
        raise Broken("entries that acted twice", doubled=twice)
    same("entries", done.entries.items(), found)
