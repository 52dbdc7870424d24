"""What would happen, read off the database as it stands: by the very code that does it."""

from __future__ import annotations

from oncall_tui.domain.errors import Unknown
from oncall_tui.domain.severity import Urgency
from oncall_tui.domain.simulation.foresight import Foresight, foresee_policy
from oncall_tui.domain.world import World
from oncall_tui.ops.incidents import turns
from oncall_tui.ops.session import Session


def world_ahead(session: Session) -> World:
    """The directory with the turns of its round robin steps as they stand: what a look ahead begins with."""
    with session.looking() as look:
        return turns.seen(look, session.directory.world(look))


def foresee(session: Session, policy: str, urgency: Urgency = Urgency.HIGH) -> Foresight:
    """Who would be paged, when and why, if an incident opened now on this policy. Raises Unknown."""
    world = world_ahead(session)
    if policy not in world.policies:
        raise Unknown(f"there is no policy '{policy}'", mend="see the Policies tab", path="policy")
    return foresee_policy(world, world.policies[policy], urgency, session.now())
