"""The partner API: systems of the centre, the kecamatan and the city push batches and read what became of them."""
