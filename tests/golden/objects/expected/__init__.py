"""Objects"""
