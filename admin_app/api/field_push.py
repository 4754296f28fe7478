"""`/api/v1/field/push-subscription`: whether this person is woken on this tablet."""

from flask import g
from flask_smorest import Blueprint

from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.routes import add, blueprint
from store.notices import push
from store.words import Words


def _subscribe(call: Call) -> Answer:
    push.subscribe(g.device.code, call.body, actor=call.actor, now=call.now)
    return Answer(None)


def _unsubscribe(call: Call) -> Answer:
    push.unsubscribe(g.device.code, actor=call.actor)
    return Answer(None)


def make() -> Blueprint:
    made = blueprint("field_push", Words("平板推送", "Push to tablets"))
    takes = Body.of("PushSubscription", push.SUBSCRIPTION)
    rule, words = "/push-subscription", Words("在此平板接收推送", "Be woken on this tablet")
    add(made, Operation("subscribe_to_push", "PUT", rule, "work.do", words, None, 204, takes), _subscribe)
    words = Words("不再在此平板接收推送", "Be woken on this tablet no more")
    add(made, Operation("unsubscribe_from_push", "DELETE", rule, "work.do", words, None, 204), _unsubscribe)
    return made
