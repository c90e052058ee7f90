"""Names of modules that a package would hide: Python's own, and what generated packages and the generator import."""

from __future__ import annotations

_STANDARD = """
    __future__ _abc _aix_support _android_support _ast _ast_unparse _asyncio _bisect _blake2 _bootsubprocess _bz2
    _codecs _codecs_cn _codecs_hk _codecs_iso2022 _codecs_jp _codecs_kr _codecs_tw _collections _collections_abc
    _colorize _compat_pickle _compression _contextvars _crypt _csv _ctypes _curses _curses_panel _datetime _dbm
    _decimal _elementtree _frozen_importlib _frozen_importlib_external _functools _gdbm _hashlib _heapq _hmac _imp
    _interpchannels _interpqueues _interpreters _io _ios_support _json _locale _lsprof _lzma _markupbase _md5 _msi
    _multibytecodec _multiprocessing _opcode _opcode_metadata _operator _osx_support _overlapped _pickle _posixshmem
    _posixsubprocess _py_abc _py_warnings _pydatetime _pydecimal _pyio _pylong _pyrepl _queue _random
    _remote_debugging _scproxy _sha1 _sha2 _sha256 _sha3 _sha512 _signal _sitebuiltins _socket _sqlite3 _sre _ssl
    _stat _statistics _string _strptime _struct _suggestions _symtable _sysconfig _thread _threading_local _tkinter
    _tokenize _tracemalloc _types _typing _uuid _warnings _weakref _weakrefset _winapi _wmi _zoneinfo _zstd abc aifc
    annotationlib antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii bisect
    builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall
    compression concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses
    datetime dbm decimal difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl
    filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp
    gzip hashlib heapq hmac html http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json
    keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib
    msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev
    pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty
    pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter
    runpy sched secrets select selectors shelve shlex shutil signal site sitecustomize smtpd smtplib sndhdr socket
    socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct
    subprocess sunau symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios textwrap this
    threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types
    typing unicodedata unittest urllib usercustomize uu uuid venv warnings wave weakref webbrowser winreg winsound
    wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo
"""  # sys.stdlib_module_names of 3.11 to 3.14, and what `site` imports
_DEPENDENCIES = """
    annotated_doc annotated_types anyio certifi click exceptiongroup fastapi fastapi_offline h11 httpcore2 httptools
    httpx2 idna jsonschema_rs multipart opentelemetry pydantic pydantic_core python_multipart sniffio starlette
    truststore typing_extensions typing_inspection uvicorn uvloop watchfiles websockets
"""  # what `pip install` of a generated package brings, for both sides
_OURS = """
    _black_version _hypothesis_ftz_detector _hypothesis_globals _hypothesis_pytestplugin _pytest _yaml argcomplete
    ast_serialize attr attrs black blackd blib2to3 colorama datamodel_code_generator dotenv genson hypothesis
    hypothesis_jsonschema inflect iniconfig iregexp_check isort jaraco jinja2 jsonpath_rfc9535 jsonschema
    jsonschema_path jsonschema_specifications lazy_object_proxy librt markdown_it markupsafe mdurl more_itertools
    mypy mypy_extensions mypyc openapi_schema_validator openapi_spec_validator packaging pathable pathspec pip
    pkg_resources platformdirs pluggy py pydantic_settings pygments pytest pytokens referencing regex
    rfc3339_validator rich rpds ruff setuptools six sortedcontainers typeguard yaml
"""  # what `pip install 'spectwin[verify,watch]'` brings, and what is run as `python -m` beside a package: pip, pytest
MODULES = frozenset(f"{_STANDARD} {_DEPENDENCIES} {_OURS} spectwin".split())
"""No package is called like one of these: `import` would find it in the other's place."""
