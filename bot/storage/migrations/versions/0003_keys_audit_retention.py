"""Data keys, the audit log that replaces the access log, and what is known of a case's end."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from bot.storage.base import keys_of, sealing_of

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_FUNCTION = "refuse_audit_log_change"
_REFUSAL = "the audit log is append-only"

_SEALED = {
    "complaints": ("story", "against", "happened", "amount", "wish", "contact", "figures"),
    "complaint_messages": ("text",),
    "complaint_notes": ("text",),
    "complaint_events": ("reason",),
    "outbox": ("body",),
    "staff": ("totp_secret",),
    "conversations": ("address",),
    "conversation_messages": ("body",),
    "conversation_buttons": ("title",),
}

_ACCESS_LOG = sa.table(
    "access_log",
    sa.column("id", sa.Integer()),
    sa.column("staff_id", sa.Integer()),
    sa.column("what", sa.String()),
    sa.column("case_id", sa.Integer()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("digest", sa.String()),
)
_AUDIT_LOG = sa.table(
    "audit_log",
    sa.column("number", sa.BigInteger()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("actor", sa.String()),
    sa.column("action", sa.String()),
    sa.column("subject", sa.String()),
    sa.column("details", sa.Text()),
    sa.column("digest", sa.String()),
)


def upgrade() -> None:
    op.create_table(
        "data_keys",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("replaces", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shredded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_data_keys"),
    )
    op.add_column("complaints", sa.Column("key_id", sa.BigInteger(), nullable=True))
    op.create_table(
        "case_retention",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("postponed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("postponed_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["complaints.id"], name="fk_case_retention_case_id_complaints", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["postponed_by"], ["staff.id"], name="fk_case_retention_postponed_by_staff"),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_retention"),
    )
    op.create_table(
        "audit_log",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_subject_number", "audit_log", ["subject", "number"])
    op.create_index("ix_audit_log_action_number", "audit_log", ["action", "number"])
    _carry_over()
    op.drop_table("access_log")
    _refuse_changes()


def _carry_over() -> None:
    """Make the lines of the access log the first entries of the audit log, each with the digest it had."""
    connection = op.get_bind()
    key = keys_of(connection.dialect).derive("audit log")
    previous = "start"
    for number, line in enumerate(connection.execute(sa.select(_ACCESS_LOG).order_by(_ACCESS_LOG.c.id)), start=1):
        entry = {
            "number": number,
            "at": line.at,
            "actor": f"staff:{line.staff_id}",
            "action": "case.viewed" if line.what == "read case" else line.what,
            "subject": "cases" if line.case_id is None else f"case:{line.case_id}",
            "details": _canonical({"access_log": line.id, "digest": line.digest}),
        }
        stamp = f"{_aware(line.at).timestamp():.6f}"
        previous = hmac.new(
            key, _canonical(entry | {"at": stamp, "previous": previous}).encode(), hashlib.sha256
        ).hexdigest()
        connection.execute(sa.insert(_AUDIT_LOG).values(**entry, digest=previous))


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _canonical(values: dict[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_log_no_{verb.lower()} BEFORE {verb} ON audit_log "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
    )


def downgrade() -> None:
    """Only reads of cases fit into the access log; whatever else the audit log knows is lost with it.

    Texts go back under the master key itself. The code of before looks for it in ``sealing.key``: rename
    ``master.key`` to that by hand.
    """
    connection = op.get_bind()
    _seal_under_master_key(connection)
    op.create_table(
        "access_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_access_log_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_access_log"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_access_log_case_id_at", "access_log", ["case_id", "at"])
    _carry_back(connection)
    op.drop_table("audit_log")
    if connection.dialect.name != "sqlite":
        op.execute(f"DROP FUNCTION {_FUNCTION}()")
    op.drop_table("case_retention")
    op.drop_column("complaints", "key_id")
    op.drop_table("data_keys")


def _seal_under_master_key(connection: sa.Connection) -> None:
    keys = sealing_of(connection.dialect)
    for name, columns in _SEALED.items():
        table = sa.Table(name, sa.MetaData(), autoload_with=connection)
        own = list(table.primary_key.columns)
        rows = connection.execute(sa.select(*own, *(table.c[column] for column in columns))).mappings().all()
        for row in rows:
            sealed = {
                column: keys.ring.seal(keys.open(bytes(value), f"{name}.{column}"), f"{name}.{column}")
                for column in columns
                if (value := row[column]) is not None
            }
            if sealed:
                is_row = [column == row[column.name] for column in own]
                connection.execute(sa.update(table).where(*is_row).values(**sealed))


def _carry_back(connection: sa.Connection) -> None:
    keys = keys_of(connection.dialect)
    query = sa.select(_AUDIT_LOG).where(_AUDIT_LOG.c.action == "case.viewed", _AUDIT_LOG.c.actor.like("staff:%"))
    previous = "start"
    for line in connection.execute(query.order_by(_AUDIT_LOG.c.number)):
        staff_id = int(line.actor.removeprefix("staff:"))
        case_id = int(line.subject.removeprefix("case:"))
        stamp = f"{_aware(line.at).timestamp():.6f}"
        previous = keys.lookup_hash("access log", f"{previous}\0{staff_id}\0read case\0{case_id}\0{stamp}")
        values = {"staff_id": staff_id, "what": "read case", "case_id": case_id, "at": line.at, "digest": previous}
        connection.execute(sa.insert(_ACCESS_LOG).values(**values))
