"""`/kurir/<token>/`: the courier's phone. docs/courier.md has the protocol between phone and site."""
