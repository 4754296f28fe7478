"""What can go wrong around the embedded servers, in sentences for the person at the keyboard."""


class EmbeddedError(Exception):
    """One clear sentence that says what is wrong and what to do; shown without a traceback."""
