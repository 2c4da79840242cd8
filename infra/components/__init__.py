"""What a service is made of. Components never import each other; `infra.service` wires them."""
