"""Parameters, forms and bodies on the wire: literal bytes in each direction alone, and the round trip as a property."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from tests.support.folders import STATIC


def _runtime(name: str) -> Any:
    """Import a static file as a module of a package that stands for a generated one."""
    if "static_runtime" not in sys.modules:
        package = types.ModuleType("static_runtime")
        package.__path__ = [str(STATIC)]
        sys.modules["static_runtime"] = package
    return importlib.import_module(f"static_runtime._runtime.{name}")


base, wire, exceptions, formats = (
    _runtime("models.base"),
    _runtime("wire.contract"),
    _runtime("exceptions"),
    _runtime("models.formats"),
)
parameters, forms, multipart, content = (
    _runtime("wire.parameters"),
    _runtime("wire.forms"),
    _runtime("wire.multipart"),
    _runtime("wire.content"),
)
Parameter, Parameters = parameters.Parameter, parameters.Parameters


class RGB(base.Model):
    """The object of the specification's tables."""

    R: int
    G: int
    B: int


class Closed(base.Model):
    """Optional properties of several types."""

    text: base.Absent[str] = None
    number: base.Absent[float] = None
    flag: base.Absent[bool] = None
    when: Annotated[base.Absent[formats.DateTime], Field(alias="the-time")] = None


BLUE, COLORS, OBJECT = "blue", ["blue", "black", "brown"], RGB(R=100, G=200, B=150)
TYPES = {str: str, list: list[str], RGB: RGB}


@dataclass(frozen=True)
class Case:
    """One cell of the table: a parameter called `color`."""

    location: str
    style: str
    explode: bool
    value: Any
    written: str

    @property
    def parameter(self) -> Any:
        return Parameter(
            "color", TYPES[type(self.value)], location=self.location, style=self.style, explode=self.explode
        )


# OpenAPI 3.2.0 section 4.12.2.3 "Style Examples", with percent-encoded delimiters where the specification has them.
TABLE = [
    Case("path", "matrix", False, BLUE, ";color=blue"),
    Case("path", "matrix", False, COLORS, ";color=blue,black,brown"),
    Case("path", "matrix", False, OBJECT, ";color=R,100,G,200,B,150"),
    Case("path", "matrix", True, BLUE, ";color=blue"),
    Case("path", "matrix", True, COLORS, ";color=blue;color=black;color=brown"),
    Case("path", "matrix", True, OBJECT, ";R=100;G=200;B=150"),
    Case("path", "label", False, BLUE, ".blue"),
    Case("path", "label", False, COLORS, ".blue,black,brown"),
    Case("path", "label", False, OBJECT, ".R,100,G,200,B,150"),
    Case("path", "label", True, BLUE, ".blue"),
    Case("path", "label", True, COLORS, ".blue.black.brown"),
    Case("path", "label", True, OBJECT, ".R=100.G=200.B=150"),
    Case("path", "simple", False, BLUE, "blue"),
    Case("path", "simple", False, COLORS, "blue,black,brown"),
    Case("path", "simple", False, OBJECT, "R,100,G,200,B,150"),
    Case("path", "simple", True, BLUE, "blue"),
    Case("path", "simple", True, COLORS, "blue,black,brown"),
    Case("path", "simple", True, OBJECT, "R=100,G=200,B=150"),
    Case("header", "simple", False, BLUE, "blue"),
    Case("header", "simple", False, COLORS, "blue,black,brown"),
    Case("header", "simple", False, OBJECT, "R,100,G,200,B,150"),
    Case("header", "simple", True, COLORS, "blue,black,brown"),
    Case("header", "simple", True, OBJECT, "R=100,G=200,B=150"),
    Case("query", "form", False, BLUE, "color=blue"),
    Case("query", "form", False, COLORS, "color=blue,black,brown"),
    Case("query", "form", False, OBJECT, "color=R,100,G,200,B,150"),
    Case("query", "form", True, BLUE, "color=blue"),
    Case("query", "form", True, COLORS, "color=blue&color=black&color=brown"),
    Case("query", "form", True, OBJECT, "R=100&G=200&B=150"),
    Case("query", "spaceDelimited", False, COLORS, "color=blue%20black%20brown"),
    Case("query", "spaceDelimited", False, OBJECT, "color=R%20100%20G%20200%20B%20150"),
    Case("query", "spaceDelimited", True, COLORS, "color=blue&color=black&color=brown"),
    Case("query", "pipeDelimited", False, COLORS, "color=blue%7Cblack%7Cbrown"),
    Case("query", "pipeDelimited", False, OBJECT, "color=R%7C100%7CG%7C200%7CB%7C150"),
    Case("query", "pipeDelimited", True, COLORS, "color=blue&color=black&color=brown"),
    Case("query", "deepObject", True, OBJECT, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"),
    Case("cookie", "form", False, BLUE, "color=blue"),
    Case("cookie", "form", False, COLORS, "color=blue,black,brown"),
    Case("cookie", "form", False, OBJECT, "color=R,100,G,200,B,150"),
    Case("cookie", "form", True, COLORS, "color=blue; color=black; color=brown"),
    Case("cookie", "cookie", True, COLORS, "color=blue; color=black; color=brown"),
    Case("cookie", "cookie", True, OBJECT, "R=100; G=200; B=150"),
]


def write(parameter: Any, value: Any) -> str:
    """Return what the client writes where the parameter stands."""
    parts = Parameters(parameter).write(f"{{{parameter.wire_name}}}", {parameter.name: value})
    found: dict[str, str] = {
        "path": parts.path,
        "query": "&".join(parts.query),
        "header": parts.headers[0][1] if parts.headers else "",
        "cookie": "; ".join(parts.cookies),
    }
    return found[parameter.location]


def read(parameter: Any, written: str) -> Any:
    """Return the argument that the server reads, None where there is none."""
    path = {parameter.wire_name: written} if parameter.location == "path" else {}
    headers: Mapping[str, str] = {}
    if parameter.location in ("header", "cookie"):
        name = "cookie" if parameter.location == "cookie" else parameter.wire_name.lower()
        headers = {name: written.encode().decode("latin-1")}
    query = written if parameter.location == "query" else ""
    return Parameters(parameter).read(path, query, headers).get(parameter.name)


@pytest.mark.parametrize("case", TABLE, ids=str)
def test_written_as_in_the_table(case: Case) -> None:
    assert write(case.parameter, case.value) == case.written


@pytest.mark.parametrize("case", TABLE, ids=str)
def test_read_as_in_the_table(case: Case) -> None:
    assert read(case.parameter, case.written) == case.value


@pytest.mark.parametrize(
    ("location", "type_", "value", "written"),
    [
        ("query", int, 20, "p=20"),
        ("query", float, 1.0, "p=1.0"),
        ("query", float, 1e22, "p=1e%2B22"),
        ("query", bool, True, "p=true"),
        ("query", bool, False, "p=false"),
        ("query", Literal["a", 1], 1, "p=1"),
        ("query", Literal["a", 1], "a", "p=a"),
        ("query", str, "", "p="),
        ("query", str, "a b&c=d+ü/?", "p=a%20b%26c%3Dd%2B%C3%BC%2F%3F"),
        ("query", formats.DateTime, datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC), "p=2024-01-02T03%3A04%3A05Z"),
        ("path", UUID, UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ("path", str, "a/b", "a%2Fb"),
        ("path", int, -5, "-5"),
        ("path", list[str], ["a,b", "c"], "a%2Cb,c"),
        ("header", int | None, 5, "5"),
        ("header", str, "한", "한"),
        ("query", list[int], [1, 2], "p=1&p=2"),
        ("query", list[bool] | None, [True], "p=true"),
        ("query", int | str, 5, "p=5"),
        ("query", int | str, "x", "p=x"),
        ("query", str | list[str], "x", "p=x"),
        ("query", str | list[str], ["x", "y"], "p=x&p=y"),
        ("query", dict[str, int], {"a": 1, "b": 2}, "a=1&b=2"),
    ],
)
def test_scalars_and_unions(location: str, type_: Any, value: Any, written: str) -> None:
    parameter = Parameter("p", type_, location=location)
    assert write(parameter, value) == written
    back = read(parameter, written)
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize(
    ("location", "options", "type_", "value"),
    [
        ("path", {}, str, ""),
        ("path", {}, str, "."),
        ("path", {}, str, ".."),
        ("path", {"style": "label", "explode": True}, list[str], ["a.b", "c"]),
        ("query", {}, list[str], []),
        ("query", {"explode": False}, list[str], []),
        ("query", {"style": "pipeDelimited", "explode": False}, list[str], ["a|b"]),
        ("query", {"style": "spaceDelimited", "explode": False}, list[str], ["a b"]),
        ("query", {}, list[int | None], [1, None]),
        ("query", {}, list[list[str]], [["a"]]),
        ("query", {}, int | str, "5"),
        ("query", {}, str | list[str], []),
        ("query", {}, str | list[int], ["x"]),
        ("query", {"style": "pipeDelimited", "explode": False}, str | list[str], "a|b"),
        ("header", {}, str | list[str], ["x"]),
        ("query", {}, Closed, Closed()),
        ("query", {}, Closed, Closed(number=1, other=2)),
        ("header", {}, str, "a\r\nb: c"),
        ("header", {}, str, "a\x00"),
        ("header", {}, str, " a"),
        ("header", {}, list[str], ["a,b"]),
        ("header", {}, list[str], []),
        ("cookie", {"style": "cookie"}, str, "a; b"),
        ("cookie", {"style": "cookie"}, str, "a\r\n"),
        ("query", {}, str, "\ud800"),
    ],
)
def test_refused_when_it_could_not_be_read_back(location: str, options: Any, type_: Any, value: Any) -> None:
    with pytest.raises(exceptions.EncodeError):
        write(Parameter("p", type_, location=location, **options), value)


@pytest.mark.parametrize(
    ("type_", "query", "kind"),
    [
        (int, "p=1&p=2", "value_error"),
        (int, "p=x", "int_type"),
        (int, "p=", "int_type"),
        (int, "", "missing"),
        (int, "p=1.5", "int_from_float"),
        (int, "p=01", "int_type"),
        (bool, "p=True", "bool_type"),
        (bool, "p=1", "bool_type"),
        (float, "p=NaN", "float_type"),
        (float, "p=1e400", "finite_number"),
        (formats.DateTime, "p=1700000000", "datetime_parsing"),
        (list[int], "p=1&p=x", "int_type"),
    ],
)
def test_refused_when_read(type_: Any, query: str, kind: str) -> None:
    with pytest.raises(exceptions.DecodeError) as caught:
        Parameters(Parameter("p", type_, location="query")).read({}, query, {})
    assert caught.value.details[0]["loc"][:2] == ["query", "p"]
    assert kind in (caught.value.details[0]["type"], "int_from_float")


def test_what_all_parameters_lack_is_said_at_once() -> None:
    known = Parameters(Parameter("a", int, location="query"), Parameter("b", int, location="header"))
    with pytest.raises(exceptions.DecodeError) as caught:
        known.read({}, "a=x", {})
    assert [d["loc"] for d in caught.value.details] == [["query", "a"], ["header", "b"]]


def test_defaults_are_not_sent_and_filled_in() -> None:
    known = Parameters(
        Parameter("n", int, location="query", default=20), Parameter("on", bool, location="query", default=True)
    )
    assert known.write("/", {"n": 20, "on": True}).query == []
    assert known.write("/", {"n": 1, "on": False}).query == ["n=1", "on=false"]
    assert known.read({}, "", {}) == {"n": 20, "on": True}


def test_an_equal_value_of_another_type_is_no_default() -> None:
    known = Parameters(Parameter("n", int | bool, location="query", default=1))
    assert known.write("/", {"n": True}).query == ["n=true"]


def test_optional_parameters_stay_absent_and_unknown_ones_are_ignored() -> None:
    known = Parameters(Parameter("n", int, location="query", required=False))
    assert known.write("/", {"n": None}).query == []
    assert known.read({}, "other=1", {}) == {}


def test_one_name_in_two_locations() -> None:
    known = Parameters(
        Parameter("id", int, location="path", name="id_path"), Parameter("id", str, location="query", name="id_query")
    )
    parts = known.write("/x/{id}", {"id_path": 1, "id_query": "a"})
    assert (parts.path, parts.query) == ("/x/1", ["id=a"])
    assert known.read({"id": "1"}, "id=a", {}) == {"id_path": 1, "id_query": "a"}


def test_json_in_a_parameter() -> None:
    parameter = Parameter("p", RGB, location="query", media_type="application/json")
    assert write(parameter, OBJECT) == "p=%7B%22R%22%3A100%2C%22G%22%3A200%2C%22B%22%3A150%7D"
    assert read(parameter, 'p={"R":100,"G":200,"B":150}') == OBJECT
    assert read(Parameter("p", RGB, location="header", media_type="application/json"), '{"R":1, "G":2, "B":3}').G == 2


def test_reserved_characters() -> None:
    parameter = Parameter("p", str, location="query", allow_reserved=True)
    assert write(parameter, "a/b?c:d@[e],&#+%") == "p=a/b?c:d@[e],%26%23%2B%25"
    assert read(parameter, "p=a/b?c:d@[e],%26%23%2B%25") == "a/b?c:d@[e],&#+%"


def test_deep_objects_in_both_spellings() -> None:
    parameter = Parameter("f", Closed, location="query", style="deepObject")
    assert write(parameter, Closed(text="a b", when=datetime(2024, 1, 1, tzinfo=UTC))) == (
        "f%5Btext%5D=a%20b&f%5Bthe-time%5D=2024-01-01T00%3A00%3A00Z"
    )
    assert read(parameter, "f[text]=a+b&f%5Bflag%5D=true") == Closed(text="a b", flag=True)


TEXT = st.text(st.characters(codec="utf-8"), max_size=6)
VALUES: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "text": (str, TEXT),
    "int": (int, st.integers()),
    "float": (float, st.floats(allow_nan=False, allow_infinity=False)),
    "bool": (bool, st.booleans()),
    "time": (formats.DateTime, st.datetimes(timezones=st.just(UTC))),
    "union": (int | str, st.integers() | TEXT),
    "texts": (list[str], st.lists(TEXT, max_size=3)),
    "numbers": (list[float], st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=3)),
    "map": (dict[str, str], st.dictionaries(TEXT, TEXT, max_size=3)),
    "object": (Closed, st.builds(Closed, text=TEXT, number=st.floats(-9, 9), flag=st.none() | st.booleans())),
    "either": (str | list[int] | None, TEXT | st.lists(st.integers(), max_size=3)),
}
STYLES = sorted({(c.location, c.style) for c in TABLE})


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize(("location", "style"), STYLES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_refused_or_read_back(location: str, style: str, kind: str, data: st.DataObject) -> None:
    type_, values = VALUES[kind]
    value = data.draw(values)
    options = {"explode": data.draw(st.booleans()), "allow_reserved": location == "query" and data.draw(st.booleans())}
    parameter = Parameter("p", type_, location=location, style=style, **options)
    try:
        written = write(parameter, value)
    except exceptions.EncodeError:
        return
    back = read(parameter, written)
    if location == "query" and kind == "either" and isinstance(value, list) and isinstance(back, str):
        value = str(*value)  # the one exception: a list of one, and its text
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("style", ["form", "spaceDelimited", "pipeDelimited"])
@pytest.mark.parametrize("explode", [True, False])
def test_a_text_or_a_list_goes_out_as_either(style: str, explode: bool) -> None:
    parameter = Parameter("p", str | list[str], location="query", style=style, explode=explode)
    values: list[Any] = ["x", "a,b", ["x", "y"], ["a,b", "c"], ["x"]]
    assert [read(parameter, write(parameter, value)) for value in values] == [*values[:-1], "x"]
    numbers = Parameter("p", int | list[int], location="query", style=style, explode=explode)
    assert [read(numbers, write(numbers, value)) for value in (1, [1, 2], [3])] == [1, [1, 2], 3]


class Upload(base.Model):
    """A form with every kind of property."""

    name: str
    count: base.Absent[int] = None
    tags: base.Absent[list[str]] = None
    meta: base.Absent[RGB] = None
    metas: base.Absent[list[RGB]] = None


class Files(Upload):
    """The same with files."""

    file: multipart.File
    more: base.Absent[list[multipart.File]] = None


def test_form_bytes() -> None:
    form = forms.Form(Upload)
    value = Upload(name="a b&", count=1, tags=["x", "y"], meta=OBJECT)
    written = (
        b"name=a%20b%26&count=1&tags=x&tags=y&meta=%7B%22R%22%3A%20100%2C%20%22G%22%3A%20200%2C%20%22B%22%3A%20150%7D"
    )
    assert form.write(value) == (written, "application/x-www-form-urlencoded")
    assert form.read(b'name=a+b%26&count=1&tags=x&tags=y&meta={"R":100,"G":200,"B":150}') == value


@pytest.mark.parametrize(
    "field",
    [
        'meta={"R":1},"name":"evil"',
        'metas={"R":1,"G":1,"B":1},{"R":2,"G":2,"B":2}',
        'metas={"R":1,"G":1,"B":1}],"name":"evil","metas":[',
        "meta=1 2",
        "meta=",
    ],
)
def test_a_field_of_json_is_one_text_by_itself(field: str) -> None:
    """It was read together with what stands around it: one field set others."""
    with pytest.raises(exceptions.DecodeError):
        forms.Form(Upload).read(f"name=n&{field}".encode())


def test_form_encoding() -> None:
    form = forms.Form(
        Upload,
        encoding={
            "tags": forms.Encoding(style="pipeDelimited", explode=False),
            "meta": forms.Encoding(style="deepObject"),
        },
    )
    value = Upload(name="n", tags=["x", "y"], meta=OBJECT)
    written = b"name=n&tags=x%7Cy&meta%5BR%5D=100&meta%5BG%5D=200&meta%5BB%5D=150"
    assert form.write(value)[0] == written
    assert form.read(written) == value


def test_an_open_form_keeps_what_it_does_not_know_also_more_than_once() -> None:
    value = Upload(name="n", one="x", many=["x", "y"])
    assert forms.Form(Upload).read(b"name=n&one=x&many=x&many=y") == value
    assert forms.Form(Upload).write(value)[0] == b"name=n&one=x&many=x&many=y"
    anything = forms.Form(dict[str, base.Value])
    assert anything.read(b"a=1&b=x&b=y") == {"a": "1", "b": ["x", "y"]}
    with pytest.raises(exceptions.DecodeError):
        forms.Form(dict[str, str]).read(b"b=x&b=y")


@pytest.mark.parametrize("data", [b"count=1", b"name=a&name=b", b"name=a&count=x", b"\xff=1"])
def test_forms_refused(data: bytes) -> None:
    with pytest.raises(exceptions.DecodeError):
        forms.Form(Upload).read(data)


def test_what_is_the_same_in_each_reading_is_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each field and parameter was judged four times, also by what takes long."""
    seen, original = list[bytes](), wire.Json.read

    def read(self: Any, data: bytes, *more: Any, **named: Any) -> Any:
        seen.append(data)
        return original(self, data, *more, **named)

    monkeypatch.setattr(wire.Json, "read", read)
    short = list[Annotated[str, Field(max_length=2)]]
    with pytest.raises(exceptions.DecodeError):
        forms.Form(dict[str, short]).read(b"a=long&a=b")
    with pytest.raises(exceptions.DecodeError):
        Parameters(Parameter("p", short, location="query")).read({}, "p=long&p=x", {})
    assert len(seen) == len(set(seen)) == 2


@settings(max_examples=150, deadline=None)
@given(
    st.builds(Upload, name=TEXT, tags=st.none() | st.lists(TEXT, max_size=3), extra=TEXT),
    st.sampled_from([forms.Form, multipart.Multipart]),
)
def test_forms_refused_or_read_back(value: Any, kind: Any) -> None:
    form = kind(Upload)
    try:
        data, content_type = form.write(value)
    except exceptions.EncodeError:
        return
    assert form.read(data, content_type) == value


MULTIPART = (
    b'--B\r\nContent-Disposition: form-data; name="name"\r\n\r\nn\r\n'
    b'--B\r\nContent-Disposition: form-data; name="meta"\r\n'
    b'Content-Type: application/json\r\n\r\n{"R":1,"G":2,"B":3}\r\n'
    b'--B\r\nContent-Disposition: form-data; name="file"; filename="../a%22.txt"\r\n'
    b"Content-Type: text/plain\r\nX-A: b\r\n\r\n"
    b"\x00\r\n--\xff\r\n"
    b"--B--\r\n"
)


def test_multipart_read() -> None:
    value = multipart.Multipart(Files).read(MULTIPART, 'multipart/form-data; boundary="B"')
    assert (value.name, value.meta) == ("n", RGB(R=1, G=2, B=3))
    assert (value.file.read(), value.file.name, value.file.content_type) == (
        b"\x00\r\n--\xff",
        '../a".txt',
        "text/plain",
    )
    assert value.file.headers == {"x-a": "b"}


def test_multipart_written() -> None:
    file = multipart.File(b"\x00\r\n--\xff", '../a".txt', "text/plain", {"X-A": "b"})
    data, content_type = multipart.Multipart(Files).write(Files(name="n", meta=RGB(R=1, G=2, B=3), file=file))
    boundary = content_type.partition("boundary=")[2].encode()
    assert data.replace(boundary, b"B") == MULTIPART.replace(b":1,", b": 1, ").replace(b":2,", b": 2, ").replace(
        b":3", b": 3"
    )


@pytest.mark.parametrize("how", ["bytes", "path", "open"])
def test_files_from_anywhere(how: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"data")
    codec = multipart.Multipart(Files)
    more = [multipart.File(b"1"), multipart.File(b"2")]
    with path.open("rb") as opened:
        source = {"bytes": b"data", "path": path, "open": opened}[how]
        data, content_type = codec.write(Files(name="n", file=multipart.File(source), more=more))
    back = codec.read(data, content_type)
    assert back.file.read() == b"data"
    assert [f.read() for f in back.more] == [b"1", b"2"]


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (MULTIPART, "multipart/form-data"),
        (MULTIPART[:-9], "multipart/form-data; boundary=B"),
        (b"x", "multipart/form-data; boundary=B"),
        (MULTIPART.replace(b'"name"', b'"other"'), "multipart/form-data; boundary=B"),
    ],
)
def test_multipart_refused(data: bytes, content_type: str) -> None:
    with pytest.raises(exceptions.DecodeError):
        multipart.Multipart(Files).read(data, content_type)


def test_file_names_and_headers_cannot_add_lines() -> None:
    codec = multipart.Multipart(Files)
    with pytest.raises(exceptions.EncodeError):
        codec.write(Files(name="n", file=multipart.File(b"", content_type="a\r\nb: c")))
    data, content_type = codec.write(Files(name="n", file=multipart.File(b"", "a\r\nX: y")))
    assert codec.read(data, content_type).file.name == "a\r\nX: y"


@pytest.mark.parametrize(
    ("accepted", "content_type", "found"),
    [
        (["application/json"], "application/json; charset=utf-8", 0),
        (["application/json"], "Application/JSON", 0),
        (["application/json"], "application/problem+json", 0),
        (["application/*", "application/json"], "application/json", 1),
        (["*/*", "text/*"], "text/plain", 1),
        (["text/*; charset=utf-8"], "text/html", 0),
        (["application/json"], "text/plain", None),
        (["application/json"], "", None),
        (["application/json;odata=full", "application/json;odata=none"], "application/json; odata=none", 1),
        (["application/json;odata=full", "application/json;odata=none"], "application/json", 0),
        (["application/*+json", "text/plain"], "application/hal+json", 0),
        (["application/json", "application/*+json"], "application/hal+json", 1),
        (["application/*+json"], "application/json", None),
    ],
)
def test_media_types(accepted: list[str], content_type: str, found: int | None) -> None:
    media = tuple(wire.Json(int, m) for m in accepted)
    assert content.OneOf(*media).find(content_type) is (None if found is None else media[found])
    if len(media) == 1 and "*" not in accepted[0]:
        assert media[0].find(content_type) is (None if found is None else media[0])


def test_media_types_that_differ_in_parameters_only() -> None:
    codec = content.OneOf(wire.Json(int, "application/json;v=1"), wire.Json(str, "application/json;v=2"))
    written = codec.write(content.Content("application/json; v=2", "x"))
    assert written == (b'"x"', "application/json;v=2")
    assert codec.read(*written) == content.Content("application/json;v=2", "x")
    assert codec.read(b"1", "application/json;v=1") == 1


def test_text_charset() -> None:
    assert content.Text().read("é".encode("latin-1"), "text/plain; charset=ISO-8859-1") == "é"
    with pytest.raises(exceptions.DecodeError):
        content.Text().read(b"\xff", "text/plain")
    for charset in ("utf-8", "UTF-16LE", "us-ascii", "windows-1252", "Shift_JIS", "euc-jp", "gb18030", "koi8-r"):
        assert content.Text().read("a".encode(charset), f'text/plain; charset="{charset}"') == "a"
    for codec in ("punycode", "idna", "unicode_escape", "undefined", "zip", "utf-7", "no-such"):
        with pytest.raises(exceptions.DecodeError, match="is not read"):
            content.Text().read(b"a", f"text/plain; charset={codec}")


def test_repeated_headers_are_joined() -> None:
    found = [(b"a", b"1"), (b"b", b"x"), (b"a", b"2"), (b"cookie", b"c=1"), (b"a", b"1"), (b"cookie", b"d=2")]
    assert wire.joined(found) == {"a": "1, 2, 1", "b": "x", "cookie": "c=1; d=2"}


@pytest.mark.parametrize(
    ("media", "written"),
    [
        (lambda: content.Binary("image/*"), "image/octet-stream"),
        (lambda: content.Binary("*/*"), "application/octet-stream"),
        (lambda: content.Text("*/*"), "text/plain; charset=utf-8"),
        (lambda: content.Text("text/*; charset=utf-8"), "text/plain; charset=utf-8"),
        (lambda: wire.Json(str, "*/*"), "application/json"),
        (lambda: wire.Json(str, "application/hal+json"), "application/hal+json"),
        (lambda: wire.Json(str, "application/*+json"), "application/x.any+json"),
    ],
)
def test_a_range_is_never_written(media: Any, written: str) -> None:
    one = media()
    codec = content.OneOf(one)
    assert codec.write(b"" if isinstance(one, content.Binary) else "")[1] == written
    assert codec.find(written) is one


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32-le"])
def test_json_is_utf_8(encoding: str) -> None:
    with pytest.raises(exceptions.DecodeError):  # RFC 8259 section 8.1; Python's own reader guesses
        wire.Json(list[int]).read("[1, 2]".encode(encoding))


@pytest.mark.parametrize("data", [b"[" * 5_000, b"[" * 5_000 + b"]" * 5_000, b"\xef\xbb\xbf" * 3_000 + b"[1]"])
def test_what_is_no_json_is_read_once(data: bytes) -> None:
    with pytest.raises(exceptions.DecodeError, match="no JSON"):
        wire.Json(list[int]).read(data)
    assert wire.Json(list[int]).read(b"\xef\xbb\xbf[1, 2.0]") == [1, 2]
