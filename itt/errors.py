"""The two ways in which a command ends early without being at fault."""


class UserError(Exception):
    """The user's mistake, told in one line: what is wrong, where it stands, what is allowed. Exit code 2."""


class Stopped(Exception):
    """A signal, or a full disk, ended it early; what was saved is whole: run the same command again. Exit code 75."""
