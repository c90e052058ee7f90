"""Directions"""
