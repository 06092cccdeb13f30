"""What can go wrong, by what the caller should do about it.

SwitchboardError
├── RetryableError              try again, later
│   ├── ModelUnavailable        no model answered in time
│   │   ├── ModelBusy           it has no room just now, and said so at once
│   │   └── ModelNotServed      its server wants another key, name or address
│   ├── LogUnavailable          the event log did not answer in time
│   ├── StoreUnavailable        the database broke off or refuses connections
│   ├── DeliveryDelayed         nothing was sent now; wait at least `retry_after_s`
│   └── DeliveryUnknown         the channel may have taken it or not: nobody can tell yet
├── RefusedError                the same input will fail again; tell who sent it
│   ├── ConversationNotFound    unknown, or of another tenant
│   ├── TurnNotFound            unknown, or of another tenant
│   ├── TalkNotFound            nobody asked how it was, too long ago, or in another conversation
│   ├── TenantNotFound
│   ├── PersonHere              somebody has taken the request for a person already
│   ├── MessageRefused          empty, or too long
│   ├── ProfileRefused          what is said of a customer has a wrong form
│   ├── DeliveryRefused         the channel will never take this message
│   ├── PromptRefused           the model server will not take this prompt
│   │   └── PromptTooLong       a shorter one may do
│   ├── UndecodableRecord       bytes on a topic that no version of ours wrote
│   ├── RecordRefused           the event log will not take this record
│   └── DocumentRefused         a document that cannot be read: `name`, one sentence
├── LogStuck                    the process must end: its supervisor starts another
└── SetupError                  an operator must act; one sentence says on what
    ├── TopicMissing            the event log has no topic of that name
    ├── SettingsInvalid
    └── MigrationFailed
"""


class SwitchboardError(Exception):
    """Root of everything that Switchboard raises on purpose.

    The class docstring is the default message, so that a leaf needs no text of its own.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").partition("\n")[0])


class RetryableError(SwitchboardError):
    """The same call may succeed later."""


class ModelUnavailable(RetryableError):
    """No model answered in time."""


class ModelBusy(ModelUnavailable):
    """The model server has no room just now."""

    def __init__(self, retry_after_s: float | None = None) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s


class ModelNotServed(ModelUnavailable):
    """The model server does not serve us; an operator must look at key, name and address."""


class LogUnavailable(RetryableError):
    """The event log did not answer in time."""


class StoreUnavailable(RetryableError):
    """The database did not answer."""


class DeliveryDelayed(RetryableError):
    """The channel takes nothing just now."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s


class DeliveryUnknown(RetryableError):
    """The channel was asked to take the message and did not say whether it has."""


class RefusedError(SwitchboardError):
    """The same input will fail again."""


class ConversationNotFound(RefusedError):
    """There is no such conversation."""


class TurnNotFound(RefusedError):
    """There is no such turn."""


class TalkNotFound(RefusedError):
    """There is no talk with a person that could be rated."""


class PersonHere(RefusedError):
    """A person is here already; they can give the conversation back."""


class TenantNotFound(RefusedError):
    """There is no such tenant."""


class MessageRefused(RefusedError):
    """The message cannot be taken."""


class ProfileRefused(RefusedError):
    """What is said of the customer cannot be taken."""


class DeliveryRefused(RefusedError):
    """The channel will never take this message."""


class PromptRefused(RefusedError):
    """The model server will not take this prompt."""


class PromptTooLong(PromptRefused):
    """The model reads less than this prompt."""

    def __init__(self, most_tokens: int | None = None) -> None:
        super().__init__()
        self.most_tokens = most_tokens


class UndecodableRecord(RefusedError):
    """The record is not of a version that can be read."""


class RecordRefused(RefusedError):
    """The event log will not take this record."""


class DocumentRefused(RefusedError):
    """The document cannot be read."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name
        self.why = why


class LogStuck(SwitchboardError):
    """The consumer of the event log does not move, and a new one did not help."""


class SetupError(SwitchboardError):
    """An operator must act first."""


class TopicMissing(SetupError):
    """There is no such topic."""


class SettingsInvalid(SetupError):
    """The configuration has mistakes."""


class MigrationFailed(SetupError):
    """The database schema cannot be brought up to date."""
