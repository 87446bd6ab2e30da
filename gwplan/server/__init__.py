"""`gwplan serve`: a page on this machine alone on which the numbers of a question are moved and the plan follows."""
