"""Which due moment of a case was escalated, so that each is escalated once; counts and the audit log by index."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("complaints", sa.Column("escalated_due_at", sa.DateTime(timezone=True)))
    # All that the queue counts by: a count must not read whole sealed rows.
    counted = ["status", "due_at", "assignee_id", "escalated_due_at", "kind", "severity", "opened_at"]
    op.create_index("ix_complaints_counts", "complaints", counted)
    op.drop_index("ix_complaints_status_due_at", "complaints")
    op.create_index("ix_audit_log_actor_number", "audit_log", ["actor", "number"])


def downgrade() -> None:
    op.drop_index("ix_audit_log_actor_number", "audit_log")
    op.create_index("ix_complaints_status_due_at", "complaints", ["status", "due_at"])
    op.drop_index("ix_complaints_counts", "complaints")
    op.drop_column("complaints", "escalated_due_at")
