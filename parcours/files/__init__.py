"""Work queues: who waits for what, since when, how late, under which text. One set-based query a queue."""
