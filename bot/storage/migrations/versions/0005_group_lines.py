"""Group lines: which texts were already spoken of in a group, as keyed hashes."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "group_lines",
        sa.Column("line_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("line_hash", name="pk_group_lines"),
    )
    op.create_index("ix_group_lines_expires_at", "group_lines", ["expires_at"])


def downgrade() -> None:
    op.drop_table("group_lines")
