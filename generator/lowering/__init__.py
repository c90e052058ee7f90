"""Lowering, as compilers call it: operations become `ir.Api`, the final values that templates print."""
