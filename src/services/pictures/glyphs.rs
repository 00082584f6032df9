//! Letters as a pen draws them, in a box of 1 by 1 with the origin at the top left.

use super::{LETTER_HEIGHT, LETTER_WIDTH};

/// Straight pieces that stand for an arc.
const PIECES: u8 = 16;

/// A line of the pen: points joined by straight pieces.
pub(super) struct Stroke(Vec<(f32, f32)>);

impl Stroke {
    /// How far a point of the box is from the line, where the picture is 1 wide.
    pub(super) fn distance(&self, x: f32, y: f32) -> f32 {
        let scaled = |(x, y): (f32, f32)| (x * LETTER_WIDTH, y * LETTER_HEIGHT);
        let point = scaled((x, y));
        let to = |(from, to): (&(f32, f32), &(f32, f32))| to_piece(point, scaled(*from), scaled(*to));
        self.0.iter().zip(self.0.iter().skip(1)).map(to).fold(f32::INFINITY, f32::min)
    }
}

fn to_piece((x, y): (f32, f32), (ax, ay): (f32, f32), (bx, by): (f32, f32)) -> f32 {
    let (dx, dy) = (bx - ax, by - ay);
    let length = dx * dx + dy * dy;
    let along = if length == 0.0 { 0.0 } else { (((x - ax) * dx + (y - ay) * dy) / length).clamp(0.0, 1.0) };
    (x - ax - along * dx).hypot(y - ay - along * dy)
}

fn line(points: &[(f32, f32)]) -> Stroke {
    Stroke(points.to_vec())
}

/// A part of an ellipse: its middle, its radii, and from where to where in degrees, clockwise from the right.
fn arc(middle: (f32, f32), radii: (f32, f32), from: f32, to: f32) -> Stroke {
    let point = |piece: u8| {
        let angle = (from + (to - from) * f32::from(piece) / f32::from(PIECES)).to_radians();
        (middle.0 + radii.0 * angle.cos(), middle.1 + radii.1 * angle.sin())
    };
    Stroke((0..=PIECES).map(point).collect())
}

/// How `letter` is drawn: `A` to `Z` and `0` to `9`; a dot for anything else.
pub(super) fn strokes(letter: char) -> Vec<Stroke> {
    const TOP_LEFT: (f32, f32) = (0.0, 0.0);
    const TOP_RIGHT: (f32, f32) = (1.0, 0.0);
    const BOTTOM_LEFT: (f32, f32) = (0.0, 1.0);
    const BOTTOM_RIGHT: (f32, f32) = (1.0, 1.0);
    let left = || line(&[TOP_LEFT, BOTTOM_LEFT]);
    let right = || line(&[TOP_RIGHT, BOTTOM_RIGHT]);
    let round = || arc((0.5, 0.5), (0.5, 0.5), 0.0, 360.0);
    let upper_bowl = || {
        vec![
            line(&[(0.55, 0.0), TOP_LEFT]),
            arc((0.55, 0.26), (0.4, 0.26), -90.0, 90.0),
            line(&[(0.0, 0.52), (0.55, 0.52)]),
        ]
    };
    let mut strokes = match letter {
        'A' => vec![line(&[BOTTOM_LEFT, (0.5, 0.0), BOTTOM_RIGHT]), line(&[(0.19, 0.64), (0.81, 0.64)])],
        'B' => vec![
            left(),
            arc((0.6, 0.76), (0.4, 0.24), -90.0, 90.0),
            line(&[(0.55, 0.52), (0.6, 0.52)]),
            line(&[BOTTOM_LEFT, (0.6, 1.0)]),
        ],
        'C' => vec![arc((0.53, 0.5), (0.53, 0.5), 42.0, 318.0)],
        'D' => vec![
            left(),
            line(&[TOP_LEFT, (0.42, 0.0)]),
            arc((0.42, 0.5), (0.56, 0.5), -90.0, 90.0),
            line(&[(0.42, 1.0), BOTTOM_LEFT]),
        ],
        'E' => vec![line(&[(0.9, 0.0), TOP_LEFT, BOTTOM_LEFT, (0.9, 1.0)]), line(&[(0.0, 0.5), (0.78, 0.5)])],
        'F' => vec![line(&[(0.9, 0.0), TOP_LEFT, BOTTOM_LEFT]), line(&[(0.0, 0.52), (0.78, 0.52)])],
        'G' => vec![arc((0.53, 0.5), (0.53, 0.5), 0.0, 315.0), line(&[(0.62, 0.5), (1.06, 0.5)])],
        'H' => vec![left(), right(), line(&[(0.0, 0.5), (1.0, 0.5)])],
        'I' => vec![line(&[(0.5, 0.0), (0.5, 1.0)])],
        'J' => vec![line(&[(0.8, 0.0), (0.8, 0.7)]), arc((0.45, 0.7), (0.35, 0.3), 0.0, 165.0)],
        'K' => vec![left(), line(&[(0.95, 0.0), (0.0, 0.6)]), line(&[(0.36, 0.38), BOTTOM_RIGHT])],
        'L' => vec![line(&[TOP_LEFT, BOTTOM_LEFT, (0.88, 1.0)])],
        'M' => vec![line(&[(-0.1, 1.0), (-0.1, 0.0), (0.5, 0.72), (1.1, 0.0), (1.1, 1.0)])],
        'N' => vec![line(&[BOTTOM_LEFT, TOP_LEFT, BOTTOM_RIGHT, TOP_RIGHT])],
        'O' => vec![round()],
        'P' => vec![left()],
        'Q' => vec![round(), line(&[(0.64, 0.7), (1.0, 1.05)])],
        'R' => vec![left(), line(&[(0.5, 0.52), (0.98, 1.0)])],
        'S' => vec![
            arc((0.5, 0.26), (0.42, 0.26), -28.0, -180.0),
            arc((0.5, 0.26), (0.42, 0.24), 180.0, 90.0),
            arc((0.5, 0.75), (0.44, 0.25), -90.0, 152.0),
        ],
        'T' => vec![line(&[TOP_LEFT, TOP_RIGHT]), line(&[(0.5, 0.0), (0.5, 1.0)])],
        'U' => {
            vec![line(&[TOP_LEFT, (0.0, 0.6)]), arc((0.5, 0.6), (0.5, 0.4), 180.0, 0.0), line(&[(1.0, 0.6), TOP_RIGHT])]
        }
        'V' => vec![line(&[TOP_LEFT, (0.5, 1.0), TOP_RIGHT])],
        'W' => vec![line(&[(-0.15, 0.0), (0.17, 1.0), (0.5, 0.2), (0.83, 1.0), (1.15, 0.0)])],
        'X' => vec![line(&[TOP_LEFT, BOTTOM_RIGHT]), line(&[TOP_RIGHT, BOTTOM_LEFT])],
        'Y' => vec![line(&[TOP_LEFT, (0.5, 0.52), TOP_RIGHT]), line(&[(0.5, 0.52), (0.5, 1.0)])],
        'Z' => vec![line(&[TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT])],
        '0' => vec![arc((0.5, 0.5), (0.44, 0.5), 0.0, 360.0), line(&[(0.3, 0.7), (0.7, 0.3)])],
        '1' => vec![line(&[(0.2, 0.2), (0.55, 0.0), (0.55, 1.0)])],
        '2' => vec![arc((0.48, 0.3), (0.42, 0.3), -170.0, 30.0), line(&[(0.85, 0.44), (0.06, 1.0), (0.94, 1.0)])],
        '3' => vec![arc((0.46, 0.25), (0.38, 0.25), -160.0, 90.0), arc((0.46, 0.75), (0.42, 0.25), -90.0, 160.0)],
        '4' => vec![line(&[(0.74, 1.0), (0.74, 0.0), (0.0, 0.7), (1.0, 0.7)])],
        '5' => vec![line(&[(0.86, 0.0), (0.16, 0.0), (0.1, 0.46)]), arc((0.46, 0.68), (0.44, 0.32), -145.0, 150.0)],
        '6' => vec![arc((0.5, 0.68), (0.42, 0.32), 0.0, 360.0), line(&[(0.12, 0.55), (0.62, 0.0)])],
        '7' => vec![line(&[(0.06, 0.0), (0.94, 0.0), (0.36, 1.0)])],
        '8' => vec![arc((0.5, 0.25), (0.36, 0.25), 0.0, 360.0), arc((0.5, 0.75), (0.43, 0.25), 0.0, 360.0)],
        '9' => vec![arc((0.5, 0.32), (0.42, 0.32), 0.0, 360.0), line(&[(0.88, 0.45), (0.38, 1.0)])],
        _ => vec![line(&[(0.5, 0.5), (0.5, 0.5)])],
    };
    if matches!(letter, 'B' | 'P' | 'R') {
        strokes.extend(upper_bowl());
    }
    strokes
}
