"""What is asked: the words of a study file, its cells, and every mistake one can make in it."""
