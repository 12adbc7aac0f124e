"""The calculus of one real variable: pieces, branches, the sweep, regimes, inversion."""
