"""The rooms of the papers: one package per paper, named by its key."""
