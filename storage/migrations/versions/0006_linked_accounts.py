"""Accounts that are linked, and what goes with them: codes, farewells, channels that were tried."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # in SQL: SQLite takes a reference with the column only
    op.execute("ALTER TABLE contact ADD COLUMN home_id INTEGER REFERENCES contact (id) ON DELETE CASCADE")
    op.add_column("contact", sa.Column("is_preferred", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("contact", sa.Column("is_gone", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_contact_home_id", "contact", ["home_id"])
    op.add_column("outbox", sa.Column("tried", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "link_code",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("digest", sa.String(), nullable=False, unique=True),
        sa.Column("contact_id", sa.Integer(), sa.ForeignKey("contact.id", ondelete="CASCADE"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_link_code_contact_id", "link_code", ["contact_id"])
    op.create_table(
        "farewell",
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("farewell")
    op.drop_table("link_code")
    op.drop_column("outbox", "tried")
    op.drop_index("ix_contact_home_id", "contact")
    for column in ("is_gone", "is_preferred", "home_id"):
        op.drop_column("contact", column)
