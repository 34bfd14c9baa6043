"""How much memory one `run` process holds with its worker while nothing happens: `python -m benchmarks.memory`."""

import asyncio

from benchmarks.stand import stand
from benchmarks.table import show

ITEMS, SECONDS, BAR = 200, 15, 120


async def main() -> None:
    async with stand(ITEMS, is_worker=True, entry=("-m", "bot", "run")) as here:
        seen = []
        for _ in range(SECONDS):
            await asyncio.sleep(1)
            seen.append(here.app.resident_mebibytes())
    show(
        "Resident memory of one idle `run` with its worker",
        ("after seconds", "MiB", "bar"),
        [(str(second), f"{seen[second - 1]:.1f}", str(BAR)) for second in (1, 5, SECONDS)],
    )


if __name__ == "__main__":
    asyncio.run(main())
