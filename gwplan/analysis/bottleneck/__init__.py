"""What comes first, money, power, chips or buildings: what a little more of each gains, and what sets the first power at each site."""
