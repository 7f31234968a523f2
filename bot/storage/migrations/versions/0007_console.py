"""Which due moment of a case was escalated, so that each is escalated once; the audit log by actor."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("complaints", sa.Column("escalated_due_at", sa.DateTime(timezone=True)))
    op.create_index("ix_audit_log_actor_number", "audit_log", ["actor", "number"])


def downgrade() -> None:
    op.drop_index("ix_audit_log_actor_number", "audit_log")
    op.drop_column("complaints", "escalated_due_at")
