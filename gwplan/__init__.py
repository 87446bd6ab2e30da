"""gwplan plans gigawatt AI data centers: compute, buildings, power and money in one optimisation."""
