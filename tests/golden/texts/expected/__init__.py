"""Texts "that" try to get out"""
