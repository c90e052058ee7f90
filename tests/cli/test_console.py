"""What is shown on a terminal."""

from __future__ import annotations

import os
import pty
import sys
import time

import pytest

from generator import console


def test_progress_is_shown_on_a_terminal_only_and_after_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not shown_on_terminal(monkeypatch, patience=30.0, enabled=True)
    assert b"Generating" in shown_on_terminal(monkeypatch, patience=0.0, enabled=True)
    assert not shown_on_terminal(monkeypatch, patience=0.0, enabled=False)


def shown_on_terminal(monkeypatch: pytest.MonkeyPatch, *, patience: float, enabled: bool) -> bytes:
    master, slave = pty.openpty()
    with monkeypatch.context() as patch, os.fdopen(slave, "w") as terminal:
        patch.setattr(sys, "stderr", terminal)
        patch.setenv("TERM", "xterm")
        patch.setattr(console, "_PATIENCE", patience)
        with console.progress("Generating\x1b[31m", enabled=enabled):
            time.sleep(0.6 if enabled else 0)
        os.set_blocking(master, False)
        try:
            return os.read(master, 100_000)
        except BlockingIOError:
            return b""
        finally:
            os.close(master)
