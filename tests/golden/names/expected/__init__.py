"""Names that meet"""
