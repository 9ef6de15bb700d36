"""Waiting well: pages that take 50 ms with 16 at once, and a rate that is kept; prints a table."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import subprocess
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path


async def _serve(latency: float, port: Connection) -> None:
    asked: list[float] = []
    answered: list[float] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                while (await reader.readline()).strip():
                    pass
                page = int(line.split(b"page=")[1].split()[0].split(b"&")[0])
                asked.append(time.perf_counter())
                await asyncio.sleep(latency)
                body = json.dumps(
                    [{"id": page * 20 + number, "name": f"row {number}"} for number in range(20)]
                ).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
                )
                writer.write(body)
                answered.append(time.perf_counter())
        except (ConnectionError, IndexError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port.send(server.sockets[0].getsockname()[1])
    await asyncio.to_thread(port.recv)
    port.send((asked, answered))


def _server(latency: float, port: Connection) -> None:
    asyncio.run(_serve(latency, port))


def _job(folder: Path, latency: float, pages: int, **source: object) -> tuple[list[float], list[float]]:
    """When the server was asked for the pages of one job, and when it had answered: the start of ours is no part."""
    near, far = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_server, args=(latency, far), daemon=True)
    server.start()
    address = f"http://127.0.0.1:{near.recv()}/rows"
    try:
        _run(folder, address, pages, **source)
        near.send("done")
        found: tuple[list[float], list[float]] = near.recv()
        return found
    finally:
        server.terminate()
        server.join()


def _run(folder: Path, address: str, pages: int, **source: object) -> None:
    pagination = {"type": "page", "param": "page", "start": 1}
    recipe = folder / "waiting.json"
    http = {"type": "http", "url": address, "pagination": pagination, "page_limit": pages, **source}
    recipe.write_text(json.dumps({"version": 1, "name": "w", "source": http, "output": {"type": "file"}}))
    command = [sys.executable, "-m", "fetchtozip_gui", "run", str(recipe), "--output", str(folder / "waiting.csv")]
    subprocess.run([*command, "--data-dir", str(folder / "home")], check=True, capture_output=True)


def main() -> None:
    folder, quick = Path(sys.argv[1]), sys.argv[2] == "quick"
    pages = 160 if quick else 1000
    asked, answered = _job(folder, 0.05, pages, concurrency=16, rate_limit=None)
    seconds = max(answered) - asked[0]
    limit = pages * 0.05 / 16
    print("| what | seconds | limit | × the limit | goal |\n|---|---|---|---|---|")
    print(f"| {pages:,} pages of 50 ms, 16 at once | {seconds:.2f} | {limit:.2f} | {seconds / limit:.2f} | ≤ 1.1 |")
    for rate in (10, 50):
        pages = rate * (3 if quick else 10) + 1
        asked, _ = _job(folder, 0.0, pages, concurrency=8, rate_limit=rate)
        seconds = asked[-1] - asked[0]
        limit = (pages - 1) / rate
        print(f"| {rate} pages a second, {limit:.0f} s | {seconds:.2f} | {limit:.2f} | {seconds / limit:.3f} | ± 2 % |")


if __name__ == "__main__":
    main()
