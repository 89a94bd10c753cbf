"""``python -m app.commands``: what the launcher starts."""

import sys

from app.commands import door
from config import UnreadableSetting

try:
    door(prog_name="./nanbyo")
except UnreadableSetting as unreadable:
    sys.stderr.write(f"{unreadable}\n")
    sys.exit(2)
