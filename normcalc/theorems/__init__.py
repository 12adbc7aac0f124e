"""One theorem per function, about structure; none about a particular penalty."""
