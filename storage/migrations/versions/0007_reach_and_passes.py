"""What platforms allow to be sent, what people agreed to get, and the platforms' access tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reach",
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("talk_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("talk_left", sa.Integer(), nullable=False),
        sa.Column("click_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("click_left", sa.Integer(), nullable=False),
    )
    op.create_table(
        "agreement",
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("template", sa.String(), primary_key=True),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
    )
    op.create_table(
        "pass",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forced_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    for table in ("pass", "agreement", "reach"):
        op.drop_table(table)
