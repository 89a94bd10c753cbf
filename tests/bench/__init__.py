"""測定の部屋の試験: the measurements that kill servers, once each, so that they still run."""
