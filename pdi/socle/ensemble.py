"""An operation of migrations: many operations of one app at once.

After each operation Django renders again every model linked to the one it changed; ours are all linked through the
account, so that one operation after the other costs the square of their number (37 s from nothing, 10 s at once).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.operations.models import IndexOperation
from django.db.migrations.state import ProjectState


class Ensemble(Operation):
    """Carry out `operations` between one state before all and one after all, each rendered once.

    A table is created as the last state has it: what the other operations add to it is then there already.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change a state that is not rendered."""
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Change the tables."""
        for operation in self._sur_les_tables():
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Undo, last first."""
        for operation in reversed(list(self._sur_les_tables())):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def _sur_les_tables(self) -> Iterator[Operation]:
        creees = {o.name_lower for o in self.operations if isinstance(o, CreateModel)}
        for operation in self.operations:
            if isinstance(operation, FieldOperation) and operation.model_name_lower in creees:
                continue
            if isinstance(operation, IndexOperation) and operation.model_name_lower in creees:
                continue
            yield operation

    def describe(self) -> str:
        """Say what is done, as `migrate --plan` prints it."""
        return f"{len(self.operations)} operations at once"
