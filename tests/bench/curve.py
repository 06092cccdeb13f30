"""Draws risk-coverage curves as an SVG picture."""

from collections.abc import Mapping, Sequence

_WIDTH, _HEIGHT, _EDGE = 640, 420, 56
_COLOURS = ("#3366cc", "#dc3912", "#109618", "#990099", "#0099c6", "#dd4477", "#66aa00")
_MOST_POINTS = 200


def picture(curves: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """One line per base: share of questions answered against share of those answered wrongly.

    Half of the questions have no right document there, so a bot that answers all is wrong in
    half; the ideal stays at 0 up to the middle.
    """
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        *_axes(),
    ]
    ideal = [(share / 100, max(0.0, 1 - 50 / share)) for share in range(1, 101)]
    parts.append(_line(ideal, "#999999", ' stroke-dasharray="4 4"'))
    named = {"ideal": "#999999"}
    for number, (name, points) in enumerate(curves.items()):
        named[name] = _COLOURS[number % len(_COLOURS)]
        parts.append(_line(points, named[name]))
    for row, (name, colour) in enumerate(named.items()):
        y = _EDGE + 18 * row
        parts.append(f'<rect x="{_EDGE + 12}" y="{y - 9}" width="14" height="4" fill="{colour}"/>')
        parts.append(f'<text x="{_EDGE + 32}" y="{y - 3}">{name}</text>')
    return "\n".join([*parts, "</svg>"])


def _axes() -> list[str]:
    parts = []
    for tenth in range(0, 11, 2):
        x, y = _at(tenth / 10, 0)
        parts.append(f'<text x="{x}" y="{y + 18}" text-anchor="middle">{tenth * 10} %</text>')
    for risk in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5):
        x, y = _at(0, risk)
        parts.append(f'<text x="{x - 8}" y="{y + 4}" text-anchor="end">{risk:.0%}</text>')
        parts.append(
            f'<line x1="{x}" y1="{y}" x2="{_WIDTH - _EDGE / 2}" y2="{y}" stroke="#e5e5e5"/>'
        )
    middle = _WIDTH / 2
    parts.append(
        f'<text x="{middle}" y="{_HEIGHT - 12}" text-anchor="middle">questions answered,'
        " the surest first</text>"
    )
    parts.append(f'<text x="{_EDGE}" y="{_EDGE / 2}">answered without a right document</text>')
    return parts


def _line(points: Sequence[tuple[float, float]], colour: str, more: str = "") -> str:
    step = max(len(points) // _MOST_POINTS, 1)
    places = (_at(share, risk) for share, risk in points[::step])
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="1.6"{more}/>'


def _at(share: float, risk: float) -> tuple[float, float]:
    width, height = _WIDTH - 1.5 * _EDGE, _HEIGHT - 2 * _EDGE
    return _EDGE + share * width, _HEIGHT - _EDGE - risk / 0.5 * height
