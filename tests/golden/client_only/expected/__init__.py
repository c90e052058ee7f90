"""One side"""
