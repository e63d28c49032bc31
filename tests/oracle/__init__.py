"""What the tests hold answers against: numbers computed on another way, with no part of matdiff."""
