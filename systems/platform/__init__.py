"""連携基盤: register and tax asked by the wire, files carried between the systems, views for a database's reader."""
