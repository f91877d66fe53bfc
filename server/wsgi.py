"""The application for a WSGI server: `gunicorn server.wsgi:app`."""

from server.app import create_app
from server.shared.logs import configure_logs
from server.shared.settings import Settings

settings = Settings()
configure_logs(level=settings.log_level, format=settings.log_format)
app = create_app(settings)
