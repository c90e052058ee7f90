"""Security"""
