"""What the tests of repairs share: a tap that drips, its price list, and the relay between order and request."""

from datetime import timedelta

from store import domains
from store.notices.relay import relay
from store.repairs import operations as repairs
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from store.work import operations as work
from store.work.documents import WorkOrder
from tests import cast

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
HOME = "sunshine-3-1201"
VALVE = {"code": "valve", "name": {"zh": "换角阀"}, "unit": "个", "price_fen": 3500, "warranty_days": 90}
SEAL = {"code": "seal", "name": {"zh": "打胶"}, "unit": "米", "price_fen": 2000, "warranty_days": 0}
SIGNATURE = "5" * 64


def make_world():
    """A service item `tap`: half an hour to answer, a day to solve, seven days to object, everybody called back."""
    domains.load("operations")
    cast.make_company(cast.LONG_AGO)
    cast.make_household(now=cast.LONG_AGO)
    cast.publish("service_category", "repair", {"name": {"zh": "维修"}}, cast.LONG_AGO)
    publish_prices()
    publish_item()


def publish_prices(now=cast.LONG_AGO, **changes):
    body = {"name": {"zh": "入户维修"}, "clause": "3.2", "lines": [{**VALVE, **changes}, SEAL]}
    cast.publish("price_list", "home", body, now)


def publish_item(code="tap", now=cast.LONG_AGO, **changes):
    body = {
        "name": {"zh": "水龙头维修"},
        "category": "repair",
        "kinds": ["repair"],
        "urgency": "normal",
        "clause": "3.2",
        "response_minutes": 30,
        "resolve_minutes": 1440,
        "department": "repair",
        "makes_work_order": True,
        "price_list": "home",
        "acceptance_days": 7,
        "callback_percent": 100,
    }
    without = {name: value for name, value in {**body, **changes}.items() if value is not None}
    cast.publish("service_item", code, without, now)


def intake(now=cast.NOW, **changes):
    """The request, with its order made."""
    values = {"estate": cast.ESTATE, "kind": "repair", "item": "tap", "channel": "phone", "words": "厨房滴水"}
    request = requests.create({**values, "household": HOME, **changes}, actor=cast.desk(), now=now)
    relay(now)
    return request


def order_of(request, ordinal=1):
    return WorkOrder.objects.get(key=f"request:{request.pk}:{ordinal}")


def current(request):
    return ServiceRequest.objects.get(pk=request.pk)


def arrive(request, now, ordinal=1, who=None):
    """The repairer has taken the order and is at the door."""
    order, who = order_of(request, ordinal), who or cast.repairer()
    work.accept(order.pk, actor=who, now=now)
    return work.start(order.pk, actor=who, now=now)


def quote(order, now, **quantities):
    asked = repairs.quote(order.pk, lines=lines(**quantities or {"valve": 1}), actor=cast.repairer(), now=now)
    relay(now)
    return asked


def consent(order, now, given=True, **more):
    answered = repairs.consent(order.pk, given=given, actor=cast.repairer(), now=now, **more)
    relay(now)
    return answered


def use(order, now, **quantities):
    return repairs.materials(order.pk, lines=lines(**quantities), actor=cast.repairer(), now=now)


def finish(order, now, **more):
    done = work.complete(order.pk, actor=cast.repairer(), now=now, **more)
    relay(now)
    return done


def repaired(now=cast.NOW, signature=SIGNATURE, **changes):
    """A request whose repair was done within the hour, with one valve that was quoted and agreed to."""
    request = intake(now, **changes)
    order = arrive(request, now + MINUTE)
    quote(order, now + 2 * MINUTE)
    consent(order, now + 3 * MINUTE)
    use(order, now + 4 * MINUTE, valve=1)
    finish(order, now + HOUR, signature=signature)
    return current(request)


def lines(**quantities):
    return [{"line": code, "quantity": quantity} for code, quantity in quantities.items()]
