"""Types by format"""
