"""The register of studios, staff, and contacts that are kept."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _link(name: str, target: str, ondelete: str = "SET NULL") -> sa.Column[int]:
    key = sa.ForeignKey(f"{target}.id", ondelete=ondelete)
    return sa.Column(name, sa.Integer(), key, nullable=ondelete != "CASCADE")


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _moment(name: str, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.add_column("contact", sa.Column("is_kept", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_text("name", "role", "programme", "body"),
        sa.Column("is_everything", sa.Boolean(), nullable=False),
        sa.Column("code_digest", sa.String(), nullable=False, unique=True),
        _link("contact_id", "contact"),
        _moment("invited_at"),
        _moment("expires_at"),
        _moment("bound_at", nullable=True),
        _moment("revoked_at", nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_staff_contact_id", "staff", ["contact_id"])
    op.create_table(
        "studio",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False, unique=True),
        sa.Column("hay", sa.Text(), nullable=False),
        *_text("programme", "name", "unit", "level", "kind", "union_in_charge", "leader"),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.Column("site_area", sa.Float(), nullable=True),
        sa.Column("conferred_on", sa.Date(), nullable=True),
        *_text("standing"),
        _link("first_contact", "staff"),
        _link("second_contact", "staff"),
        sa.Column("notes", sa.Text(), nullable=False),
        _moment("added_at"),
        _moment("changed_at"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_studio_programme", "studio", ["programme"])
    op.create_table(
        "filing",
        sa.Column("id", sa.Integer(), primary_key=True),
        _link("studio_id", "studio", "CASCADE"),
        *_text("paper", "period"),
        sa.Column("handed_in_on", sa.Date(), nullable=False),
        _link("noted_by", "staff"),
        _moment("noted_at"),
        sa.UniqueConstraint("studio_id", "paper", "period"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), primary_key=True),
        _link("studio_id", "studio", "CASCADE"),
        sa.Column("year", sa.Integer(), nullable=False),
        *_text("grade"),
        _link("noted_by", "staff"),
        _moment("noted_at"),
        sa.UniqueConstraint("studio_id", "year"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "trail",
        sa.Column("id", sa.Integer(), primary_key=True),
        _moment("at"),
        *_text("act"),
        _link("contact_id", "contact"),
        _link("staff_id", "staff"),
        _link("studio_id", "studio"),
        *_text("what"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_trail_act_at", "trail", ["act", "at"])


def downgrade() -> None:
    for table in ("trail", "assessment", "filing", "studio", "staff"):
        op.drop_table(table)
    with op.batch_alter_table("contact") as batch:
        batch.drop_column("is_kept")
