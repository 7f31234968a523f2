"""Files that people hand in, page by page: those of cases, and those that belong to none yet."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _page() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def _key() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False, autoincrement=False),
    )


def upgrade() -> None:
    op.create_table(
        "evidence",
        *_key(),
        sa.Column("case_id", sa.Integer(), nullable=False),
        *_page(),
        sa.ForeignKeyConstraint(
            ["case_id"], ["complaints.id"], name="fk_evidence_case_id_complaints", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("file_id", "page", name="pk_evidence"),
    )
    op.create_index("ix_evidence_case_id", "evidence", ["case_id"])
    op.create_table(
        "unclaimed_evidence",
        *_key(),
        sa.Column("sender", sa.String(length=64), nullable=False),
        *_page(),
        sa.PrimaryKeyConstraint("file_id", "page", name="pk_unclaimed_evidence"),
    )
    op.create_index("ix_unclaimed_evidence_sender", "unclaimed_evidence", ["sender"])
    op.create_index("ix_unclaimed_evidence_at", "unclaimed_evidence", ["at"])


def downgrade() -> None:
    op.drop_table("unclaimed_evidence")
    op.drop_table("evidence")
