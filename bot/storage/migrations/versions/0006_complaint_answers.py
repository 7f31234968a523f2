"""Answers to the questions of a complaint's kind, with the questions as asked; for whom it was made."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ADDED = (
    ("answers", sa.LargeBinary()),
    ("pack_version", sa.Integer()),
    ("on_behalf", sa.String(length=20)),
)


def upgrade() -> None:
    for name, kind in _ADDED:
        op.add_column("complaints", sa.Column(name, kind))


def downgrade() -> None:
    for name, _ in reversed(_ADDED):
        op.drop_column("complaints", name)
