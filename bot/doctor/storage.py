"""The database: reachable, at this version's tables, and worked on."""

from bot.db import migrate
from bot.db.migrate import OutdatedDatabaseError, UnreachableDatabaseError
from bot.doctor.finding import Finding, ok, warning, wrong
from bot.doctor.setup import Setup
from bot.services.keys import remedy as remedy_for
from bot.worker import WorkerLock

DATABASE, WORKER, QUEUE, RECORDED, KEY_RING = "database", "worker", "queue", "recorded time", "key ring"


async def database(setup: Setup) -> Finding:
    return await database_at(setup.config.database_url)


async def database_at(url: str) -> Finding:
    """Needs no more of the configuration than its address."""
    try:
        await migrate.require_head(url)
    except (OutdatedDatabaseError, UnreachableDatabaseError) as error:
        words, _, remedy = str(error).partition(". ")
        return wrong(DATABASE, words, remedy)
    return ok(DATABASE, f"it answers, and is at revision {migrate.head()}")


async def worker(setup: Setup) -> Finding:
    """Who holds the lock beside a SQLite file works its jobs. Taken for a moment, to see whether it is free."""
    lock = WorkerLock.of(setup.config.database_url)
    if lock.path is None:
        return ok(WORKER, "any number of processes may work the jobs of this database")
    if lock.path.exists() and not lock.take():
        return ok(WORKER, "a process works the jobs of this database")
    lock.release()
    return warning(WORKER, "no process works the jobs of this database", "Start `dext-bot run` or `dext-bot worker`.")


async def queue(setup: Setup) -> list[Finding]:
    """What waits: jobs by their due times, messages and the recorded time as `/readyz` looks at them."""
    remedy = "Read the log of the process that works jobs; start it, or another one."
    overdue = await setup.inspection.overdue()
    jobs = ", ".join(f"{count} × {name}" for name, count in overdue.items())
    health = await setup.health.check()
    said = [words for words in (jobs and f"overdue for more than a quarter of an hour: {jobs}",) if words]
    said += [words for part, words in health.items() if part == "queue" and words != "ok"]
    found = [wrong(QUEUE, words, remedy) for words in said] or [ok(QUEUE, "nothing is overdue")]
    recorded = health.get("clock", "ok")
    if recorded != "ok":
        found.append(wrong(RECORDED, recorded, "Set this machine's clock."))
    return found


async def key_ring(setup: Setup) -> Finding:
    """Whether every stored secret can be opened; `run` and `worker` do not start otherwise."""
    uses = await setup.secrets.uses()
    wrong_ones = [use for use in uses if not use.is_right]
    if wrong_ones:
        return wrong(KEY_RING, "; ".join(use.words for use in wrong_ones), remedy_for(wrong_ones))
    first, *older = setup.secrets.vault.key_ids
    old = {use.key_id: use.values for use in uses if use.key_id != first}
    if old:
        return ok(KEY_RING, f"all is opened by it; {', '.join(old)} is needed until `dext-bot keys rotate`")
    unneeded = f"; nothing needs {', '.join(older)} any more" if older else ""
    return ok(KEY_RING, f"all is sealed with its first key, {first}{unneeded}")
