"""Arithmetic of finance, without the model: debt schedules, depreciation, tax, returns, levelised cost.

Every function takes and gives plain numbers. A rate is per period of the flows it stands beside; when in its period a
payment falls is an argument, since published figures differ in it.
"""
