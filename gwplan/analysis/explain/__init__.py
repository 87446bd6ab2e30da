"""What a name means, where it is declared, what feeds it and what it is in a run."""
