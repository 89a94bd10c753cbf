"""組み立て: the rooms that put the building together; reading this one costs nothing, so that every command starts at once."""
