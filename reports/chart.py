"""図: bars drawn on the server as SVG; the same figures always stand in a table beside it."""

from collections.abc import Sequence

from markupsafe import Markup, escape

WIDTH, HEIGHT, HEAD, LINE = 640, 146, 18, 14
LETTER = 12.5  # of a label, so many units wide
MOST_LINES = 4
# On paper no stylesheet reaches an SVG; on the screen the stylesheet wins over these.
INK, FONT = 'fill="#0017c1"', 'font-size="12" font-family="BIZ UDGothic, sans-serif"'


def bars(title: str, figures: Sequence[tuple[str, int]], *, every: int = 1) -> Markup:
    """Return an upright bar chart; every *every*-th bar is labelled below, every bar with a value above."""
    top, step = max((value for _, value in figures), default=0) or 1, WIDTH / max(len(figures), 1)
    labels = [_broken(label, step * every) for label, _ in figures]
    foot = 10 + LINE * max((len(lines) for lines in labels[::every]), default=1)
    drawn = []
    for place, (_, value) in enumerate(figures):
        tall = (HEIGHT - HEAD) * value / top
        left, up, middle = place * step + step * 0.15, HEIGHT - tall, place * step + step / 2
        drawn.append(f'<rect x="{left:.1f}" y="{up:.1f}" width="{step * 0.7:.1f}" height="{tall:.1f}" {INK}/>')
        if value and step > 18:
            drawn.append(f'<text x="{middle:.1f}" y="{up - 4:.1f}" text-anchor="middle" {FONT}>{value:,}</text>')
        for at, line in enumerate(labels[place] if place % every == 0 else ()):
            drawn.append(f'<text x="{middle:.1f}" y="{HEIGHT + 2 + LINE * (at + 1)}" text-anchor="middle" {FONT}>{escape(line)}</text>')
    base = f'<line x1="0" y1="{HEIGHT}" x2="{WIDTH}" y2="{HEIGHT}" stroke="#000"/>'
    box = f'viewBox="-16 0 {WIDTH + 32} {HEIGHT + foot}" width="{WIDTH}" height="{HEIGHT + foot}"'
    return Markup(f'<svg class="chart" {box} role="img" '
                  f'aria-label="{escape(title)}">{"".join(drawn)}{base}</svg>')


def _broken(label: str, room: float) -> list[str]:
    """A label in lines that fit between its neighbours; a very long one ends with …."""
    wide = [LETTER if letter > "\u2000" else LETTER * 0.6 for letter in label]
    lines, line, used = list[str](), "", 0.0
    for letter, width in zip(label, wide, strict=True):
        if line and used + width > room:
            lines, line, used = [*lines, line], "", 0.0
        line, used = line + letter, used + width
    lines = [*lines, line]
    return lines if len(lines) <= MOST_LINES else [*lines[:MOST_LINES - 1], lines[MOST_LINES - 1][:-1] + "…"]
