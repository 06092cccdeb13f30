"""Mistakes in a file of an operator's, gathered so that all can be mended at once."""

from dataclasses import dataclass, field

from core.domain.errors import SettingsInvalid


@dataclass(slots=True)
class Mistakes:
    """Sentences as they are found."""

    file: str
    sentences: list[str] = field(default_factory=list)

    def note(self, where: str, what: str) -> None:
        """Remember one."""
        self.sentences.append(f"{where}: {what}")

    def raise_any(self) -> None:
        """Raise SettingsInvalid with all of them, if there is one."""
        if self.sentences:
            number = len(self.sentences)
            count = "1 mistake" if number == 1 else f"{number} mistakes"
            lines = [f"{self.file} has {count}:", *(f"  {line}" for line in self.sentences)]
            raise SettingsInvalid("\n".join(lines))


def texts(form: object) -> tuple[str, ...]:
    """The texts of a list of nothing else; empty for anything that is not one."""
    if not isinstance(form, list) or not all(isinstance(one, str) for one in form):
        return ()
    return tuple(form)
