"""Responses"""
