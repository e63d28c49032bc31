"""The calculus: typed tree → tensor graph → derivative."""
