"""What goes over the wire, operation by operation: read by the client and by the server."""

from __future__ import annotations

from .schemes import HttpScheme, KeyScheme, TLSScheme
from .wire import Api, Operation, Response, SecurityScheme

BASIC = SecurityScheme("basic", kind="basic", challenge='Basic realm="Security", charset="UTF-8"')
DIGEST = HttpScheme("digest", wire_name="Digest", challenge='Digest realm="Security"')
KEY = KeyScheme(
    "key", location="header", wire_name="X-Key", challenge='ApiKey realm="Security", in="header", name="X-Key"'
)
APP = KeyScheme("app", location="query", wire_name="app", challenge='ApiKey realm="Security", in="query", name="app"')
SID = KeyScheme("sid", location="cookie", wire_name="sid", challenge='ApiKey realm="Security", in="cookie", name="sid"')
TLS = TLSScheme("tls")
OAUTH = SecurityScheme("oauth", kind="oauth2")
OPENID = SecurityScheme("openid", kind="openIdConnect")

DEFAULT_BOTH: Operation[None] = Operation(
    name="default.both",
    operation_id="both",
    method="GET",
    path="/both",
    responses={
        "204": Response(),
    },
    statuses=(204,),
    security=({OAUTH: ("read",)}, {KEY: (), APP: ()}),
)

DEFAULT_OPEN: Operation[None] = Operation(
    name="default.open",
    operation_id="open",
    method="GET",
    path="/open",
    responses={
        "204": Response(),
    },
    statuses=(204,),
)

DEFAULT_MAYBE: Operation[None] = Operation(
    name="default.maybe",
    operation_id="maybe",
    method="GET",
    path="/maybe",
    responses={
        "204": Response(),
    },
    statuses=(204,),
    security=({BASIC: ()}, {}),
)

DEFAULT_OTHERS: Operation[None] = Operation(
    name="default.others",
    operation_id="others",
    method="GET",
    path="/others",
    responses={
        "204": Response(),
    },
    statuses=(204,),
    security=({DIGEST: ()}, {TLS: ()}, {OPENID: ("a", "b")}, {SID: ()}),
)

API = Api(
    package="api",
    title="Security",
    version="1",
    operations=(
        DEFAULT_BOTH,
        DEFAULT_OPEN,
        DEFAULT_MAYBE,
        DEFAULT_OTHERS,
    ),
    schemes=(BASIC, DIGEST, KEY, APP, SID, TLS, OAUTH, OPENID),
)
