"""What a source answers when it does not give what was asked for."""


class UnavailableError(Exception):
    """Says what the source did, to be read after its name: "cannot be reached"."""
