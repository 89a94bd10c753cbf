"""設置: what kind of installation this database belongs to; a demo never opens a real one."""

from flask_appbuilder import Model
from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column


class Installation(Model):  # type: ignore[misc]  # the base has no types
    """設置の印: the one row written when the database was first prepared."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="there_is_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_demo: Mapped[bool] = mapped_column(comment="試用モードで作られた")
