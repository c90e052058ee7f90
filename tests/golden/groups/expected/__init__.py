"""Groups"""
