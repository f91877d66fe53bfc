"""What the organisers' pages share: their blueprint."""

from flask import Blueprint

bp = Blueprint("organise", __name__)
