"""Django's templates, drawn with less work: each is turned once into functions."""
