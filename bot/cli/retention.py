"""``mingbai retention``: delete what is due, once by hand or daily beside the other processes.

The daily watch looks at the desk's clock as well: the two are all that the passing of time does by itself.
"""

import signal
import threading
from datetime import timedelta

import structlog

from bot import audit
from bot.complaints.retention import RetentionReport
from bot.services import Services, now
from bot.settings import Settings
from bot.storage.audit import last_at
from bot.storage.migrate import upgrade

_EVERY = timedelta(hours=24)
_LOOK_EVERY_SECONDS = 300.0

log = structlog.get_logger(__name__)


def run(settings: Settings, *, dry_run: bool) -> str:
    """One run; what it did, or would do."""
    services = Services(settings)
    try:
        upgrade(services.engine)
        report = services.retention.run(dry_run=dry_run)
    finally:
        services.close()
    if dry_run:
        return f"Would give {report.noticed} notices and delete {report.purged} cases. Nothing was changed."
    return _said(report)


def _said(report: RetentionReport) -> str:
    return (
        f"{report.noticed} notices given, {report.purged} cases deleted, {report.shredded_keys} retired keys shredded, "
        f"{report.dropped_files} files without a case deleted."
    )


def watch(settings: Settings) -> None:
    """Run whenever the last run is a day ago, until told to stop."""
    told_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: told_to_stop.set())
    services = Services(settings)
    try:
        while not told_to_stop.is_set():
            run_if_due(services)
            escalate(services)
            told_to_stop.wait(_LOOK_EVERY_SECONDS)
    finally:
        services.close()


def escalate(services: Services) -> int:
    """Put what is overdue before the supervisors; a database that is away is asked again at the next look."""
    try:
        escalated = services.punctuality.escalate()
    except Exception as error:  # noqa: BLE001 - whatever is wrong now, the next look does the same work
        log.warning("escalation_failed", error=type(error).__name__)
        return 0
    if escalated:
        log.info("escalated", cases=escalated)
    return escalated


def run_if_due(services: Services) -> bool:
    """Run unless one was made within a day, by whichever process; a database that is away is asked again later."""
    try:
        with services.readers() as session:
            last = last_at(session, audit.RETENTION_RUN)
        if last is not None and now() - last < _EVERY:
            return False
        report = services.retention.run()
    except Exception as error:  # noqa: BLE001 - whatever is wrong now, tomorrow's run does the same work
        log.warning("retention_failed", error=type(error).__name__)
        return False
    log.info(
        "retention_run",
        noticed=report.noticed,
        purged=report.purged,
        shredded_keys=report.shredded_keys,
        dropped_files=report.dropped_files,
    )
    return True
