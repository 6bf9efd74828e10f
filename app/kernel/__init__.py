"""Words every room shares: values without Flask, database, clock or chance."""
