"""Workers: their settings, versions, deployments, Durable Object namespaces and custom domains."""
