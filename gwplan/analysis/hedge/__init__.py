"""Plans under scenarios: what to decide before it is known which one comes, and what to decide then."""
