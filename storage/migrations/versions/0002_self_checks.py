"""Self-checks and the rules they began with; what a handler remembers is kept under its name."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_CONTACT = sa.table("contact", sa.column("id", sa.Integer()), sa.column("state", sa.Text()))


def upgrade() -> None:
    op.create_table(
        "self_check",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("contact_id", sa.Integer(), sa.ForeignKey("contact.id", ondelete="CASCADE"), nullable=False),
        sa.Column("token", sa.String(), nullable=False, unique=True),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_self_check_contact_id_id", "self_check", ["contact_id", "id"])
    op.create_table(
        "rule_set",
        sa.Column("version", sa.String(), primary_key=True),
        sa.Column("text", sa.Text(), nullable=False),
    )
    _rewrite_states(lambda state: json.dumps({"ask": state}, ensure_ascii=False))


def downgrade() -> None:
    _rewrite_states(lambda state: json.loads(state).get("ask", ""))
    op.drop_table("rule_set")
    op.drop_table("self_check")


def _rewrite_states(change) -> None:  # type: ignore[no-untyped-def]
    connection = op.get_bind()
    for row in connection.execute(sa.select(_CONTACT).where(_CONTACT.c.state != "")).all():
        statement = sa.update(_CONTACT).where(_CONTACT.c.id == row.id).values(state=change(row.state))
        connection.execute(statement)
