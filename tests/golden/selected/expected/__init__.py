"""Some operations"""
