"""お断り: what the office does not do, in words that say what and what now."""


class Refused(Exception):
    """A procedure refuses; ``message`` is short office Japanese without personal data."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
