"""The circle: what investors pay in, what comes back to them as purchases, what is owed whatever comes, and the plan without them.

Worked out from the tables of a run alone. Money is nominal MUSD.
"""
