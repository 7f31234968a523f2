"""How the desk answers when it is full, and whether it loses anything when everybody complains at once.

    .venv/bin/python -m bench.desk [--cases 100000] [--database sqlite|postgres] [--seconds 60]

Fills a database of its own (thrown away afterwards) with invented cases, signs a handler in to the real console, and
times its pages: the queue, filters, searches, cases. Then complaints come in at 50 a second, as the chat files them,
with the real hash of each receipt; counted are receipts, cases and what each receipt opens. Aims: every kind of page
within 150 ms at the 95th percentile; no complaint lost. PostgreSQL is a server of its own too, and waits for its disk.
``cpu`` is what our own process spent on a page: it stays the same when others keep the machine busy.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pyotp
from sqlalchemy import func, select

from bench.desk_cases import fill, hurry, settle
from bot.complaints import ComplaintDraft, Filed, Kind
from bot.console.app import create_app
from bot.messages import Channel, Language
from bot.services import Services, now
from bot.settings import Settings
from bot.staff import Role
from bot.storage.complaint_tables import CaseRow, ReceiptRow
from bot.storage.migrate import upgrade
from tests.fakes.postgres import postgres

AIM_MS = 150
A_SECOND = 50
HANDLERS = 12
PASSPHRASE = "four quiet herons wade"  # noqa: S105 - of a handler who is invented and thrown away
AT_ONCE = 8
"""Threads that file; the chat has about as many turns under way at once."""
LOOKED_UP = 40
"""Receipts that are typed in again; each costs a hash."""

PAGES: dict[str, tuple[str, ...]] = {
    "queue": ("/", "/?page=2", "/?page=40", "/?sort=newest", "/?sort=changed"),
    "queue, far pages": ("/?page={last}", "/?page=2000", "/?sort=oldest&page=1500"),
    "filter: state": ("/?status=received", "/?status=in_progress", "/?status=resolved", "/?status=waiting&sort=newest"),
    "filter: kind": ("/?kind=fraud", "/?kind=collection&status=triaged", "/?kind=cost&sort=changed"),
    "filter: whose": ("/?assigned=mine", "/?assigned=unassigned", "/?assigned=mine&status=in_progress"),
    "filter: clock, age": ("/?clock=overdue", "/?clock=soon", "/?age=week", "/?age=older&kind=fraud"),
    "filter: severity, tag": ("/?severity=urgent", "/?severity=high&status=received", "/?tag=老人", "/?tag=急"),
    "filter: institution": ("/?institution=诚金小贷", "/?institution=金聚消费金融", "/?institution=没有这家"),
    "search: number": ("/?search={case}", "/?search=C-2026-{case}"),
    "search: rare words": ("/?search={digits}", "/?search=没有这样的话", "/?search={digits}&status=resolved"),
    "search: common words": ("/?search=保证金", "/?search=合同", "/?search=微信", "/?search=mother swore"),
    "case": ("/cases/{case}",),
}


@contextmanager
def database(kind: str) -> Iterator[tuple[str, Path]]:
    """An empty database's address, and a folder for the keys."""
    with tempfile.TemporaryDirectory(prefix="mingbai-desk-") as folder:
        if kind == "sqlite":
            yield "", Path(folder)
            return
        with postgres(durable=True) as server, server.database() as address:
            yield address, Path(folder)


async def signed_in(services: Services, staff_ids: list[int]) -> httpx.AsyncClient:
    """The handler's browser."""
    for number in range(HANDLERS):
        token = services.staff.invite(f"handler {number}", Role.HANDLER)
        totp = pyotp.TOTP(services.staff.begin_enrolment(token).secret)
        staff_ids.append(services.staff.enrol(token, PASSPHRASE, totp.at(int(time.time()) - 30)).id)
    transport = httpx.ASGITransport(app=create_app(services))
    browser = httpx.AsyncClient(transport=transport, base_url="http://console", headers={"Accept-Language": "zh-CN"})
    form = {"name": f"handler {HANDLERS - 1}", "passphrase": PASSPHRASE, "code": totp.now()}
    answer = await browser.post("/sign-in", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    if answer.headers.get("location") != "/":
        raise SystemExit("the handler could not sign in")
    return browser


async def time_pages(browser: httpx.AsyncClient, cases: int, each: int) -> None:
    """Print how long each kind of page takes, as the handler's browser sees it."""
    draw = random.Random(7)  # noqa: S311 - which page comes next is no secret
    print(f"\n{'page':<24}{'asked':>6}{'p50 ms':>9}{'p95 ms':>9}{'worst':>9}{'cpu p95':>9}")
    for kind, paths in PAGES.items():
        took, worked = [], []
        # A process's first look at a page reads templates and plans queries: its start, not the desk's load.
        for number in range(-len(paths), each):
            case = draw.randint(1, cases)
            path = paths[number % len(paths)].format(
                last=-(-cases // 25), case=case, digits=f"{draw.randrange(10**4):04}"
            )
            begun, began_work = time.perf_counter(), time.process_time()
            answer = await browser.get(path)
            if number >= 0:
                worked.append((time.process_time() - began_work) * 1000)
                took.append((time.perf_counter() - begun) * 1000)
            if answer.status_code != httpx.codes.OK:
                raise SystemExit(f"{path} answered {answer.status_code}")
        p95 = statistics.quantiles(took, n=20)[-1]
        cpu = statistics.quantiles(worked, n=20)[-1]
        over = "   over the aim" if p95 > AIM_MS else ""
        print(f"{kind:<24}{len(took):>6}{statistics.median(took):>9.1f}{p95:>9.1f}{max(took):>9.1f}{cpu:>9.1f}{over}")


def draft(number: int) -> ComplaintDraft:
    """What the chat would file."""
    return ComplaintDraft(
        draft_id=f"intake {number}", kind=Kind.COLLECTION, story=f"第{number}个：天天打电话给我妈，还骂人，说要上门",
        against="某某小贷", when="这个月", amount=f"{number % 90 + 1}00元", wish="别再打了", language=Language.ZH,
        channel=Channel.WEB, sender=f"resident {number}", consent=True,
    )  # fmt: skip


def take_in(services: Services, seconds: float) -> None:
    """File complaints as they come, 50 a second; print how long each waited and whether anything was lost."""
    complaints, wanted = services.complaints, int(seconds * A_SECOND)
    count = select(func.count()).select_from(CaseRow)
    with services.readers.begin() as session:
        before = session.scalar(count) or 0
    began = time.perf_counter()

    def file(number: int) -> tuple[Filed, float]:
        due = began + number / A_SECOND
        time.sleep(max(0.0, due - time.perf_counter()))
        return complaints.file(draft(number)), (time.perf_counter() - due) * 1000

    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = list(pool.map(file, range(wanted)))
    lasted = time.perf_counter() - began
    waited = [took for _, took in done]
    with services.readers.begin() as session:
        after = session.scalar(count) or 0
        ids = select(ReceiptRow.case_id).where(ReceiptRow.case_id > before)
        receipted = len(set(session.scalars(ids)))
    typed_in = done[:: max(1, wanted // LOOKED_UP)]
    opened = sum(
        complaints.follow(filed.receipt, f"caller {number}") is not None for number, (filed, _) in enumerate(typed_in)
    )
    distinct = len({filed.case_id for filed, _ in done})
    p50, p95 = statistics.median(waited), statistics.quantiles(waited, n=20)[-1]
    print(f"\nintake: {wanted} complaints offered at {A_SECOND} a second, {AT_ONCE} threads")
    print(f"  receipts shown {len(done)}, naming cases {distinct}, new cases {after - before}, receipted {receipted}")
    print(f"  of {len(typed_in)} receipts typed in again {opened} open their case")
    print(f"  all on disk after {lasted:.1f} s: {wanted / lasted:.1f} a second")
    print(f"  from coming in to receipt: p50 {p50:.0f} ms, p95 {p95:.0f} ms")
    if not wanted == len(done) == distinct == after - before == receipted or opened < len(typed_in):
        raise SystemExit("LOST")


def alone(what: str, act: Callable[[int], object], times: int) -> None:
    """Print what one part of an intake costs by itself."""
    begun = time.perf_counter()
    for number in range(times):
        act(number)
    print(f"  {what}: {(time.perf_counter() - begun) / times * 1000:.1f} ms")


async def main() -> None:
    """Fill, time, take in."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000, help="cases on the desk (100000)")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seconds", type=float, default=60, help="of intake (60); 0 leaves it out")
    parser.add_argument("--each", type=int, default=100, help="requests of each kind of page (100)")
    options = parser.parse_args()
    with database(options.database) as (address, folder):
        settings = Settings(state_dir=folder, database_url=address, _env_file=None)
        staff_ids: list[int] = []
        services = Services(settings)
        upgrade(services.engine)
        browser = await signed_in(services, staff_ids)
        begun = time.perf_counter()
        filling = Services(settings)
        hurry(filling.engine)
        fill(filling.engine, services.complaints.promises, staff_ids, options.cases, now() - timedelta(minutes=1))
        settle(filling.engine)
        filling.close()
        print(f"{options.database}: {options.cases} cases put in, {time.perf_counter() - begun:.0f} s")
        await time_pages(browser, options.cases, options.each)
        await browser.aclose()
        if options.seconds:
            take_in(services, options.seconds)
            hasher = services.complaints._receipts  # noqa: SLF001 - to name what intake spends its time on
            alone("one receipt's hash alone", lambda number: hasher.hash(f"{number:016}"), 20)
            alone("one filing alone, hash included", lambda number: services.complaints.file(draft(-1 - number)), 20)
        services.close()


if __name__ == "__main__":
    asyncio.run(main())
