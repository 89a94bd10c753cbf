"""WSGI: the application of the system that NANBYO_SYSTEM names."""

import os
from importlib import import_module

from systems.frame.settings import Settings

_name = os.environ["NANBYO_SYSTEM"]
application = import_module(f"systems.{_name}.application").create_app(Settings.from_environment(_name))
