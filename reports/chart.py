"""図: bars drawn on the server as SVG; the same figures always stand in a table beside it."""

from collections.abc import Sequence

from markupsafe import Markup, escape

WIDTH, HEIGHT, FOOT, HEAD = 640, 180, 34, 18


def bars(title: str, figures: Sequence[tuple[str, int]], *, every: int = 1) -> Markup:
    """Return an upright bar chart; every *every*-th bar is labelled below, every bar with a value above."""
    top, step = max((value for _, value in figures), default=0) or 1, WIDTH / max(len(figures), 1)
    drawn = []
    for place, (label, value) in enumerate(figures):
        tall = (HEIGHT - FOOT - HEAD) * value / top
        left, up, middle = place * step + step * 0.15, HEIGHT - FOOT - tall, place * step + step / 2
        drawn.append(f'<rect x="{left:.1f}" y="{up:.1f}" width="{step * 0.7:.1f}" height="{tall:.1f}"/>')
        if value and step > 18:
            drawn.append(f'<text x="{middle:.1f}" y="{up - 4:.1f}" text-anchor="middle">{value:,}</text>')
        if place % every == 0:
            drawn.append(f'<text x="{middle:.1f}" y="{HEIGHT - 14}" text-anchor="middle">{escape(label)}</text>')
    base = f'<line x1="0" y1="{HEIGHT - FOOT}" x2="{WIDTH}" y2="{HEIGHT - FOOT}" stroke="currentColor"/>'
    box = f'viewBox="-16 0 {WIDTH + 32} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return Markup(f'<svg class="chart" {box} role="img" '
                  f'aria-label="{escape(title)}">{"".join(drawn)}{base}</svg>')
