"""The path of a document's server: one that a router can compare, or none."""

from __future__ import annotations

import pytest

from generator import ir
from generator.lowering.server_path import may_stand_below, server_path


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://h/v1/", "/v1"),
        ("//h/v1?a=b#c", "/v1"),
        ("/v2", "/v2"),
        ("https://h/{stage}/v1", "/test/v1"),
        ("https://h/a%20b/%C3%BC", "/a b/ü"),
        ("https://{host}/v1", "/v1"),
        ("https://h", ""),
        ("https://h/", ""),
        ("https://h/{unknown}/v1", ""),
        ("https://h/%7Bunknown%7D", ""),
        ("v1", ""),
        ("./v1", ""),
        ("https://[your-domain]/api/v1", ""),
        ("http://[x/v1", ""),
    ],
)
def test_a_path_is_one_that_a_router_can_compare(url: str, path: str) -> None:
    assert server_path(None, (ir.Server(url=url, variables={"stage": "test"}, choices={}),)) == path


def test_the_base_url_of_the_settings_comes_before_the_first_server() -> None:
    servers = tuple(ir.Server(url=url, variables={}, choices={}) for url in ("https://h/v1", "https://h/v2"))
    assert [server_path(url, servers) for url in ("https://h/v0", "https://h", None)] == ["/v0", "", "/v1"]
    assert server_path(None, ()) == ""


@pytest.mark.parametrize(
    ("template", "below"),
    [
        ("/api/v1/pets", True),
        ("/api/v%31/", True),
        ("/{tenant}/v1/users", True),
        ("/api/{version}/users", True),
        ("/x{rest}/v1/users", True),
        ("/api/v1", False),
        ("/api/v1?id={id}", False),
        ("/{tenant}/v2/users", False),
        ("/{tenant}", False),
        ("/api/v10/pets", False),
    ],
)
def test_an_operation_may_stand_below_if_its_segments_are_equal_or_variables(template: str, below: bool) -> None:
    assert may_stand_below("/api/v1", ["/pets", template]) is below
