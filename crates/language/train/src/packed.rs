//! Writing the model; `language::model` reads it.

use crate::fit::Group;

/// The largest weight, in steps.
const STEPS: f32 = 15.0;

/// Appends a group to the model's bytes, with its weights rounded to steps.
pub fn write(group: &Group, codes: &[&str], into: &mut Vec<u8>) {
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
    for lane in 0..codes.len() {
        for (_, row) in &order {
            let weight = group.weights[*row as usize][lane] / scale;
            into.push(weight.round().clamp(-STEPS, STEPS) as i8 as u8);
        }
    }
}

/// The weight that few are above: one in two thousand.
fn largest(group: &Group) -> f32 {
    let mut sizes: Vec<f32> = group
        .weights
        .iter()
        .flatten()
        .map(|weight| weight.abs())
        .collect();
    sizes.retain(|size| *size > 0.0);
    sizes.sort_by(f32::total_cmp);
    sizes
        .get(sizes.len() - 1 - sizes.len() / 2000)
        .copied()
        .unwrap_or(1.0)
}
