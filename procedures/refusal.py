"""拒否: an act the office does not allow; the message says in the office's words why and what to do."""


class Refused(Exception):
    """An act was refused; nothing was written."""

    message = "この操作は行えません。"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)
        self.message = message or self.message
