"""指を確かめてから: what shows a number or changes who may do what asks first whether it is still she who sits there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, current_app, render_template, request, session

from app.clock import today
from app.errors import wants_a_page
from rules.door import limits_of

_NOT_SENT_AGAIN = ("csrf_token",)


def is_fresh() -> bool:
    """Whether the person of this session proved a short while ago that it is she (dated setting, 5 minutes)."""
    ago = session.proven_ago  # type: ignore[attr-defined]  # our own session, which Flask's type does not name
    return ago is not None and ago <= limits_of(today()).fresh


def fresh(method: Callable[..., Any]) -> Callable[..., Any]:
    """本人の再確認: a stale one is asked for first; what was sent waits in the page that asks and is sent on after it."""

    @wraps(method)
    def guarded(self: Any, *args: Any, **values: Any) -> Any:
        if is_fresh():
            return method(self, *args, **values)
        if not wants_a_page(request):
            abort(403)
        fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_SENT_AGAIN]
        return render_template("presence/fresh.html", appbuilder=current_app.appbuilder, address=request.full_path.rstrip("?"),
                               fields=fields), 403

    guarded.asks_for_the_finger = True  # type: ignore[attr-defined]  # a mark on the function
    return guarded
