"""Every error that the assistant raises on purpose.

AssistantError
├── SettingsError      a setting is unknown or out of range
├── CorpusError        the corpus folder or one of its files cannot be read
├── IndexNotFound      there is no index where one was expected
├── IndexMismatch      an index exists but is damaged, or was built from something else
├── ModelError         a model cannot be found or loaded
├── QueryError         a request names something that does not exist
├── QuestionSetError   a file of questions, or a report of an evaluation, cannot be used
└── VerificationError  an answer file cannot be checked at all

A surface catches `AssistantError` and shows its message, one sentence that says what, which value, and what to do.
"""


class AssistantError(Exception):
    """Base of the tree; its message is meant for people."""


class SettingsError(AssistantError):
    """Raised when a setting is unknown or holds an impossible value."""


class CorpusError(AssistantError):
    """Raised when the corpus folder, or every file in it, cannot be read."""


class IndexNotFound(AssistantError):
    """Raised when a folder holds no index."""


class IndexMismatch(AssistantError):
    """Raised when an index is damaged or does not match the settings it is opened with."""


class ModelError(AssistantError):
    """Raised when a model folder or id cannot be loaded."""


class QueryError(AssistantError):
    """Raised when a request names a code, section or document that does not exist."""


class QuestionSetError(AssistantError):
    """Raised when a file of questions, or a report of an evaluation, cannot be used; names the file, and the line where it is one."""


class VerificationError(AssistantError):
    """Raised when an answer file cannot be read as answers; names the row."""
