"""枠: what every neighbouring system is built on; no word of any one system's business."""
