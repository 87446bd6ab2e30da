"""`python -m gwplan` is the same as `gwplan`."""

from gwplan.commands.cli import main

main()
