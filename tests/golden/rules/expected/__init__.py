"""What types can't hold"""
