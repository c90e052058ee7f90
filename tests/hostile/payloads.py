"""Breakouts: texts that would do something if they were not kept as text. Each carries a canary of its own number."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

CANARY = "spectwin_canary"
BREAKS = {
    "lf": "\n",
    "cr": "\r",
    "crlf": "\r\n",
    "vt": "\x0b",
    "ff": "\x0c",
    "fs": "\x1c",
    "gs": "\x1d",
    "rs": "\x1e",
    "nel": "\x85",
    "ls": "\u2028",
    "ps": "\u2029",
}

# `@` stands for the call of the canary.
_TEXTS = {
    # out of a string
    "single": "'+@+'",
    "double": '"+@+"',
    "triple-double": '"""+@+"""',
    "triple-single": "'''+@+'''",
    "triple-lines": '"""\n@\n"""',
    "triple-escaped": '\\"""\n@\n\\"""',
    "triple-four": '""""+@+""""',
    "mixed": "'\"'\"\"\"'''+@+'''\"\"\"",
    "escaped-quote": '\\"+@+\\"',
    "escaped-single": "\\'+@+\\'",
    "ends-double": 'text"',
    "ends-two": 'text""',
    "ends-three": 'text"""',
    "ends-single": "text'",
    "ends-backslash": "text\\",
    "ends-two-backslashes": "text\\\\",
    "ends-backslash-double": 'text\\"',
    "ends-double-backslash": 'text"\\',
    "ends-backslash-single": "text\\'",
    "unicode-escape": "\\u0022+@+\\u0022 \\x22 \\N{QUOTATION MARK} \\",
    "unicode-name": "\\N{not a character} \\uZZZZ \\x",
    # out of a call, a list, a dict, a subscript
    "call": '"); @; ("',
    "call-single": "'); @; ('",
    "argument": "', @, '",
    "item": '"], @, ["',
    "dict-key": '": @, "',
    "dict-single": "': @}, {'",
    "annotated": '")]\n@\n#',
    "annotated-single": "')]\n@\n#",
    "field": "x')], default_factory=@, y=[('",
    "literal": "x'] | @ | Literal['y",
    "bare": "@",
    "bare-annotation": "Annotated[str, @]",
    "bare-list": "list[@]",
    "lambda": "lambda: @",
    "comprehension": "[@ for _ in '1']",
    "walrus": "(x := @)",
    "default": "x: int = @",
    "decorator": "\n@@\ndef x(): pass\n",
    "class": "X(metaclass=lambda *a: @)",
    "statement": "\n@\n",
    "semicolon": "; @ ;",
    "deindent": "\n        ...\n\n@\n\nclass Evil:\n    '''",
    "import": "\nimport builtins; builtins.@\n",
    "comment": "# @",
    "comment-cr": "# x\r@\r#",
    "args-section": 'Args:\n    x: y\n"""\n    @\n"""',
    # NUL, surrogates, what hides or reorders
    "nul": "x\0@",
    "nul-mark": "\0#/components/schemas/Pet\0",
    "nul-rule": "\0!#/components/schemas/Pet\0",
    "nul-escape": "\x0022;+@+\x0022;",
    "surrogate": "x\ud800y",
    "surrogate-low": "\udc00@",
    "bidi": "\u202e@\u202c \u2066x\u2069 \u200f",
    "invisible": "x\u200b\u00ad\ufeff\u2060y",
    "astral-tag": "x\U000e0041\U000e007fy",
    "astral-last": "x\U0010ffff\U000f0000y",
    "full-width": "ｓｐｅｃｔｗｉｎ＿ｃａｎａｒｙ（0）",
    "look-alike": "ѕресtwіn",
    "ligature": "ﬁle ﬀ ㎏ ℌ ſ",
    "combining": "e\u0301\u0327 \u0301",
    "escape-sequence": "\x1b[2J\x1b]0;x\x07\x9b",
    "delete": "x\x7f\x80\x08",
    # templates, formats, placeholders
    "jinja": "{{ cycler.__init__.__globals__.__builtins__.@ }}",
    "jinja-block": "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "jinja-raw": "{% raw %}",
    "jinja-end": "{% endmacro %}{% endif %}{# ",
    "f-string": "{@}",
    "f-string-double": "{{@}}",
    "format": "{0.__class__.__init__.__globals__}",
    "percent": "%(x)s %s %n %",
    "dollar": "${@} $(@)",
    "open-brace": "{",
    "close-brace": "}",
    "slot": "SLOT_0_",
    "slot-1": "SLOT_1_",
    "slot-2": "SLOT_2_",
    "slot-quoted": '"SLOT_3_"',
    "slot-lines": '"""\nSLOT_4_\n"""',
    "class-slot": "Class0Slot",
    "class-slot-1": "Class1Slot",
    "config": "config_",
    "config-line": "    config_: @",
    "rule": "rule_",
    "extra": "pydantic_extra_",
    # names
    "dunder": "__class__",
    "dunder-init": "__init__",
    "dunder-import": "__import__",
    "private": "_private",
    "keyword": "class",
    "soft-keyword": "match",
    "none": "None",
    "self": "self",
    "builtin": "eval",
    "type": "str",
    "model": "Model",
    "pydantic": "model_validate",
    "pydantic-config": "model_config",
    "module": "core",
    "package-init": "__init__.py",
    "function": CANARY,
    "dotted": f"builtins.{CANARY}",
    "digits": "0123",
    "digits-arabic": "٣٤٥",
    "superscript": "²",
    "empty": "",
    "blank": " ",
    "tab": "\t",
    "symbols": "!#%&'*+-.^_`|~",
    "star": "*",
    # paths and addresses
    "parent": "../../../../tmp/spectwin-escaped",
    "parent-windows": "..\\..\\spectwin-escaped",
    "absolute": "/tmp/spectwin-escaped",
    "dot-dot": "..",
    "file-url": "file:///etc/passwd",
    "http-url": "http://127.0.0.1:9/spectwin",
    "user-info": "https://a:b@@/?d#e",
    # other languages of the output
    "html": "<script>@</script>",
    "html-title": "</title><img src=x onerror=@>",
    "html-comment": "--><b>@</b><!--",
    "markdown-link": "[x](javascript:@)",
    "markdown-image": "![x](http://127.0.0.1:9/x)",
    "markdown-reference": "[x]: http://127.0.0.1:9/x",
    "markdown-fence": "```\n@\n```",
    "markdown-code": "`+@+`",
    "markdown-entity": "&lt;b&gt; &#60;b&#62;",
    "markdown-table": "| a | b |\n| --- | --- |",
    "toml": '"\n[tool.evil]\nx = "@',
    "yaml-tag": f"!!python/object/apply:builtins.{CANARY} [1]",
    "shell": "; @; `@` $(@) && @",
    "header": "x\r\nX-Evil: 1",
    "regex": "(a+)+$",
    "regex-broken": "(?P<x>[",
    "regex-look-around": "(?=@)(?<!x)\\1",
}


def _made() -> dict[str, str]:
    texts = dict(_TEXTS)
    texts |= {f"break-{name}": f"x{char}@{char}#" for name, char in BREAKS.items()}
    texts |= {f"comment-{name}": f"# x{char}@{char}" for name, char in BREAKS.items() if name != "cr"}
    return {
        name: text.replace("@@", "\1").replace("@", f"{CANARY}({number})").replace("\1", f"@{CANARY}")
        for number, (name, text) in enumerate(texts.items())
    }


PAYLOADS = _made()
"""Every payload by its name."""
HUGE = {
    "huge": "A" * 2**20,
    "huge-quotes": '"' * 2**20,
    "huge-backslashes": "\\" * (2**20 - 1),
    "huge-lines": f'"""\n{CANARY}(-1)\n' * (2**20 // 22),
    "huge-blank": " " * 2**20,
    "huge-breaks": "\r" * 2**20,
}
"""Payloads of a megabyte."""
VENDOR = {
    "x-python-type": f"list[{CANARY}(-2)]",
    "x-python-import": {"module": "builtins", "name": CANARY},
    "customTypePath": f"builtins.{CANARY}",
    "customBasePath": f"builtins.{CANARY}",
    "default_factory": f"{CANARY}",
    "x-default-factory": f"lambda: {CANARY}(-3)",
    "x-go-name": f'X"+{CANARY}(-4)+"',
    "x-go-type": f"{CANARY}(-5)",
    "x-go-type-import": {"path": f'os"; {CANARY}(-6)', "name": "x"},
    "x-enum-varnames": [f"A = {CANARY}(-7)", f"B\n{CANARY}(-7)"],
    "x-enum-descriptions": [f"a\r{CANARY}(-8)", f'"""{CANARY}(-8)"""'],
    "x-enumNames": [f"{CANARY}(-9)"],
    "x-ms-enum": {"name": f"{CANARY}(-10)", "values": [{"value": "a", "description": f"\r{CANARY}(-10)"}]},
    "x-model-name": f"X:\n{CANARY}(-11)",
    "x-class-name": f"X({CANARY}(-12))",
    "x-validators": [{"function": f"{CANARY}(-13)"}],
    "x-template-data": f"{{{{ {CANARY}(-14) }}}}",
    "x-ms-client-name": f"x = {CANARY}(-15)",
    "x-operation-name": f"x = {CANARY}(-16)",
    "x-install-command": f"$({CANARY}(-17))",
    "x-codegen": {"imports": [f"import builtins; builtins.{CANARY}(-18)"]},
    "$comment": f"\r{CANARY}(-19)",
}
"""Keys that some generator acted upon (SECURITY.md of the project), with what would run."""


class Canaries:
    """What ran that must not have: calls of the canary, commands, connections."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._watched = False

    def sing(self, number: object = None, *_: object, **__: object) -> str:
        """Stand for the attacker's code."""
        self.heard.append(f"canary {number}")
        return "canary"

    def event(self, name: str, arguments: tuple[object, ...]) -> None:
        """Hear of an audit event of the interpreter."""
        if not self._watched or name not in _EVENTS:
            return
        if name == "open" and not _writes(arguments):
            return
        self.heard.append(f"{name} {str(arguments)[:120]}")

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Listen for commands, connections and files written: nothing in this block needs any."""
        self._watched = True
        try:
            yield
        finally:
            self._watched = False


_EVENTS = frozenset(
    """os.system os.exec os.posix_spawn os.spawn os.fork os.forkpty subprocess.Popen pty.spawn socket.connect
    socket.bind socket.getaddrinfo socket.sendto urllib.Request os.remove os.rename os.rmdir os.mkdir os.link
    os.symlink shutil.rmtree open ctypes.dlopen""".split()
)


def _writes(arguments: tuple[object, ...]) -> bool:
    mode = arguments[1] if len(arguments) > 1 else ""
    return isinstance(mode, str) and any(letter in mode for letter in "wax+")


def install() -> Canaries:
    """Put the canary where any code finds it, and listen to the interpreter; for the life of the process."""
    found = getattr(builtins, CANARY, None)
    if found is not None:
        return cast("Canaries", found.__self__)
    canaries = Canaries()
    setattr(builtins, CANARY, canaries.sing)
    sys.addaudithook(canaries.event)
    return canaries
