"""先に読み込む: what gunicorn serves in `./nanbyo run`; it is read while the database is still being prepared."""

import json
import os
import sys

from flask import Flask

import app.building  # noqa: F401  # the seconds that are not to be waited for once the database is there
import views

views.rooms()


def serve() -> Flask:
    """The application on the settings that `run` writes as one line once its database is ready; where none comes, nobody serves."""
    told = sys.stdin.readline()
    if not told:
        sys.exit(0)
    os.environ.update(json.loads(told))
    from app.wsgi import application  # it asks the environment and the database
    return application
