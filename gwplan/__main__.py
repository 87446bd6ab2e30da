"""`python -m gwplan` is the same as `gwplan`."""

from gwplan.commands.begin import main

if __name__ == "__main__":  # processes of a sweep import this under another name
    main()
