"""Errors with several bodies"""
