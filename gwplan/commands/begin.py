"""Where the program begins: it hears who asks it to stop before it imports anything that takes time."""

from gwplan.common import stopping


def main() -> None:
    """The entry point of `gwplan`."""
    stopping.listen(begun=False)
    from gwplan.commands.cli import main as command

    command()
