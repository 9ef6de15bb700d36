"""`fetchtozip serve` as a process of its own, as a user starts it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND = [sys.executable, "-m", "fetchtozip_gui", "serve"]


class Serving:
    """A server that answers at `url`; `said` is what it has written to standard error so far."""

    def __init__(self, *options: str, **environment: str) -> None:
        self.said = ""
        self.url = ""
        self._known = threading.Event()
        self.process = subprocess.Popen(
            [*COMMAND, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        assert self._known.wait(120)
        assert self.url, self.said

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Ask it to end; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(60)
        self._reader.join(60)
        return code

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            for line in lines:
                self.said += line
                found = re.search(r"answers on (http://\S+?),", line)
                if found and not self.url:
                    self.url = found[1].replace("0.0.0.0", "127.0.0.1")
                    self._known.set()
        self._known.set()


@contextmanager
def serving(data_dir: Path, *options: str, **environment: str) -> Iterator[Serving]:
    """A server on this data folder, on any free port unless the options name one, as long as the block runs."""
    port = [] if "--port" in options else ["--port", "0"]
    server = Serving("--data-dir", str(data_dir), *port, *options, **environment)
    try:
        yield server
    finally:
        server.stop()


def refused(data_dir: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """A start that is expected to fail."""
    command = [*COMMAND, "--data-dir", str(data_dir), "--port", "0", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
