"""The training of the reader's labelling: gold pages -> weights. The modules that serve pages never import it."""
