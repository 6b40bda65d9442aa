"""One agent hands a case to another, because a person let it."""
