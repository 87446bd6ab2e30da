"""One file per group of commands; `cli.py` puts them together."""
