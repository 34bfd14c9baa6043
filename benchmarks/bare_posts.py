"""What sending costs at least: aiohttp posts the same bodies, eight at once, and keeps nothing.

`python -m benchmarks.bare_posts URL TOKEN FILE`; FILE holds the calls. It prints the seconds and the processor seconds.
"""

import asyncio
import json
import pickle
import resource
import sys
import time
from pathlib import Path
from uuid import uuid4

import aiohttp

AT_ONCE = 8

Post = tuple[str, str, bytes]
"""The organisation, the endpoint, the body."""


async def post_all(url: str, token: str, posts: list[Post]) -> None:
    waiting = list(posts)

    async def keep_posting(session: aiohttp.ClientSession) -> None:
        while waiting:
            tenant, route, body = waiting.pop()
            headers = {
                "Authorization": f"Bearer {token}",
                "xero-tenant-id": tenant,
                "Accept": "application/json",
                "Content-Type": "application/json",
                "Idempotency-Key": uuid4().hex,
            }
            address = f"{url}/api.xro/2.0/{route}?summarizeErrors=false&unitdp=4"
            async with session.put(address, data=body, headers=headers) as answer:
                found = await answer.json()
            if answer.status != 200 or any(each.get("HasErrors") for each in found[route]):
                raise RuntimeError(f"not taken: {answer.status}")

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(keep_posting(session) for _ in range(AT_ONCE)))


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    everything: list[Post] = pickle.loads(Path(sys.argv[3]).read_bytes())
    began, before = time.perf_counter(), _used()
    asyncio.run(post_all(sys.argv[1], sys.argv[2], everything))
    print(json.dumps({"seconds": time.perf_counter() - began, "cpu": _used() - before}))
