"""Overlaid"""
