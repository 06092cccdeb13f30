"""Finds hooks by name: an entry point of a package that is installed, or `module:object`.

Only what the settings name is imported; a package does nothing by being installed.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.metadata import entry_points

from core.domain.errors import SettingsInvalid
from core.hooks.run import STEPS, Hook
from core.settings import HookSettings

GROUP = "switchboard.hooks"


def load(said: Sequence[HookSettings]) -> tuple[Hook, ...]:
    """The hooks, in the order in which they are named.

    Raises:
        SettingsInvalid: one is not found, is no hook, or does not take its options.
    """
    hooks = tuple(
        Hook(
            name=one.name or one.use,
            target=_made(one.use, one.options),
            limit_s=one.limit_s,
            tenants=frozenset(one.tenants),
            rewrites=one.rewrites,
        )
        for one in said
    )
    names = [hook.name for hook in hooks]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise SettingsInvalid(f"core.hooks: two are called {twice[0]}; give one another name")
    return hooks


def _made(use: str, options: Mapping[str, object]) -> object:
    found = _found(use)
    if isinstance(found, type):
        try:
            found = found(**options)
        except Exception as refused:  # noqa: BLE001 - a stranger's class raises what it likes
            kind = type(refused).__name__
            raise SettingsInvalid(f"core.hooks: {use} does not take its options: {kind}") from None
    elif options:
        raise SettingsInvalid(f"core.hooks: {use} is no class, so it takes no options")
    if not any(callable(getattr(found, step, None)) for step in STEPS):
        raise SettingsInvalid(f"core.hooks: {use} has none of {', '.join(STEPS)}")
    return found


def _found(use: str) -> object:
    module, colon, name = use.partition(":")
    try:
        if not colon:
            for point in entry_points(group=GROUP, name=use):
                return point.load()
        found: object = import_module(module)
        return getattr(found, name) if name else found
    except (ImportError, AttributeError, TypeError, ValueError) as missing:
        known = ", ".join(sorted(point.name for point in entry_points(group=GROUP))) or "none"
        raise SettingsInvalid(
            f"core.hooks: {use} is not found; packages that are installed bring {known}"
        ) from missing
