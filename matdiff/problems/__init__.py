"""What comes after the derivative: problems solved, their duals, iterations, numerical solutions."""
