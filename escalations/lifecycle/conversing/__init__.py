"""What people do with a conversation besides deciding: take it over, speak in it, hand it back."""
