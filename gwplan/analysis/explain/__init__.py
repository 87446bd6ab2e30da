"""What a name means, and why a plan is as it is: break-even values, the worth of limits, what a left-out option would need."""
