"""The desk without its screens: each write of a person is a batch of corrections, and can be undone."""
