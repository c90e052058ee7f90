"""Formats"""
