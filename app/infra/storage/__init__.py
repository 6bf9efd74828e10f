"""Object storage: one port, S3 behind it, a memory twin held to the same contract, and type sniffing."""
