"""References into operations"""
