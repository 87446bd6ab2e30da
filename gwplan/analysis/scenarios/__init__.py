"""Many scenarios of one model: sweeps, frontiers, samples and stress tests are sets of overlays, solved in parallel."""
