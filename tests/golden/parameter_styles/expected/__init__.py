"""Parameter styles"""
