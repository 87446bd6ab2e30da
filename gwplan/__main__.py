"""`python -m gwplan` is the same as `gwplan`."""

from gwplan.cli import main

main()
