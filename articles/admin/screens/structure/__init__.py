"""The screen of one page: its own fields, its articles in order, its left-over text, and the buttons."""
