"""The one exception of the figure room."""


class FigureError(ValueError):
    """A figure that must not be written; the message is one clear line."""
