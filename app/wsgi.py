"""What gunicorn serves: one application on the settings of the environment."""

from app import create_app
from app.extensions import db
from config import Settings

settings = Settings.from_environment()
application = create_app(settings)
with application.app_context():
    # Workers are forked from here: none may inherit an open connection.
    db.engine.dispose()
