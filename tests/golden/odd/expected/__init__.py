"""What is rare"""
