"""Which due moment of a case was escalated, so that each is escalated once."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("complaints", sa.Column("escalated_due_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("complaints", "escalated_due_at")
