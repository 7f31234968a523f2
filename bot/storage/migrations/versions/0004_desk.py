"""The desk's clock and casework: due moments, tags, checks, index of words, likenesses, redactions, recovery codes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ADDED = (
    ("complaints", "due_at", sa.DateTime(timezone=True)),
    ("complaints", "first_due_at", sa.DateTime(timezone=True)),
    ("complaints", "answered_at", sa.DateTime(timezone=True)),
    ("complaints", "severity", sa.String(length=10)),
    ("complaints", "merged_into", sa.Integer()),
    ("outbox", "message_id", sa.Integer()),
    ("staff_sessions", "stepped_up_at", sa.DateTime(timezone=True)),
)
_INDEXES = {
    "ix_complaints_due_at_id": ["due_at", "id"],
    "ix_complaints_status_due_at": ["status", "due_at"],
    "ix_complaints_opened_at_id": ["opened_at", "id"],
    "ix_complaints_merged_into": ["merged_into"],
}
_TABLES = (
    "staff_recovery_codes",
    "complaint_redactions",
    "complaint_marks",
    "complaint_terms",
    "complaint_index_pending",
    "saved_views",
    "complaint_viewers",
    "complaint_checks",
    "complaint_tags",
)


def _case_id(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return (
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["complaints.id"], name=f"fk_{table}_case_id_complaints", ondelete="CASCADE"
        ),
    )


def _staff_id(table: str, ondelete: str | None = None) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return (
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=f"fk_{table}_staff_id_staff", ondelete=ondelete),
    )


def upgrade() -> None:
    for table, column, kind in _ADDED:
        op.add_column(table, sa.Column(column, kind))
    for name, columns in _INDEXES.items():
        op.create_index(name, "complaints", columns)
    # What was open before there was a clock is due at once; the first thing done to it sets its clock right.
    op.execute(
        "UPDATE complaints SET due_at = CASE"
        " WHEN status = 'waiting' THEN '9997-12-31 16:00:00'"
        " WHEN status IN ('resolved', 'referred', 'rejected', 'withdrawn') THEN '9998-12-31 16:00:00'"
        " ELSE opened_at END"
        if op.get_bind().dialect.name == "sqlite"
        else "UPDATE complaints SET due_at = CASE"
        " WHEN status = 'waiting' THEN TIMESTAMPTZ '9997-12-31 16:00:00+00'"
        " WHEN status IN ('resolved', 'referred', 'rejected', 'withdrawn') THEN TIMESTAMPTZ '9998-12-31 16:00:00+00'"
        " ELSE opened_at END"
    )
    op.create_table(
        "complaint_tags",
        sa.Column("tag_hash", sa.String(length=64), nullable=False),
        *_case_id("complaint_tags"),
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tag_hash", "case_id", name="pk_complaint_tags"),
    )
    op.create_index("ix_complaint_tags_case_id", "complaint_tags", ["case_id"])
    op.create_table(
        "complaint_checks",
        *_case_id("complaint_checks"),
        sa.Column("item", sa.String(length=30), nullable=False),
        *_staff_id("complaint_checks"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "item", name="pk_complaint_checks"),
    )
    op.create_table(
        "complaint_viewers",
        *_case_id("complaint_viewers"),
        *_staff_id("complaint_viewers"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "staff_id", name="pk_complaint_viewers"),
    )
    op.create_index("ix_complaint_viewers_at", "complaint_viewers", ["at"])
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), nullable=False),
        *_staff_id("saved_views"),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("query", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_views"),
    )
    op.create_index("ix_saved_views_staff_id", "saved_views", ["staff_id"])
    op.create_table(
        "complaint_index_pending",
        *_case_id("complaint_index_pending"),
        sa.PrimaryKeyConstraint("case_id", name="pk_complaint_index_pending"),
    )
    op.execute("INSERT INTO complaint_index_pending (case_id) SELECT id FROM complaints")
    op.create_table(
        "complaint_terms",
        sa.Column("term", sa.Integer(), nullable=False, autoincrement=False),
        *_case_id("complaint_terms"),
        sa.PrimaryKeyConstraint("term", "case_id", name="pk_complaint_terms"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_complaint_terms_case_id", "complaint_terms", ["case_id"])
    op.create_table(
        "complaint_marks",
        sa.Column("shared", sa.String(length=10), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False, autoincrement=False),
        *_case_id("complaint_marks"),
        sa.PrimaryKeyConstraint("shared", "mark", "case_id", name="pk_complaint_marks"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_complaint_marks_case_id", "complaint_marks", ["case_id"])
    op.create_table(
        "complaint_redactions",
        sa.Column("id", sa.Integer(), nullable=False),
        *_case_id("complaint_redactions"),
        sa.Column("part", sa.String(length=30), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("stop", sa.Integer(), nullable=False),
        *_staff_id("complaint_redactions"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_complaint_redactions"),
    )
    op.create_index("ix_complaint_redactions_case_id", "complaint_redactions", ["case_id"])
    op.create_table(
        "staff_recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        *_staff_id("staff_recovery_codes", "CASCADE"),
        sa.Column("code_hash", sa.String(length=200), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_staff_recovery_codes"),
    )
    op.create_index("ix_staff_recovery_codes_staff_id", "staff_recovery_codes", ["staff_id"])


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    for name in _INDEXES:
        op.drop_index(name, "complaints")
    for table, column, _ in _ADDED:
        op.drop_column(table, column)
