"""The ground floor of formulas: the syntax tree, its walks, its length."""
