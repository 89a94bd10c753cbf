"""What gunicorn serves: one application on the settings of the environment."""

from app.building import create_app
from app.database import refuse_a_trial_on_real_data, refuse_an_open_door
from app.extensions import db
from config import Settings

settings = Settings.from_environment()
refuse_an_open_door(settings)
application = create_app(settings)
with application.app_context():
    refuse_a_trial_on_real_data(db.session, settings)
    db.session.remove()
    # Workers are forked from here: none may inherit an open connection.
    db.engine.dispose()
