"""Who owns the room that a system stands in, and who owns the system that computes.

own: halls that the planner builds; leased: rented room that the planner powers; hosted: rented room whose landlord powers
and cools it. Compute has a provider: own (whatever the tenure), the seller of rented cloud compute, or sold, which counts
what others use and is never above nothing.
"""

from __future__ import annotations

OWN, LEASED, HOSTED = "own", "leased", "hosted"
SOLD = "sold"
CLOUD = "cloud"
COUNTED_AS = {OWN: OWN, LEASED: LEASED, HOSTED: LEASED}
"""As what each tenure counts towards a target."""
