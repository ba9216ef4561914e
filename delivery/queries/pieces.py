"""SQL of a physical card's serial as it stands on it."""

from blanks.models.serial import on_one_line

NAMED_SERIAL = (
    "coalesce(s.prefix || lpad(p.number::text, greatest(g.width, length(p.number::text)), '0'), '')"
)
SERIALS_OF_PIECES = f"""
    LEFT JOIN blanks_series s ON s.id = p.series_id
    LEFT JOIN blanks_range g ON g.series_id = p.series_id AND g.span @> ({on_one_line("p.series_id", "p.number")})
"""
