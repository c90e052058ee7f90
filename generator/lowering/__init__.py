"""Operations → the intermediate representation."""
