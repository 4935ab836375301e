//! Generations: the replay engine, what it says where the log falls short, and the hand-over of what
//! others have left.

mod generations {
    mod changes;
    mod engine;
    mod hand_over;
    mod retention;
    mod rough;
}
