"""The API's description for programs, and the page about it for people."""

from __future__ import annotations

from flask import Blueprint, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue

from dashboard.web.access import public
from dashboard.web.api import reference
from dashboard.web.api.description import document
from dashboard.web.api.rights import Right

bp = Blueprint("api_documentation", __name__, url_prefix="/api/v1")


@bp.get("/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    return jsonify(document(current_app))


@bp.get("/docs")
@public
def show() -> ResponseReturnValue:
    told = document(current_app)
    return render_template(
        "public/api.html",
        sections=reference.sections(told),
        models=list(reference.models(told)),
        rights=reference.rights(),
        right_names=[right.value for right in Right],
    )
