"""働き手の脈: when the worker last said that it is there."""

from datetime import datetime

from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, DateTime
from sqlalchemy.orm import Mapped, mapped_column


class WorkerBeat(Model):  # type: ignore[misc]  # the base has no types
    """脈; one row, written by whichever worker looked last."""

    __tablename__ = "worker_beat"
    __table_args__ = (CheckConstraint("id = 1", name="there_is_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    alive_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="最後に働いた時刻")
