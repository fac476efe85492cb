// Every test here is a process that takes a core for itself.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
