"""What falls back"""
