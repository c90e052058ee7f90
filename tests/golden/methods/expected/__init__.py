"""Methods"""
