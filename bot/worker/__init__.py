"""The part of the process that works jobs: engine, planner, reconciler."""
