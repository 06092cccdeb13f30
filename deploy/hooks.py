"""Builds the hooks of a worker from the settings."""

from prometheus_client import CollectorRegistry

from core.hooks.load import load
from core.hooks.run import ConfiguredHooks
from core.settings import CoreSettings
from core.telemetry.hooks import HookMetrics


def hooks(core: CoreSettings, registry: CollectorRegistry) -> ConfiguredHooks:
    """Every hook that the settings name; with none, nothing happens.

    Raises:
        SettingsInvalid: one cannot be used.
    """
    return ConfiguredHooks(hooks=load(core.hooks), count=HookMetrics(registry).ended)
