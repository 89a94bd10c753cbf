"""大量の出力: from how many rows on a file needs a second person; a setting of the city."""

from datetime import date

from rules.parameters import figures


def is_bulk(rows: int, on: date) -> bool:
    """大量か: whether an export of *rows* on the day *on* needs two people (市の取決め)."""
    return rows >= int(figures("bulk_export", on)["rows"])
