"""What was found about one operation, in the process that makes the calls and in the one that asked for them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class OperationResult:
    """What was found about one operation: values that were refused or not found, and the first failure with its case."""

    title: str
    calls: int = 0
    refused: list[str] = field(default_factory=list)
    no_instance: list[str] = field(default_factory=list)
    failure: str = ""
    case: str = ""

    @property
    def passed(self) -> bool:
        """Whether every call was as it should be."""
        return not self.failure

    def fail(self, case: str, problem: str) -> None:
        """Keep the first failure."""
        if not self.failure:
            self.failure, self.case = problem, case
