"""The full year of a plan, hour by hour: whether what it builds serves its load, and at what running cost."""
