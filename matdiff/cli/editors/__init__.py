"""For editors: questions found in a selection, answered in its author's own hand."""
