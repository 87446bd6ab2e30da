"""Financial arithmetic, independent of the model: debt schedules, depreciation, tax, returns, levelised cost.

Every function takes and returns plain numbers. A rate is per period of its flows; the timing of a payment within its
period is an argument, because conventions differ.
"""
