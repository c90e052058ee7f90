"""Enums"""
