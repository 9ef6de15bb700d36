"""The room of HTTP; this file keeps httpx's command line program out of the process."""

import sys

# httpx imports it where rich and click are installed: 5 MiB, 40 ms, and libraries that the core may not load
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
