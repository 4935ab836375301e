//! What a story says as a whole: the middle of its newest articles' words.
//!
//! An article may tell of a story's event and be much like none of its articles: each tells another side. The
//! middle of them has all sides. It is made anew from what the window keeps of the articles, so there is nothing
//! to keep beside them, and nothing that could come to differ from them.

use crate::compare::Measures;
use crate::reading::{FURNITURE, LEDE, NAME, QUOTED, Reading, TITLE};
use crate::vocabulary::{Term, Vocabulary};
use crate::weights::judgements;

/// What a term weighs at most: beyond it rarity is chance.
const MOST: f32 = 8.0;

/// Weights of terms, in rising order of these.
type Vector = Vec<(Term, f64)>;

/// An article as three directions of length 1: its body, its title with its lede, its names.
pub(crate) struct Outline([Vector; 3]);

impl Outline {
    pub(crate) fn of(reading: &Reading, vocabulary: &Vocabulary) -> Self {
        let mut used = vec![[0.0f64; 3]; reading.terms.len()];
        let mut body = 0;
        for item in &reading.items {
            body += usize::from(!item.is(TITLE));
            if item.is(FURNITURE) {
                continue;
            }
            let used = &mut used[item.local as usize];
            // A word that stands twice tells more, and one that stands ten times no more than that.
            used[0] = (used[0] + if item.is(QUOTED) { 0.5 } else { 1.0 }).min(2.0);
            if item.is(TITLE) || body <= LEDE {
                used[1] = 1.0;
            }
            if reading.kinds[item.local as usize] == NAME {
                used[2] = 1.0;
            }
        }
        let vector = |at: usize| {
            let terms = reading.terms.iter().zip(&used);
            let terms = terms.filter(|(_, used)| used[at] > 0.0);
            let weighed = terms.map(|(&term, used)| {
                let rarity = f64::from(vocabulary.weight(term).min(MOST));
                (term, used[at] * rarity)
            });
            of_length_one(weighed.collect())
        };
        Self([vector(0), vector(1), vector(2)])
    }
}

fn length(vector: &Vector) -> f64 {
    let squares = vector.iter().map(|(_, weight)| weight * weight);
    squares.sum::<f64>().sqrt()
}

fn of_length_one(mut vector: Vector) -> Vector {
    let length = length(&vector);
    if length > 0.0 {
        for (_, weight) in &mut vector {
            *weight /= length;
        }
    }
    vector
}

/// The sum of both, term by term.
fn sum(a: &Vector, b: &Vector) -> Vector {
    let mut sum = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    loop {
        let next = match (a.peek(), b.peek()) {
            (Some(&&(one, weight)), Some(&&(other, more))) if one == other => {
                b.next();
                a.next();
                (one, weight + more)
            }
            (Some(&&(one, _)), Some(&&(other, _))) if other < one => *b.next().expect("seen"),
            (Some(_), _) => *a.next().expect("seen"),
            (None, Some(_)) => *b.next().expect("seen"),
            (None, None) => return sum,
        };
        sum.push(next);
    }
}

fn product(a: &Vector, b: &Vector) -> f64 {
    let mut at = 0;
    let products = a.iter().map(|&(term, weight)| {
        while at < b.len() && b[at].0 < term {
            at += 1;
        }
        let other = b.get(at).filter(|other| other.0 == term);
        other.map_or(0.0, |other| weight * other.1)
    });
    products.sum()
}

/// How sure it is that an article tells of the event that `members` tell of together, as it is judged of a pair.
/// `days` is how long after the newest of them it came.
pub(crate) fn likeness(article: &Outline, members: &[Outline], days: f64) -> f64 {
    let cosine = |at: usize| {
        let vectors = members.iter().map(|member| &member.0[at]);
        let middle = vectors.fold(Vector::new(), |middle, vector| sum(&middle, vector));
        let length = length(&middle);
        if length > 0.0 {
            product(&article.0[at], &middle) / length
        } else {
            0.0
        }
    };
    let (body, lede, names) = (cosine(0), cosine(1), cosine(2));
    let measures = Measures {
        event_names: (body * names).sqrt(),
        event_lede: (body * lede).sqrt(),
        // How much of a lede a single text has says nothing of the middle of many.
        event_covered: (body * lede).sqrt(),
        days: (days / 3.0).min(1.0),
        ..Measures::default()
    };
    judgements().same_event.score(&measures.values())
}
