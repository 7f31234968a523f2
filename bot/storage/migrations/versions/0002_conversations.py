"""Conversations: who talks where, what was said, what was offered, and which messages were answered already."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _of_conversation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["conversation_id"],
        ["conversations.id"],
        name=f"fk_{table}_conversation_id_conversations",
        ondelete="CASCADE",
    )


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("sender", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("language_source", sa.String(length=10), nullable=False),
        sa.Column("language_told", sa.String(length=2), nullable=True),
        sa.Column("busy_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint("sender", name="uq_conversations_sender"),
        sa.UniqueConstraint("channel", "address_hash", name="uq_conversations_channel_address_hash"),
    )
    op.create_index("ix_conversations_used_at", "conversations", ["used_at"])
    op.create_table(
        "conversation_turns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("client_message_id", sa.String(length=80), nullable=False),
        _of_conversation("conversation_turns"),
        sa.PrimaryKeyConstraint("id", name="pk_conversation_turns"),
        sa.UniqueConstraint(
            "conversation_id", "client_message_id", name="uq_conversation_turns_conversation_id_client_message_id"
        ),
    )
    op.create_table(
        "conversation_messages",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=True),
        sa.Column("pushed", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(length=10), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _of_conversation("conversation_messages"),
        sa.ForeignKeyConstraint(
            ["turn_id"],
            ["conversation_turns.id"],
            name="fk_conversation_messages_turn_id_conversation_turns",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_conversation_messages"),
        sa.UniqueConstraint("id", name="uq_conversation_messages_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_conversation_messages_conversation_id_number", "conversation_messages", ["conversation_id", "number"]
    )
    op.create_index("ix_conversation_messages_turn_id", "conversation_messages", ["turn_id"])
    op.create_table(
        "conversation_buttons",
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("payload_hash", sa.String(length=64), nullable=False),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        _of_conversation("conversation_buttons"),
        sa.PrimaryKeyConstraint("conversation_id", "payload_hash", name="pk_conversation_buttons"),
    )
    op.create_table(
        "unforgotten_senders",
        sa.Column("sender", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sender", name="pk_unforgotten_senders"),
    )


def downgrade() -> None:
    op.drop_table("unforgotten_senders")
    op.drop_table("conversation_buttons")
    op.drop_table("conversation_messages")
    op.drop_table("conversation_turns")
    op.drop_table("conversations")
