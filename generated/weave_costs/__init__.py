"""FastAPI"""
