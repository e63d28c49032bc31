"""Streams: a question a line in, an answer a line out; plain or JSON, in one process or several."""
