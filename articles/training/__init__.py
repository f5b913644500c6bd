"""Gold pages -> the weights of the reader's labelling.  Imported by no module that serves."""
