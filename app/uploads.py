"""大きなファイル: receipts of a whole city are larger than anything else the office uploads."""

from flask import Request, session

RECEIPTS = 2 * 1024 * 1024 * 1024
RECEIPTS_ADDRESS = "/receipts/"


class OfficeRequest(Request):
    """A request whose largest size depends on its address; nobody who is not logged in sends a large one."""

    @property
    def max_content_length(self) -> int | None:
        """The most bytes a body may have."""
        if self.path == RECEIPTS_ADDRESS and "_user_id" in session:
            return RECEIPTS
        return super().max_content_length
