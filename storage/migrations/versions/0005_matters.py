"""Matters and subscriptions."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matter",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False, unique=True),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("studio_id", sa.Integer(), sa.ForeignKey("studio.id", ondelete="CASCADE")),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id", ondelete="CASCADE")),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True)),
        sa.Column("snoozed_until", sa.Date()),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("done_by", sa.Integer(), sa.ForeignKey("staff.id", ondelete="SET NULL")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_matter_due_on", "matter", ["due_on"])
    op.create_index("ix_matter_studio_id", "matter", ["studio_id"])
    op.create_index("ix_matter_staff_id", "matter", ["staff_id"])
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("contact_id", sa.Integer(), sa.ForeignKey("contact.id", ondelete="CASCADE"), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("contact_id", "topic"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscription_topic", "subscription", ["topic"])


def downgrade() -> None:
    op.drop_table("subscription")
    op.drop_table("matter")
