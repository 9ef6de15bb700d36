"""httpx alone, 16 requests at once, the bodies thrown away."""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx

url, pages, style = sys.argv[1], int(sys.argv[2]), sys.argv[3]


async def fetch_all() -> None:
    limit = asyncio.Semaphore(16)
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=16)) as client:

        async def one(page: int) -> None:
            async with limit:
                (await client.get(url, params={"page": page})).raise_for_status()

        await asyncio.gather(*(one(page) for page in range(1, pages + 1)))


if style == "async":
    asyncio.run(fetch_all())
else:
    with httpx.Client(limits=httpx.Limits(max_connections=16)) as client, ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda page: client.get(url, params={"page": page}).raise_for_status(), range(1, pages + 1)))
