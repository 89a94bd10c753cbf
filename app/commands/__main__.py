"""``python -m app.commands``: what the launcher starts."""

from app.commands import door

door(prog_name="./nanbyo")
