"""Why a plan is as it is: break-even values of a number, the worth of limits, and what a left-out option would need."""
