"""受付番号: what a system calls something it took in; letters only, so that no run of digits in it looks like another number."""

import secrets
import string


def new_reference(kind: str) -> str:
    """One letter for the kind and fourteen that nobody can guess."""
    return f"{kind}-" + "".join(secrets.choice(string.ascii_uppercase) for _ in range(14))
