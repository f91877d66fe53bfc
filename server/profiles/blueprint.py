"""The blueprint of the profiles room's pages."""

from flask import Blueprint

bp = Blueprint("profiles", __name__)
