"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from . import models
from .content import Binary, OneOf, Text
from .forms import Encoding, Form
from .multipart import Multipart
from .wire import Api, Json, Operation, Response

DEFAULT_PUT_JSON: Operation[None] = Operation(
    name="default.put_json",
    operation_id="putJson",
    method="PUT",
    path="/json",
    body=OneOf(
        Json(models.Note),
        Json(models.Note, media_type="application/vnd.note+json"),
        Json(models.Note, media_type="text/json"),
        Text(),
    ),
    body_required=False,
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

DEFAULT_POST_FORM: Operation[None] = Operation(
    name="default.post_form",
    operation_id="postForm",
    method="POST",
    path="/form",
    body=Form(
        models.Note,
        encoding={
            "tags": Encoding(
                style="spaceDelimited",
                explode=False,
            )
        },
    ),
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

DEFAULT_UPLOAD: Operation[None] = Operation(
    name="default.upload",
    operation_id="upload",
    method="POST",
    path="/upload",
    body=Multipart(
        models.DefaultUploadRequest,
        encoding={
            "file": Encoding(
                content_type="image/png",
            )
        },
    ),
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

DEFAULT_DELETE_BYTES: Operation[None] = Operation(
    name="default.delete_bytes",
    operation_id="deleteBytes",
    method="DELETE",
    path="/bytes",
    body=Binary(),
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

API = Api(
    package="api",
    title="Bodies",
    version="1",
    operations=(
        DEFAULT_PUT_JSON,
        DEFAULT_POST_FORM,
        DEFAULT_UPLOAD,
        DEFAULT_DELETE_BYTES,
    ),
)
