"""Plans that are nearly as good as the best and as different from it as possible: what must be, what can be avoided, what is free."""
