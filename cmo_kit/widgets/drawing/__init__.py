"""SVG: shapes, charts, bars."""
