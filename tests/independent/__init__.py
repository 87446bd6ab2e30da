"""A second model of the same questions, written from the specification alone; it imports nothing of gwplan."""
