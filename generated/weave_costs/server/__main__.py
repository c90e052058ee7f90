"""`python -m <package>.server --mock` serves the API before there is a service; needs uvicorn."""

import argparse
import importlib

if __name__ == "__main__":
    import uvicorn

    parser = argparse.ArgumentParser(f"python -m {__package__}", description="Serve the API; all answers are 501.")
    parser.add_argument("--mock", action="store_true", help="answer with examples instead")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    given = parser.parse_args()
    app = importlib.import_module(str(__package__)).create_app(mock=given.mock)
    uvicorn.run(app, host=given.host, port=given.port)
