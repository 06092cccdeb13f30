"""Which module speaks to which kind of tracker."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from core.domain.ids import TenantId
from handoff.connectors.calling import Caller
from handoff.connectors.contract import Connector
from handoff.connectors.github import GitHub
from handoff.connectors.jira import Jira
from handoff.connectors.mapping import Mapped
from handoff.connectors.parts import Secrets
from handoff.connectors.webhook import Webhook
from handoff.connectors.zammad import Zammad
from handoff.connectors.zendesk import Zendesk

_KINDS: Mapping[str, Callable[[Caller, Mapped, Secrets], Connector]] = {
    "jira": Jira,
    "zendesk": Zendesk,
    "github": GitHub,
    "zammad": Zammad,
    "webhook": Webhook,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """A connector as an operator added it."""

    id: UUID
    tenant: TenantId
    name: str
    mapped: Mapped
    secrets: Secrets

    @property
    def hook_path(self) -> str:
        """Where the tracker calls us."""
        return f"/connectors/{self.id}/hook"


def connector(configured: Configured, caller: Caller) -> Connector:
    """What speaks to its tracker."""
    return _KINDS[configured.mapped.kind](caller, configured.mapped, configured.secrets)
