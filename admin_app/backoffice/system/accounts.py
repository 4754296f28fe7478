"""账号: who can sign in. What a person may do is written at the member of staff."""

from typing import Any

from flask import flash, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response

from admin_app.accounts import operations as accounts
from admin_app.accounts.authority import governed_staff
from admin_app.accounts.current import current_actor
from admin_app.backoffice.frame.base import MenuPlace, attempt
from admin_app.backoffice.records.names import assignable, staff_names
from admin_app.backoffice.records.views import OfficeView
from admin_app.shell.errors import problems_of
from admin_app.shell.language import say
from store import clock, directory
from store.errors import AnjuError, Invalid
from store.words import Words

NEW_PASSWORD = Words(
    "{username} 的新密码（只显示这一次）：{password}", "New password of {username} (shown only this once): {password}"
)
NO_SUCH_STAFF = Words("请选择员工", "Choose a member of staff")


class Accounts(OfficeView):
    permission = "accounts.write"
    title = Words("账号", "Accounts")
    endpoint_name = "office_accounts"
    path = "accounts"
    menu_place = MenuPlace("system", 50)

    @expose("/")
    def index(self) -> str:
        return self._page({})

    def _page(self, values: dict[str, str], mistakes: dict[str, list[str]] | None = None) -> str:
        actor = current_actor()
        listed, people = accounts.accounts_for(actor), assignable(actor.estates)
        mine = governed_staff(actor, (each.code for each in people))
        return self.render(
            "system/accounts.html",
            accounts=listed,
            names=staff_names(each.staff for each in listed),
            people=[each for each in people if each.code in mine],
            own=actor.code,
            values=values,
            mistakes=mistakes or {},
        )

    @expose("/", methods=("POST",))
    def create(self) -> Any:
        """Make a login with a password that is shown once."""
        username, staff = request.form.get("username", "").strip(), request.form.get("staff", "")
        password = accounts.readable_password()
        try:
            if directory.values_of("staff", staff) is None or not governed_staff(current_actor(), [staff]):
                raise Invalid.one("reference_missing", NO_SUCH_STAFF, "staff")
            accounts.create(username, password, staff, clock.now(), actor=current_actor())
        except AnjuError as error:
            mistakes: dict[str, list[str]] = {}
            for problem in problems_of(error):
                mistakes.setdefault(problem.field or "", []).append(say(problem.words))
            return self._page({"username": username, "staff": staff}, mistakes), 422
        flash(say(NEW_PASSWORD.fill(username=username, password=password)), "success")
        return self._page({})

    @expose("/<username>/active", methods=("POST",))
    def active(self, username: str) -> Response:
        wanted = request.form.get("active") == "yes"
        done = (
            Words("{name} 已启用", "{name} can sign in")
            if wanted
            else Words("{name} 已停用，已退出登录", "{name} was disabled")
        )
        return attempt(
            lambda: accounts.set_active(username, wanted, actor=current_actor(), now=clock.now()),
            done=done.fill(name=username),
            back=url_for(".index"),
        )

    @expose("/<username>/password", methods=("POST",))
    def password(self, username: str) -> Any:
        """A new password, shown once on this answer and nowhere else; all sessions of the account end."""
        password = accounts.readable_password()
        accounts.set_password(username, password, actor=current_actor(), now=clock.now())
        flash(say(NEW_PASSWORD.fill(username=username, password=password)), "success")
        return self._page({})

    @expose("/<username>/second-factor", methods=("POST",))
    def second_factor(self, username: str) -> Response:
        done = Words("{name} 的两步验证已重置", "The second factor of {name} was reset").fill(name=username)
        return attempt(
            lambda: accounts.reset_second_factor(username, actor=current_actor(), now=clock.now()),
            done=done,
            back=url_for(".index"),
        )
