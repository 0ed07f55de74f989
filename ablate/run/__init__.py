"""Where trials happen: the scheduler, its worker processes, and the executors that start them."""
