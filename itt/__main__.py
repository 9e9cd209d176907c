"""The entry point of `itt`: a Ctrl-C ends it without a traceback from its first moment on."""

import signal


def main() -> None:
    """Imports the command line, during which Ctrl-C ends the process as the system does, and runs it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from itt import cli

    signal.signal(signal.SIGINT, signal.default_int_handler)
    cli.main()


if __name__ == "__main__":
    main()
