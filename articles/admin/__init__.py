"""The desk where people correct what the machine read."""
