//! Writing the model; `language::model` reads it.

use language::model::LANES;

use crate::fit::Group;

/// The largest weight, in steps.
const STEPS: f32 = 15.0;

/// Appends a group to the model's bytes, with its weights rounded to steps. Returns how many of them
/// are not zero.
pub fn write(group: &Group, codes: &[&str], into: &mut Vec<u8>) -> usize {
    let count = group.weights.len();
    for number in [codes.len() as u32, group.bits, count as u32] {
        into.extend(number.to_le_bytes());
    }
    for code in codes {
        into.extend(format!("{code:8}").as_bytes());
    }
    let scale = largest(group) / STEPS;
    into.extend(scale.to_le_bytes());
    for bias in &group.biases[..codes.len()] {
        into.extend(bias.to_le_bytes());
    }
    let mut bitmap = vec![0_u8; group.slots.len() / 8];
    let mut order = Vec::new();
    for (place, slot) in group.slots.iter().enumerate() {
        if let Some((tag, row)) = slot {
            bitmap[place / 8] |= 1 << (place % 8);
            order.push((*tag, *row));
        }
    }
    into.extend(bitmap);
    into.extend(order.iter().map(|(tag, _)| *tag as u8));
    let mut used = 0;
    for lane in 0..codes.len() {
        for (_, row) in &order {
            let weight = steps(group.weights[*row as usize][lane], scale);
            used += usize::from(weight != 0);
            into.push(weight as u8);
        }
    }
    used
}

/// What becomes of a weight.
pub fn steps(weight: f32, scale: f32) -> i8 {
    (weight / scale).round().clamp(-STEPS, STEPS) as i8
}

/// The weight that few are above: one in two thousand.
pub fn largest(group: &Group) -> f32 {
    let mut sizes: Vec<f32> = group.weights.iter().flatten().map(|weight| weight.abs()).collect();
    sizes.retain(|size| *size > 0.0);
    sizes.sort_by(f32::total_cmp);
    sizes.get(sizes.len() - 1 - sizes.len() / 2000).copied().unwrap_or(1.0)
}

const _: () = assert!(LANES == 64);
