"""The screen of one article: its form, what a save compares and stores, and the questions that it asks."""
