"""The second factor: a code works once, a recovery code works once, and some roles must have one."""

from typing import Any

from flask import flash, redirect, request, session, url_for
from flask_login import current_user
from flask_security import MfRecoveryForm, Totp, TwoFactorRescueForm
from mongoengine import Q
from passlib.exc import TokenError
from werkzeug.wrappers import Response
from wtforms import Field
from wtforms.validators import ValidationError

from admin_app.accounts.documents import Account
from admin_app.shell.language import say
from store.words import Words

ASK_AN_ADMINISTRATOR = Words(
    "手机丢失时，请管理员在“账号”里重置您的两步验证",
    "If the phone is lost, ask an administrator to reset your second factor",
)
SPENT = Words("这个恢复码不正确或已用过", "This recovery code is wrong or was used already")
ALREADY_IN = Words("您已登录", "You are signed in already")


class OnceTotp(Totp):
    """RFC 6238, 5.2: a code that was accepted is not accepted again, by whoever looked over the shoulder."""

    def verify_totp(self, token: str, totp_secret: str, user: Account, window: int = 0) -> bool:
        try:
            match = self._totp.verify(token, totp_secret, window=window)
        except TokenError:
            return False
        return _spend(user, totp_secret, match.counter)


def _spend(account: Account, secret: str, step: int) -> bool:
    """Whether this step was still to be had. One conditional update: of two at the same moment one wins."""
    if secret != account.tf_totp_secret:
        # The first code of a new key: nobody can have used one of it before.
        Account.objects(id=account.id).update_one(max__tf_last_step=step)
        return True
    unused = Q(tf_last_step=None) | Q(tf_last_step__lt=step)
    return bool(Account.objects(unused, id=account.id, tf_totp_secret=secret).update_one(set__tf_last_step=step))


class OnceRecoveryForm(MfRecoveryForm):
    """The code is taken out of the account by the check itself: of two at the same moment one is let in."""

    def validate(self, **kwargs: Any) -> bool:
        if not super().validate(**kwargs):
            return False
        code = self.code.data
        if Account.objects(id=self.user.id, mf_recovery_codes=code).update_one(pull__mf_recovery_codes=code):
            return True
        self.code.errors = [*self.code.errors, say(SPENT)]
        return False


class RescueForm(TwoFactorRescueForm):
    """Who lost the phone is told whom to ask; no letter is sent, for nobody's address is known to be his own."""

    def validate_help_setup(self, field: Field) -> None:
        if field.data == "help":
            raise ValidationError(say(ASK_AN_ADMINISTRATOR))


def keep_who_is_in() -> Response | None:
    """The library ends the session of whoever comes to the page for codes signed in; he is sent on instead."""
    at_code = request.endpoint == "security.two_factor_token_validation"
    if not at_code or session.get("tf_state") == "validating_profile" or not current_user.is_authenticated:
        return None
    flash(say(ALREADY_IN), "info")
    return redirect(url_for("admin.index"))
