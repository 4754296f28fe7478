"""Who does it. Every verb is given an actor."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Actor:
    """A member of staff, or the system itself.

    `estates` is the set of estate codes the actor may see; `None` means all of them.
    """

    code: str
    name: str
    roles: frozenset[str] = field(default_factory=frozenset)
    estates: frozenset[str] | None = frozenset()
    department: str | None = None

    def sees(self, estate: str | None) -> bool:
        """Whether the actor may see things of this estate; things of no estate belong to the whole company."""
        return estate is None or self.estates is None or estate in self.estates


SYSTEM = Actor(code="system", name="系统", roles=frozenset({"system"}), estates=None)
