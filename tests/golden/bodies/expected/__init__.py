"""Bodies"""
