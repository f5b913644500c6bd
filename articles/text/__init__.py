"""What is known of writing alone: one form for many writings, words. Pure, below every other room."""
