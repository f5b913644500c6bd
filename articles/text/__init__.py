"""Knowledge of writing alone: cleaning, folding, words. The functions are pure. All other packages may import them."""
