"""The program's entry point: installs the signal handlers before the slow imports."""

from gwplan.common import stopping


def main() -> None:
    """The entry point of `gwplan`."""
    stopping.listen(begun=False)
    from gwplan.commands.cli import main as command

    command()
