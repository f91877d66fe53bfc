"""`varsity openapi`."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click
from apiflask import APIFlask

from server.app import create_app
from server.cli.output import json_option, print_json
from server.shared.settings import Settings


@click.command()
@json_option
def openapi(as_json: bool) -> None:
    """Print the API's OpenAPI 3.1 document as JSON."""
    with TemporaryDirectory() as folder:
        # The document is the same everywhere: no instance is needed, and none is touched.
        settings = Settings(
            data_dir=Path(folder),
            database_url="",
            queue_url="",
            files_url="",
            secret_key="",
        )
        app = create_app(settings)
        assert isinstance(app, APIFlask)
        with app.app_context():
            print_json(app.spec)
