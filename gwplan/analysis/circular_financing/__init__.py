"""Circular financing: investors' contributions, purchases from them, fixed obligations, and the plan without investors.

Computed from the tables of a run alone. Money is nominal MUSD.
"""
