"""Nullable"""
