"""Several files"""
