"""権限の画面: rows say what one may do, columns are the roles; what would change is read in sentences before it is saved."""

from flask import flash, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.words import language, say
from procedures.permissions import ChangedMeanwhile, changes, judge, matrix, save, version_of
from procedures.refusal import Refused
from procedures.rights import RIGHTS, ROLES, Right
from views.fresh import fresh
from views.office_view import OfficeView, actor, allowed

Ticks = dict[str, set[str]]


class RolesView(OfficeView):
    """権限の表."""

    route_base = "/roles"
    class_permission_name = "Roles"
    default_view = "table"

    @expose("/")
    @allowed("read")
    def table(self) -> str:
        now = matrix(self.session)
        return self._table(now, version_of(now))

    @expose("/preview", methods=["POST"])
    @allowed("write")
    def preview(self) -> str | tuple[str, int]:
        """確かめる: the changes in sentences; nothing is saved yet."""
        wished, version = _wished(), request.form.get("version", "")
        now = matrix(self.session)
        try:
            if version != version_of(now):
                raise ChangedMeanwhile
            judge(self.session, wished)
        except Refused as refusal:
            return self._table(wished, version_of(now), say(refusal.message), isinstance(refusal, ChangedMeanwhile)), 422
        found = changes(now, wished)
        if not found:
            return self._table(wished, version, _("変更がありません。印を付け外ししてから確かめてください。")), 422
        return self.page("roles/preview.html", changes=found, wished=wished, version=version, words=words,
                         role_name=role_name)

    @expose("/", methods=["POST"])
    @allowed("write")
    @fresh
    def store(self) -> Response | tuple[str, int]:
        wished = _wished()
        if "back" in request.form:
            return self._table(wished, request.form.get("version", "")), 200
        try:
            found = save(self.session, actor(), wished, request.form.get("version", ""))
            self.session.commit()
        except Refused as refusal:
            self.session.rollback()
            return self._table(wished, version_of(matrix(self.session)), say(refusal.message),
                               isinstance(refusal, ChangedMeanwhile)), 422
        flash(_("権限を%(n)s件変えました。次の操作から有効です。", n=len(found)), "success")
        return redirect("/roles/")

    def _table(self, ticks: Ticks, version: str, problem: str = "", is_stale: bool = False) -> str:
        groups: dict[str, list[Right]] = {}
        for right in RIGHTS:
            groups.setdefault(right.group, []).append(right)
        both = [(f"{role_name(each.role)}: {words(each.right)}", "" if each.is_given else "○", "○" if each.is_given else "")
                for each in changes(matrix(self.session), ticks)] if is_stale else []
        return self.page("roles/table.html", both=both, groups=groups, ticks=ticks, version=version, problem=problem, words=words,
                         role_name=role_name, roles=ROLES, group_name=group_name, may_write=self.may("write"))


def words(right: Right) -> str:
    """The right in the reader's language."""
    return right.label_en if language() == "en" else right.label


def role_name(name: str) -> str:
    """The role in the reader's language."""
    japanese, english = ROLES[name]
    return english if language() == "en" else japanese


def group_name(group: str) -> str:
    """The group of rights in the reader's language."""
    return {"入力": _("入力"), "受給者": _("受給者"), "認定": _("認定"), "給付": _("給付"), "管理": _("管理"), "監査": _("監査")}[group]


def _wished() -> Ticks:
    """The ticks as sent; a name that is no role and right of ours is nobody's wish."""
    sent = set(request.form.getlist("tick"))
    return {role: {right.code for right in RIGHTS if f"{role}:{right.code}" in sent} for role in ROLES}


VIEWS = (RolesView,)
