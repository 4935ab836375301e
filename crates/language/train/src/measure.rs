//! How well a group does on sentences that it was not trained with.

use crate::corpus::Corpus;
use crate::fit::Group;

/// Of each sentence, the first words are asked about.
const WORDS: usize = 5;

/// Prints how often the first words of a sentence are told right, all together and for each language.
pub fn print(group: &Group, corpora: &[&Corpus]) {
    let (mut hashed, mut rows) = (Vec::new(), Vec::new());
    let (mut right, mut all) = (0, 0);
    let mut of_each = String::new();
    for (lane, corpus) in corpora.iter().enumerate() {
        let mut right_here = 0;
        let kept_back = corpus.kept_back();
        for sentence in &kept_back {
            let words: Vec<&str> = sentence.split_whitespace().take(WORDS).collect();
            group.rows(&words.join(" "), &mut hashed, &mut rows);
            let chances = group.chances(&rows, corpora.len());
            let most = (0..corpora.len()).max_by(|a, b| chances[*a].total_cmp(&chances[*b]));
            right_here += usize::from(most == Some(lane));
        }
        right += right_here;
        all += kept_back.len();
        if !kept_back.is_empty() {
            let share = right_here as f64 / kept_back.len() as f64;
            of_each += &format!(" {} {share:.2}", corpus.language.code);
        }
    }
    let share = right as f64 / all.max(1) as f64;
    println!("  five words, kept back: {share:.4} ({}) ", of_each.trim());
}
