"""From the tensor graph back to matrix notation."""
