"""`python -m <package>.server --mock` serves the API before there is a service; needs uvicorn."""

import argparse
import importlib

if __name__ == "__main__":
    import uvicorn
    from starlette.applications import Starlette
    from starlette.routing import Mount

    parser = argparse.ArgumentParser(f"python -m {__package__}", description="Serve the API; all answers are 501.")
    parser.add_argument("--mock", action="store_true", help="answer with examples instead")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    given = parser.parse_args()
    app = importlib.import_module(str(__package__)).create_app(mock=given.mock)
    if path := importlib.import_module("..contract", __package__).API.mount_path:
        app = Starlette(routes=[Mount(path, app), Mount("/", app)])  # where the document's server has it, too
    uvicorn.run(app, host=given.host, port=given.port)
