"""Many scenarios of one question: sweeps, frontiers, samples and stress tests are nothing but overlays, solved side by side."""
