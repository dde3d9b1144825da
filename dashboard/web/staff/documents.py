"""Documents: each reading is audited, then the bytes are fetched with no unit open."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy import select

from dashboard import audit, documents
from dashboard.audit import Action
from dashboard.errors import NotFound
from dashboard.gateways import joined
from dashboard.models import Document
from dashboard.rights import Permission
from dashboard.unit import writing
from dashboard.web.access import require

bp = Blueprint("documents", __name__, url_prefix="/staff/documents")


@bp.get("/<string:ref>")
@require(Permission.SEE_DOCUMENTS)
def show(ref: str) -> Response:
    """The document as a download; a browser never runs what is in it."""
    with writing() as session:
        document = session.scalar(select(Document).where(Document.ref == ref))
        if document is None:
            raise NotFound("document")
        audit.record(Action.DOCUMENT_READ, document, changes={"revision": document.revision})
    answer = Response(documents.fetch(document, joined().store), mimetype=document.content_type)
    answer.headers.set("Content-Disposition", "attachment", filename=document.name.rsplit("/", 1)[-1])
    return answer
